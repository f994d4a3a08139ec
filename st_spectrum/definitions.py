"""The Dagster entry point: everything wired, nothing else.

Loading needs no network and no secrets. A wrong account file does not keep the UI from coming up: it shows as one sentence
at the first tick or run.
"""

import os
from pathlib import Path

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.account.timecards import TimecardRules
from st_spectrum.assets.checks import attention_check
from st_spectrum.assets.jobs import lane, sync_job
from st_spectrum.assets.ledger_check import ledger_check
from st_spectrum.assets.master_data import sync_asset
from st_spectrum.assets.payroll import FIRST_DAY, payroll_asset, payroll_job, payroll_schedule, payroll_weeks
from st_spectrum.assets.payroll import JOB as RECONCILE_PAYROLL
from st_spectrum.assets.reconciliation import JOB as RECONCILE
from st_spectrum.assets.reconciliation import reconcile_job, reconcile_schedule, reconciliation_asset
from st_spectrum.assets.sums import sums_agree
from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.resources.account import account_file_in_force
from st_spectrum.resources.of_account import account_resources
from st_spectrum.sensors.alerts import alerts_job, alerts_sensor
from st_spectrum.sensors.changes import change_sensor
from st_spectrum.sensors.failures import failed_runs_sensor
from st_spectrum.sensors.redrive import redrive_sensor
from st_spectrum.sensors.retention import retention_job, retention_schedule

SENSORS_VARIABLE = "ST_SPECTRUM_SENSORS"
"""`on` starts sensors and schedules with the code location; otherwise a person starts them in the UI."""

POLL_SECONDS = 4


def build(account_file: Path | None = None, is_running: bool | None = None) -> dg.Definitions:
    """All definitions of one account; `is_running` says whether sensors and schedules start by themselves."""
    file = account_file or account_file_in_force()
    running = os.environ.get(SENSORS_VARIABLE) == "on" if is_running is None else is_running
    sensor_status = dg.DefaultSensorStatus.RUNNING if running else dg.DefaultSensorStatus.STOPPED
    schedule_status = dg.DefaultScheduleStatus.RUNNING if running else dg.DefaultScheduleStatus.STOPPED
    account = readable_account(file)
    poll_seconds = account.pace.poll_seconds if account else POLL_SECONDS
    lanes = {flow: lane(flow, file.stem) for flow in FLOWS}
    jobs = {flow: sync_job(flow, lanes[flow]) for flow in FLOWS}
    alerts_lane = lane("alerts", file.stem)
    alerts_now = alerts_job(alerts_lane)
    reconcile = reconcile_job(tuple(FLOWS), lane(RECONCILE, file.stem))
    timezone = account.timezone if account else "UTC"
    # What cannot be read now may be readable at the tick, so the schedule asks and the run says what is wrong.
    rules = account.timecards if account else TimecardRules(first_day=FIRST_DAY)
    weeks = payroll_weeks(rules, timezone)
    payroll = payroll_job(lane(RECONCILE_PAYROLL, file.stem))
    return dg.Definitions(
        assets=[*(sync_asset(flow) for flow in FLOWS), reconciliation_asset(tuple(FLOWS)), payroll_asset(weeks)],
        asset_checks=[*(check(flow) for check in (attention_check, ledger_check) for flow in FLOWS), sums_agree],
        jobs=[*jobs.values(), reconcile, payroll, retention_job, alerts_now],
        sensors=[
            *(change_sensor(flow, jobs[flow], lanes[flow], poll_seconds, sensor_status) for flow in FLOWS),
            *(redrive_sensor(flow, jobs[flow], lanes[flow], sensor_status) for flow in FLOWS),
            failed_runs_sensor([*jobs.values(), reconcile, payroll, retention_job, alerts_now], sensor_status),
            alerts_sensor(alerts_now, alerts_lane, sensor_status),
        ],
        schedules=[
            reconcile_schedule(reconcile, timezone, schedule_status),
            payroll_schedule(payroll, weeks, rules, schedule_status),
            retention_schedule(timezone, schedule_status),
        ],
        resources=account_resources(file),
    )


def readable_account(file: Path) -> Account | None:
    """The account, for the few settings that Dagster wants to know beforehand; None when it cannot be read now."""
    try:
        return load_account(file)
    except SyncFault:
        return None


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads."""
    return build()
