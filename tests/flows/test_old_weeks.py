"""Approved time since the first day crosses however old it is, and a night costs one old week more
at most.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.timecards.compared_weeks import remember_compared, weeks_of_a_night
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.notice import COMPARED_WEEKS
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from st_spectrum.sandbox.world import World
from tests.flows.records import account
from tests.world.contractor import build_contractor
from tests.world.timekeeper import build_timekeeper

TODAY = datetime.now(ZONE).date()
SUNDAY = TODAY - timedelta(days=(TODAY.weekday() + 1) % 7)


def test_time_older_than_the_compared_weeks_crosses_in_the_first_night(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    old = SUNDAY - timedelta(weeks=COMPARED_WEEKS + 3)
    timekeeper = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=2, first_week=old, approved=1.0)
    )
    timekeeper.set_rules(first_day=old.isoformat())
    with timekeeper.contractor.session() as session:
        run_round(session, ["timecards"], "round")
    assert timekeeper.rows() == [], "a round lists what changed of late"

    nights = []
    for _ in range(2):
        with timekeeper.contractor.session() as session:
            nights += run_reconciliation(session, ["timecards"], "night")

    timekeeper.assert_exact()
    assert len(timekeeper.rows()) > 40
    assert len(nights[0].missed) == len(timekeeper.rows())
    assert (nights[1].missed, nights[1].report.writes) == ((), 0)


def test_every_old_week_is_gone_through_once_and_then_one_of_them_each_night() -> None:
    ledger = Ledger(MemoryStore(), "one", 60)
    today = date(2026, 11, 25)
    rules = account().timecards.model_copy(update={"first_day": "2026-07-05"})
    contractor = account().model_copy(update={"timecards": rules})

    first = weeks_of_a_night(contractor, ledger, today)
    assert first[0] == date(2026, 7, 11)
    assert first[-1] == date(2026, 11, 28)
    assert [later - earlier for earlier, later in pairwise(first)] == [timedelta(weeks=1)] * 20
    assert weeks_of_a_night(contractor, ledger, today) == first, (
        "a night that was stopped is done again"
    )

    remember_compared(ledger, first)
    seen: set[date] = set()
    for day in range(17):
        night = weeks_of_a_night(contractor, ledger, today + timedelta(days=day))
        assert len(night) == COMPARED_WEEKS + 1
        seen.add(night[0])
        remember_compared(ledger, night)
    assert seen >= set(first[:-COMPARED_WEEKS])

    late = weeks_of_a_night(contractor, ledger, today + timedelta(weeks=20))
    assert {later - earlier for earlier, later in pairwise(late)} == {timedelta(weeks=1)}
    assert late[0] == night[-1] + timedelta(weeks=1), "nights that were left out are made up"


@pytest.mark.parametrize("adapter", ["timecard", "jobitem", "clock"])
def test_weeks_read_at_once_hold_what_each_of_them_holds_when_it_is_read_by_itself(
    sandbox: Sandbox, tmp_path: Path, adapter: str
) -> None:
    timekeeper = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=3, first_week=SUNDAY - timedelta(weeks=5))
    )
    timekeeper.set_rules(adapter=adapter)
    ends = [SUNDAY - timedelta(days=1, weeks=7 - number) for number in range(9)]
    with timekeeper.contractor.session() as session:
        at_once = time_context(session.flows).times.weeks_with_other_cards(ends)
        by_itself = {
            end: time_context(session.flows).times.week_with_other_cards(end) for end in ends
        }

    def versions(weeks: dict[date, tuple[TimeEntry, ...]]) -> dict[date, dict[str, str]]:
        return {
            end: {entry.key: entry.version for entry in entries} for end, entries in weeks.items()
        }

    assert versions(at_once) == versions(by_itself)
    assert sum(len(entries) > 3 for entries in at_once.values()) >= 3


def test_a_new_ledger_asks_for_a_year_of_time_in_a_dozen_readings(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = build_contractor(sandbox, tmp_path, World(companies=3, vendors=1, locations=2, jobs=1))
    made.overrides["timecards"] = {"first_day": (SUNDAY - timedelta(weeks=52)).isoformat()}
    sandbox.control.clear_calls()
    made.begin_time()
    assert 0 < len(sandbox.control.calls(operation="GET /timecard")) <= 12
