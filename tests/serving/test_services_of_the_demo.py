"""The demo tells a service that died, and goes on with it."""

import signal
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import psutil
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.commands.services import DagsterServices
from st_spectrum.serving.processes import marked_processes
from tests.serving.test_before_anything_starts import ENVIRONMENT, EXAMPLE


def soon(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.5)


def test_links_of_mails_lead_to_where_dagster_really_is(tmp_path: Path) -> None:
    environment = ENVIRONMENT | {"DAGSTER_URL": "http://127.0.0.1:3000"}
    dagster = DagsterServices(tmp_path, environment, "", "sandbox")
    assert load_account(EXAMPLE, dagster.environment).support.dagster_url == dagster.url


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_service_that_is_killed_is_told_in_the_demo_and_is_back(tmp_path: Path) -> None:
    sentences: list[str] = []
    settings = files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
    environment = ENVIRONMENT | {
        "ST_SPECTRUM_STATE_DIR": str(tmp_path),
        "ST_SPECTRUM_SENSORS": "off",
    }
    with DagsterServices(
        tmp_path / "dagster", environment, settings, "sandbox", sentences.append
    ) as dagster:
        soon(lambda: dagster.runs_in_flight() == 0)
        [daemon] = [
            child
            for child in psutil.Process().children()
            if "dagster-daemon" in " ".join(child.cmdline())
        ]
        daemon.send_signal(signal.SIGKILL)
        soon(lambda: len(sentences) == 2)

    assert sentences == [
        "The daemon was ended by SIGKILL; it is started again in 1 s.",
        "The daemon is up again.",
    ]
    assert marked_processes(str(tmp_path / "dagster")) == []
    assert "web server  | " in (tmp_path / "dagster" / "serve.log").read_text(encoding="utf-8")
