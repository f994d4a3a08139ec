"""Clock events of one person and one day, one by one: what is paid, and what waits and why."""

from decimal import Decimal

import pytest

from st_spectrum.account import Account
from st_spectrum.flows.timecards.clock import (
    STILL_IN,
)
from st_spectrum.servicetrade.time_models import ClockEvent
from tests.flows.records import account
from tests.flows.timecards.clock_events import clocked, event, pieces_of, shift


def test_who_forgot_to_clock_out_until_days_later_is_not_paid_around_the_clock() -> None:
    day = clocked([event(1, "2025-11-03 08:00", "in"), event(2, "2025-11-04 08:00", "out")])
    assert {entry.waits for entry in day.entries} == {""}
    long = clocked([event(1, "2025-11-03 08:00", "in"), event(2, "2025-11-05 17:00", "out")])
    assert {entry.waits for entry in long.entries} == {
        "clocked in at 11/03 08:00:00 and out only 57 hours later"
    }


def test_a_night_shift_is_split_at_midnight_between_two_weeks() -> None:
    assert pieces_of(shift(1, "2025-11-08T22:00", "2025-11-09T02:30")) == [
        ("20251108.clock.1.1", Decimal("2.00"), ""),
        ("20251115.clock.1.2", Decimal("2.50"), ""),
    ]


@pytest.mark.parametrize(
    ("day", "hours"), [("2025-03-09", "7.00"), ("2025-11-02", "9.00"), ("2025-06-15", "8.00")]
)
def test_a_night_with_a_clock_change_counts_what_was_worked(day: str, hours: str) -> None:
    assert [hours for _, hours, _ in pieces_of(shift(1, f"{day}T00:00", f"{day}T08:00"))] == [
        Decimal(hours)
    ]


def test_three_thirds_of_an_hour_are_an_hour() -> None:
    events = [
        *shift(1, "2025-11-04T08:00", "2025-11-04T08:20"),
        *shift(3, "2025-11-04T09:00", "2025-11-04T09:20"),
        *shift(5, "2025-11-04T10:00", "2025-11-04T10:20"),
    ]

    assert [hours for _, hours, _ in pieces_of(events)] == [
        Decimal("0.33"),
        Decimal("0.34"),
        Decimal("0.33"),
    ]


def test_time_that_waits_takes_no_hundredth_from_the_time_that_does_not() -> None:
    events = [
        *shift(1, "2025-11-04T08:00", "2025-11-04T08:20"),
        *shift(3, "2025-11-04T08:00", "2025-11-04T08:20", activity="enroute"),
        *shift(5, "2025-11-04T09:00", "2025-11-04T09:20"),
        *shift(7, "2025-11-04T10:00", "2025-11-04T10:20"),
    ]

    assert sum(hours for _, hours, waits in pieces_of(events) if not waits) == Decimal("0.67")


def test_an_open_pair_waits() -> None:
    assert pieces_of([event(1, "2025-11-04T08:00", "in")]) == [
        ("20251108.clock.1.1", Decimal(0), STILL_IN)
    ]


def test_an_out_without_in_is_told() -> None:
    ((key, hours, waits),) = pieces_of([event(2, "2025-11-04T12:00", "out")])

    assert (key, hours, waits) == (
        "20251108.clock.2.1",
        0,
        "clocked out at 11/04 12:00:00 without being clocked in",
    )


def test_two_ins_in_a_row_wait_with_their_out_because_either_may_be_wrong() -> None:
    events = [
        event(1, "2025-11-04T08:00", "in"),
        event(2, "2025-11-04T10:00", "in"),
        event(3, "2025-11-04T12:00", "out"),
        *shift(4, "2025-11-04T13:00", "2025-11-04T14:00"),
    ]
    why = (
        "clocked in 2 times in a row, at 11/04 08:00:00 and 11/04 10:00:00, and out once, at 11/04"
        " 12:00:00"
    )

    assert sorted(pieces_of(events)) == [
        ("20251108.clock.1.1", 0, why),
        ("20251108.clock.2.1", 0, why),
        ("20251108.clock.3.1", 0, why),
        ("20251108.clock.4.1", Decimal("1.00"), ""),
    ]


