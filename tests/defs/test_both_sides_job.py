"""The nightly comparison of both sides: what is not equal stands first on its page, and nothing is
sent.
"""

import time
from typing import Any

import dagster as dg
import pytest

from st_spectrum.alerts.differences import causes_of_differences
from st_spectrum.alerts.failures import failures
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.reconcile.found_differences import kept_differences
from st_spectrum.sandbox.server import Sandbox
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

OP = "both_sides"


def run(daemon: DagsterDaemon, **config: Any) -> dg.ExecuteInProcessResult:
    return daemon.defs.resolve_job_def("compare_both_sides").execute_in_process(
        run_config={"ops": {OP: {"config": config}}},
        instance=daemon.instance,
        raise_on_error=False,
    )


def compare(daemon: DagsterDaemon, **config: Any) -> dict[str, dict[str, Any]]:
    """What each flow's asset says."""
    ended = run(daemon, **config)
    assert ended.success
    return {
        event.asset_key.path[-1]: {name: value.value for name, value in event.metadata.items()}
        for event in ended.asset_materializations_for_node(OP)
    }


def enter_long_ago(sandbox: Sandbox, dispatcher: Dispatcher) -> None:
    """Longer than what is on its way."""
    sandbox.control.switch("servicetrade", frozen_time=int(time.time()) - 1000)
    dispatcher.company("Harbor Foods LLC")


def test_a_comparison_names_what_was_never_sent_and_only_a_repair_sends_it(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    enter_long_ago(sandbox, dispatcher)
    ended = run(daemon)
    (event, *_) = ended.asset_materializations_for_node(OP)
    assert event.asset_key.path[-2:] == ["both_sides", "customers"]
    assert next(iter(event.metadata)) == "differences", "the table comes first"
    assert "Harbor Foods LLC" in str(event.metadata["differences"].value)
    assert event.metadata["to_be_put_right"].value == 1
    checks = {
        evaluation.asset_key.path[-1]: evaluation
        for evaluation in ended.get_asset_check_evaluations()
        if evaluation.check_name == "both_sides_are_equal"
    }
    assert not checks["customers"].passed
    assert checks["customers"].description == "Not equal: 1 difference to be put right."
    assert checks["sites"].passed
    assert sandbox.control.calls(system="spectrum", operation="AddCustomer") == []

    assert compare(daemon, flow="customers", repair=True)["customers"]["repaired"] == 2
    assert len(sandbox.control.calls(system="spectrum", operation="AddCustomer")) == 1
    said = compare(daemon, flow="customers")
    assert set(said) == {"customers"}
    assert said["customers"]["verdict"] == "Both sides are equal."


def test_one_month_is_an_observation_for_the_page_goes_on_showing_the_whole(
    daemon: DagsterDaemon,
) -> None:
    ended = run(daemon, flow="invoices", period="2026-03")
    assert ended.success
    assert ended.asset_materializations_for_node(OP) == []
    (seen,) = [
        event
        for event in ended.all_events
        if event.event_type is dg.DagsterEventType.ASSET_OBSERVATION
    ]
    assert seen.asset_key and seen.asset_key.path[-1] == "invoices"


def test_a_flow_that_there_is_not_and_a_month_that_there_cannot_be_compare_nothing(
    daemon: DagsterDaemon,
) -> None:
    for config, said in (
        ({"flow": "invoice"}, "there is no flow 'invoice'"),
        ({"period": "2026-3"}, "2026-3: expected a month such as 2026-03"),
    ):
        ended = run(daemon, **config)
        failure = ended.failure_data_for_node(OP)
        assert failure and failure.user_failure_data
        assert said in failure.user_failure_data.description


def test_a_system_that_is_down_fails_the_run_in_one_sentence_which_a_mail_tells(
    daemon: DagsterDaemon, sandbox: Sandbox
) -> None:
    sandbox.control.pause("servicetrade")
    try:
        ended = run(daemon)
    finally:
        sandbox.control.resume("servicetrade")
    failure = ended.failure_data_for_node(OP)
    assert failure and failure.user_failure_data
    assert failure.user_failure_data.description.startswith(
        "the comparison of both sides stopped: servicetrade"
    )
    account = (daemon.defs.resources or {})["account"].load()
    with open_ledger(account.ledger) as ledger:
        (kept,) = failures(ledger).values()
    assert kept.latest.job == "compare_both_sides"


def test_it_runs_every_night_after_what_was_missed_has_been_carried(daemon: DagsterDaemon) -> None:
    schedule = daemon.defs.resolve_schedule_def("compare_both_sides_nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == (
        "0 4 * * *",
        "America/New_York",
    )


def test_what_is_not_equal_is_a_cause_of_mails_until_a_later_night_finds_it_put_right(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    account = (daemon.defs.resources or {})["account"].load()

    def causes() -> list[tuple[str, int]]:
        with open_ledger(account.ledger) as ledger:
            found = kept_differences(ledger, "customers")
        return [
            (cause.text, cause.count) for cause in causes_of_differences("customers", found, "")
        ]

    enter_long_ago(sandbox, dispatcher)
    compare(daemon)
    assert causes() == [("not the same in ServiceTrade and Spectrum", 1)]
    run(daemon, flow="customers", repair=True)
    run(daemon, flow="invoices")
    assert causes() != [], "another flow was looked at"
    compare(daemon)
    assert causes() == []

    sandbox.control.switch("servicetrade", frozen_time=0)
    dispatcher.company("Granby Theater")
    said = compare(daemon)["customers"]
    assert said["verdict"] == "Both sides are equal but for 1 on its way."
    assert (said["to_be_put_right"], said["on_its_way"]) == (0, 1)
    assert "missing [on its way]" in str(said["differences"])
    assert causes() == []


def test_what_cannot_be_seen_is_no_error_and_never_called_equal(
    daemon: DagsterDaemon, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher.company("Harbor Foods LLC")
    monkeypatch.setenv("SPECTRUM_INFOLINK_URL", "")
    ended = run(daemon, flow="sites")
    (check,) = ended.get_asset_check_evaluations()
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert str(check.description).startswith("Not seen. Without Info-Link only customers")
