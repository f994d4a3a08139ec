"""Rows of time that people move to another day or week, before or after their card went out."""

from datetime import timedelta

import pytest

from st_spectrum.engine.report import Outcome, Result
from st_spectrum.sandbox.time_plan import moment
from tests.flows.time_cards import (
    held,
    in_payroll,
    resolve,
    sync,
    take_out,
)
from tests.world.ledger_file import lose_ledger
from tests.world.timekeeper import SUNDAY, Timekeeper

pytestmark = pytest.mark.slow


def moved_after_it_went_out(timekeeper: Timekeeper, days: int) -> Outcome:
    """Three hours of a Sunday that went out and were moved by so many days: why they wait now."""
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    sync(timekeeper)
    timekeeper.keep_only({"date": moment(SUNDAY + timedelta(days=days))})
    return held(sync(timekeeper))


def goes_out_once_its_card_was_taken_out(timekeeper: Timekeeper, key: str, days: int) -> None:
    take_out(timekeeper)
    resolve(timekeeper, key, "--not-there")
    sync(timekeeper)
    timekeeper.night()
    assert in_payroll(timekeeper) == [3]
    (row,) = timekeeper.rows()
    assert str(row["Work_Date"])[:10] == (SUNDAY + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("days", [-3, -24])
def test_a_moved_row_waits_while_its_card_stands_there_although_a_person_said_it_does_not(
    timekeeper: Timekeeper, days: int
) -> None:
    moved = moved_after_it_went_out(timekeeper, days)
    resolve(timekeeper, moved.key, "--not-there")
    still = {outcome.key: outcome for outcome in sync(timekeeper).outcomes}[moved.key]
    assert (still.result, still.reason) == (Result.HELD, moved.reason)
    assert in_payroll(timekeeper) == [3]
    goes_out_once_its_card_was_taken_out(timekeeper, moved.key, days)


def test_a_row_moved_to_another_week_goes_out_there_once_its_card_was_taken_out(
    timekeeper: Timekeeper,
) -> None:
    moved = moved_after_it_went_out(timekeeper, -3)
    assert "moved to another week" in moved.reason
    assert in_payroll(timekeeper) == [3]
    goes_out_once_its_card_was_taken_out(timekeeper, moved.key, -3)


def test_a_row_moved_to_another_week_whose_card_was_corrected_by_hand_is_told_no_more(
    timekeeper: Timekeeper,
) -> None:
    moved = moved_after_it_went_out(timekeeper, -3)
    resolve(timekeeper, moved.key, "--there")
    old = held(timekeeper.night().report)
    assert old.key != moved.key
    resolve(timekeeper, old.key, "--there")
    assert timekeeper.night().report.counts().get("held", 0) == 0
    assert in_payroll(timekeeper) == [3]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "moved to another week"),
        (-24, "moved to another week"),
        (30, "since then the date was"),  # further ahead than a rebuilding goes
    ],
)
def test_a_row_moved_to_another_week_before_the_ledger_was_lost_is_not_paid_again(
    timekeeper: Timekeeper, days: int, words: str
) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    sync(timekeeper)
    lose_ledger(timekeeper.contractor)
    timekeeper.keep_only({"date": moment(SUNDAY + timedelta(days=days))})
    assert words in held(sync(timekeeper)).reason
    assert in_payroll(timekeeper) == [3]


def test_time_that_went_out_under_the_evening_before_is_not_sent_again_under_its_day(
    timekeeper: Timekeeper,
) -> None:
    sunday = moment(SUNDAY + timedelta(days=7), 0)
    timekeeper.keep_only({"quantity": 3, "date": sunday - 24 * 3600})
    timekeeper.set_status("approved")
    sync(timekeeper)
    assert in_payroll(timekeeper) == [3]

    # It was read as Saturday's, by whoever counts days in seconds.
    timekeeper.keep_only({"date": sunday - 3600})
    report = sync(timekeeper)
    timekeeper.night()

    assert in_payroll(timekeeper) == [3]
    assert any(
        "before its day was moved to another week" in outcome.reason for outcome in report.outcomes
    )
