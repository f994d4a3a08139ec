"""Weeks of time in the world: the same in all four forms, reproducible, with nights that the clock
changes.
"""

import itertools
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import PlannedEntry, hours, moment, plan_time, rows_of
from st_spectrum.sandbox.timekeeping import Kept, TimeSizes, keep_time, weeks_until_now
from st_spectrum.sandbox.world import World, build_world


def kept(sandbox: Sandbox, sizes: TimeSizes) -> Kept:
    built = build_world(World.small(), sandbox.servicetrade_url, sandbox.spectrum_url)
    return keep_time(sandbox.control, built, sizes)


def test_cards_job_items_clock_events_and_absences_hold_the_same_hours(sandbox: Sandbox) -> None:
    written = kept(sandbox, TimeSizes(weeks=3))
    records = {
        name: sandbox.control.records("servicetrade", name)
        for name in ("timecard", "jobitem", "clockevent")
    }
    by_kind: Counter[str] = Counter()
    for card in written.cards:
        for entry in card.entries:
            by_kind[entry.kind] += entry.seconds
    rows = [row for card in records["timecard"] for row in card["dayLogs"]]
    for kind, type_ in (("labor", "labor"), ("clock", "clock"), ("generic", "other")):
        assert sum(row["duration"] for row in rows if row["type"] == type_) == by_kind[kind] > 0
    labor = sum(Decimal(str(item["quantity"])) for item in records["jobitem"])
    assert labor == hours(by_kind["labor"])
    signed = (
        event["eventTime"] * (1 if event["eventType"] == "out" else -1)
        for event in records["clockevent"]
    )
    assert sum(signed) == by_kind["clock"]
    absences = sandbox.control.records("servicetrade", "absence")
    assert (
        sum(absence["windowEnd"] - absence["windowStart"] for absence in absences)
        == by_kind["generic"]
    )
    assert tuple(card["id"] for card in records["timecard"]) == written.ids
    items = {item["id"] for item in records["jobitem"]}
    assert {row["jobItemId"] for row in rows if row["type"] == "labor"} == items


def test_technicians_are_employees_and_some_are_not_when_that_is_asked_for(
    sandbox: Sandbox,
) -> None:
    built = build_world(
        World(companies=6, vendors=1, locations=6, jobs=8, technicians=5), *urls(sandbox)
    )
    written = keep_time(
        sandbox.control, built, TimeSizes(weeks=1, without_id=1, unknown=1, inactive=1)
    )
    rows = sandbox.control.records("spectrum", "PR_EMPLOYEE_MASTER_1_MC")
    statuses = {row["Employee_Code"].strip(): row["Employment_Status"] for row in rows}
    found = [
        (person.is_sound, statuses.get(person.employee_code)) for person in written.technicians
    ]
    assert found == [(True, "A"), (True, "A"), (False, None), (False, None), (False, "I")]
    users = {user["id"]: user for user in sandbox.control.records("servicetrade", "user")}
    ids = [users[person.user]["externalIds"].get("spectrum", "") for person in written.technicians]
    assert ids == [person.employee_code for person in written.technicians]
    assert ids[2] == ""


def urls(sandbox: Sandbox) -> tuple[str, str]:
    return sandbox.servicetrade_url, sandbox.spectrum_url


def test_the_same_seed_plans_the_same_time_and_another_another() -> None:
    first = list(plan_time(1, 3, date(2026, 4, 5), 4, 0.97))
    assert first == list(plan_time(1, 3, date(2026, 4, 5), 4, 0.97))
    assert first != list(plan_time(2, 3, date(2026, 4, 5), 4, 0.97))


@pytest.mark.parametrize(
    ("night", "split"),
    [
        (date(2026, 3, 7), [2.0, 4.0]),
        (date(2026, 3, 8), [2.0, 4.0]),
        (date(2026, 10, 31), [2.0, 4.0]),
    ],
)
def test_time_over_midnight_falls_on_two_days_whose_seconds_add_up(
    night: date, split: list[float]
) -> None:
    entry = PlannedEntry("clock", moment(night, 22), 6 * 3600, "onsite")
    assert [seconds / 3600 for _, seconds in entry.days] == split
    assert sum(seconds for _, seconds in entry.days) == entry.seconds


