"""The time cards' part of a rebuilt ledger: a card that stands in payroll under an entry's token
was sent for that entry.

Spectrum stores a card that is sent again twice, so an empty ledger is never taken for a first
start: before the first card goes out, all time since the account's first day is looked up once.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from st_spectrum.account import Account
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.domain.time_entries import TimeEntry, origin_of_key
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import FLOW, done_card, mark
from st_spectrum.flows.timecards.kept import keep_sent
from st_spectrum.flows.timecards.notice import compared_weeks, local_day
from st_spectrum.flows.timecards.paid_from import PaidFrom
from st_spectrum.flows.timecards.paid_hours import first_day_setting
from st_spectrum.flows.timecards.payroll_week import week_end, week_from
from st_spectrum.flows.timecards.standing import as_it_stands, ends_near, week_ends_of
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.ledger.documents.timecards import TimeBegun, TimeOrigin
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.timecards import OurTokens, StoredTimeCard

log = logging.getLogger(__name__)

RUN_ID = "rebuild"
SPAN_WEEKS = 8
"""So many weeks are read at once: 60 technicians have some 500 cards in them."""


OtherValues = Callable[[str, TimeEntry, StoredTimeCard], str]
"""What but hours and day of a card is not as its time would be booked now; "" if unknown."""


def rebuild_time_if_lost(context: TimeContext, other_values: OtherValues) -> None:
    """Once in a ledger's life. Without Info-Link nobody can tell what payroll holds; then a first
    day of long ago is refused.

    Raises a `SyncFault` when a week or payroll could not be read; then nothing may be sent.
    """
    if not context.account.timecards.first_day:
        return
    # A ledger that was lost is known by its witness, and then this is done; a second one is not to
    # be filled.
    if context.guard.open(FLOW).closed_by is not None or context.ledger.has(TimeBegun):
        return
    try:
        # Entries say nothing: they may be those of a rebuilding that was cut off.
        found = rebuild_time(context, other_values)
    except LookupImpossible as impossible:
        _refuse_what_may_have_been_sent(context.account, impossible)
        log.warning("Whether payroll holds cards of ours already cannot be seen: %s", impossible)
    else:
        if found:
            log.warning(
                "Payroll holds %s cards of ours that the ledger did not know: they are noted as"
                " sent.",
                found,
            )
            context.guard.expect_late_calls()
    context.ledger.put(TimeBegun(context.ledger.now()))


def _refuse_what_may_have_been_sent(account: Account, impossible: LookupImpossible) -> None:
    """A new ledger and old time: most likely the ledger was lost, and all would be paid twice."""
    this_week = week_end(local_day(account), account.timecards.week_starts_on) - timedelta(days=6)
    oldest = this_week - timedelta(weeks=1)
    if account.timecards.first_day >= oldest.isoformat():
        return
    raise UnsafePlan(
        "the ledger knows of no time that was sent, and whether payroll holds cards since"
        f" {account.timecards.first_day} cannot be seen: {impossible}",
        system="ledger",
        advice=(
            "Put a backup of the ledger back (`st-spectrum ledger restore`), or set up Info-Link;"
            f" or set {first_day_setting(account)} to the first day of which surely nothing was"
            " sent,"
            f" {oldest} at the earliest."
        ),
        cause="the ledger knows of no time that was sent, and payroll cannot be asked",
    )


def rebuild_time(context: TimeContext, other_values: OtherValues) -> int:
    """How many pieces of time were noted as sent. Only reads the two systems; raises
    `LookupImpossible` without Info-Link.
    """
    ends = list(weeks_since_first_day(context))
    if not ends:
        return 0
    payroll = context.spectrum.our_time_tokens()
    spans = (ends[first : first + SPAN_WEEKS] for first in range(0, len(ends), SPAN_WEEKS))
    count, known, others = 0, set[str](), list[TimeEntry]()
    for span in spans:
        for end, entries in context.times.weeks_with_other_cards(span).items():
            pieces = _near(end, entries, payroll)
            count += _record_cards(context, pieces, other_values)
            known |= pieces.keys()
            found = {piece.entry.origin for piece in pieces.values()}
            others += [entry for entry in entries if entry.origin not in found]
    moved = _moved(others, payroll.without(known))
    return count + _record_cards(context, moved, other_values)


def weeks_since_first_day(context: TimeContext) -> Iterator[date]:
    """The ends of all payroll weeks from the account's first day on, the next one included."""
    rules = context.account.timecards
    if not rules.first_day:
        return
    end = week_end(date.fromisoformat(rules.first_day), rules.week_starts_on)
    newest = week_end(
        local_day(context.account, context.ledger.now()), rules.week_starts_on
    ) + timedelta(weeks=1)
    while end <= newest:
        yield end
        end += timedelta(weeks=1)


