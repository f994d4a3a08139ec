"""A pre-time card that stands in payroll although the ledger knows no sending of it: taken over as
it stands, never sent again, whatever week its time has been moved to since.

The ledger was put back from a copy, say, or is a second one. Pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from st_spectrum.domain.time_entries import TimeEntry, origin_of_key, week_of_key
from st_spectrum.flows.timecards.codes import Booking, token_of
from st_spectrum.flows.timecards.payroll_week import week_from
from st_spectrum.flows.timecards.row_days import OTHER_CARD_DAYS
from st_spectrum.spectrum.timecards import Days, OurTokens, StoredTimeCard

TAKEN_OVER = "its card stood in payroll already: taken over as it stands, nothing was sent"

ENDS_AROUND = range(-7, 14)
"""Days from a card's work day to the ends of its own week and of the two beside it, whatever day
weeks begin on: a clerk may have corrected the day.
"""

ENDS_APART: Mapping[str, int] = {
    "timecard": 2 * (OTHER_CARD_DAYS + 6) + 9,
    "absence": 7,
}
"""By source, how many days lie at most between the ends of the weeks of two days on which a piece
of time stood when it was sent, and stands now. Other sources have no such bound.

Nothing was ever sent of a row unless the list of its week showed its card, and that is asked for
cards whose period begins up to `OTHER_CARD_DAYS` before or after the week, whether or not they say
it. So its day lay that far from the beginning of its card's period, and the rest of a week; and so
does the day of now, perhaps on the other side. Their weeks end the rest of a week further apart,
for weeks may begin on another day by now, and a day, for the account may count in another time
zone; rounded up to whole weeks. That a row stays on its card, and a card keeps its period, is
assumed [ST 8.4]. A day of an absence stands in its origin.
"""

CALENDAR = range(date(1900, 1, 1).toordinal(), date.max.toordinal())
"""All days, as ordinals, that a database can be asked for with the day that follows."""

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


def days_around(keys: Iterable[str]) -> tuple[Days, ...] | None:
    """The work days that a card of these pieces of time may bear, whatever week they stood in when
    they were sent, as spans that do not touch; None where one may have stood on any day.
    """
    spans: list[Days] = []
    for key in keys:
        if (apart := ends_apart(key)) is None:
            return None
        end = week_from(week_of_key(key)).toordinal()
        spans.append((_day(end - apart - ENDS_AROUND[-1]), _day(end + apart - ENDS_AROUND[0])))
    merged: list[Days] = []
    for first, last in sorted(spans):
        if merged and first.toordinal() <= merged[-1][1].toordinal() + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def ends_apart(key: str) -> int | None:
    """How many days a sent card's week may end from its own; None for any number."""
    return ENDS_APART.get(origin_of_key(key).partition(".")[0])


def ends_near(key: str, ends: Sequence[date]) -> Sequence[date]:
    """Those of some days in order that may end a week for which a card of it was sent."""
    apart, own = ends_apart(key), week_from(week_of_key(key)).toordinal()
    if apart is None:
        return ends
    return ends[bisect_left(ends, _day(own - apart)) : bisect_right(ends, _day(own + apart))]


def _day(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, CALENDAR[0]), CALENDAR[-1]))


def week_ends_of(days: Iterable[date]) -> tuple[date, ...]:
    """Every day on which the payroll week of one of these days may end."""
    known = {day.toordinal() for day in days}
    ends = {day + away for day in known for away in ENDS_AROUND}
    return tuple(date.fromordinal(end) for end in sorted(ends) if end in CALENDAR)


def week_ends_in(payroll: OurTokens, first_day: str, today: date) -> tuple[date, ...]:
    """The ends of all weeks for which these cards may have been sent: around their days; of one
    without a day, around each since the account's first.
    """
    days = {day for day in payroll.days.values() if day is not None}
    if None in payroll.days.values():
        begin = date.fromisoformat(first_day) if first_day else today
        days |= {begin + timedelta(days=passed) for passed in range((today - begin).days + 1)}
    return week_ends_of(days)


def standing_tokens(keys: Iterable[str], payroll: OurTokens, ends: Sequence[date]) -> Tokens:
    """Which tokens of payroll these pieces of time were sent under, in whatever week they stood
    then; those of its own week come first.

    Work that people move to another week keeps its origin, and so gets another key and another
    token.
    """

    def of(key: str) -> Iterator[str]:
        yield from tokens_of(key)
        origin = origin_of_key(key)
        yield from (token_of(f"{end:%Y%m%d}.{origin}") for end in ends_near(key, ends))

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
        return TimeEntry(key, source, "labor", 0, who, day, card.hours_once, is_approved=True)  # type: ignore[arg-type]
    sent = replace(entry, key=key, hours=card.hours_once, work_date=day, is_approved=True, waits="")
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
