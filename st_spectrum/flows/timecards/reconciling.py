"""The nightly comparison of payroll weeks with what the ledger and payroll know of them."""

from datetime import date

from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.allowance import forget_what_came_back
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.report import merged
from st_spectrum.flows.timecards.compared_weeks import remember_compared, weeks_of_a_night
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.flows.timecards.done_cards import FLOW
from st_spectrum.flows.timecards.notice import local_day
from st_spectrum.flows.timecards.rebuild import OtherValues, rebuild_time_if_lost
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.flows.timecards.week_comparison import compare_entries


def reconcile_time(context: TimeContext, carrier: Carrier, other_values: OtherValues) -> Reconciled:
    """The payroll weeks that may still change, each as a whole, and then whatever else is open."""
    weeks = []
    listed = _listed_weeks(context, other_values)
    for end, entries in listed.items():
        weeks.append(compare_entries(context, end, entries, carrier.run))
        if weeks[-1].report.stopped_by:
            break
    reports = [week.report for week in weeks]
    if not any(report.stopped_by for report in reports):
        done = {outcome.key for report in reports for outcome in report.outcomes}
        reports.append(carrier.carry([key for key in carrier.open_keys() if key not in done]))
    report = merged(TIMECARDS, reports)
    if not report.stopped_by:
        remember_compared(context.ledger, tuple(listed))
    missed = tuple(key for week in weeks for key in week.missed)
    return Reconciled(
        FLOW, sum(len(week.rows) for week in weeks), len(report.outcomes), missed, report
    )


def _listed_weeks(
    context: TimeContext, other_values: OtherValues
) -> dict[date, tuple[TimeEntry, ...]]:
    """All time of the weeks to compare; `UnsafePlan` if too much of it together vanished."""
    account, ledger = context.account, context.ledger
    ends = weeks_of_a_night(account, ledger, local_day(account, ledger.now()))
    if not ends:
        return {}
    rebuild_time_if_lost(context, other_values)
    read_at = ledger.now()
    listed = {end: context.times.week(end) for end in ends}
    vanished = context.vanished.of(f"{end:%Y%m%d}" for end in ends)
    if vanished.is_suspicious:
        raise vanished.fault()
    forget_what_came_back(ledger, FLOW, vanished.keys, read_at=read_at)
    return listed
