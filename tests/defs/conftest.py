"""An account that points at the sandbox, its definitions, and a daemon for its sensors."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text

from st_spectrum.definitions import build
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.ledger.bucket import Bucket, moto_bucket, seaweed_bucket
from tests.ledger.ledger_servers import SECRET as LEDGER_SECRET
from tests.world.billing_clerk import BillingClerk
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher
from tests.world.kept_worlds import begin_with
from tests.world.payroll_clerk import SECRET, PayrollClerk
from tests.world.timekeeper import Timekeeper, build_timekeeper

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


@pytest.fixture(scope="session")
def instance_in_memory() -> Iterator[dg.DagsterInstance]:
    """Tests ask for `instance`, which is empty."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def instance(instance_in_memory: dg.DagsterInstance) -> dg.DagsterInstance:
    """Dagster's storage. Making one, and its first run, take a tenth of a second."""
    instance_in_memory.wipe()
    with instance_in_memory.run_storage.connect() as connection:  # type: ignore[attr-defined]
        connection.execute(text("DELETE FROM kvs"))  # the witness of the ledger
    return instance_in_memory


@pytest.fixture
def daemon(
    account_file: Path, instance: dg.DagsterInstance, sandbox: Sandbox, tmp_path: Path
) -> DagsterDaemon:
    """Definitions and instance of the account, after the records of an empty sandbox have been
    looked at.
    """
    daemon = DagsterDaemon(build(account_file), instance)

    def settle() -> dict[str, str | None]:
        daemon.settle("customers", "sites", "jobs")
        return daemon.cursors

    daemon.cursors = begin_with(sandbox, tmp_path / "state", "a daemon at rest", settle)
    return daemon


@pytest.fixture
def office(sandbox: Sandbox) -> Iterator[ServiceTradeCaller]:
    """Somebody who works in ServiceTrade."""
    with ServiceTradeCaller(sandbox.servicetrade_url) as caller:
        yield caller


@pytest.fixture
def dispatcher(office: ServiceTradeCaller) -> Dispatcher:
    return Dispatcher(office)


@pytest.fixture
def billing_clerk(office: ServiceTradeCaller) -> BillingClerk:
    return BillingClerk(office)


@pytest.fixture(scope="module")
def timekeeper(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Timekeeper:
    """A technician with a week of time, for all tests of a module."""
    running_sandbox.control.reset()
    return build_timekeeper(
        running_sandbox, tmp_path_factory.mktemp("timekeeper"), TimeSizes(weeks=1), technicians=1
    )


@pytest.fixture
def payroll_clerk(
    timekeeper: Timekeeper,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    instance: dg.DagsterInstance,
) -> PayrollClerk:
    """Nothing in payroll, nothing in the ledger, which is a file unless the test puts it
    elsewhere.
    """
    environment = timekeeper.contractor.environment | {
        "ST_SPECTRUM_STATE_DIR": str(tmp_path),
        SECRET: LEDGER_SECRET,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made = PayrollClerk(timekeeper, tmp_path, instance)
    made.control.payroll("delete")
    made.control.clear_calls()
    return made


@pytest.fixture(params=["moto", "seaweed"])
def bucket(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    """An empty prefix on each kind of server."""
    place = (
        moto_bucket()
        if request.param == "moto"
        else seaweed_bucket(request.getfixturevalue("seaweed_url"))
    )
    with place as made:
        yield made


@pytest.fixture
def real_bucket(seaweed_url: str) -> Iterator[Bucket]:
    """An empty prefix on a server behind a relay that can be told to misbehave."""
    with seaweed_bucket(seaweed_url) as made:
        yield made
