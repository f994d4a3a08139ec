"""Time is noticed piece by piece as soon as it is approved; what is taken back or moved later is
told and sent no second time.
"""

import time as clock
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.looks.changes import Changes
from st_spectrum.engine.report import Report, Result
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.notice import notice_time
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import State
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import moment
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.time_cards import sync
from tests.world.ledger_file import lose_ledger
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper, given


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """Three technicians and last week's time, all of it still open."""
    with closing(
        build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=0))
    ) as timekeeper:
        yield timekeeper


def notice(
    timekeeper: Timekeeper, cursor: Cursor | None = None, limit: int | None = None
) -> Changes:
    with timekeeper.contractor.session() as session:
        return notice_time(
            session.servicetrade, session.ledger, session.account, cursor or Cursor(), limit=limit
        )


def test_time_is_asked_for_when_its_card_is_approved_and_not_before(timekeeper: Timekeeper) -> None:
    first = notice(timekeeper)
    assert first.keys == ()
    assert notice(timekeeper, first.cursor).keys == ()
    timekeeper.set_status("approved")
    found = notice(timekeeper, first.cursor)
    rows = [
        entry for entry in timekeeper.kept.cards[0].entries if entry.kind in ("labor", "generic")
    ]
    assert len(found.keys) == len(rows) > 5
    assert notice(timekeeper, found.cursor).keys == ()


def test_a_round_carries_what_was_approved_since_the_last_one_and_a_quiet_one_costs_one_page(
    timekeeper: Timekeeper,
) -> None:
    assert sync(timekeeper).writes == 0
    timekeeper.set_status("approved", 1)
    assert sync(timekeeper).counts()["created"] > 5
    timekeeper.assert_exact()
    timekeeper.control.clear_calls()
    assert sync(timekeeper).outcomes == ()
    calls = timekeeper.control.calls(system="servicetrade", operation="GET /timecard")
    assert len(calls) == 1


def test_more_than_a_batch_comes_in_several_looks_and_each_piece_once(
    timekeeper: Timekeeper,
) -> None:
    for place in range(3):
        timekeeper.set_status("approved", place)
    cursor, found = Cursor(), []
    for _ in range(30):
        changes = notice(timekeeper, cursor, limit=5)
        cursor = changes.cursor
        found += changes.keys
        if changes.is_complete:
            break
    assert sorted(found) == sorted(notice(timekeeper).keys)
    assert len(set(found)) == len(found) > 15


