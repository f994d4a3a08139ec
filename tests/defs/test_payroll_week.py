"""A payroll week in Dagster: what was missing is sent, and its table lies in one file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.definitions import build
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.contractor import ACCOUNT_FILE
from tests.flows.timekeeper import timekeeper


def test_a_week_is_sent_and_written_as_one_table(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    keeper = timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=1)
    for name, value in keeper.contractor.environment.items():
        monkeypatch.setenv(name, value)
    first = f"{keeper.week_ends[0] - timedelta(days=6)}"
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(ACCOUNT_FILE).resolve_job_def("reconcile_payroll")
        result = job.execute_in_process(instance=instance, partition_key=first)
    assert result.success
    found = pd.read_parquet(tmp_path / "payroll" / f"{first}.parquet")
    sent = found[found["state"] == "confirmed"]
    assert len(sent) == len(keeper.rows()) > 10
    assert sum(sent["hours"]) == sum(keeper.in_payroll().values())
    assert not any(sent["difference"])


def test_the_schedule_asks_for_the_week_that_ended_last() -> None:
    defs = build(Path("accounts/none.yaml"))
    schedule = defs.resolve_schedule_def("reconcile_payroll_weekly")
    monday = datetime(2026, 4, 13, 6, tzinfo=UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=monday, repository_def=defs.get_repository_def()
        )
        (request,) = schedule.evaluate_tick(context).run_requests
    assert request.partition_key == "2026-04-05"
