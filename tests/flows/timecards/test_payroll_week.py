"""Days and payroll weeks in any time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from st_spectrum.domain.calendar_days import day_begins, day_of, split_by_day
from st_spectrum.flows.timecards.payroll_week import (
    WEEKDAYS,
    batch_code,
    week_end,
    week_from,
    week_window,
)

ODD_ZONES = (
    "America/New_York",
    "America/Sao_Paulo",  # changed its clocks at midnight
    "America/St_Johns",  # half hours, and changes one minute past midnight
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # changes by half an hour
    "Africa/Cairo",
    "America/Asuncion",
    "America/Havana",
    "Asia/Beirut",
    "Asia/Tehran",
    "Pacific/Apia",  # skipped a whole day
    "Pacific/Kwajalein",
    "America/Scoresbysund",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Europe/London",
    "UTC",
)
zones = st.sampled_from(ODD_ZONES) | st.sampled_from(sorted(available_timezones()))
days = st.dates(date(1971, 1, 1), date(2037, 12, 1))
instants = st.integers(40_000_000, 2_140_000_000)


def at(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@settings(max_examples=400, deadline=None)
@given(zone=zones, start=instants, length=st.integers(0, 5 * 86_400))
@example("Pacific/Apia", at("2011-12-29T20:00", "Pacific/Apia"), 20 * 3600)
@example("America/St_Johns", at("2008-11-01T23:30", "America/St_Johns"), 7200)
@example("America/Sao_Paulo", at("2018-11-03T22:00", "America/Sao_Paulo"), 6 * 3600)
def test_the_seconds_by_day_add_up_to_the_elapsed_time(zone: str, start: int, length: int) -> None:
    parts = split_by_day(start, start + length, ZoneInfo(zone))

    assert sum(seconds for _, seconds in parts) == length
    assert all(seconds > 0 for _, seconds in parts)
    assert [day for day, _ in parts] == sorted({day for day, _ in parts})


@settings(max_examples=300, deadline=None)
@given(zone=zones, start=instants, lengths=st.lists(st.integers(0, 100_000), max_size=4))
def test_splitting_piece_by_piece_is_splitting_at_once(
    zone: str, start: int, lengths: list[int]
) -> None:
    # Except where a zone shows a minute of tomorrow and then today again, which no piece but the
    # first can begin in.
    by_day: dict[date, int] = {}
    begin = start
    for length in lengths:
        for day, seconds in split_by_day(begin, begin + length, ZoneInfo(zone)):
            by_day[day] = by_day.get(day, 0) + seconds
        begin += length
    at_once = dict(split_by_day(start, begin, ZoneInfo(zone)))

    assert sum(by_day.values()) == sum(at_once.values())
    off = sum(
        abs(by_day.get(day, 0) - at_once.get(day, 0)) for day in by_day.keys() | at_once.keys()
    )
    assert off <= 120


@settings(max_examples=400, deadline=None)
@given(zone=zones, day=days)
@example("Pacific/Apia", date(2011, 12, 30))
@example("America/St_Johns", date(2008, 11, 2))
@example("America/Sao_Paulo", date(2018, 11, 4))
@example("Africa/Cairo", date(2024, 4, 26))
@example("America/Havana", date(2018, 11, 4))  # midnight comes twice, and both are the new day
def test_a_day_begins_with_its_first_second_after_the_day_before_is_over_for_good(
    zone: str, day: date
) -> None:
    begins = day_begins(day, ZoneInfo(zone))

    assert day_of(begins, ZoneInfo(zone)) >= day
    assert day_of(begins - 1, ZoneInfo(zone)) < day
    assert all(day_of(begins + later, ZoneInfo(zone)) >= day for later in range(0, 3 * 3600, 300))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2025, 3, 9), 23),
        ("America/New_York", date(2025, 11, 2), 25),
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Africa/Cairo", date(2024, 4, 26), 23),
        ("America/Havana", date(2018, 11, 4), 25),
        ("Asia/Kolkata", date(2025, 11, 2), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_has_as_many_hours_as_its_clocks_make(zone: str, day: date, hours: float) -> None:
    begins, ends = (day_begins(date_, ZoneInfo(zone)) for date_ in (day, day + timedelta(days=1)))

    assert (ends - begins) / 3600 == hours


@given(day=days, starts_on=st.sampled_from(WEEKDAYS))
def test_a_week_has_seven_days_and_the_one_after_begins_on_the_chosen_day(
    day: date, starts_on: str
) -> None:
    end = week_end(day, starts_on)  # type: ignore[arg-type]

    assert day <= end <= day + timedelta(days=6)
    assert WEEKDAYS[(end + timedelta(days=1)).weekday()] == starts_on
    assert {week_end(end - timedelta(days=back), starts_on) for back in range(7)} == {end}  # type: ignore[arg-type]
    assert week_from(f"{end:%Y%m%d}") == end


def test_a_week_that_begins_on_sunday_ends_on_saturday_and_names_its_batch() -> None:
    end = week_end(date(2025, 11, 4), "sunday")

    assert end == date(2025, 11, 8)
    assert batch_code(end, "ST") == "ST251108"
    assert batch_code(end, "") == "251108"


def test_a_week_with_a_clock_change_has_an_hour_more() -> None:
    start, after = week_window(date(2025, 11, 8), ZoneInfo("America/New_York"))

    assert datetime.fromtimestamp(start, UTC).isoformat() == "2025-11-02T04:00:00+00:00"
    assert (after - start) / 3600 == 7 * 24 + 1
