"""An account that points at the sandbox, its definitions, and a driver for its sensors."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.definitions import build
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from tests.defs.driver import Driver

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"


@pytest.fixture
def account_file(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example account, with batches of three records."""
    monkeypatch.setenv("SERVICETRADE_URL", sandbox.servicetrade_url)
    monkeypatch.setenv("SERVICETRADE_CLIENT_ID", credentials.CLIENT_ID)
    monkeypatch.setenv("SERVICETRADE_CLIENT_SECRET", credentials.CLIENT_SECRET)
    monkeypatch.setenv("SPECTRUM_URL", sandbox.spectrum_url)
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", credentials.AUTHORIZATION_ID)
    monkeypatch.setenv("SPECTRUM_INFOLINK_URL", sandbox.infolink_url)
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", str(tmp_path / "state"))
    file = tmp_path / "sandbox.yaml"
    file.write_text(EXAMPLE.read_text().replace("batch_size: 250", "batch_size: 3"))
    return file


@pytest.fixture
def driver(account_file: Path) -> Iterator[Driver]:
    """Definitions and instance of the account, after the records of an empty sandbox have been looked at."""
    with dg.DagsterInstance.ephemeral() as instance:
        driver = Driver(build(account_file), instance)
        driver.settle("customers", "sites", "jobs")
        yield driver


@pytest.fixture
def office(sandbox: Sandbox) -> Iterator[ServiceTradeCaller]:
    """Somebody who works in ServiceTrade."""
    with ServiceTradeCaller(sandbox.servicetrade_url) as caller:
        yield caller
