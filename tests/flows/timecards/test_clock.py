"""Clock events become hours: whatever was clocked, and in whatever zone, no second is lost, doubled
or passed over in silence.
"""

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from st_spectrum.account import Account
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.clock import (
    STILL_IN,
    Clocked,
    Stretch,
    clock_entries,
    pair_events,
    unrepeated,
)
from st_spectrum.servicetrade.time_models import ClockEvent
from tests.flows.records import account
from tests.flows.timecards.test_payroll_week import ODD_ZONES

NEW_YORK = ZoneInfo("America/New_York")
UNPAID = frozenset({"onbreak"})


def event(number: int, at: int | str, way: str, **changes: Any) -> ClockEvent:
    """Ty clocks in or out on site; `at` is epoch seconds or a local time in New York."""
    when = (
        at
        if isinstance(at, int)
        else int(datetime.fromisoformat(at).replace(tzinfo=NEW_YORK).timestamp())
    )
    known = {
        "id": number,
        "eventTime": when,
        "eventType": way,
        "activity": "onsite",
        "user": {"id": 61, "name": "Ty Tech"},
    }
    return ClockEvent.model_validate(known | changes)


def shift(number: int, begin: str, end: str, **changes: Any) -> list[ClockEvent]:
    return [event(number, begin, "in", **changes), event(number + 1, end, "out", **changes)]


def clocked(events: list[ClockEvent], **sections: Any) -> Clocked:
    return clock_entries(events, account(**sections))


def pieces_of(events: list[ClockEvent]) -> list[tuple[str, Decimal, str]]:
    return [(entry.key, entry.hours, entry.waits) for entry in clocked(events).entries]


EVENTS = st.lists(
    st.builds(
        lambda number, at, way, who, activity, job: event(
            number,
            1_540_000_000 + at,
            way,
            user={"id": who},
            activity=activity,
            job={"id": job, "number": job} if job else None,
        ),
        number=st.integers(1, 40),
        at=st.integers(0, 400) | st.integers(0, 4_000_000),
        way=st.sampled_from(["in", "out"]),
        who=st.sampled_from([61, 62]),
        activity=st.sampled_from(["onsite", "enroute", "onbreak"]),
        job=st.sampled_from([0, 0, 7, 8]),
    ),
    max_size=14,
)


LENGTHS = st.integers(1, 4_000) | st.integers(1, 200_000)


@st.composite
def crowded(draw: st.DrawFn) -> list[ClockEvent]:
    """One shift for each of several activities, most of them at the same time."""
    activities = draw(
        st.lists(st.sampled_from(["onsite", "enroute", "offsite", "a", "b", "c"]), unique=True)
    )
    events = []
    for number, activity in enumerate(activities):
        begin, length = 1_540_000_000 + draw(st.integers(0, 100)), draw(st.integers(1, 100))
        events += [
            event(2 * number, begin, "in", activity=activity),
            event(2 * number + 1, begin + length, "out", activity=activity),
        ]
    return events


@st.composite
def working_days(draw: st.DrawFn) -> list[ClockEvent]:
    """Complete shifts of one technician, one after another, with odd lengths and gaps."""
    at, number, events = draw(st.integers(1_500_000_000, 1_700_000_000)), 1, []
    for length, gap in draw(st.lists(st.tuples(LENGTHS, LENGTHS), max_size=8)):
        job = draw(st.sampled_from([7, 8]))
        for way, when in (("in", at), ("out", at + length)):
            events.append(event(number, when, way, job={"id": job, "number": job}))
            number += 1
        at += length + gap
    return events


@settings(max_examples=250, deadline=None)
@given(events=EVENTS, zone=st.sampled_from(ODD_ZONES))
def test_the_hours_by_day_add_up_to_the_elapsed_time_of_every_pair(
    events: list[ClockEvent], zone: str
) -> None:
    entries = clocked(events, timezone=zone).entries
    once, _ = unrepeated(events)
    elapsed = {
        stretch.first.id: stretch.seconds for stretch in pair_events(once, ZoneInfo(zone), UNPAID)
    }

    shown: dict[int, Decimal] = defaultdict(Decimal)
    for entry in entries:
        shown[int(entry.key.split(".")[2])] += entry.hours
    assert shown.keys() == elapsed.keys()
    for number, hours in shown.items():
        # Each part is off by less than a hundredth, and a pair has a part for each day.
        parts = sum(1 for entry in entries if entry.key.split(".")[2] == str(number))
        assert abs(Fraction(hours) - Fraction(elapsed[number], 3600)) < Fraction(parts, 100)


