"""The weekly reconciliation of payroll, as its own run does it."""

from datetime import date

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.engine.reconciled import OnOutcome
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.flows.session import Session
from st_spectrum.flows.timecards.done_cards import FLOW
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.week_comparison import PayrollWeek, compare_entries


def reconcile_week(
    session: Session, end: date, run_id: str, *, on_outcome: OnOutcome = None
) -> PayrollWeek:
    """Send what is missing of the payroll week that ends with `end`, and compare both sides piece
    by piece.

    May be done for any week at any time, also beside the sensors. Raises a `SyncFault` when the
    week could not be read, and `UnsafePlan` when too much of it has vanished; a system that stops
    the run stands in the report.
    """
    if not session.account.timecards.first_day:
        raise SettingsInvalid(
            [
                (
                    "timecards.first_day: not set, so no time is carried; name the first day of"
                    " time to carry"
                )
            ]
        )
    session.refuse_before_go_live()
    session.flows[FLOW].before_batch(())
    context = time_context(session.flows)
    entries = context.times.week(end)
    context.vanished.refuse([f"{end:%Y%m%d}"])
    return compare_entries(
        context, end, entries, Carrying(session, FLOW, run_id, on_outcome=on_outcome).run
    )
