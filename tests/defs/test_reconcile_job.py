"""The nightly job: what the sensors missed is carried over and shown, flow by flow."""

import time
from typing import Any

import dagster as dg

from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.server import Sandbox
from tests.world.billing_clerk import BillingClerk
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher


def reconcile(daemon: DagsterDaemon) -> dg.ExecuteInProcessResult:
    job = daemon.defs.resolve_job_def("reconcile")
    return job.execute_in_process(instance=daemon.instance, raise_on_error=False)


def metadata_by_flow(ended: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Metadata by flow."""
    events = ended.asset_materializations_for_node("reconciliation")
    return {
        event.asset_key.path[-1]: {name: value.value for name, value in event.metadata.items()}
        for event in events
    }


def test_all_flows_are_compared_in_their_order_and_what_is_new_crosses_in_one_run(
    daemon: DagsterDaemon, dispatcher: Dispatcher, billing_clerk: BillingClerk, sandbox: Sandbox
) -> None:
    company = dispatcher.company("Harbor Foods LLC")
    location = dispatcher.location(company, "Pier 4 Cold Store")
    invoice = billing_clerk.draft({"price": 75.5}, customerId=company, locationId=location)
    billing_clerk.submit(invoice)
    ended = reconcile(daemon)
    assert ended.success
    found = metadata_by_flow(ended)
    assert tuple(found) == tuple(FLOWS)
    assert [found[flow]["created"] for flow in ("customers", "sites", "jobs", "invoices")] == [
        1,
        1,
        0,
        1,
    ]
    assert found["invoices"]["money_out"] == 75.5
    assert [found[flow]["missed_by_the_fast_path"] for flow in FLOWS] == [0] * len(FLOWS), (
        "it was on its way"
    )
    assert found["customers"]["missed"] == "Nothing was missed."
    assert billing_clerk.seen(invoice)["status"] == "processed"

    sandbox.control.clear_calls()
    again = metadata_by_flow(reconcile(daemon))
    assert [again[flow]["writes"] for flow in FLOWS] == [0] * len(FLOWS)
    assert not sandbox.control.calls(writes=True)


def test_what_nobody_asked_for_in_a_quarter_of_an_hour_is_counted_and_named(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    sandbox.control.switch("servicetrade", frozen_time=int(time.time()) - 1000)
    company = dispatcher.company("Harbor Foods LLC")
    found = metadata_by_flow(reconcile(daemon))
    assert found["customers"]["missed_by_the_fast_path"] == 1
    assert f"[{company}](" in found["customers"]["missed"]
    assert "Harbor Foods LLC" in found["customers"]["missed"]


def test_a_system_that_is_down_fails_the_run_in_one_sentence_and_keeps_what_was_done(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    sandbox.control.pause("spectrum")
    try:
        ended = reconcile(daemon)
    finally:
        sandbox.control.resume("spectrum")
    assert not ended.success
    failure = ended.failure_data_for_node("reconciliation")
    assert failure and failure.user_failure_data
    assert failure.user_failure_data.description.startswith(
        "reconciliation of customers stopped: spectrum"
    )
    assert metadata_by_flow(ended) == {}


def test_a_list_without_the_records_that_crossed_fails_the_run_and_says_so(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    assert reconcile(daemon).success
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /company", kind="empty_list", count=50
    )
    try:
        ended = reconcile(daemon)
    finally:
        sandbox.control.clear_faults()
    assert not ended.success
    failure = ended.failure_data_for_node("reconciliation")
    assert failure and failure.user_failure_data
    said = failure.user_failure_data
    assert said.description
    assert "does not list any of" in said.description
    assert said.metadata["cause"].value == "ServiceTrade does not list records that crossed"
    assert "sites" in metadata_by_flow(ended)


def test_a_run_of_the_night_holds_no_sensor_back(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    job = daemon.defs.resolve_job_def("reconcile")
    daemon.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=job.tags)
    dispatcher.company("Harbor Foods LLC")
    assert daemon.tick("customers_changes").run_requests


def test_it_runs_every_night_in_the_time_zone_of_the_account(daemon: DagsterDaemon) -> None:
    schedule = daemon.defs.resolve_schedule_def("reconcile_nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == (
        "0 2 * * *",
        "America/New_York",
    )
