"""Time that people take back and give again while its card is on its way: never paid twice,
never forgotten in silence.
"""

import json
from datetime import timedelta

import pytest

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.report import Result
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.pieces import card_entries
from st_spectrum.flows.timecards.sources import _each_once
from st_spectrum.sandbox.time_plan import moment
from st_spectrum.servicetrade.time_models import TimeCard
from tests.flows.time_cards import (
    held,
    in_payroll,
    resolve,
    sync,
    take_out,
)
from tests.world.ledger_file import lose_ledger, lose_witness
from tests.world.timekeeper import SUNDAY, Timekeeper

pytestmark = pytest.mark.slow


def test_time_whose_card_was_taken_out_is_paid_when_it_is_approved_again(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    sync(timekeeper)
    assert in_payroll(timekeeper) == [3]
    timekeeper.set_status("open")
    key = held(sync(timekeeper)).key
    take_out(timekeeper)
    resolve(timekeeper, key, "--not-there")
    sync(timekeeper)
    timekeeper.night()
    assert in_payroll(timekeeper) == []
    with timekeeper.contractor.session() as session:
        assert session.ledger.open_keys("timecards") == ()
    timekeeper.set_status("approved")
    sync(timekeeper)
    assert in_payroll(timekeeper) == [3]
    timekeeper.night()
    assert in_payroll(timekeeper) == [3]


def test_a_card_that_still_stands_there_is_not_sent_again_on_a_persons_word(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    sync(timekeeper)
    timekeeper.keep_only({"quantity": 4})
    key = held(sync(timekeeper)).key
    resolve(timekeeper, key, "--not-there")
    assert "still stands there" in held(sync(timekeeper)).reason
    assert in_payroll(timekeeper) == [3]
    take_out(timekeeper)
    sync(timekeeper)
    timekeeper.night()
    assert in_payroll(timekeeper) == [4]


def test_a_row_outside_of_its_cards_period_is_paid(timekeeper: Timekeeper) -> None:
    timekeeper.keep_only(
        {"quantity": 3}, {"quantity": 2, "date": moment(SUNDAY - timedelta(days=3))}
    )
    timekeeper.set_status("approved")
    sync(timekeeper)
    timekeeper.night()
    assert in_payroll(timekeeper) == [2, 3]


def test_a_card_of_two_weeks_is_paid_for_both(timekeeper: Timekeeper) -> None:
    timekeeper.keep_only({"quantity": 3, "date": moment(SUNDAY + timedelta(days=1))})
    control = timekeeper.control
    control.edit("timecard", timekeeper.kept.ids[0], periodStart=moment(SUNDAY - timedelta(days=7)))
    timekeeper.set_status("approved")
    timekeeper.night()
    assert in_payroll(timekeeper) == [3]


def test_the_rows_of_a_card_that_cannot_be_read_are_not_said_to_be_deleted(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    sync(timekeeper)
    timekeeper.control.edit("timecard", timekeeper.kept.ids[0], periodEnd="next week")
    report = timekeeper.night().report
    assert [outcome.reason for outcome in report.outcomes if "deleted" in outcome.reason] == []
    assert "cannot be read" in held(report).reason
    timekeeper.control.edit(
        "timecard", timekeeper.kept.ids[0], periodEnd=moment(SUNDAY + timedelta(days=7)) - 1
    )
    sync(timekeeper)
    timekeeper.night()
    with timekeeper.contractor.session() as session:
        assert session.ledger.open_keys("timecards") == ()
    assert in_payroll(timekeeper) == [3]


def test_hours_that_were_sent_are_not_paid_again_from_another_resource(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    rows = in_payroll(timekeeper)
    assert len(rows) > 5
    costs = timekeeper.contractor.account.timecards.cost_codes.model_copy(
        update={"default_phase": "001"}
    )
    for change in (
        {"adapter": "jobitem"},
        {"adapter": "clock"},
        {"adapter": "timecard", "card_rows": ("clock", "other")},
    ):
        timekeeper.set_rules(cost_codes=costs, **change)
        report = timekeeper.night().report
        reasons = {outcome.reason for outcome in report.outcomes if outcome.result is Result.HELD}
        assert any(
            "was sent from labor rows of time cards already" in reason for reason in reasons
        ), change
        assert not any("deleted" in reason for reason in reasons), change
        assert in_payroll(timekeeper) == rows, change
    timekeeper.set_rules(card_rows=("labor", "other"))
    timekeeper.night()
    with timekeeper.contractor.session() as session:
        assert session.ledger.open_keys("timecards") == ()
    assert in_payroll(timekeeper) == rows


def test_another_first_day_of_the_week_neither_pays_again_nor_calls_anything_deleted(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    rows = in_payroll(timekeeper)
    timekeeper.set_rules(week_starts_on="wednesday")
    report = timekeeper.night().report
    assert [outcome.reason for outcome in report.outcomes if outcome.result is Result.HELD] == []
    assert in_payroll(timekeeper) == rows


def test_a_lost_ledger_without_infolink_sends_nothing_of_long_ago(timekeeper: Timekeeper) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    rows = in_payroll(timekeeper)
    lose_ledger(timekeeper.contractor)
    lose_witness(timekeeper.contractor)
    timekeeper.contractor.overrides["spectrum"] = {"infolink": None}
    with timekeeper.contractor.session() as session:
        stopped = run_round(session, ["timecards"], "test")["timecards"].stopped_by
    assert isinstance(stopped, UnsafePlan)
    assert "knows of no time that was sent" in str(stopped)
    assert in_payroll(timekeeper) == rows
    timekeeper.set_rules(first_day=str(SUNDAY + timedelta(days=7)))
    with timekeeper.contractor.session() as session:
        run_round(session, ["timecards"], "test")
    assert in_payroll(timekeeper) == rows


def test_a_lost_ledger_whose_witness_is_left_sends_no_time_without_infolink(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.set_status("approved")
    sync(timekeeper)
    rows = in_payroll(timekeeper)
    lose_ledger(timekeeper.contractor)
    timekeeper.contractor.overrides["spectrum"] = {"infolink": None}
    for _ in range(2):
        with timekeeper.contractor.session() as session:
            report = run_round(session, ["timecards"], "test")["timecards"]
        assert (report.stopped_by, report.writes, report.counts()["held"]) == (None, 0, len(rows))
        assert all(
            "accept --sent-through" in outcome.advice
            for outcome in (*report.outcomes, *report.paused)
        )
    assert in_payroll(timekeeper) == rows


def test_one_row_number_on_two_cards_is_told_and_not_paid_for_one_of_them(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    twin = json.loads(json.dumps(timekeeper.contractor.office.get(timekeeper.card())))
    entries = [
        entry
        for hours in (3, 5)
        for entry in card_entries(
            TimeCard.model_validate(
                twin
                | {"dayLogs": [twin["dayLogs"][0] | {"quantity": hours, "duration": hours * 3600}]}
            ),
            timekeeper.contractor.account,
        )
    ]
    (one,) = _each_once(entries).values()
    assert "stands twice" in one.waits
    assert _each_once([entries[0], entries[0]]) == {entries[0].key: entries[0]}


def test_a_word_that_no_time_waits_for_changes_nothing(timekeeper: Timekeeper) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    (sent,) = sync(timekeeper).outcomes
    for key, word in (
        (sent.key, "--not-there"),
        (sent.key, "--there"),
        (sent.key + "9", "--not-there"),
    ):
        done = timekeeper.contractor.command("ledger", "resolve", "timecards", key, word)
        assert done.returncode == 1
        assert "nothing was changed" in done.stderr
    assert timekeeper.night().report.writes == 0
    assert in_payroll(timekeeper) == [3]


@pytest.mark.parametrize("updated", [0, 4_000_000_000])
def test_a_card_with_an_impossible_time_of_change_is_paid_once_and_hides_nobody_elses(
    timekeeper: Timekeeper, updated: int
) -> None:
    timekeeper.keep_only({"quantity": 3})
    sync(timekeeper)
    timekeeper.set_status("approved")
    timekeeper.control.edit("timecard", timekeeper.kept.ids[0], updated=updated)
    sync(timekeeper)
    timekeeper.night()
    assert in_payroll(timekeeper) == [3]
    timekeeper.keep_only({"quantity": 4})
    assert "is 4.00 h" in held(sync(timekeeper)).reason
    assert in_payroll(timekeeper) == [3]


def test_approval_taken_back_before_the_ledger_was_lost_is_told(timekeeper: Timekeeper) -> None:
    timekeeper.keep_only({"quantity": 3})
    timekeeper.set_status("approved")
    sync(timekeeper)
    lose_ledger(timekeeper.contractor)
    timekeeper.set_status("open")
    sync(timekeeper)
    assert "approval was taken back" in held(timekeeper.night().report).reason
    timekeeper.set_status("approved")
    sync(timekeeper)
    assert timekeeper.night().report.counts().get("held", 0) == 0
    assert in_payroll(timekeeper) == [3]


def test_what_is_approved_while_a_week_is_being_read_goes_out_at_once(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.keep_only({"quantity": 3})
    with timekeeper.contractor.session() as session:
        time_context(session.flows).times.week(SUNDAY + timedelta(days=6))
        timekeeper.set_status("approved")
        run_round(session, ["timecards"], "test")
    assert in_payroll(timekeeper) == [3]
