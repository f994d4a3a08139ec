"""A person's word that time up to a day was sent: for an older ledger where nobody can look."""

from datetime import date, timedelta
from decimal import Decimal

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.domain.time_entries import TimeEntry, origin_of_key
from st_spectrum.engine.steps.verdicts import progress_of
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import FLOW, done_card, mark
from st_spectrum.flows.timecards.kept import keep_sent
from st_spectrum.flows.timecards.paid_from import PaidFrom
from st_spectrum.flows.timecards.rebuild import weeks_since_first_day
from st_spectrum.flows.timecards.rules import STEP
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.ledger.documents.timecards import TimeOrigin
from st_spectrum.ledger.entry import State

RUN_ID = "accept"
REASON = "counts as sent, as a person said"


def accept_time(context: TimeContext, through: date) -> tuple[int, Decimal]:
    """How many pieces of approved time up to a work day count as sent from now on, and their hours;
    later time goes out.

    Only reads ServiceTrade. What the ledger knows as sent stays as it is.
    """
    count, hours = 0, Decimal(0)
    for end in weeks_since_first_day(context):
        if end - timedelta(days=6) > through:
            break
        for entry in context.times.week_with_other_cards(end):
            is_meant = entry.week == f"{end:%Y%m%d}" and entry.work_date <= through
            if (
                is_meant
                and entry.is_approved
                and not entry.waits
                and _count_as_sent(context, entry)
            ):
                count, hours = count + 1, hours + entry.hours
    epoch = context.ledger.epochs.read()
    if epoch is not None and epoch.time_stopped_at:
        context.ledger.epochs.replace(epoch, epoch.model_copy(update={"time_stopped_at": None}))
    return count, hours


def _count_as_sent(context: TimeContext, entry: TimeEntry) -> bool:
    ledger, key = context.ledger, entry.key
    held = ledger.get(FLOW, key)
    progress = progress_of(held.entry if held else None)
    if progress.is_confirmed or STEP in progress.done_steps:
        return False
    try:
        claimed = ledger.claim(
            FLOW, key, run_id=RUN_ID, title=held.entry.title if held else _title(entry)
        )
    except ClaimLost:
        return False
    keep_sent(ledger, key, entry, {})
    ledger.put(TimeOrigin(key), origin_of_key(key))
    PaidFrom(ledger, context.account.timecards).other(entry, is_sent=True)
    claimed = ledger.progress(
        claimed, started_steps=(), sent=(), done_steps=(STEP,), target_key=token_of(key)
    )
    confirmed = ledger.settle(claimed, State.CONFIRMED, reason=REASON)
    mark(ledger, done_card(confirmed.entry, entry, {}))
    return True


def _title(entry: TimeEntry) -> str:
    return f"{entry.user_name} {entry.work_date:%m/%d/%Y} {entry.hours:.2f} h".strip()
