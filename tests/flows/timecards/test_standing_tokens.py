"""Which tokens of payroll a piece of time was sent under, whatever week people have moved it to,
and for which days payroll is asked.
"""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.standing import days_around, standing_tokens, week_ends_in
from st_spectrum.spectrum.timecards import OurTokens

TODAY = date(2026, 11, 30)
FIRST_DAY = "2026-01-04"
ORIGIN = "timecard.71"
ITEM = "jobitem.71"
READ_DAYS = 203
"""Days of payroll that are read for one piece of time: a card's five weeks around its period on
either side, twice, and a correction by a clerk.
"""

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
FROM_PERIOD = st.integers(-41, 41)
"""Days from the beginning of its card's period to the day of a row that was ever sent."""


def key_of(end: date, origin: str = ORIGIN) -> str:
    return f"{end:%Y%m%d}.{origin}"


def read(keys: list[str], days: dict[str, date | None]) -> OurTokens:
    """Payroll as it is asked for these keys."""
    spans, own = days_around(keys), set(map(token_of, keys))

    def is_read(token: str, day: date | None) -> bool:
        is_near = spans is None or day is None or any(one <= day <= last for one, last in spans)
        return is_near or token in own

    return OurTokens({token: day for token, day in days.items() if is_read(token, day)})


def found(key: str, days: dict[str, date | None], first_day: str = FIRST_DAY) -> tuple[str, ...]:
    payroll = read([key], days)
    return standing_tokens([key], payroll, week_ends_in(payroll, first_day, TODAY)).get(key, ())


@given(
    period=DAYS,
    then=FROM_PERIOD,
    now=FROM_PERIOD,
    ends=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    corrected_by=st.integers(-7, 7),
)
@example(period=TODAY, then=41, now=-41, ends=(6, 0), corrected_by=7)
@example(period=TODAY, then=-41, now=41, ends=(0, 6), corrected_by=-7)
def test_a_row_is_found_by_the_week_of_its_card_wherever_near_that_it_was_sent(
    period: date, then: int, now: int, ends: tuple[int, int], corrected_by: int
) -> None:
    """Whatever day weeks began on when it was sent and begin on now, and a clerk may have corrected
    the day.
    """
    worked, moved = period + timedelta(days=then), period + timedelta(days=now)
    sent = token_of(key_of(worked + timedelta(days=ends[0])))
    key = key_of(moved + timedelta(days=ends[1]))
    assert found(key, {sent: worked + timedelta(days=corrected_by)}) == (sent,)


@given(
    day=DAYS,
    into_week=st.integers(0, 6),
    corrected_by=st.integers(-7, 7),
    weeks=st.integers(-600, 600),
)
def test_an_item_is_found_however_far_it_was_moved(
    day: date, into_week: int, corrected_by: int, weeks: int
) -> None:
    sent = token_of(key_of(day + timedelta(days=into_week), ITEM))
    now = key_of(day + timedelta(weeks=weeks), ITEM)
    assert found(now, {sent: day + timedelta(days=corrected_by)}) == (sent,)


@given(end=DAYS, corrected_by=st.integers(-3000, 3000))
def test_a_row_that_nobody_moved_is_found_whatever_day_a_clerk_gave_its_card(
    end: date, corrected_by: int
) -> None:
    sent = token_of(key_of(end))
    assert found(key_of(end), {sent: end + timedelta(days=corrected_by)}) == (sent,)


@given(
    end=st.dates(date(2026, 1, 4), TODAY),
    weeks=st.integers(-11, 11),
    origin=st.sampled_from([ORIGIN, ITEM]),
)
def test_of_a_card_without_a_day_every_week_since_the_first_day_counts(
    end: date, weeks: int, origin: str
) -> None:
    sent = token_of(key_of(end, origin))
    assert found(key_of(end + timedelta(weeks=weeks), origin), {sent: None}) == (sent,)


def test_a_day_of_an_absence_is_found_in_its_own_week_whatever_day_weeks_begin_on() -> None:
    origin = "absence.9.20261124"
    sent = token_of(key_of(date(2026, 11, 29), origin))
    assert found(key_of(date(2026, 11, 28), origin), {sent: date(2026, 11, 24)}) == (sent,)


def test_the_token_of_its_own_week_comes_first() -> None:
    own, other = key_of(date(2026, 11, 28)), key_of(date(2026, 10, 31))
    days: dict[str, date | None] = {
        token_of(other): date(2026, 10, 27),
        token_of(own): date(2026, 11, 24),
    }
    assert found(own, days) == (token_of(own), token_of(other))


def test_another_row_of_the_same_weeks_is_not_it() -> None:
    stands = token_of(key_of(date(2026, 11, 28), "timecard.72"))
    assert found(key_of(date(2026, 11, 28)), {stands: date(2026, 11, 24)}) == ()


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("origin", [ORIGIN, ITEM])
def test_days_at_the_ends_of_the_calendar_do_no_harm(day: date, origin: str) -> None:
    own = key_of(date(2026, 11, 28), origin)
    assert found(own, {token_of(own): day}, first_day="") == (token_of(own),)


def test_a_first_day_that_is_still_to_come_leaves_the_weeks_of_payroll() -> None:
    sent = token_of(key_of(date(2026, 3, 7), ITEM))
    now = key_of(date(2026, 11, 28), ITEM)
    assert found(now, {sent: date(2026, 3, 2)}, "2027-01-03") == (sent,)


def test_the_rows_of_a_week_are_looked_for_in_some_months_and_no_further() -> None:
    keys = [key_of(date(2026, 11, 28), f"timecard.{number}") for number in range(100)]
    (span,) = days_around(keys) or ()
    assert (span[1] - span[0]).days + 1 == READ_DAYS
    assert span[0] < date(2026, 8, 26)
    assert span[1] > date(2027, 2, 24)


@given(ends=st.lists(DAYS, min_size=1, max_size=5))
def test_between_weeks_that_lie_far_apart_nothing_is_read(ends: list[date]) -> None:
    spans = days_around(map(key_of, ends))
    assert spans is not None
    assert sum((last - first).days + 1 for first, last in spans) <= READ_DAYS * len(ends)
    assert all(before[1] + timedelta(days=1) < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("year", [1, 1753, 9999])
def test_a_mistyped_year_is_no_day_that_a_database_refuses(year: int) -> None:
    ((first, last),) = days_around([f"{year:04}0107.{ORIGIN}"]) or ()
    assert date(1900, 1, 1) <= first <= last < date.max


@pytest.mark.parametrize("origin", [ITEM, "clock.5"])
def test_what_stands_on_no_card_may_have_been_sent_for_any_day(origin: str) -> None:
    assert days_around([key_of(TODAY), key_of(TODAY, origin)]) is None
