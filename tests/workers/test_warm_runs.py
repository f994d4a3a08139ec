"""Records that cross through warm workers, and what happens to a run whose child or worker is
killed or that is terminated.

A real Dagster with code server, daemon and web server in a folder of its own, and workers that are
started and killed.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.ledger.owner import new_owner
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.workers.beats import RUNS, SENDERS, WORKERS, Sign
from st_spectrum.workers.run_task import KILLED
from tests.workers.plant import Plant, children_of, dagster_yaml, plant, process_of, wait_for
from tests.world.dispatcher import Dispatcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

Status = dg.DagsterRunStatus
PATIENCE = 180
"""Seconds; this file must also pass beside other work that keeps the machine busy."""
HANGS = 15.0
HANGS_ON = 55.0
"""Longer than a terminated run may take to end, and shorter than the account waits for Spectrum."""


@pytest.fixture(scope="module")
def site(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    running_sandbox.control.reset()
    with plant(tmp_path_factory.mktemp("plant"), running_sandbox, dagster_yaml()) as made:
        made.worker(PATIENCE)
        yield made


@pytest.fixture
def dispatcher(site: Plant) -> Iterator[Dispatcher]:
    site.sandbox.control.clear_faults()
    with ServiceTradeCaller(site.sandbox.servicetrade_url) as caller:
        yield Dispatcher(caller)


def crossed(site: Plant, name: str) -> int:
    """How many customers of this name Spectrum has."""
    rows = site.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    return [row["Name"].strip() for row in rows].count(name)


def a_run_in_hand(
    site: Plant, dispatcher: Dispatcher, name: str, hangs: float = HANGS
) -> tuple[str, int]:
    """A run whose call to Spectrum hangs: its id, and the process that carries it out."""
    site.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="slow", delay=hangs
    )
    site.sandbox.control.clear_calls()
    dispatcher.company(name)

    def hanging() -> tuple[str, int] | None:
        started = [
            run.run_id for run in site.runs(Status.STARTED) if run.job_name == "customers_job"
        ]
        held = [
            (run_id, sign) for run_id, sign in site.signs.living(RUNS).items() if run_id in started
        ]
        waits = not site.sandbox.control.faults()
        return (held[0][0], process_of(held[0][1])) if held and waits else None

    return wait_for(hanging, PATIENCE, "the run has a call in hand")


def ended(site: Plant, run_id: str) -> Callable[[], dg.DagsterRunStatus | None]:
    def status() -> dg.DagsterRunStatus | None:
        with site.instance() as instance:
            run = instance.get_run_by_id(run_id)
            return run.status if run and run.is_finished else None

    return status


def said_of(site: Plant, run_id: str, kind: dg.DagsterEventType) -> str:
    """What Dagster's page says about such an event of a run."""
    with site.instance() as instance:
        (record,) = instance.get_records_for_run(run_id, of_type=kind).records
    event = record.event_log_entry.dagster_event
    return (event and event.message) or ""


def nothing_is_left(site: Plant) -> bool:
    return not list((site.folder / "broker").glob("taken/*/*")) and not site.signs.living(RUNS)


def test_a_new_record_crosses_through_a_warm_worker(site: Plant, dispatcher: Dispatcher) -> None:
    dispatcher.company("Harbor Foods LLC")
    wait_for(lambda: crossed(site, "Harbor Foods LLC"), PATIENCE, "the company is a customer")
    runs = [run for run in site.runs() if run.job_name == "customers_job"]
    assert runs
    assert all("dagster-celery/task_id" in run.tags for run in runs)
    main = Path(f"/proc/{site.worker(PATIENCE)}")
    threads = len(list((main / "task").iterdir()))
    assert threads == 1, (
        "a thread of the process that forks could hold a lock that its children never get"
    )
    links = [str(link.readlink()) for link in (main / "fd").iterdir() if link.exists()]
    assert not [link for link in links if link.endswith((".db", ".sqlite"))], (
        "children would share a connection"
    )


