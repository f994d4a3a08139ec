"""Ticks of the change sensors against the real sandbox: nothing noticed is ever lost on the way to
a run.
"""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.flows.live import NO_DAY
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sensors import requests
from st_spectrum.sensors.requests import Bookmark
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

SENSOR = "customers_changes"


def keys(answer: object) -> list[str]:
    """The records that one tick asks for."""
    requests = getattr(answer, "run_requests", None) or []
    return [
        key
        for request in requests
        for key in request.run_config["ops"]["customers"]["config"]["keys"]
    ]


def test_nothing_new_asks_for_nothing_and_remembers_where_it_was(daemon: DagsterDaemon) -> None:
    answer = daemon.tick(SENSOR)
    assert answer.skip_message == "Nothing new."
    assert Bookmark.open(answer.cursor, datetime.now(UTC)).seen


def test_a_new_company_is_asked_for_once(daemon: DagsterDaemon, dispatcher: Dispatcher) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    assert keys(answer := daemon.tick(SENSOR)) == [company]
    assert daemon.run("customers_job", answer.run_requests[0]).success
    assert keys(daemon.tick(SENSOR)) == []


def test_a_backlog_larger_than_a_batch_is_asked_for_completely(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    """Several of them share one `updated`, for it counts whole seconds."""
    companies = [str(dispatcher.company(f"Company {number}")) for number in range(8)]
    asked: list[str] = []
    for _ in range(6):
        answer = daemon.tick(SENSOR)
        assert len(keys(answer)) <= 3
        asked += keys(answer)
        for request in answer.run_requests or []:
            assert daemon.run("customers_job", request).success
    assert sorted(asked) == sorted(companies)


def test_what_another_account_noticed_behind_the_same_port_hides_nothing(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    dispatcher.company("Harbor Foods LLC")
    daemon.settle("customers")
    another = Bookmark.open(daemon.cursors[SENSOR], datetime.now(UTC))
    company = str(dispatcher.company("Bayside Clinic"))
    daemon.tick(SENSOR)
    further = Bookmark.open(daemon.cursors[SENSOR], datetime.now(UTC))
    daemon.cursors[SENSOR] = replace(another, seen=further.seen, account="another").encode()

    assert company in keys(daemon.tick(SENSOR))


def test_before_the_account_goes_live_a_tick_reads_nothing_and_says_why(
    daemon: DagsterDaemon,
    dispatcher: Dispatcher,
    sandbox: Sandbox,
    account_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    company, text = str(dispatcher.company("Harbor Foods LLC")), account_file.read_text()
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", str(account_file.parent / "a new ledger"))
    account_file.write_text(text.replace("go_live: 2026-01-04", "go_live:"))
    sandbox.control.clear_calls()
    assert daemon.tick(SENSOR).skip_message == NO_DAY
    assert sandbox.control.calls() == []
    account_file.write_text(text)
    assert keys(daemon.tick(SENSOR)) == [company]


def test_a_failed_read_skips_and_leaves_the_cursor(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    daemon.tick(SENSOR)
    before = daemon.cursors[SENSOR]
    company = str(dispatcher.company("Harbor Foods LLC"))
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /company", kind="fail_before", count=99
    )
    answer = daemon.tick(SENSOR)
    assert "servicetrade" in answer.skip_message
    assert "Traceback" not in answer.skip_message
    assert daemon.cursors[SENSOR] == before
    sandbox.control.clear_faults()
    assert keys(daemon.tick(SENSOR)) == [company]


def test_a_request_whose_run_never_came_to_be_is_repeated(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    first = daemon.tick(SENSOR)
    dispatcher.company("Too New")
    assert "never started" in daemon.tick(SENSOR).skip_message
    daemon.wait(SENSOR, 6)
    second = daemon.tick(SENSOR)
    assert keys(second) == [company], "the lost ones come before anything new"
    assert second.run_requests[0].run_key != first.run_requests[0].run_key
    assert second.run_requests[0].run_config["ops"]["customers"]["config"]["attempt"] == 2


def test_a_failed_run_is_repeated_with_growing_pauses_until_it_succeeds(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    request = daemon.tick(SENSOR).run_requests[0]
    for attempt, pause in ((1, 5), (2, 10), (3, 20)):
        daemon.make_run("customers", dg.DagsterRunStatus.FAILURE, request.tags)
        daemon.wait(SENSOR, 0)
        waiting = daemon.tick(SENSOR).skip_message
        assert f"attempt {attempt}" in waiting
        assert f"{pause} s" in waiting or f"{pause - 1} s" in waiting
        daemon.forget_runs()
        daemon.wait(SENSOR, pause + 1)
        again = daemon.tick(SENSOR)
        assert keys(again) == [company]
        request = again.run_requests[0]
    assert daemon.run("customers_job", request).success
    assert daemon.tick(SENSOR).skip_message == "Nothing new."


def test_a_cancelled_run_is_repeated_too(daemon: DagsterDaemon, dispatcher: Dispatcher) -> None:
    dispatcher.company("Harbor Foods LLC")
    request = daemon.tick(SENSOR).run_requests[0]
    daemon.make_run("customers", dg.DagsterRunStatus.CANCELED, request.tags)
    assert "did not succeed" in daemon.tick(SENSOR).skip_message


def test_a_message_that_is_lost_on_its_way_to_a_worker_costs_a_delay_and_no_record(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    """Nobody begins its run, so Dagster fails it when its start limit is over; then the same
    records are asked for again.
    """
    company = str(dispatcher.company("Harbor Foods LLC"))
    asked = daemon.tick(SENSOR)
    run = daemon.make_run("customers", dg.DagsterRunStatus.STARTING, asked.run_requests[0].tags)
    assert "still going" in daemon.tick(SENSOR).skip_message
    daemon.instance.report_run_failed(
        run, "Run timed out due to taking longer than 300 seconds to start."
    )
    assert "asked again in" in daemon.tick(SENSOR).skip_message
    time.sleep(requests.FIRST_PAUSE_SECONDS)  # counted from the run's own end, which Dagster keeps
    again = daemon.tick(SENSOR)
    assert keys(again) == [company]
    assert daemon.run("customers_job", again.run_requests[0]).success
    rows = sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    assert [row["Name"].strip() for row in rows].count("Harbor Foods LLC") == 1


def test_a_reset_cursor_asks_for_everything_again_under_new_run_keys(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    dispatcher.company("Harbor Foods LLC")
    first = daemon.tick(SENSOR)
    daemon.cursors[SENSOR] = None
    second = daemon.tick(SENSOR)
    assert set(keys(first)) < set(keys(second))
    assert first.run_requests[0].run_key != second.run_requests[0].run_key


def test_a_tick_only_reads_and_logs_in_once(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    daemon.tick(SENSOR)
    sandbox.control.clear_calls()
    for _ in range(3):
        daemon.tick("sites_changes")
        daemon.tick("jobs_changes")
    calls = sandbox.control.calls(system="servicetrade")
    assert calls
    assert not [
        call
        for call in calls
        if call.is_write or "token" in call.operation or "auth" in call.operation
    ]
    assert not sandbox.control.calls(system="spectrum")