def test_a_year_of_sixty_technicians_is_about_sixty_thousand_entries_of_three_kinds() -> None:
    cards = list(plan_time(1, 60, date(2026, 1, 4), 52, 0.97))
    entries = [entry for card in cards for entry in card.entries]
    assert 57_000 <= len(entries) <= 63_000
    kinds = Counter(entry.kind for entry in entries)
    assert min(kinds.values()) > 2_000
    assert all(entry.seconds % 180 == 0 for entry in entries)
    changes = {date(2026, 3, 8), date(2026, 11, 1)}
    assert changes <= {day for entry in entries if len(entry.days) == 2 for day, _ in entry.days}
    assert 0.95 < sum(card.status == "approved" for card in cards) / len(cards) < 0.99
    assert 0.01 < sum(entry.is_time_off for entry in entries) / kinds["labor"] < 0.03


def test_hundreds_of_cards_are_written_in_seconds(sandbox: Sandbox) -> None:
    built = build_world(World.small(), *urls(sandbox))
    started = time.monotonic()
    written = keep_time(sandbox.control, built, TimeSizes(weeks=104))
    assert written.entries > 3_500
    assert time.monotonic() - started < 20
    assert sandbox.control.counts()["servicetrade"]["timecard"] == len(written.cards) == 208
    hours_of_all = sum(written.approved_hours().values())
    assert hours_of_all > 100


def test_in_clocked_weeks_all_work_is_clocked_and_none_of_it_overlaps() -> None:
    weeks = [date(2026, 3, 1) + timedelta(days=7 * number) for number in range(3)]
    cards = list(plan_time(1, 20, weeks[0], 3, 0.97, clocked={weeks[1]}))
    kinds = {
        week: Counter(entry.kind for card in cards if card.week == week for entry in card.entries)
        for week in weeks
    }
    assert kinds[weeks[1]]["labor"] == 0 < kinds[weeks[0]]["labor"]
    assert kinds[weeks[1]]["clock"] > 3 * kinds[weeks[0]]["clock"]
    for technician in range(20):
        clocked = sorted(
            (entry.start, entry.start + entry.seconds)
            for card in cards
            for entry in card.entries
            if card.technician == technician and entry.kind == "clock"
        )
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(clocked))


def test_a_call_into_the_next_week_stands_on_both_cards_and_somebody_is_called_when_clocks_change() -> (
    None
):
    weeks = [date(2026, 3, 1) + timedelta(days=7 * number) for number in range(2)]
    cards = list(plan_time(1, 1, weeks[0], 2, 0.97))
    over = [
        [(row.day, hours(row.seconds)) for row in rows if len(row.entry.days) == 2]
        for rows in rows_of(cards)
    ]
    assert (date(2026, 3, 7), Decimal("2.00")) in over[0]
    assert (date(2026, 3, 8), Decimal("4.00")) in over[1]
    for card, rows in zip(cards, rows_of(cards), strict=True):
        assert {card.week <= row.day < card.week + timedelta(days=7) for row in rows} == {True}


def test_nobody_has_worked_on_days_to_come_or_submitted_a_week_that_is_not_over(
    sandbox: Sandbox,
) -> None:
    built = build_world(World.small(), *urls(sandbox))
    sizes = weeks_until_now()
    thursday = sizes.first_week + timedelta(days=7 + 4)
    written = keep_time(
        sandbox.control, built, replace(sizes, through=thursday, approved=1.0, without_id=0)
    )

    present = [card for card in written.cards if card.week == sizes.first_week + timedelta(days=7)]
    assert present and {card.status for card in present} == {"open"}
    assert {card.status for card in written.cards if card not in present} == {"approved"}
    days = {entry.days[0][0] for card in written.cards for entry in card.entries}
    assert max(days) == thursday
    stored = sandbox.control.records("servicetrade", "timecard")
    assert all(
        card["approvedOn"] is None and card["submittedOn"] is None
        for card in stored
        if card["status"] == "open"
    )
    end = moment(thursday + timedelta(days=2))
    for kind, at in (("jobitem", "usedOn"), ("clockevent", "eventTime"), ("absence", "windowEnd")):
        assert all(row[at] < end for row in sandbox.control.records("servicetrade", kind)), kind