@dataclass(frozen=True)
class Piece:
    """Time as it stands now, and the key that it was sent under."""

    key: str
    entry: TimeEntry


def _near(end: date, entries: Sequence[TimeEntry], payroll: OurTokens) -> dict[str, Piece]:
    """By token, the time of a week that was sent for it or for a week beside it. The week's own
    tokens come last: by them a piece is known.
    """
    ends = (end - timedelta(weeks=1), end + timedelta(weeks=1), end)
    pieces = (Piece(f"{day:%Y%m%d}.{entry.origin}", entry) for day in ends for entry in entries)
    return {token: piece for piece in pieces if (token := token_of(piece.key)) in payroll}


def _moved(entries: Sequence[TimeEntry], payroll: OurTokens) -> dict[str, Piece]:
    """By token, the time that was sent for any other week before people moved it. `payroll` are
    cards whose time was not found.
    """
    ends = week_ends_of(day for day in payroll.days.values() if day is not None)
    pieces = (
        Piece(f"{end:%Y%m%d}.{entry.origin}", entry)
        for entry in entries
        for end in ends_near(entry.key, ends)
    )
    return {token: piece for piece in pieces if (token := token_of(piece.key)) in payroll}


def _record_cards(
    context: TimeContext, pieces: Mapping[str, Piece], other_values: OtherValues
) -> int:
    """How many pieces, by token, were noted as sent."""
    # Older weeks are paid and closed, and codes of the account file may have changed since.
    compared = compared_weeks(context.account, local_day(context.account, context.ledger.now()))
    stored = context.spectrum.find_pre_time_cards(pieces)
    return sum(
        _record_sent(
            context,
            piece.key,
            piece.entry,
            stored[token],
            other_values if week_from(piece.entry.week) in compared else None,
        )
        for token, piece in pieces.items()
        if token in stored
    )


def _record_sent(
    context: TimeContext,
    key: str,
    entry: TimeEntry,
    card: StoredTimeCard,
    other_values: OtherValues | None,
) -> bool:
    ledger = context.ledger
    held = ledger.get(FLOW, key)
    if held is not None and (
        held.entry.is_in_doubt or held.entry.done_steps or held.entry.state is State.CONFIRMED
    ):
        return False
    others = other_values(key, entry, card) if other_values else ""
    sent = as_it_stands(key, entry, card)
    if others:
        sent = replace(sent, version="")  # so that whoever looks at the week next tells it
    fields = {
        "Employee_Code": card.employee_code,
        "Department_Code": card.department_code,
        "Pay_Type": card.pay_type,
        "Job_Number": card.job_number,
    }
    keep_sent(ledger, key, sent, fields, others)
    ledger.put(TimeOrigin(key), origin_of_key(key))
    PaidFrom(ledger, context.account.timecards).other(entry, is_sent=True)
    # Without a claim, which somebody who found it abandoned would send.
    noted = ledger.record(
        FLOW,
        key,
        Judgement(State.CONFIRMED, "rebuilt from the card in Spectrum"),
        title=f"{entry.user_name} {entry.work_date:%m/%d/%Y}".strip(),
        run_id=RUN_ID,
        target_key=token_of(key),
        cause="",
    )
    if noted is None:
        return False
    mark(ledger, done_card(noted.entry, sent, fields))
    return True
