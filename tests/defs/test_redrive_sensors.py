"""Ticks of the re-drive sensors: what is due is asked for, and what does not move is not asked for
all the time.
"""

from dataclasses import replace
from datetime import timedelta

from st_spectrum.flows.session import open_session
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sensors.requests import Memory
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

SENSOR = "customers_redrive"


def leave_claims(daemon: DagsterDaemon, *keys: str) -> None:
    """What a run that was killed leaves in the ledger."""
    account = (daemon.defs.resources or {})["account"].load()
    with open_session(account) as session:
        for key in keys:
            session.ledger.claim("customers", key, run_id="died")


def keys(answer: object) -> list[str]:
    requests = getattr(answer, "run_requests", None) or []
    return [
        key
        for request in requests
        for key in request.run_config["ops"]["customers"]["config"]["keys"]
    ]


def let_pass(daemon: DagsterDaemon, seconds: float) -> None:
    """As if the sensor had asked that much earlier."""
    memory = Memory.open(daemon.cursors[SENSOR])
    earlier = {
        key: replace(tried, asked_at=tried.asked_at - timedelta(seconds=seconds))
        for key, tried in memory.tried.items()
    }
    daemon.cursors[SENSOR] = replace(memory, tried=earlier).encode()


def test_what_does_not_move_is_asked_for_again_only_after_a_growing_pause(
    daemon: DagsterDaemon,
) -> None:
    leave_claims(daemon, "1201")
    first = daemon.tick(SENSOR)
    assert keys(first) == ["1201"]
    assert "a moment ago" in daemon.tick(SENSOR).skip_message
    let_pass(daemon, 11)
    second = daemon.tick(SENSOR)
    assert keys(second) == ["1201"]
    assert second.run_requests[0].run_key != first.run_requests[0].run_key
    let_pass(daemon, 11)
    assert keys(daemon.tick(SENSOR)) == []
    let_pass(daemon, 11)
    assert keys(daemon.tick(SENSOR)) == ["1201"]


def test_newly_due_records_do_not_wait_for_those_that_do_not_move(daemon: DagsterDaemon) -> None:
    leave_claims(daemon, "1201")
    daemon.tick(SENSOR)
    leave_claims(daemon, "1202")
    assert keys(daemon.tick(SENSOR)) == ["1202"]


def test_more_than_a_batch_is_asked_for_in_several_ticks(daemon: DagsterDaemon) -> None:
    due = [str(number) for number in range(1201, 1209)]
    leave_claims(daemon, *due)
    asked = [keys(daemon.tick(SENSOR)) for _ in range(4)]
    assert [len(batch) for batch in asked] == [3, 3, 2, 0]
    assert sorted(key for batch in asked for key in batch) == due


def test_a_lost_answer_is_settled_without_a_second_customer(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind="drop_answer")
    (ended,) = daemon.tick_and_run("customers_changes")
    assert ended.success
    daemon.settle("customers")
    rows = sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    assert [row["Name"].strip() for row in rows].count("Harbor Foods LLC") == 1
    account = (daemon.defs.resources or {})["account"].load()
    with open_session(account) as session:
        held = session.ledger.get("customers", company)
    assert held and held.entry.state == "confirmed"