def test_two_ins_in_a_row_become_two_pairs_once_the_missing_out_is_entered() -> None:
    events = [
        event(1, "2025-11-04T08:00", "in"),
        event(2, "2025-11-04T10:00", "in"),
        event(3, "2025-11-04T12:00", "out"),
        event(9, "2025-11-04T09:30", "out"),
    ]

    assert sorted(pieces_of(events)) == [
        ("20251108.clock.1.1", Decimal("1.50"), ""),
        ("20251108.clock.2.1", Decimal("2.00"), ""),
    ]


def test_nobody_is_paid_for_a_pair_of_no_length() -> None:
    ((_, hours, waits),) = pieces_of(shift(1, "2025-11-04T08:00", "2025-11-04T08:00"))

    assert hours == 0
    assert waits == "clocked in and out in the same second, at 11/04 08:00:00"


def test_out_and_in_again_in_the_same_second_are_two_pairs_whatever_their_numbers() -> None:
    events = [
        event(1, "2025-11-04T08:00", "in"),
        event(7, "2025-11-04T09:00", "out"),
        event(6, "2025-11-04T09:00", "in"),
        event(8, "2025-11-04T10:00", "out"),
    ]

    assert [hours for _, hours, _ in pieces_of(events)] == [1, 1]


def test_an_event_that_is_listed_twice_counts_once_and_is_told() -> None:
    events = shift(1, "2025-11-04T08:00", "2025-11-04T09:00")
    found = clocked([*events, events[0]])

    assert [entry.hours for entry in found.entries] == [1]
    assert found.notes == ("clock event 1 of Ty Tech was listed 2 times and counts once",)


def test_of_two_versions_of_an_event_the_one_changed_last_counts() -> None:
    old = shift(1, "2025-11-04T08:00", "2025-11-04T09:00")
    new = event(2, "2025-11-04T10:00", "out", updated=5)
    found = clocked([*old, new])

    assert [entry.hours for entry in found.entries] == [2]
    assert found.notes == (
        (
            "clock event 2 of Ty Tech was listed 2 times in different versions, of which the newest"
            " counts"
        ),
    )


def test_driving_while_on_site_waits_because_both_would_be_paid() -> None:
    events = [
        *shift(1, "2025-11-04T08:00", "2025-11-04T12:00"),
        *shift(3, "2025-11-04T11:30", "2025-11-04T12:30", activity="enroute"),
    ]

    assert [waits for _, _, waits in pieces_of(events)] == [
        "overlaps with enroute from 11/04 11:30:00 to 11/04 12:30:00",
        "overlaps with onsite from 11/04 08:00:00 to 11/04 12:00:00",
    ]


def test_a_break_that_is_not_paid_may_lie_within_the_time_on_site() -> None:
    events = [
        *shift(1, "2025-11-04T08:00", "2025-11-04T12:00"),
        *shift(3, "2025-11-04T10:00", "2025-11-04T10:15", activity="onbreak"),
    ]

    assert [waits for _, _, waits in pieces_of(events)] == ["", ""]


def test_in_on_one_job_and_out_on_another_waits() -> None:
    events = [
        event(1, "2025-11-04T08:00", "in", job={"id": 7, "number": 10482}),
        event(2, "2025-11-04T09:00", "out", job={"id": 8, "number": 10483}),
    ]

    assert [waits for _, _, waits in pieces_of(events)] == [
        "clocked in on job 10482, but out on job 10483"
    ]


def test_the_version_follows_the_events_and_not_the_rounding() -> None:
    def version_of(events: list[ClockEvent], key: str) -> str:
        return next(entry.version for entry in clocked(events).entries if entry.key == key)

    alone = shift(3, "2025-11-04T09:00", "2025-11-04T09:20")
    with_other = [*shift(1, "2025-11-04T08:00", "2025-11-04T08:20"), *alone]
    moved = shift(3, "2025-11-04T09:01", "2025-11-04T09:21")

    assert version_of(alone, "20251108.clock.3.1") == version_of(with_other, "20251108.clock.3.1")
    assert version_of(alone, "20251108.clock.3.1") != version_of(moved, "20251108.clock.3.1")


def test_an_account_with_another_week_has_other_keys() -> None:
    found = clocked(
        shift(1, "2025-11-08T08:00", "2025-11-08T09:00"), timecards={"week_starts_on": "saturday"}
    )

    assert [entry.key for entry in found.entries] == ["20251114.clock.1.1"]
    assert isinstance(account(), Account)
