"""The checks of a flow are one step of its runs, and each is asked and told by itself."""

from pathlib import Path

import dagster as dg

from st_spectrum.assets.backlog import CHECK as BACKLOG
from st_spectrum.assets.backlog import DELAY_CHECK
from st_spectrum.assets.checks import CHECK as ATTENTION
from st_spectrum.assets.ledger_check import CHECK as LEDGER
from st_spectrum.sandbox.callers import ServiceTradeCaller
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import ADDRESS

KEY = dg.AssetKey(["sandbox", "customers"])
EVERY = {ATTENTION, LEDGER, BACKLOG, DELAY_CHECK}


def steps(run: dg.ExecuteInProcessResult) -> list[str]:
    return [event.step_key or "" for event in run.all_events if event.is_step_start]


def evaluations_of(run: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {check.check_name: check for check in run.get_asset_check_evaluations()}


def asked_alone(daemon: DagsterDaemon, *names: str) -> dg.ExecuteInProcessResult:
    """As somebody does on the asset's page."""
    keys = [dg.AssetCheckKey(KEY, name) for name in names]
    job = dg.define_asset_job("asked_alone", selection=dg.AssetSelection.checks(*keys))
    defs = dg.Definitions.merge(daemon.defs, dg.Definitions(jobs=[job]))
    return defs.resolve_job_def("asked_alone").execute_in_process(instance=daemon.instance)


def test_a_run_is_one_step_for_its_records_and_one_for_all_checks(
    daemon: DagsterDaemon, office: ServiceTradeCaller
) -> None:
    office.post("/company", name="First", customer=True, **ADDRESS)
    (run,) = daemon.tick_and_run("customers_changes")
    assert steps(run) == ["customers", "sandbox__customers_checks"]
    assert evaluations_of(run).keys() == EVERY
    assert all(
        check.asset_key == KEY and not check.blocking for check in evaluations_of(run).values()
    )


def test_each_check_can_be_asked_by_itself(daemon: DagsterDaemon) -> None:
    for name in sorted(EVERY):
        assert evaluations_of(asked_alone(daemon, name)).keys() == {name}
    assert evaluations_of(asked_alone(daemon, LEDGER, BACKLOG)).keys() == {LEDGER, BACKLOG}


def test_an_account_file_that_cannot_be_read_is_told_by_each_and_fails_no_run(
    daemon: DagsterDaemon, account_file: Path
) -> None:
    account_file.write_text("spectrum: nonsense", encoding="utf-8")
    run = asked_alone(daemon, *EVERY)
    assert run.success
    assert evaluations_of(run).keys() == EVERY
    for check in evaluations_of(run).values():
        assert not check.passed and check.severity is dg.AssetCheckSeverity.WARN
        assert check.description