def test_approval_that_is_taken_back_is_told_and_given_again_is_forgotten(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    timekeeper.assert_exact()
    rows = len(timekeeper.rows())
    timekeeper.set_status("open")
    taken_back = sync(timekeeper)
    assert taken_back.counts()["held"] == rows
    assert all("approval was taken back" in outcome.reason for outcome in taken_back.outcomes)
    timekeeper.set_status("approved")
    assert sync(timekeeper).counts()["unchanged"] == rows
    with timekeeper.contractor.session() as session:
        assert session.ledger.open_keys("timecards") == ()
    assert len(timekeeper.rows()) == rows


def test_a_change_that_a_clerk_has_set_right_in_spectrum_is_not_told_again_but_the_next_one_is(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    rows = len(timekeeper.rows())
    office = timekeeper.contractor.office
    card = office.get(timekeeper.card())
    row = next(day_log for day_log in card["dayLogs"] if day_log["type"] == "labor")

    def correct(hours: float) -> Report:
        corrected = {"quantity": hours, "duration": round(hours * 3600)}
        logs = [
            given(day_log) | (corrected if day_log["id"] == row["id"] else {})
            for day_log in card["dayLogs"]
        ]
        office.put(timekeeper.card(), dayLogs=logs)
        return sync(timekeeper)

    (held,) = [outcome for outcome in correct(1.25).outcomes if outcome.result is Result.HELD]
    assert "is 1.25 h" in held.reason
    done = timekeeper.contractor.command("ledger", "resolve", "timecards", held.key, "--there")
    assert done.returncode == 0, done.stderr
    with timekeeper.contractor.session() as session:
        entry = session.ledger.get("timecards", held.key)
        assert entry is not None
        assert entry.entry.state is State.CONFIRMED
        assert (
            session.engine.run("timecards", [held.key], run_id="again").counts()["unchanged"] == 1
        )
    (again,) = [outcome for outcome in correct(1.5).outcomes if outcome.result is Result.HELD]
    assert again.key == held.key
    assert len(timekeeper.rows()) == rows


def test_time_before_the_first_day_is_left_alone_and_without_a_first_day_nothing_is_carried(
    timekeeper: Timekeeper,
) -> None:
    for place in range(3):
        timekeeper.set_status("approved", place)
    timekeeper.set_rules(first_day=str(SUNDAY + timedelta(days=3)))
    sync(timekeeper)
    days = {date.fromisoformat(str(row["Work_Date"])[:10]) for row in timekeeper.rows()}
    assert days
    assert min(days) >= SUNDAY + timedelta(days=3)
    with timekeeper.contractor.session() as session:
        before = sum(
            1
            for entry in time_context(session.flows).times.week(SUNDAY + timedelta(days=6))
            if entry.work_date not in days
        )
    assert before > 0
    timekeeper.set_rules(first_day="")
    rows = len(timekeeper.rows())
    assert sync(timekeeper).outcomes == ()
    night = timekeeper.night()
    assert (night.asked, night.listed, len(timekeeper.rows())) == (0, 0, rows)


def test_a_card_that_cannot_be_read_waits_alone_and_goes_out_once_it_can(
    timekeeper: Timekeeper,
) -> None:
    for place in range(3):
        timekeeper.set_status("approved", place)
    control = timekeeper.control
    control.edit("timecard", timekeeper.kept.ids[0], periodEnd="next week")
    report = sync(timekeeper)
    (held,) = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
    assert "cannot be read" in held.reason
    assert "periodEnd" in held.reason
    assert report.counts()["created"] > 10
    control.edit(
        "timecard", timekeeper.kept.ids[0], periodEnd=moment(SUNDAY + timedelta(days=7)) - 1
    )
    timekeeper.set_status("approved")
    sync(timekeeper)
    sync(timekeeper)
    timekeeper.assert_exact()
    with timekeeper.contractor.session() as session:
        assert session.ledger.open_keys("timecards") == ()


def test_a_list_that_ends_in_the_middle_is_no_short_list(timekeeper: Timekeeper) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    timekeeper.set_status("approved", 1)
    control = timekeeper.control
    control.add_fault(system="servicetrade", operation="GET /timecard", kind="truncate", count=20)
    assert isinstance(sync(timekeeper).stopped_by, SyncFault)
    with timekeeper.contractor.session() as session:
        assert session.ledger.open_keys("timecards") == ()
    control.clear_faults()
    sync(timekeeper)
    timekeeper.assert_exact()


def test_labor_items_and_clocked_time_are_noticed_too(sandbox: Sandbox, tmp_path: Path) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY))
    timekeeper.set_rules(adapter="jobitem")
    found = notice(timekeeper)
    labor = sum(entry.kind == "labor" for card in timekeeper.kept.cards for entry in card.entries)
    assert len(found.keys) == labor
    assert notice(timekeeper, found.cursor).keys == ()

    cost_codes = timekeeper.contractor.account.timecards.cost_codes.model_copy(
        update={"default_phase": "001"}
    )
    timekeeper.set_rules(adapter="clock", cost_codes=cost_codes)
    now = int(clock.time())
    person = timekeeper.kept.technicians[0].user
    event = {"userId": person, "jobId": timekeeper.kept.jobs[0], "activity": "onsite"}
    office = timekeeper.contractor.office
    before = notice(timekeeper)
    office.post("/clock", **event, eventType="in", eventTime=now - 7200)
    still_in = notice(timekeeper, before.cursor)
    assert still_in.keys == ()
    office.post("/clock", **event, eventType="out", eventTime=now - 3600)
    clocked = notice(timekeeper, still_in.cursor)
    assert len(clocked.keys) in (1, 2), "two when midnight lies between"
    timekeeper.carry(clocked.keys)
    assert notice(timekeeper, clocked.cursor).keys == ()
    assert sum(float(str(row["Hours"])) for row in timekeeper.rows()) == 1


def test_what_was_deleted_or_never_noticed_is_found_at_night(timekeeper: Timekeeper) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    rows = len(timekeeper.rows())
    timekeeper.delete_card()
    timekeeper.set_status("approved", 1)
    night = timekeeper.night()
    held = [outcome for outcome in night.report.outcomes if outcome.result is Result.HELD]
    assert len(held) == rows
    assert all("was deleted in ServiceTrade" in outcome.reason for outcome in held)
    assert len(night.missed) == night.report.counts()["created"] > 5
    again = timekeeper.night()
    assert (again.missed, again.report.writes) == ((), 0)


@pytest.mark.parametrize("moved_on", ["", "approve", "post"])
def test_a_lost_ledger_is_not_taken_for_a_first_start_wherever_the_cards_stand(
    timekeeper: Timekeeper, moved_on: str
) -> None:
    for place in range(3):
        timekeeper.set_status("approved", place)
    sync(timekeeper)
    rows = len(timekeeper.rows())
    control = timekeeper.control
    if moved_on:
        control.payroll(moved_on)
    lose_ledger(timekeeper.contractor)
    writes = len(control.calls(system="spectrum", operation="PreTimeCard"))
    report = sync(timekeeper)
    assert report.counts()["unchanged"] == rows
    assert len(control.calls(system="spectrum", operation="PreTimeCard")) == writes
    night = timekeeper.night()
    assert (night.missed, night.report.writes) == ((), 0)
