"""Ticks of the change sensors against the real sandbox: nothing noticed is ever lost on the way to
a run.
"""

import time
from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sensors import requests
from st_spectrum.sensors.requests import Bookmark
from tests.defs.driver import Driver
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


def test_nothing_new_asks_for_nothing_and_remembers_where_it_was(driver: Driver) -> None:
    answer = driver.tick(SENSOR)
    assert answer.skip_message == "Nothing new."
    assert Bookmark.open(answer.cursor, datetime.now(UTC)).seen


def test_a_new_company_is_asked_for_once(driver: Driver, dispatcher: Dispatcher) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    assert keys(answer := driver.tick(SENSOR)) == [company]
    assert driver.run("customers_job", answer.run_requests[0]).success
    assert keys(driver.tick(SENSOR)) == []


def test_a_backlog_larger_than_a_batch_is_asked_for_completely(
    driver: Driver, dispatcher: Dispatcher
) -> None:
    """Several of them share one `updated`, for it counts whole seconds."""
    companies = [str(dispatcher.company(f"Company {number}")) for number in range(8)]
    asked: list[str] = []
    for _ in range(6):
        answer = driver.tick(SENSOR)
        assert len(keys(answer)) <= 3
        asked += keys(answer)
        for request in answer.run_requests or []:
            assert driver.run("customers_job", request).success
    assert sorted(asked) == sorted(companies)


def test_what_another_account_noticed_behind_the_same_port_hides_nothing(
    driver: Driver, dispatcher: Dispatcher
) -> None:
    dispatcher.company("Harbor Foods LLC")
    driver.settle("customers")
    another = Bookmark.open(driver.cursors[SENSOR], datetime.now(UTC))
    company = str(dispatcher.company("Bayside Clinic"))
    driver.tick(SENSOR)
    further = Bookmark.open(driver.cursors[SENSOR], datetime.now(UTC))
    driver.cursors[SENSOR] = replace(another, seen=further.seen, account="another").encode()

    assert company in keys(driver.tick(SENSOR))


def test_a_failed_read_skips_and_leaves_the_cursor(
    driver: Driver, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    driver.tick(SENSOR)
    before = driver.cursors[SENSOR]
    company = str(dispatcher.company("Harbor Foods LLC"))
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /company", kind="fail_before", count=99
    )
    answer = driver.tick(SENSOR)
    assert "servicetrade" in answer.skip_message
    assert "Traceback" not in answer.skip_message
    assert driver.cursors[SENSOR] == before
    sandbox.control.clear_faults()
    assert keys(driver.tick(SENSOR)) == [company]


def test_a_request_whose_run_never_came_to_be_is_repeated(
    driver: Driver, dispatcher: Dispatcher
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    first = driver.tick(SENSOR)
    dispatcher.company("Too New")
    assert "never started" in driver.tick(SENSOR).skip_message
    driver.wait(SENSOR, 6)
    second = driver.tick(SENSOR)
    assert keys(second) == [company], "the lost ones come before anything new"
    assert second.run_requests[0].run_key != first.run_requests[0].run_key
    assert second.run_requests[0].run_config["ops"]["customers"]["config"]["attempt"] == 2


def test_a_failed_run_is_repeated_with_growing_pauses_until_it_succeeds(
    driver: Driver, dispatcher: Dispatcher
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    request = driver.tick(SENSOR).run_requests[0]
    for attempt, pause in ((1, 5), (2, 10), (3, 20)):
        driver.make_run("customers", dg.DagsterRunStatus.FAILURE, request.tags)
        driver.wait(SENSOR, 0)
        waiting = driver.tick(SENSOR).skip_message
        assert f"attempt {attempt}" in waiting
        assert f"{pause} s" in waiting or f"{pause - 1} s" in waiting
        driver.forget_runs()
        driver.wait(SENSOR, pause + 1)
        again = driver.tick(SENSOR)
        assert keys(again) == [company]
        request = again.run_requests[0]
    assert driver.run("customers_job", request).success
    assert driver.tick(SENSOR).skip_message == "Nothing new."


def test_a_cancelled_run_is_repeated_too(driver: Driver, dispatcher: Dispatcher) -> None:
    dispatcher.company("Harbor Foods LLC")
    request = driver.tick(SENSOR).run_requests[0]
    driver.make_run("customers", dg.DagsterRunStatus.CANCELED, request.tags)
    assert "did not succeed" in driver.tick(SENSOR).skip_message


def test_a_message_that_is_lost_on_its_way_to_a_worker_costs_a_delay_and_no_record(
    driver: Driver, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    """Nobody begins its run, so Dagster fails it when its start limit is over; then the same
    records are asked for again.
    """
    company = str(dispatcher.company("Harbor Foods LLC"))
    asked = driver.tick(SENSOR)
    run = driver.make_run("customers", dg.DagsterRunStatus.STARTING, asked.run_requests[0].tags)
    assert "still going" in driver.tick(SENSOR).skip_message
    driver.instance.report_run_failed(
        run, "Run timed out due to taking longer than 300 seconds to start."
    )
    assert "asked again in" in driver.tick(SENSOR).skip_message
    time.sleep(requests.FIRST_PAUSE_SECONDS)  # counted from the run's own end, which Dagster keeps
    again = driver.tick(SENSOR)
    assert keys(again) == [company]
    assert driver.run("customers_job", again.run_requests[0]).success
    rows = sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    assert [row["Name"].strip() for row in rows].count("Harbor Foods LLC") == 1


def test_a_reset_cursor_asks_for_everything_again_under_new_run_keys(
    driver: Driver, dispatcher: Dispatcher
) -> None:
    dispatcher.company("Harbor Foods LLC")
    first = driver.tick(SENSOR)
    driver.cursors[SENSOR] = None
    second = driver.tick(SENSOR)
    assert set(keys(first)) < set(keys(second))
    assert first.run_requests[0].run_key != second.run_requests[0].run_key


def test_a_tick_only_reads_and_logs_in_once(
    driver: Driver, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    driver.tick(SENSOR)
    sandbox.control.clear_calls()
    for _ in range(3):
        driver.tick("sites_changes")
        driver.tick("jobs_changes")
    calls = sandbox.control.calls(system="servicetrade")
    assert calls
    assert not [
        call
        for call in calls
        if call.is_write or "token" in call.operation or "auth" in call.operation
    ]
    assert not sandbox.control.calls(system="spectrum")