@settings(max_examples=250, deadline=None)
@given(events=EVENTS | working_days(), zone=st.sampled_from(ODD_ZONES))
def test_the_paid_hours_of_a_day_are_the_rounded_sum_of_its_seconds(
    events: list[ClockEvent], zone: str
) -> None:
    by_day: dict[tuple[int, date], list[TimeEntry]] = defaultdict(list)
    for entry in clocked(events, timezone=zone).entries:
        if not entry.waits and entry.activity != "onbreak":
            by_day[entry.user_id, entry.work_date].append(entry)
    exact = exact_seconds(events, zone)

    assert {day: sum(entry.hours for entry in entries) for day, entries in by_day.items()} == {
        day: Decimal((seconds + 18) // 36) / 100 for day, seconds in exact.items()
    }


def exact_seconds(events: list[ClockEvent], zone: str) -> Counter[tuple[int, date]]:
    """Seconds by person and day, found by walking along each stretch in steps of a quarter of an
    hour and less.
    """
    once, _ = unrepeated(events)
    found: Counter[tuple[int, date]] = Counter()
    for stretch in pair_events(once, ZoneInfo(zone), UNPAID):
        if stretch.waits or stretch.first.activity == "onbreak":
            continue
        at, end = stretch.span
        while at < end:
            until = min(end, at - at % 900 + 900)
            found[stretch.first.user.id, datetime.fromtimestamp(at, ZoneInfo(zone)).date()] += (
                until - at
            )
            at = until
    return found


@settings(max_examples=200, deadline=None)
@given(events=EVENTS, order=st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_listed_does_not_matter(
    events: list[ClockEvent], order: Any
) -> None:
    mixed = list(events)
    order.shuffle(mixed)

    assert clocked(mixed) == clocked(events)


@settings(max_examples=250, deadline=None)
@given(events=EVENTS)
def test_no_event_is_dropped_and_none_is_used_twice(events: list[ClockEvent]) -> None:
    once, notes = unrepeated(events)
    stretches = pair_events(once, NEW_YORK, UNPAID)
    used = Counter(
        event.id for stretch in stretches for event in (stretch.start, stretch.end) if event
    )

    assert used == Counter({event.id for event in events})
    assert len(notes) == sum(
        1 for count in Counter(event.id for event in events).values() if count > 1
    )
    assert all(
        stretch.waits or (stretch.start and stretch.end and stretch.seconds > 0)
        for stretch in stretches
    )
    keys = [entry.key for entry in clocked(events).entries]
    assert len(keys) == len(set(keys))
    assert {int(key.split(".")[2]) for key in keys} == {stretch.first.id for stretch in stretches}


@settings(max_examples=250, deadline=None)
@given(events=EVENTS | crowded())
def test_of_one_person_no_two_stretches_that_are_paid_overlap_and_none_waits_for_nothing(
    events: list[ClockEvent],
) -> None:
    once, _ = unrepeated(events)
    stretches = [
        stretch
        for stretch in pair_events(once, NEW_YORK, UNPAID)
        if stretch.seconds and stretch.first.activity != "onbreak"
    ]

    def meets(one: Stretch, other: Stretch) -> bool:
        same = one.first.user.id == other.first.user.id and one is not other
        return same and one.span[0] < other.span[1] and other.span[0] < one.span[1]

    for stretch in stretches:
        can_be_paid = [
            stretch
            for stretch in stretches
            if not stretch.waits or stretch.waits.startswith("overlaps")
        ]
        if not stretch.waits or stretch.waits.startswith("overlaps"):
            assert bool(stretch.waits) == any(meets(stretch, other) for other in can_be_paid)


@settings(max_examples=200, deadline=None)
@given(events=working_days(), count=st.integers(0, 16), zone=st.sampled_from(ODD_ZONES))
def test_what_is_clocked_later_changes_nothing_that_was_complete(
    events: list[ClockEvent], count: int, zone: str
) -> None:
    before = {
        entry.key: entry
        for entry in clocked(events[:count], timezone=zone).entries
        if not entry.waits
    }
    after = {entry.key: entry for entry in clocked(events, timezone=zone).entries}

    assert before.items() <= after.items()


@settings(max_examples=150, deadline=None)
@given(events=working_days(), gone=st.integers(0, 15), zone=st.sampled_from(ODD_ZONES))
def test_a_pair_added_behind_the_fact_leaves_the_others_as_they_were(
    events: list[ClockEvent], gone: int, zone: str
) -> None:
    late = {2 * (gone // 2) + 1, 2 * (gone // 2) + 2}
    at_first = [event for event in events if event.id not in late]
    added = [
        event.model_copy(update={"id": event.id + 1000}) for event in events if event.id in late
    ]
    before = {entry.key: entry for entry in clocked(at_first, timezone=zone).entries}
    after = {entry.key: entry for entry in clocked(at_first + added, timezone=zone).entries}

    # What waits was never sent.
    assert {key: entry for key, entry in before.items() if not entry.waits}.items() <= after.items()


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
