"""From a tick to Spectrum and back: sensors, runs, engine and both systems together."""

from typing import Any

import dagster as dg

from st_spectrum.flows.session import open_session
from st_spectrum.ledger.entry import State
from st_spectrum.sandbox.server import Sandbox
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher


def customers(sandbox: Sandbox) -> list[str]:
    return [
        row["Name"].strip() for row in sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    ]


def writes(sandbox: Sandbox) -> list[Any]:
    return sandbox.control.calls(writes=True)


def numbers(ended: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """The metadata of an asset's materialization, as plain values."""
    (event,) = ended.asset_materializations_for_node(asset)
    return {name: value.value for name, value in event.metadata.items()}


def test_a_new_company_becomes_a_customer(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    (ended,) = daemon.tick_and_run("customers_changes")
    assert ended.success
    assert "Harbor Foods LLC" in customers(sandbox)
    shown = numbers(ended, "customers")
    assert (shown["records"], shown["created"], shown["held"], shown["not_reached"]) == (1, 1, 0, 0)
    assert company in shown["records_table"]
    assert {check.check_name: check.passed for check in ended.get_asset_check_evaluations()} == {
        "backlog_is_in_bounds": True,
        "delay_is_in_bounds": True,
        "ledger_is_current": True,
        "nothing_needs_attention": True,
    }


def test_running_a_run_again_writes_nothing(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    (request,) = daemon.tick("customers_changes").run_requests
    assert daemon.run("customers_job", request).success
    sandbox.control.clear_calls()
    again = daemon.run("customers_job", request)
    assert again.success
    assert not writes(sandbox)
    assert numbers(again, "customers")["unchanged"] == 1


def test_a_site_waits_for_its_customer_and_then_goes_by_itself(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.location(dispatcher.company("Harbor Foods LLC"), "Pier 4 Cold Store")
    (ended,) = daemon.tick_and_run("sites_changes")
    assert ended.success, "a record that waits fails no run"
    assert numbers(ended, "sites")["held"] == 1
    assert daemon.tick_and_run("sites_redrive") == [], "its customer is not there yet"
    daemon.tick_and_run("customers_changes")
    (ended,) = daemon.tick_and_run("sites_redrive")
    assert ended.success
    assert numbers(ended, "sites")["completed"] + numbers(ended, "sites")["created"] == 1
    sites = sandbox.control.records("spectrum", "WO_ADDRESS_MC")
    assert [row["Ship_To_Name"].strip() for row in sites] == ["Pier 4 Cold Store"]


def test_while_spectrum_is_down_the_run_fails_loudly_and_afterwards_it_goes_on(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    sandbox.control.pause("spectrum")
    try:
        (ended,) = daemon.tick_and_run("customers_changes")
    finally:
        sandbox.control.resume("spectrum")
    assert not ended.success
    failure = ended.failure_data_for_node("customers")
    assert failure and failure.user_failure_data
    assert failure.user_failure_data.description.startswith("customers stopped: spectrum")
    assert "goes on by itself" in failure.user_failure_data.description
    assert not ended.asset_materializations_for_node("customers")
    assert [
        event
        for event in ended.all_events
        if event.event_type is dg.DagsterEventType.ASSET_OBSERVATION
    ]
    assert "Harbor Foods LLC" not in customers(sandbox)

    daemon.forget_runs()
    daemon.wait("customers_changes", 6)
    (again,) = daemon.tick_and_run("customers_changes")
    assert again.success
    assert customers(sandbox).count("Harbor Foods LLC") == 1


def test_while_servicetrade_is_down_nothing_is_asked_for(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    before = daemon.cursors["customers_changes"]
    sandbox.control.pause("servicetrade")
    try:
        answer = daemon.tick("customers_changes")
    finally:
        sandbox.control.resume("servicetrade")
    assert not answer.run_requests
    assert "servicetrade" in answer.skip_message
    assert daemon.cursors["customers_changes"] == before
    (ended,) = daemon.tick_and_run("customers_changes")
    assert ended.success


def test_a_record_that_needs_a_person_shows_in_the_check_and_fails_no_run(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind="locked", count=99)
    (ended,) = daemon.tick_and_run("customers_changes")
    assert ended.success
    assert numbers(ended, "customers")["rejected"] == 1
    found = {check.check_name: check for check in ended.get_asset_check_evaluations()}
    assert found["ledger_is_current"].passed
    check = found["nothing_needs_attention"]
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert "Harbor Foods LLC" in check.metadata["records"].value


def test_a_claim_left_by_a_dead_run_is_asked_for_again(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    company = str(dispatcher.company("Harbor Foods LLC"))
    account = (daemon.defs.resources or {})["account"].load()
    with open_session(account) as session:
        session.ledger.claim("customers", company, run_id="died")
    (ended,) = daemon.tick_and_run("customers_redrive")
    assert ended.success
    with open_session(account) as session:
        held = session.ledger.get("customers", company)
    assert held and held.entry.state is State.CONFIRMED
    assert customers(sandbox).count("Harbor Foods LLC") == 1
