"""A controller without a terminal reads in Dagster what would be sent, and sends exactly that."""

from typing import Any

import dagster as dg
import pytest

from st_spectrum.alerts.launchpads import OPS
from st_spectrum.ledger.documents.plans import KeptPlan
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.server import Sandbox
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher


def run(daemon: DagsterDaemon, job: str, **config: Any) -> dg.ExecuteInProcessResult:
    return daemon.defs.resolve_job_def(job).execute_in_process(
        run_config={"ops": {OPS[job]: {"config": config}}},
        instance=daemon.instance,
        raise_on_error=False,
    )


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = [event for event in result.all_events if event.is_successful_output]
    return {name: value.value for name, value in event.step_output_data.metadata.items()}


def said(result: dg.ExecuteInProcessResult) -> str:
    (event,) = [event for event in result.all_events if event.is_step_failure]
    error = event.step_failure_data.error
    return str(error and (error.cause or error).message)


def test_a_plan_is_read_applied_once_and_leaves_alone_what_moved(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    dispatcher.company("Harbor Foods")
    renamed = dispatcher.company("Bay Foods")

    plan = metadata_of(run(daemon, "make_plan", flow="customers"))
    dispatcher.change("company", renamed, name="Bay Fire")
    sent = metadata_of(run(daemon, "apply_plan", who="Ann", plan=plan["plan"]))
    again = metadata_of(run(daemon, "apply_plan", who="Ann", plan=plan["plan"]))

    assert "Harbor Foods" in plan["would_be_sent"]
    assert "Name: Harbor Foods" in plan["would_be_sent"]
    assert (plan["records"], sent["crossed"], sent["left_alone"]) == (2, 1, 1)
    assert "Bay Fire" in sent["what_was_left_alone"]
    assert (again["crossed"], sent["applied_by"]) == (0, "Ann")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"who": " ", "plan": "x"}, "Nothing was sent: say who you are."),
        ({"who": "Ann", "plan": "x"}, "Nothing was sent: there is no plan 'x'"),
    ],
)
def test_what_may_not_be_applied_is_refused_in_one_sentence(
    daemon: DagsterDaemon, config: dict[str, str], words: str
) -> None:
    assert words in said(run(daemon, "apply_plan", **config))


def test_no_plan_is_made_of_what_could_not_be_read(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods")
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /company", kind="fail_before", count=99
    )

    assert "No plan was made" in said(run(daemon, "make_plan"))
    assert "There is no flow 'jops'" in said(run(daemon, "make_plan", flow="jops"))


def test_plans_that_are_too_old_are_forgotten(
    daemon: DagsterDaemon, dispatcher: Dispatcher
) -> None:
    account = (daemon.defs.resources or {})["account"].load()
    with open_ledger(account.ledger) as ledger:
        ledger.put(KeptPlan("rubbish"), "old")

    kept = metadata_of(run(daemon, "make_plan"))["plan"]

    with open_ledger(account.ledger) as ledger:
        assert ledger.names(KeptPlan) == (kept,)
