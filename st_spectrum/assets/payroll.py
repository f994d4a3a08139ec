"""The weekly reconciliation of payroll: one partition and one table for each payroll week, to be
run again for any week.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import dagster as dg

from st_spectrum.account.timecards import TimecardRules
from st_spectrum.alerts.payroll_view import view_of
from st_spectrum.assets.jobs import asset_job, note_lane, run_tags
from st_spectrum.assets.names import AccountNames
from st_spectrum.assets.nightly import GROUP
from st_spectrum.assets.payroll_metadata import CHECK, week_agrees, week_metadata
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.guards.second_ledger import SecondLedger
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped
from st_spectrum.resources.weekly_tables import TABLES, place_of

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )
    from pandas import DataFrame

    from st_spectrum.flows.session import Session
    from st_spectrum.flows.timecards.week_comparison import PayrollWeek

NAME = "payroll_week"
JOB = "reconcile_payroll"
FIRST_DAY = "2025-01-01"
"""Where the weeks begin while the account names no first day."""

SUNDAY_FIRST = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""As cron and Dagster count."""


def payroll_weeks(rules: TimecardRules, timezone: str) -> dg.WeeklyPartitionsDefinition:
    """The account's payroll weeks, each named by its first day."""
    offset = SUNDAY_FIRST.index(rules.week_starts_on)
    return dg.WeeklyPartitionsDefinition(
        start_date=_first_week(rules), timezone=timezone, day_offset=offset
    )


def _first_week(rules: TimecardRules) -> str:
    """The first day of the week that holds the account's first day."""
    if not rules.first_day:
        return FIRST_DAY
    return str(
        week_end(date.fromisoformat(rules.first_day), rules.week_starts_on) - timedelta(days=6)
    )


def payroll_asset(
    weeks: dg.WeeklyPartitionsDefinition, names: AccountNames, rules: TimecardRules
) -> dg.AssetsDefinition:
    """The week's table; what was missing has been sent before it is made."""

    # As an asset of its own `dg.multi_asset` names the op; `dg.asset` would name it after the key.
    @dg.multi_asset(
        name=names.of(NAME),
        outs={NAME: _table_of_the_week(weeks, names, rules)},
        check_specs=[_agreement(names)],
        partitions_def=weeks,
    )
    def payroll_week(
        context: dg.AssetExecutionContext,
        account: AccountResource,
        ledger: LedgerResource,
        session: SessionResource,
    ) -> Iterator[dg.AssetObservation | dg.AssetCheckResult | dg.Output[Any]]:
        from st_spectrum.reconcile.payroll_week import reconcile_week

        started = time.monotonic()
        note_lane(context, names, JOB, JOB)
        end = date.fromisoformat(context.partition_key) + timedelta(days=6)
        try:
            opened = session.open(names.account)
            week = reconcile_week(opened, end, context.run_id)
        except SyncFault as fault:
            raise _stopped_and_notified(account, ledger, names, end, fault) from None
        view = view_of(week, opened.account.servicetrade.base_url)
        metadata = week_metadata(view, week.report, time.monotonic() - started)
        if week.report.stopped_by is not None and not isinstance(
            week.report.stopped_by, SecondLedger
        ):
            yield dg.AssetObservation(
                asset_key=context.asset_key, partition=context.partition_key, metadata=metadata
            )
            raise _stopped_and_notified(
                account, ledger, names, end, week.report.stopped_by, metadata
            )
        yield dg.Output(table(week), output_name=NAME, metadata=metadata)
        yield week_agrees(view)
        # Dagster goes on here once the table is written; a run that ends before the mail is made
        # good by the next one.
        _mail_week(context, opened, week)

    return payroll_week


def _mail_week(context: dg.AssetExecutionContext, session: "Session", week: "PayrollWeek") -> None:
    from st_spectrum.alerts.payroll_mail import mail_week

    try:
        place = place_of(session.account, context.partition_key)
        asset = context.asset_key.to_user_string()
        mail_week(session.account, session.ledger, week, place=place, asset=asset)
    except SyncFault as fault:
        raise stopped(NAME, fault) from None


