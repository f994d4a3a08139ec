"""Which tokens of payroll a piece of time was sent under, whatever week people have moved it to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.standing import standing_tokens, week_ends_in
from st_spectrum.spectrum.timecards import OurTokens

TODAY = date(2026, 11, 30)
FIRST_DAY = "2026-01-04"
ORIGIN = "timecard.71"


def key_of(end: date, origin: str = ORIGIN) -> str:
    return f"{end:%Y%m%d}.{origin}"


def found(key: str, days: dict[str, date | None], first_day: str = FIRST_DAY) -> tuple[str, ...]:
    payroll = OurTokens(days)
    return standing_tokens([key], payroll, week_ends_in(payroll, first_day, TODAY)).get(key, ())


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    into_week=st.integers(0, 6),
    corrected_by=st.integers(-7, 7),
    weeks=st.integers(-600, 600),
)
def test_a_row_is_found_by_the_week_of_its_card_however_far_it_was_moved(
    day: date, into_week: int, corrected_by: int, weeks: int
) -> None:
    """Whatever day weeks began on when it was sent, and a clerk may have corrected the day."""
    sent = token_of(key_of(day + timedelta(days=into_week)))
    now = key_of(day + timedelta(weeks=weeks))
    assert found(now, {sent: day + timedelta(days=corrected_by)}) == (sent,)


@given(end=st.dates(date(2026, 1, 4), TODAY), weeks=st.integers(-600, 600))
def test_of_a_card_without_a_day_every_week_since_the_first_day_counts(
    end: date, weeks: int
) -> None:
    sent = token_of(key_of(end))
    assert found(key_of(end + timedelta(weeks=weeks)), {sent: None}) == (sent,)


def test_the_token_of_its_own_week_comes_first() -> None:
    own, other = key_of(date(2026, 11, 28)), key_of(date(2026, 3, 7))
    days: dict[str, date | None] = {
        token_of(other): date(2026, 3, 2),
        token_of(own): date(2026, 11, 24),
    }
    assert found(own, days) == (token_of(own), token_of(other))


def test_another_row_of_the_same_weeks_is_not_it() -> None:
    stands = token_of(key_of(date(2026, 11, 28), "timecard.72"))
    assert found(key_of(date(2026, 11, 28)), {stands: date(2026, 11, 24)}) == ()


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_do_no_harm(day: date) -> None:
    own = key_of(date(2026, 11, 28))
    assert found(own, {token_of(own): day}, first_day="") == (token_of(own),)


def test_a_first_day_that_is_still_to_come_leaves_the_weeks_of_payroll() -> None:
    sent = token_of(key_of(date(2026, 3, 7)))
    assert found(key_of(date(2026, 11, 28)), {sent: date(2026, 3, 2)}, "2027-01-03") == (sent,)
