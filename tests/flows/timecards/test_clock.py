"""Clock events become hours: whatever was clocked, and in whatever zone, no second is lost, doubled
or passed over in silence.
"""

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.clock import (
    Stretch,
    pair_events,
    unrepeated,
)
from st_spectrum.servicetrade.time_models import ClockEvent
from tests.flows.timecards.clock_events import NEW_YORK, clocked, event
from tests.flows.timecards.test_payroll_week import ODD_ZONES

UNPAID = frozenset({"onbreak"})


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
