"""What somebody does about records in Dagster, who has no terminal."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest
import yaml

from st_spectrum.alerts.launchpads import NOWHERE, OPS, Launchpads
from st_spectrum.assets.causes import launchpads_of
from st_spectrum.assets.names import AccountNames
from st_spectrum.engine.people.person import interventions_of
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.server import Sandbox
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

PADS = Launchpads("http://dagster.example:3000/", "north wind", "north_")


def config_in(link: str) -> Any:
    return yaml.safe_load(parse_qs(urlsplit(link).query)["config"][0])


def run(daemon: DagsterDaemon, job: str, **config: Any) -> dg.ExecuteInProcessResult:
    return daemon.defs.resolve_job_def(job).execute_in_process(
        run_config={"ops": {OPS[job]: {"config": config}}},
        instance=daemon.instance,
        raise_on_error=False,
    )


def said(result: dg.ExecuteInProcessResult) -> str:
    (event,) = [event for event in result.all_events if event.is_step_failure]
    error = event.step_failure_data.error
    return str(error and (error.cause or error).message)


def test_a_link_opens_the_launchpad_with_all_filled_in_but_who_acts() -> None:
    link = PADS.handled("jobs", "4412|1")

    address = "http://dagster.example:3000/locations/north%20wind/jobs/north_handled_by_hand"
    assert link.startswith(f"{address}/playground/setup?config=")
    config = config_in(link)["ops"]["north_handle"]["config"]
    assert (config["record"], config["who"], config["note"]) == ("4412|1", None, None)
    assert config_in(PADS.retry("ab12"))["ops"]["north_retry"]["config"]["cause"] == "ab12"
    assert NOWHERE.retry("ab12") == NOWHERE.all_of("jobs") == ""


@pytest.mark.parametrize(
    "link", [PADS.retry("a"), PADS.handled("jobs", "1"), PADS.resolve("jobs", "1")]
)
def test_what_a_link_leaves_open_keeps_the_run_from_starting(
    daemon: DagsterDaemon, link: str
) -> None:
    ((name, op),) = config_in(link)["ops"].items()
    op_name = name.removeprefix("north_")
    (job,) = [job for job, only in OPS.items() if only == op_name]
    definition = daemon.defs.resolve_job_def(job)

    config = {"ops": {op_name: op}}
    with pytest.raises(dg.DagsterInvalidConfigError, match="who"):
        dg.validate_run_config(definition, config)


def test_a_clerk_says_in_dagster_that_a_customer_was_made_by_hand_and_takes_it_back(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind="locked")
    company = dispatcher.company("Harbor Foods LLC")
    daemon.settle("customers")
    account = (daemon.defs.resources or {})["account"].load()

    wrong = run(
        daemon,
        "handled_by_hand",
        who="Ann Clerk",
        note="made at the screen",
        flow="customers",
        record=str(company),
        spectrum_key="NOBODY",
    )
    assert not wrong.success
    assert "Nothing was changed: Spectrum has nothing under NOBODY." in said(wrong)

    done = run(
        daemon,
        "handled_by_hand",
        who="Ann Clerk",
        note="is our own company",
        flow="customers",
        record=str(company),
        nothing_to_send=True,
    )
    assert done.success
    with open_ledger(account.ledger) as ledger:
        held = ledger.get("customers", str(company))
        (act,) = interventions_of(ledger, "customers", str(company))
    assert held is not None
    assert held.entry.state is State.SKIPPED
    assert (act.who, act.note) == ("Ann Clerk", "is our own company")

    assert run(
        daemon,
        "handled_by_hand",
        who="Ann Clerk",
        note="no, it is a customer",
        flow="customers",
        record=str(company),
        undo=True,
    ).success
    assert run(
        daemon, "retry_records", who="Ann Clerk", flow="customers", records=[str(company)]
    ).success


def test_nobody_acts_without_a_name(daemon: DagsterDaemon) -> None:
    result = run(daemon, "retry_records", who="  ", all_that_waits=True)

    assert "Nothing was changed: say who you are." in said(result)


def test_a_check_links_to_the_code_location_that_its_run_came_from(daemon: DagsterDaemon) -> None:
    run = daemon.make_run("customers", dg.DagsterRunStatus.SUCCESS)

    pads = launchpads_of(run, "http://dagster.example", AccountNames("north"))

    assert pads.location == "here"
    assert pads.all_of("customers") == "http://dagster.example/assets/north/customers?view=checks"
