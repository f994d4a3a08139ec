"""A pre-time card that stands in payroll although the ledger knows no sending of it: taken over as
it stands, never sent again, whatever week its time has been moved to since.

The ledger was put back from a copy, say, or is a second one. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from st_spectrum.domain.time_entries import TimeEntry, origin_of_key, week_of_key
from st_spectrum.flows.timecards.codes import Booking, token_of
from st_spectrum.flows.timecards.payroll_week import week_from
from st_spectrum.spectrum.timecards import OurTokens, StoredTimeCard

TAKEN_OVER = "its card stood in payroll already: taken over as it stands, nothing was sent"

ENDS_AROUND = range(-7, 14)
"""Days from a card's work day to the ends of its own week and of the two beside it, whatever day
weeks begin on: a clerk may have corrected the day.
"""

CALENDAR = range(date.min.toordinal(), date.max.toordinal() + 1)
"""All days that a date can be, as ordinals."""

Tokens = Mapping[str, tuple[str, ...]]
"""By key, those tokens that stand in payroll."""


def tokens_of(key: str) -> tuple[str, ...]:
    """The tokens that a piece of time most likely was sent under, its own first.

    The account's week may begin on another day by now, which gives the piece another key. So the
    ends of all weeks that lie a week or less from its own count.
    """
    end, origin = week_from(week_of_key(key)), origin_of_key(key)
    others = (end + timedelta(days=days) for days in range(-7, 8) if days)
    return (token_of(key), *(token_of(f"{day:%Y%m%d}.{origin}") for day in others))


def week_ends_of(days: Iterable[date]) -> tuple[date, ...]:
    """Every day on which the payroll week of one of these days may end."""
    known = {day.toordinal() for day in days}
    ends = {day + away for day in known for away in ENDS_AROUND}
    return tuple(date.fromordinal(end) for end in sorted(ends) if end in CALENDAR)


def week_ends_in(payroll: OurTokens, first_day: str, today: date) -> tuple[date, ...]:
    """The ends of all weeks that a piece of time may have been sent for: since the account's first
    day, and wherever payroll has a card of ours.
    """
    days = {day for day in payroll.days.values() if day is not None}
    begin = date.fromisoformat(first_day) if first_day else today
    days |= {begin + timedelta(days=passed) for passed in range((today - begin).days + 1)}
    return week_ends_of(days)


def standing_tokens(keys: Iterable[str], payroll: OurTokens, ends: Sequence[date]) -> Tokens:
    """Which tokens of payroll these pieces of time were sent under, in whatever week they stood
    then; those of its own week come first.

    Work that people move to another week keeps its origin, and so gets another key and another
    token.
    """
    weeks = [f"{end:%Y%m%d}" for end in ends]

    def of(key: str) -> Iterator[str]:
        yield from tokens_of(key)
        origin = origin_of_key(key)
        yield from (token_of(f"{week}.{origin}") for week in weeks)

    found = {
        key: tuple(dict.fromkeys(token for token in of(key) if token in payroll)) for key in keys
    }
    return {key: tokens for key, tokens in found.items() if tokens}


def by_key(
    tokens: Tokens, found: Mapping[str, StoredTimeCard]
) -> dict[str, tuple[StoredTimeCard, ...]]:
    """Which of the cards found by token belongs to which key, in the order of its tokens."""
    cards = {
        key: tuple(found[token] for token in those if token in found)
        for key, those in tokens.items()
    }
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
