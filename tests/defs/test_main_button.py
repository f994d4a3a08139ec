"""*Materialize* on an asset's page, with nothing filled in: everything that is due crosses, and the
run is as much ours as one that a sensor asked for.
"""

import tomllib
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from st_spectrum.assets.failures import failed_run_of, job_of
from st_spectrum.assets.jobs import LONGEST_RUNTIME_SECONDS
from st_spectrum.assets.names import AccountNames
from st_spectrum.assets.run_words import in_plain_words
from st_spectrum.definitions import build
from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sensors.runs import is_in_flight
from tests.defs.test_ticks_to_spectrum import customers, numbers
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

NAMES = AccountNames("sandbox")
ROOT = Path(__file__).parents[2]


def materialize(daemon: DagsterDaemon, *flows: str) -> dg.ExecuteInProcessResult:
    """What the button does: Dagster's own job, of the assets chosen, without config and tags."""
    job = daemon.defs.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=daemon.instance,
        asset_selection=[NAMES.key(flow) for flow in flows],
        raise_on_error=False,
    )


def test_it_carries_all_that_is_due(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.location(dispatcher.company("Harbor Foods LLC"), "Pier 4 Cold Store")
    dispatcher.company("Tidewater Pipe")
    assert materialize(daemon, "sites").success
    ended = materialize(daemon, "customers", "sites")
    assert ended.success
    assert {"Harbor Foods LLC", "Tidewater Pipe"} <= set(customers(sandbox))
    assert numbers(ended, "customers")["created"] == 2
    sites = sandbox.control.records("spectrum", "WO_ADDRESS_MC")
    assert [row["Ship_To_Name"].strip() for row in sites] == ["Pier 4 Cold Store"]
    sandbox.control.clear_calls()
    again = materialize(daemon, "customers", "sites")
    assert again.success
    assert not sandbox.control.calls(writes=True)
    assert numbers(again, "customers")["not_reached"] == 0


def test_keys_still_carry_just_these(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    wanted = str(dispatcher.company("Harbor Foods LLC"))
    dispatcher.company("Tidewater Pipe")
    config = {"ops": {"customers": {"config": {"keys": [wanted]}}}}
    job = daemon.defs.resolve_job_def("customers_job")
    assert job.execute_in_process(instance=daemon.instance, run_config=config).success
    assert "Harbor Foods LLC" in customers(sandbox)
    assert "Tidewater Pipe" not in customers(sandbox)


def test_a_flow_that_the_account_does_not_carry_says_why(
    daemon: DagsterDaemon, account_file: Path
) -> None:
    text = account_file.read_text()
    account_file.write_text(text.replace("  is_carried: true ", "  is_carried: false "))
    ended = materialize(daemon, "timecards")
    assert ended.success
    assert "is_carried" in numbers(ended, "timecards")["nothing_is_carried"]


def test_its_run_is_tagged_as_ours(daemon: DagsterDaemon) -> None:
    ended = materialize(daemon, "customers")
    run = daemon.instance.get_run_by_id(ended.run_id)
    assert run is not None
    assert NAMES.lane("customers").items() <= run.tags.items()
    assert run.tags["dagster/max_runtime"] == str(LONGEST_RUNTIME_SECONDS)
    assert not is_in_flight(daemon.instance, NAMES.lane("customers"), datetime.now(UTC))


def test_what_stops_it_is_told_in_the_words_of_our_own_job(
    daemon: DagsterDaemon, dispatcher: Dispatcher, sandbox: Sandbox
) -> None:
    dispatcher.company("Harbor Foods LLC")
    sandbox.control.pause("spectrum")
    try:
        ended = materialize(daemon, "customers")
    finally:
        sandbox.control.resume("spectrum")
    assert not ended.success
    run = daemon.instance.get_run_by_id(ended.run_id)
    assert run is not None
    assert job_of(run) == "customers_job"
    found = failed_run_of(daemon.instance, run, datetime.now(UTC))
    assert found.said.startswith("customers stopped: spectrum")
    assert found.lane == "sandbox"
    assert "__" not in found.job


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Run timed out due to taking longer than 60 seconds to start.",
            "The run did not begin within 60 seconds.",
        ),
        (
            "Exceeded maximum runtime of 900 seconds.",
            "The run took longer than 900 seconds and was ended.",
        ),
        (
            (
                "Detected run worker status <WorkerStatus.FAILED: 'FAILED'>: 'gone'. Marking run 1f"
                " as failed."
            ),
            "The process that carried the run out is gone.",
        ),
        (
            "dagster._core.errors.DagsterExecutionInterruptedError\n",
            "The run was interrupted.",
        ),
        (
            (
                'Execution of run for "customers_job" failed. An exception was thrown during'
                " execution."
            ),
            "The run ended without a word.",
        ),
        ("KeyError: 4711", "KeyError: 4711"),
        (
            "customers stopped: spectrum AddCustomer: no answer.",
            "customers stopped: spectrum AddCustomer: no answer.",
        ),
    ],
)
def test_no_phrase_of_dagsters_insides_reaches_a_person(said: str, expected: str) -> None:
    assert in_plain_words(said) == expected


def test_dagster_still_says_what_we_put_into_other_words(tmp_path: Path) -> None:
    """Where its words change, ours would not be found."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:

        @dg.job
        def nothing() -> None: ...

        run = instance.create_run_for_job(nothing)
        instance.report_run_failed(run)
        assert (
            failed_run_of(instance, run, datetime.now(UTC)).said
            == "The run was ended from outside."
        )
    from dagster._daemon.monitoring import run_monitoring

    words = Path(run_monitoring.__file__).read_text()
    for phrase in (
        "seconds to start",
        "Exceeded maximum runtime of",
        "Detected run worker status",
        "forcibly marked",
    ):
        assert phrase in words


def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_what_is_scheduled_shows_whether_it_came_in_time() -> None:
    found = specs(build(ROOT / "accounts" / "none.yaml"))
    with_policy = {key for key, spec in found.items() if spec.freshness_policy is not None}
    nightly = {f"none/{kind}/{flow}" for kind in ("reconciliation", "both_sides") for flow in FLOWS}
    assert with_policy == {"none/payroll_week", *nightly}
    policy: Any = found["none/payroll_week"].freshness_policy
    assert (policy.deadline_cron, policy.lower_bound_delta) == ("0 10 * * 1", timedelta(hours=5))


def test_every_asset_says_what_it_is_whose_and_where_it_stands() -> None:
    found = specs(build(ROOT / "accounts" / "none.yaml"))
    assert set(FLOWS) <= {key.removeprefix("none/") for key in found}
    for spec in found.values():
        assert spec.group_name and spec.description and spec.owners, spec.key
        assert {"servicetrade", "spectrum"} <= spec.kinds


def test_dg_finds_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    module = import_module(project["code_location_target_module"])
    assert module.__name__.startswith(f"{project['root_module']}.")
    assert isinstance(module.defs(), dg.Definitions)
