"""A crowd of new records while parts of Dagster are killed, and while another process keeps its
storage locked.

A real Dagster whose sensors ask for one batch after the other.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.commands.services import LOG
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.serving.processes import marked_processes
from tests.workers.plant import Plant, dagster_yaml, plant, wait_for
from tests.workers.test_warm_runs import PATIENCE
from tests.world.dispatcher import Dispatcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

CROWD = 45
BATCH = 15
LOCKED_SECONDS = 60
"""As long as a program that copies the files away may hold them."""


@pytest.fixture(scope="module")
def site(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    running_sandbox.control.reset()
    folder = tmp_path_factory.mktemp("plant")
    with plant(folder, running_sandbox, dagster_yaml(), batch_size=BATCH) as made:
        made.worker(PATIENCE)
        yield made


@pytest.fixture
def dispatcher(site: Plant) -> Iterator[Dispatcher]:
    with ServiceTradeCaller(site.sandbox.servicetrade_url) as caller:
        yield Dispatcher(caller)


def customers(site: Plant, begins: str) -> Counter[str]:
    """How often Spectrum has each customer whose name begins so."""
    rows = site.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    names = (row["Name"].strip() for row in rows)
    return Counter(name for name in names if name.startswith(begins))


def crowd(dispatcher: Dispatcher, begins: str, count: int = CROWD) -> set[str]:
    """So many new companies at once; their names."""
    names = {f"{begins} {number}" for number in range(count)}
    for name in sorted(names):
        dispatcher.company(name)
    return names


def all_crossed_once(site: Plant, names: set[str], begins: str) -> None:
    wait_for(lambda: set(customers(site, begins)) == names, PATIENCE, "the crowd has crossed")
    wait_for(lambda: not in_flight(site), PATIENCE, "no run is left")
    assert set(customers(site, begins).values()) == {1}


def in_flight(site: Plant) -> list[dg.DagsterRun]:
    return [run for run in site.runs() if not run.is_finished]


def kill(site: Plant, program: str) -> None:
    """Kill a part of Dagster where it stands."""
    found = [
        process
        for process in marked_processes(str(site.home))
        if program in " ".join(process.cmdline())
    ]
    assert found, program
    for process in found:
        process.kill()


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Another process has the write lock of all that Dagster remembers."""
    places = ("history/*.db", "history/runs/index.db", "schedules/*.db")
    files = [file for place in places for file in home.glob(place)]
    assert len(files) >= 3, files
    with ExitStack() as held:
        for file in files:
            connection = held.enter_context(
                closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None))
            )
            connection.execute("BEGIN EXCLUSIVE")
            held.callback(connection.execute, "ROLLBACK")
        yield


def test_a_crowd_crosses_once_though_daemon_and_code_server_are_killed_in_it(
    site: Plant, dispatcher: Dispatcher
) -> None:
    names = crowd(dispatcher, "Killed")
    wait_for(lambda: customers(site, "Killed"), PATIENCE, "the first ones cross")
    for program in ("dagster-daemon", "api grpc"):
        kill(site, program)

    all_crossed_once(site, names, "Killed")


def test_a_crowd_crosses_once_though_dagsters_storage_is_locked_for_a_while_in_it(
    site: Plant, dispatcher: Dispatcher
) -> None:
    """Nobody starts anything anew afterwards: it goes on by itself."""
    names = crowd(dispatcher, "Locked")
    wait_for(lambda: customers(site, "Locked"), PATIENCE, "the first ones cross")
    with locked(site.home):
        names |= {f"Locked meanwhile {number}" for number in range(5)}
        crowd(dispatcher, "Locked meanwhile", 5)
        time.sleep(LOCKED_SECONDS)

    all_crossed_once(site, names, "Locked")
    assert "database is locked" not in (site.home / LOG).read_text(encoding="utf-8")
    assert {run.status for run in site.runs()} == {dg.DagsterRunStatus.SUCCESS}
