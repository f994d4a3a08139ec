"""A pre-time card that stands in payroll although the ledger knows no sending of it: taken over as
it stands, never sent again.

The ledger was put back from a copy, say, or is a second one. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from st_spectrum.domain.time_entries import TimeEntry, origin_of_key, week_of_key
from st_spectrum.flows.timecards.codes import Booking, token_of
from st_spectrum.flows.timecards.payroll_week import week_from
from st_spectrum.spectrum.timecards import StoredTimeCard

WEEK = timedelta(days=7)

TAKEN_OVER = "its card stood in payroll already: taken over as it stands, nothing was sent"

Days = tuple[date, date]
"""The first and the last day of a span."""


def tokens_of(key: str) -> tuple[str, ...]:
    """The tokens that a piece of time may have been sent under, its own first.

    People may have moved its day into the week beside, and the account's week may begin on another
    day by now: either gives the piece another key. So the ends of all weeks that lie a week or less
    from its own count.
    """
    end, origin = week_from(week_of_key(key)), origin_of_key(key)
    others = (end + timedelta(days=days) for days in range(-7, 8) if days)
    return (token_of(key), *(token_of(f"{day:%Y%m%d}.{origin}") for day in others))


def days_of(keys: Sequence[str]) -> tuple[Days, ...]:
    """The work days of these keys with one week around each, as spans that do not touch."""
    spans: list[Days] = []
    for end in sorted({week_from(week_of_key(key)) for key in keys}):
        first, last = end - timedelta(days=6) - WEEK, end + WEEK
        if spans and first <= spans[-1][1] + timedelta(days=1):
            spans[-1] = spans[-1][0], last
        else:
            spans.append((first, last))
    return tuple(spans)


def by_key(
    keys: Sequence[str], found: Mapping[str, StoredTimeCard]
) -> dict[str, tuple[StoredTimeCard, ...]]:
    """Which of the cards found by token belongs to which key; the card under the key's own token
    comes first.
    """
    cards = {key: tuple(found[token] for token in tokens_of(key) if token in found) for key in keys}
    return {key: those for key, those in cards.items() if those}


def as_it_stands(key: str, entry: TimeEntry | None, card: StoredTimeCard) -> TimeEntry:
    """What counts as sent: the time with the card's hours and day. Its version is the time's own
    only where the two agree, so that a difference shows as a later change. Of time that
    ServiceTrade has no more, only what the card says is known.
    """
    day = card.work_date or (entry.work_date if entry else week_from(week_of_key(key)))
    if entry is None:
        source = origin_of_key(key).partition(".")[0]
        who = f"employee {card.employee_code}"
        return TimeEntry(key, source, "labor", 0, who, day, card.hours, is_approved=True)  # type: ignore[arg-type]
    sent = replace(entry, key=key, hours=card.hours, work_date=day, is_approved=True, waits="")
    return replace(sent, version=entry.version if sent == replace(entry, key=key) else "")


def differs(cards: Sequence[StoredTimeCard], booking: Booking | None) -> str:
    """What else than hours and day is not as it would be sent now; "" when nothing is, or nobody
    can say what it should be.
    """
    card = cards[0]
    differences = (
        [f"payroll has {_places(cards)} of it"] if len(cards) > 1 or card.copies > 1 else []
    )
    if booking is not None:
        pairs = (
            ("the employee", "Employee_Code", card.employee_code, booking.employee),
            ("the pay type", "Pay_Type", card.pay_type, booking.pay_type),
            ("the job", "Job_Number", card.job_number, booking.job),
        )
        differences += [
            f"{name} is {in_payroll or 'none'} in payroll, would be {expected or 'none'}"
            for name, column, in_payroll, expected in pairs
            if column not in card.unseen and in_payroll.casefold() != expected.strip().casefold()
        ]
    return "; ".join(differences)


def _places(cards: Sequence[StoredTimeCard]) -> str:
    return " and ".join(f"{card.copies} x {card.token} in {card.table}" for card in cards)
