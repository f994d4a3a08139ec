"""How a comparison of both sides ends where sums are open and no record is named, and where one
only waits.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from st_spectrum.alerts.differences import causes_of_differences
from st_spectrum.assets.both_sides_metadata import flow_verdict
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.equation import ControlTotal, Equation, Line, MoneyOfRecord
from st_spectrum.domain.period_comparison import each_unnamed_sum, has_open_sums, unnamed_sums
from st_spectrum.reconcile.found_differences import keep_differences, kept_differences
from st_spectrum.sandbox.server import Sandbox
from tests.reconcile.payroll_weeks import paid_weeks
from tests.reconcile.planting import Month
from tests.reconcile.sixty import HEADER, document

NIGHT = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def payroll(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """A week of two technicians, all of it in the import queue."""
    with paid_weeks(sandbox, tmp_path_factory.mktemp("open sums"), weeks=1, technicians=2) as month:
        yield month


def record(line: Line, approved: str, posted: str) -> MoneyOfRecord:
    return MoneyOfRecord("7", "Invoice 7", Decimal(approved), Decimal(posted), Decimal(0), line)


def test_an_equation_with_something_left_over_is_not_equal_although_nothing_is_named() -> None:
    equation = Equation("2026-05", (record(Line.DIFFERENCE, "100.00", "84.46"),))
    compared = FlowCompared("invoices", 1, equations=(equation,))
    assert has_open_sums(compared)
    (sentence,) = unnamed_sums(compared)
    assert sentence == "invoices of 2026-05: 15.54 of 1 record is not explained"
    assert flow_verdict(compared, NIGHT) == f"Not equal: {sentence}."
    assert list(each_unnamed_sum(compared)) == [
        (
            "invoices of 2026-05: approved in ServiceTrade 100.00, of it explained 84.46,"
            " difference 15.54 (Invoice 7 15.54)"
        )
    ]


def test_control_totals_without_a_period_are_looked_at_too() -> None:
    total = ControlTotal("", "quantity", "EA", Decimal(3), Decimal(2))
    compared = FlowCompared("purchase_orders", 1, totals=(total,))
    assert has_open_sums(compared)
    assert list(unnamed_sums(compared)) == ["purchase_orders: 1 control total differs"]
    assert list(each_unnamed_sum(compared)) == [
        "purchase_orders, quantity EA: ServiceTrade 3.00, Spectrum 2.00, difference 1.00"
    ]


@pytest.mark.parametrize("line", [Line.WAITING, Line.REFUSED, Line.IN_DOUBT, Line.LEFT_OUT])
def test_what_waits_was_refused_or_is_in_doubt_leaves_nothing_open(line: Line) -> None:
    equation = Equation("2026-05", (record(line, "100.00", "0.00"),))
    compared = FlowCompared("invoices", 1, equations=(equation,))
    assert not has_open_sums(compared)
    assert flow_verdict(compared, NIGHT) == "Both sides are equal."


def test_control_totals_that_differ_alone_end_with_one(payroll: Month) -> None:
    """The department of a card is information, and the hours of a department are a total."""
    clean = payroll.contractor.command("reconcile", "timecards", "--both-sides")
    assert (clean.returncode, clean.stderr) == (0, "")
    _, row = payroll.cards()[0]
    payroll.edit_card(row, Department_Code="99")
    said = payroll.contractor.command("reconcile", "timecards", "--both-sides")
    assert said.returncode == 1
    assert "[information]" in said.stdout
    assert "timecards of 2026-04-11: 2 control totals differ." in said.stdout


def test_the_night_tells_the_controller_of_each_open_sum_until_it_closes(payroll: Month) -> None:
    def causes_of_the_night() -> list[tuple[str, list[str]]]:
        compared = payroll.compared()["timecards"]
        with payroll.contractor.session() as session:
            keep_differences(session.ledger, compared, [])
            found = kept_differences(session.ledger, "timecards")
        causes = causes_of_differences("timecards", found, "")
        return [(cause.who, [one.title for one in cause.affected]) for cause in causes]

    assert causes_of_the_night() == []
    _, row = payroll.cards()[0]
    payroll.edit_card(row, Department_Code="99")
    ((who, sentences),) = causes_of_the_night()
    assert who == "The controller"
    assert len(sentences) == 2
    assert "timecards of 2026-04-11, department 99: ServiceTrade 0.00, Spectrum" in sentences[1]
    payroll.edit_card(row, Department_Code=str(row["Department_Code"]).strip())
    assert causes_of_the_night() == []


def test_time_that_a_person_has_set_right_in_payroll_leaves_no_total_open(payroll: Month) -> None:
    key, _ = payroll.cards()[0]
    payroll.edit_time(key, duration=1800, quantity=0.5)
    assert payroll.contractor.command("reconcile", "timecards", "--both-sides").returncode == 1
    with payroll.contractor.session() as session:
        session.engine.run("timecards", [key], run_id="test")
    payroll.contractor.command("ledger", "resolve", "timecards", key, "--there")
    compared = payroll.compared()["timecards"]
    assert compared.faults == ()
    assert [one for one in compared.totals if one.difference] == []
    said = payroll.contractor.command("reconcile", "timecards", "--both-sides")
    assert (said.returncode, said.stderr) == (0, "")


def test_a_void_that_waits_for_an_open_period_is_a_line_of_the_equation_and_ends_with_zero(
    month: Month,
) -> None:
    control = month.contractor.control
    key = next(key for key, number in month.confirmed("invoices") if month.rows(HEADER, **document(number)))  # fmt: skip
    control.switch("spectrum", ar_last_day="2026-01-01")
    try:
        month.contractor.built.void(int(key))
        month.contractor.rounds_until_quiet()
    finally:
        control.switch("spectrum", ar_last_day="2030-12-31")
    entry = month.contractor.entry("invoices", key)
    assert entry is not None
    assert "period closed" in entry.reason
    compared = month.compared()["invoices"]
    assert [one.words for one in compared.differences] == []
    assert not has_open_sums(compared)
    assert any(
        record.key == key for equation in compared.equations for record in equation.of(Line.WAITING)
    )
    assert month.contractor.command("reconcile", "invoices", "--both-sides").returncode == 0
