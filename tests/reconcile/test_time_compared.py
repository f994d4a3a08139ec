"""Time and pre-time cards of some payroll weeks: differences planted by hand in both systems."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.equation import Equation, Line
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import moment
from tests.reconcile.payroll_weeks import paid_weeks
from tests.reconcile.planting import Month

CARDS = "PRE_TIME_CARDS"


@pytest.fixture
def payroll(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """Two weeks of four technicians, all of it approved and in the import queue."""
    with paid_weeks(sandbox, tmp_path_factory.mktemp("payroll"), weeks=2, technicians=4) as month:
        yield month


def time_of(payroll: Month) -> FlowCompared:
    return payroll.compared()["timecards"]


def closing_to_the_hundredth(equations: tuple[Equation, ...]) -> None:
    for equation in equations:
        assert sum(equation.lines.values()) == equation.approved


def weeks_stand_under_titles_of_their_own(payroll: Month) -> None:
    said = payroll.contractor.command(
        "reconcile", "timecards", "--both-sides", "--month", "2026-04"
    ).stdout
    assert said.count("Hours of the payroll week to 04/11/2026") == 1
    assert said.count("Hours of the payroll week to 04/18/2026") == 1
    assert "accepted, not yet posted, the oldest since" in " ".join(said.split())
    assert "difference" in said
    other = payroll.contractor.command(
        "reconcile", "timecards", "--both-sides", "--month", "2026-05", "--json"
    )
    assert (other.returncode, json.loads(other.stdout)["timecards"]["equations"]) == (0, [])


def test_clean_weeks_give_no_difference_and_equal_totals(payroll: Month) -> None:
    compared = time_of(payroll)
    assert [one.words for one in compared.differences] == []
    assert compared.compared == len(payroll.cards()) > 20
    assert [one.period for one in compared.equations] == ["2026-04-11", "2026-04-18"]
    for equation in compared.equations:
        assert equation.closes
        assert equation.lines[Line.NOT_POSTED] == equation.approved > 0
        assert equation.unposted_since is not None
    closing_to_the_hundredth(compared.equations)
    assert [one for one in compared.totals if one.difference] == []
    assert {one.dimension for one in compared.totals} == {
        "employee",
        "pay type",
        "job",
        "department",
    }
    weeks_stand_under_titles_of_their_own(payroll)


def test_what_spectrum_does_by_itself_is_no_difference(payroll: Month) -> None:
    (_, split), (_, reversed_), (_, center), *_ = payroll.cards()
    hours = Decimal(str(split["Hours"]))
    payroll.edit_card(split, Hours=str(hours - 1))
    payroll.copy_card(split, Hours="1.00", Pay_Type="O")
    payroll.copy_card(reversed_, CARDS)
    payroll.edit_card(center, Cost_Center="200")
    assert [one.words for one in time_of(payroll).differences] == []
    (copy,) = payroll.rows(CARDS)
    payroll.delete(CARDS, Record_Number=str(copy["Record_Number"]))
    payroll.contractor.control.payroll("approve")
    payroll.contractor.control.payroll("post")
    compared = time_of(payroll)
    assert [one.words for one in compared.differences] == []
    assert sum(one.lines[Line.POSTED] for one in compared.equations) == sum(
        one.approved for one in compared.equations
    )


def test_differences_planted_by_hand_are_found_and_named_right(payroll: Month) -> None:
    cards = payroll.cards()
    hours, kind, job, who, day, gone, twice, shorter, deleted, taken_back = cards[:10]
    payroll.edit_card(hours[1], Hours="1.25")
    payroll.edit_card(kind[1], Pay_Type="X")
    on_job = (
        job
        if str(job[1]["Job_Number"]).strip()
        else next(one for one in cards[10:] if str(one[1]["Job_Number"]).strip())
    )
    payroll.edit_card(on_job[1], Job_Number="STRAY")
    payroll.edit_card(who[1], Employee_Code="T0099")
    payroll.edit_card(day[1], Work_Date="07/04/2026")
    payroll.take_out(gone[1])
    payroll.copy_card(twice[1])
    payroll.copy_card(twice[1], Message="ST0123456789ABCDEF")
    payroll.edit_time(shorter[0], duration=1800, quantity=0.5)
    payroll.edit_time(deleted[0])
    compared = time_of(payroll)
    assert {(one.key, one.field, str(one.verdict)) for one in compared.differences} == {
        (hours[0], "Hours", "edited in Spectrum"),
        (kind[0], "Pay_Type", "edited in Spectrum"),
        (on_job[0], "Job_Number", "edited in Spectrum"),
        (who[0], "Employee_Code", "edited in Spectrum"),
        (day[0], "Work_Date", "edited in Spectrum"),
        (gone[0], "", "missing"),
        (twice[0], "", "doubled"),
        ("ST0123456789ABCDEF", "", "extra"),
        (shorter[0], "Hours", "edited in ServiceTrade"),
        (deleted[0], "", "extra"),
    }
    assert all(one.is_fault for one in compared.differences)
    assert not any(one.is_repairable for one in compared.differences)
    closing_to_the_hundredth(compared.equations)
    behind = {record.key for one in compared.equations for record in one.of(Line.DIFFERENCE)}
    assert behind == {hours[0], gone[0], twice[0], shorter[0], deleted[0]}
    wrong = {one.dimension for one in compared.totals if one.difference}
    assert wrong == {"employee", "pay type", "job", "department"}
    assert taken_back[0] not in behind


def test_a_card_that_pays_moved_time_as_a_person_said_is_no_difference(payroll: Month) -> None:
    (key, row), *_ = payroll.cards()
    day = date.fromisoformat(str(row["Work_Date"])[:10])
    payroll.edit_time(key, date=moment(day + timedelta(days=7)))
    assert {(one.key, str(one.verdict)) for one in time_of(payroll).differences} >= {(key, "extra")}
    moved = f"20260418.{key.partition('.')[2]}"
    with payroll.contractor.session() as session:
        session.engine.run("timecards", [moved], run_id="test")
    said = payroll.contractor.command("ledger", "resolve", "timecards", moved, "--there")
    assert "paid by the card of" in said.stdout
    compared = time_of(payroll)
    assert [one.words for one in compared.differences] == []
    hours = Decimal(str(row["Hours"]))
    assert [one.lines[Line.BY_HAND] for one in compared.equations] == [-hours, hours]
    closing_to_the_hundredth(compared.equations)


def test_time_that_was_never_sent_may_be_repaired_and_what_waits_is_no_difference(
    payroll: Month,
) -> None:
    payroll.forget_to_send(payroll.cards()[0][0])
    compared = time_of(payroll)
    (missing,) = compared.differences
    assert (missing.verdict, missing.is_repairable) == ("missing", True)
    assert sum(one.lines[Line.WAITING] for one in compared.equations) == Decimal("0.25")
    closing_to_the_hundredth(compared.equations)


def test_much_that_vanished_at_once_says_nothing_of_payroll(payroll: Month) -> None:
    for card in payroll.contractor.control.records("servicetrade", "timecard"):
        payroll.contractor.control.edit("timecard", card["id"], dayLogs=[])
    compared = time_of(payroll)
    assert compared.differences == ()
    assert "are not listed any more" in compared.unseen
