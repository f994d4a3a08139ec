"""Brings an older ledger up to date: what both systems show of records that it does not know is noted as crossed.

Nothing that it knows is changed, so it may be cut off at any place and done again.
"""

from collections.abc import Callable
from datetime import timedelta

from st_spectrum.flows.invoices.rebuild import close_unseen_invoices, rebuild_invoices
from st_spectrum.flows.session import Session
from st_spectrum.flows.timecards.rebuild import BEGUN, rebuild_time
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.recovery import Recovery
from st_spectrum.reconcile.rebuild import rebuild_customers, rebuild_jobs, rebuild_sites
from st_spectrum.spectrum.lookup import LookupImpossible

MARGIN = timedelta(days=1)
"""Clocks differ, and the last batch before the copy may have been long."""

NOTES = {
    "customers": "Customers that were half-way cannot be seen in Spectrum without Info-Link.",
    "sites": "Sites that were half-way cannot be seen in Spectrum without Info-Link.",
    "invoices": "What was posted for invoices cannot be seen in Spectrum without Info-Link; a void of one waits for a person.",
    "timecards": "What payroll holds cannot be seen without Info-Link, so no time is sent until a person says what was sent.",
}


def bring_up_to_date(session: Session, epoch: Epoch | None) -> tuple[Recovery, bool]:
    """What was found, and whether payroll could be looked through. Raises a `SyncFault` when a system could not be read."""
    since = epoch.turned_at - MARGIN if epoch and epoch.turned_at else None
    parts: dict[str, Callable[[], int]] = {
        "customers": lambda: rebuild_customers(session).found,
        "sites": lambda: rebuild_sites(session).found,
        "jobs": lambda: rebuild_jobs(session).found,
        "invoices": lambda: sum(rebuild_invoices(session)),
        "timecards": lambda: rebuild_time(session),
    }
    found: dict[str, int] = {}
    notes: list[str] = []
    for flow, part in parts.items():
        try:
            found[flow] = part()
        except LookupImpossible:
            notes.append(NOTES[flow])
            if flow == "invoices":
                found[flow] = close_unseen_invoices(session, since)
    session.times.forget()
    is_time_seen = "timecards" in found
    if session.account.timecards.first_day:
        session.ledger.save_cursor(BEGUN, session.ledger.now().isoformat())
    return Recovery(at=session.ledger.now(), reason="", found=found, notes=tuple(notes)), is_time_seen


def look_at_time(session: Session) -> bool:
    """Payroll once more for time of ours; False where it still cannot be seen."""
    try:
        rebuild_time(session)
    except LookupImpossible:
        return False
    session.times.forget()
    return True
