"""The Dagster entry point: everything wired, nothing else.

Loading needs no network and no secrets. A wrong account file does not keep the UI from coming up:
it shows as one sentence at the first tick or run.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.account.timecards import TimecardRules
from st_spectrum.assets.acting import acting_jobs
from st_spectrum.assets.backlog import backlog_check, delay_check
from st_spectrum.assets.both_sides import both_sides_asset, both_sides_job, both_sides_schedule
from st_spectrum.assets.checks import attention_check
from st_spectrum.assets.closing import closing_assets, closing_jobs
from st_spectrum.assets.closing_periods import Closing, months
from st_spectrum.assets.flow_checks import FlowCheck, flow_checks
from st_spectrum.assets.jobs import sync_job
from st_spectrum.assets.ledger_check import ledger_check
from st_spectrum.assets.master_data import sync_asset
from st_spectrum.assets.names import AccountNames
from st_spectrum.assets.payroll import (
    FIRST_DAY,
    payroll_asset,
    payroll_job,
    payroll_schedule,
    payroll_weeks,
)
from st_spectrum.assets.planning import planning_jobs
from st_spectrum.assets.reconciliation import (
    reconcile_job,
    reconcile_schedule,
    reconciliation_asset,
)
from st_spectrum.assets.sums import SUMS_CHECK
from st_spectrum.domain.errors import SettingsInvalid, SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.resources.account import account_files_in_force
from st_spectrum.resources.of_accounts import account_resources
from st_spectrum.resources.weekly_tables import TABLES, WeeklyTables
from st_spectrum.sensors.alerts import alerts_job, alerts_sensor
from st_spectrum.sensors.changes import change_sensor
from st_spectrum.sensors.failures import failed_runs_sensor
from st_spectrum.sensors.redrive import redrive_sensor
from st_spectrum.sensors.retention import retention_job, retention_schedule

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

    AnyJob: TypeAlias = UnresolvedAssetJobDefinition | dg.JobDefinition

SENSORS_VARIABLE = "ST_SPECTRUM_SENSORS"
"""`on` starts sensors and schedules with the code location; else a person starts them in the UI."""

POLL_SECONDS = 4

CHECKS = (attention_check, ledger_check, backlog_check, delay_check)
"""Those that every flow has."""


def build(*account_files: Path, is_running: bool | None = None) -> dg.Definitions:
    """All definitions of the accounts, by default of those that the environment names; `is_running`
    says whether sensors and schedules start by themselves. An account is called after its file.
    """
    given = account_files or account_files_in_force()
    files = {file.stem: file for file in given}
    if len(files) < len(given):
        raise SettingsInvalid(
            [f"two account files of one code location have one name: {', '.join(map(str, given))}"]
        )
    running = os.environ.get(SENSORS_VARIABLE) == "on" if is_running is None else is_running
    accounts = [
        of_account(AccountNames(name, is_alone=len(files) == 1), file, is_running=running)
        for name, file in files.items()
    ]
    # The button of an asset's page starts a job of Dagster's own, with this executor: one process,
    # as in ours.
    common = dg.Definitions(resources=account_resources(files), executor=dg.in_process_executor)
    return dg.Definitions.merge(*accounts, common)


def of_account(names: AccountNames, file: Path, *, is_running: bool) -> dg.Definitions:
    """Assets, checks, jobs, sensors and schedules of one account."""
    sensor_status = dg.DefaultSensorStatus.RUNNING if is_running else dg.DefaultSensorStatus.STOPPED
    schedule_status = (
        dg.DefaultScheduleStatus.RUNNING if is_running else dg.DefaultScheduleStatus.STOPPED
    )
    account = readable_account(file)
    poll_seconds = account.pace.poll_seconds if account else POLL_SECONDS
    timezone = account.timezone if account else "UTC"
    # What cannot be read now may be readable at the tick, so the schedule asks and the run says
    # what is wrong.
    rules = account.timecards if account else TimecardRules(first_day=FIRST_DAY)
    weeks = payroll_weeks(rules, timezone)
    closings = closings_of(names, months(account.go_live if account else "", timezone), weeks)
    syncs = {flow: sync_job(flow, names) for flow in FLOWS}
    alerts_now, reconcile, payroll, both_sides = (
        alerts_job(names),
        reconcile_job(tuple(FLOWS), names),
        payroll_job(names),
        both_sides_job(names),
    )
    jobs: list[AnyJob] = [*syncs.values(), reconcile, payroll, both_sides, alerts_now]
    by_hand: list[AnyJob] = [
        *acting_jobs(names),
        *planning_jobs(names),
        *(job for closing in closings for job in closing_jobs(closing)),
    ]
    retention = retention_job(names, [job.name for job in (*jobs, *by_hand)])
    schedules: list[dg.ScheduleDefinition] = [
        reconcile_schedule(reconcile, names, timezone, schedule_status),
        both_sides_schedule(both_sides, names, timezone, schedule_status),
        payroll_schedule(payroll, names, weeks, rules, schedule_status),
        retention_schedule(retention, names, timezone, schedule_status),
    ]
    sensors: list[dg.SensorDefinition] = [
        *(change_sensor(flow, syncs[flow], names, poll_seconds, sensor_status) for flow in FLOWS),
        *(redrive_sensor(flow, syncs[flow], names, sensor_status) for flow in FLOWS),
        failed_runs_sensor([*jobs, retention], names, sensor_status),
    ]
    automations = [*(sensor.name for sensor in sensors), *(schedule.name for schedule in schedules)]
    return dg.Definitions(
        assets=[*assets_of(names, closings, timezone), payroll_asset(weeks, names, rules)],
        asset_checks=[flow_checks(flow, names, checks_of(flow)) for flow in FLOWS],
        jobs=[*jobs, *by_hand, retention],
        sensors=[*sensors, alerts_sensor(alerts_now, names, automations, sensor_status)],
        schedules=schedules,
        resources={names.of(TABLES): WeeklyTables(account_file=str(file))},
    )


def assets_of(
    names: AccountNames, closings: Sequence[Closing], timezone: str
) -> list[dg.AssetsDefinition]:
    """Those of the flows."""
    return [
        *(sync_asset(flow, names) for flow in FLOWS),
        reconciliation_asset(tuple(FLOWS), names, timezone),
        both_sides_asset(names, closings, timezone),
        *(asset for closing in closings for asset in closing_assets(closing)),
    ]


def checks_of(flow: str) -> list[FlowCheck]:
    """In the order in which they are judged."""
    own = [SUMS_CHECK] if FLOWS[flow].has_approved_sums else []
    return [*(check(flow) for check in CHECKS), *own]


def closings_of(
    names: AccountNames,
    months: dg.TimeWindowPartitionsDefinition,
    weeks: dg.TimeWindowPartitionsDefinition,
) -> list[Closing]:
    """Of the flows that people close by month or by week."""
    partitions = {"month": months, "week": weeks}
    return [
        Closing(flow, names, partitions[period], is_weekly=period == "week")
        for flow, description in FLOWS.items()
        if (period := description.closed_by)
    ]


def readable_account(file: Path) -> Account | None:
    """The account, for the few settings that Dagster wants to know beforehand; None when it cannot
    be read now.
    """
    try:
        return load_account(file)
    except SyncFault:
        return None


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads. A process builds it once, and anew when an account file has changed:
    Dagster asks for it at every run.
    """
    files = tuple((file, _contents(file)) for file in account_files_in_force())
    return _built(files, os.environ.get(SENSORS_VARIABLE) == "on")


@lru_cache(maxsize=1)
def _built(files: tuple[tuple[Path, bytes], ...], is_running: bool) -> dg.Definitions:
    return build(*(file for file, _ in files), is_running=is_running)


def _contents(file: Path) -> bytes:
    with suppress(OSError):  # whoever reads the account says why
        return file.read_bytes()
    return b""
