"""Offices that pay labor by the rows of time cards and travel by the clock: no stretch twice."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Hold
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.flows.timecards.doubles import LABOR_AND_CLOCK, SameDayPiece
from st_spectrum.flows.timecards.paid_from import BOTH, PaidFrom
from st_spectrum.flows.timecards.pieces import card_entries, is_row_read
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from tests.flows.timecards.deciding_time import decide, entry, rules
from tests.flows.timecards.test_time_rows import card, row

TRAVEL = {"card_rows": ("labor", "clock", "other"), "clocked_activities": ("enroute",)}
CLOCKED = {
    "kind": "clock",
    "activity": "enroute",
    "lib_item_code": "",
    "key": "20251108.timecard.2",
}


def of_both() -> Account:
    return rules(**TRAVEL)


def test_labor_and_the_chosen_activities_are_paid_and_no_other_clocked_row() -> None:
    rows = (
        row(1, duration=3 * 3600),
        row(2, type="clock", name="en route", duration=3600, libItem=None),
        row(3, type="clock", name="On Site", duration=3 * 3600, libItem=None),
        row(4, type="clock", name="Job Prep", duration=1800, libItem=None),
        row(5, type="other", name="PTO", duration=7200, libItem=None),
    )

    paid = card_entries(card(*rows), of_both())

    found = {(one.kind, one.activity): one.hours for one in paid}
    assert {kind: str(hours) for kind, hours in found.items()} == {
        ("labor", ""): "3.00",
        ("clock", "enroute"): "1.00",
        ("generic", ""): "2.00",
    }
    assert all(is_row_read(one, of_both()) for one in paid)
    assert not is_row_read(entry(kind="clock", activity="onsite"), of_both())


@pytest.mark.parametrize("is_sent", [False, True])
@pytest.mark.parametrize(("one", "other"), [({}, CLOCKED), (CLOCKED, {})])
def test_labor_and_clocked_time_of_equal_length_wait_and_name_each_other(
    one: Mapping[str, Any], other: Mapping[str, Any], is_sent: bool
) -> None:
    decision = decide(entry(**one), of_both(), same_day=(SameDayPiece(entry(**other), is_sent),))

    assert isinstance(decision, Hold)
    assert decision.cause == LABOR_AND_CLOCK
    assert "labor LAB-REG" in decision.reason
    assert "clocked enroute" in decision.reason
    assert ("in payroll" in decision.reason) is is_sent


def test_once_a_person_has_said_that_both_were_worked_it_goes_out() -> None:
    labor = entry()
    twin = (SameDayPiece(entry(**CLOCKED)),)

    assert isinstance(decide(labor, of_both(), same_day=twin, released=labor.version), Create)


@pytest.mark.parametrize("changes", [{"job_id": 5}, {"hours": Decimal("1.00")}, {"user_id": 62}])
def test_other_hours_or_another_job_are_another_stretch(changes: dict[str, Any]) -> None:
    other = SameDayPiece(entry(**(CLOCKED | changes)))

    assert isinstance(decide(entry(), of_both(), same_day=(other,)), Create)


def test_a_week_that_was_paid_by_labor_alone_is_not_paid_by_both() -> None:
    labor, clocked = entry(), entry(**CLOCKED)
    ledger = Ledger(MemoryStore(), "test", 60)

    assert PaidFrom(ledger, of_both().timecards).other(labor, is_sent=True) == ""
    assert PaidFrom(ledger, of_both().timecards).other(clocked, is_sent=True) == ""
    assert PaidFrom(ledger, rules().timecards).other(labor, is_sent=True) == BOTH


@pytest.mark.parametrize(
    ("timecards", "words"),
    [
        ({"card_rows": ["labor", "clock"]}, "which activities are paid by the clock"),
        ({"clocked_activities": ["enroute"]}, "does not name both labor and clock"),
        (
            {"card_rows": ["labor", "clock"], "clocked_activities": ["onbreak"]},
            "paid by the clock and listed under unpaid_activities",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(timecards: dict[str, Any], words: str) -> None:
    with pytest.raises((SettingsInvalid, ValueError), match=words):
        rules(**timecards)