def _table_of_the_week(
    weeks: dg.WeeklyPartitionsDefinition, names: AccountNames, rules: TimecardRules
) -> dg.AssetOut:
    return dg.AssetOut(
        key=names.key(NAME),
        group_name=names.of(GROUP),
        freshness_policy=every_week(rules, weeks.timezone) if rules.first_day else None,
        kinds={"servicetrade", "spectrum", "parquet"},
        owners=["team:accounting"],
        io_manager_key=names.of(TABLES),
        is_required=False,
        description=(
            "Approved time of one payroll week beside what payroll holds of it; what was missing is"
            " sent first."
        ),
    )


def _agreement(names: AccountNames) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        CHECK,
        asset=names.key(NAME),
        description=(
            "Payroll holds every approved piece of time of the week, with the same hours, and"
            " nothing waits."
        ),
    )


def every_week(rules: TimecardRules, timezone: str) -> dg.FreshnessPolicy:
    """Done between the schedule's time and four hours later."""
    hour, minute, weekday = _scheduled(rules)
    days, hour = divmod(hour + 4, 24)
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"{minute} {hour} * * {(weekday + days) % 7}",
        lower_bound_delta=timedelta(hours=5),
        timezone=timezone,
    )


def _scheduled(rules: TimecardRules) -> tuple[int, int, int]:
    """Hour, minute and day of the week, as cron counts them."""
    hour, minute = (int(part) for part in str(rules.reconciliation.at).split(":"))
    return hour, minute, SUNDAY_FIRST.index(rules.reconciliation.weekday)


def _stopped_and_notified(
    account: AccountResource,
    ledger: LedgerResource,
    names: AccountNames,
    end: date,
    fault: SyncFault,
    metadata: Mapping[str, dg.MetadataValue] | None = None,
) -> dg.Failure:
    """The end of a run that was stopped, after those who read of payroll alone have been told."""
    from st_spectrum.alerts.payroll_mail import mail_stop

    # Where the ledger itself is away, the failed run is all that tells.
    with suppress(SyncFault):
        settings = account.load(names.account)
        mail_stop(settings, ledger.open(settings), end, fault)
    return stopped(NAME, fault, metadata)


def table(week: "PayrollWeek") -> "DataFrame":
    """One line for each piece of time; hours are exact decimals."""
    import pandas as pd

    from st_spectrum.flows.timecards.payroll_rows import Row

    return pd.DataFrame([asdict(row) for row in week.rows], columns=list(Row.__dataclass_fields__))


def payroll_job(names: AccountNames) -> "UnresolvedAssetJobDefinition":
    """One week in one run."""
    return asset_job(
        names,
        JOB,
        [names.key(NAME)],
        "Sends what is missing of a payroll week and compares both sides. Safe at any time, for"
        " any past week.",
        run_tags(names, JOB),
    )


def payroll_schedule(
    job: "UnresolvedAssetJobDefinition",
    names: AccountNames,
    weeks: dg.WeeklyPartitionsDefinition,
    rules: TimecardRules,
    status: dg.DefaultScheduleStatus,
) -> dg.ScheduleDefinition:
    """Once a week on the account's day and time: the week that ended last."""
    hour, minute, weekday = _scheduled(rules)

    @dg.schedule(
        name=names.of("reconcile_payroll_weekly"),
        job=job,
        cron_schedule=f"{minute} {hour} * * {weekday}",
        execution_timezone=weeks.timezone,
        default_status=status,
        description="Goes through the payroll week that ended last once more.",
    )
    def weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if rules.why_idle:
            return dg.SkipReason(rules.why_idle)
        today = context.scheduled_execution_time.astimezone(ZoneInfo(weeks.timezone)).date()
        first = week_end(today, rules.week_starts_on) - timedelta(days=13)
        if first.isoformat() < _first_week(rules):
            return dg.SkipReason(f"Time is carried from {rules.first_day} on.")
        return dg.RunRequest(partition_key=first.isoformat())

    return weekly