def test_a_killed_child_fails_its_run_and_the_record_crosses_once(
    site: Plant, dispatcher: Dispatcher
) -> None:
    run_id, process = a_run_in_hand(site, dispatcher, "Killed Child Inc")
    assert process in children_of(site.worker(PATIENCE))
    os.kill(process, signal.SIGKILL)
    killed_at = time.monotonic()
    assert wait_for(ended(site, run_id), PATIENCE, "the run has ended") is Status.FAILURE
    seconds = time.monotonic() - killed_at
    wait_for(
        lambda: crossed(site, "Killed Child Inc"),
        PATIENCE,
        "the record crosses in a run of its own",
    )
    time.sleep(HANGS)
    assert crossed(site, "Killed Child Inc") == 1
    assert seconds < 60


def test_terminate_cancels_the_run_and_the_record_crosses_once(
    site: Plant, dispatcher: Dispatcher
) -> None:
    run_id, _ = a_run_in_hand(site, dispatcher, "Terminated Ltd")
    site.terminate(run_id)
    told_at = time.monotonic()
    assert wait_for(ended(site, run_id), PATIENCE, "the run has ended") is Status.CANCELED
    assert time.monotonic() - told_at < 60
    wait_for(lambda: crossed(site, "Terminated Ltd"), PATIENCE, "the record crosses")
    time.sleep(HANGS)
    assert crossed(site, "Terminated Ltd") == 1


def test_a_terminated_run_whose_call_does_not_end_is_canceled_and_the_record_crosses_once(
    site: Plant, dispatcher: Dispatcher
) -> None:
    """Its process is killed, and what it was sending is in doubt."""
    run_id, process = a_run_in_hand(site, dispatcher, "Terminated Late Ltd", HANGS_ON)
    site.terminate(run_id)
    told_at = time.monotonic()
    assert wait_for(ended(site, run_id), PATIENCE, "the run has ended") is Status.CANCELED
    assert time.monotonic() - told_at < 60
    assert KILLED in said_of(site, run_id, dg.DagsterEventType.RUN_CANCELED)
    wait_for(lambda: not Path(f"/proc/{process}").exists(), PATIENCE, "its process is gone")
    wait_for(lambda: crossed(site, "Terminated Late Ltd"), PATIENCE, "the record crosses")
    time.sleep(HANGS_ON)
    assert crossed(site, "Terminated Late Ltd") == 1


def test_a_killed_worker_costs_a_delay_and_the_record_crosses_once(
    site: Plant, dispatcher: Dispatcher
) -> None:
    """Its children end by themselves, and a new worker takes what was sent meanwhile."""
    run_id, process = a_run_in_hand(site, dispatcher, "Killed Worker Corp")
    main = site.worker(PATIENCE)
    children = children_of(main)
    os.kill(main, signal.SIGKILL)
    os.kill(process, signal.SIGKILL)
    killed_at = time.monotonic()
    dispatcher.company("Sent Meanwhile LLC")
    assert wait_for(ended(site, run_id), PATIENCE, "the run has ended") is Status.FAILURE
    assert time.monotonic() - killed_at < 60
    for name in ("Killed Worker Corp", "Sent Meanwhile LLC"):
        wait_for(lambda name=name: crossed(site, name), PATIENCE, f"{name} crosses")  # type: ignore[misc]
    wait_for(
        lambda: not any(Path(f"/proc/{child}").exists() for child in children),
        PATIENCE,
        "its children are gone",
    )
    time.sleep(HANGS)
    assert [crossed(site, name) for name in ("Killed Worker Corp", "Sent Meanwhile LLC")] == [1, 1]
    wait_for(lambda: nothing_is_left(site), PATIENCE, "nothing is in hand")


def test_a_worker_of_another_environment_ends_and_the_next_one_goes_on(
    site: Plant, dispatcher: Dispatcher
) -> None:
    old = site.worker(PATIENCE)
    old_names = set(site.signs.living(WORKERS))
    launcher = Sign(owner=new_owner(), started_at=time.time(), environment="of today")

    def is_over() -> bool:
        # Again and again: the daemon's own launcher writes its sign there with each run.
        site.signs.put(SENDERS, "sandbox", launcher)
        return not Path(f"/proc/{old}").exists()

    wait_for(is_over, PATIENCE, "the old worker has ended")
    assert site.worker(PATIENCE, other_than=old)
    assert not old_names & set(site.signs.living(WORKERS)), "two lives of a worker are two nodes"
    dispatcher.company("After The Change LLC")
    wait_for(lambda: crossed(site, "After The Change LLC"), PATIENCE, "the record crosses")
