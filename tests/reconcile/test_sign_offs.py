"""A period is signed once both sides are equal, and what changes afterwards is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.equation import ControlTotal, Equation, Line, MoneyOfRecord
from st_spectrum.domain.period_comparison import PeriodComparison, only_period
from st_spectrum.engine.people.person import NotDone, Person
from st_spectrum.ledger.documents.closing import SignedLine, SignOff
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.reconcile.periods import month_named, require_period, week_ending
from st_spectrum.reconcile.sign_offs import (
    change_since_signed,
    not_in_spectrum_sentence,
    sign_off,
    signed_sentence,
)

NOON = datetime(2026, 4, 2, 12, tzinfo=UTC)
MARCH, APRIL_2 = date(2026, 3, 31), date(2026, 4, 2)
MARY = Person("Mary")


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with Ledger(MemoryStore(), "me", 300, lambda: NOON) as opened:
        yield opened


def march(
    approved: str = "100.00",
    posted: str = "100.00",
    unposted: str = "0.00",
    *,
    line: Line = Line.DIFFERENCE,
    differences: tuple[Difference, ...] = (),
    unseen: str = "",
    other_total: str = "",
) -> PeriodComparison:
    money = map(Decimal, (approved, posted, unposted))
    records = (MoneyOfRecord("7", "Invoice 7", *money, line),)
    in_spectrum = other_total or str(Decimal(posted) + Decimal(unposted))
    totals = (
        ControlTotal("2026-03", "customer", "C1", Decimal(approved), Decimal(in_spectrum)),
        ControlTotal("2026-03", "customer", "C9", Decimal(0), Decimal("0.00")),
        ControlTotal("2026-04", "customer", "C1", Decimal(5), Decimal(6)),
    )
    equations = (Equation("2026-03", records),)
    whole = FlowCompared("invoices", 1, differences, unseen, equations, totals)
    return PeriodComparison.of(whole, "2026-03")


def signed(ledger: Ledger, compared: PeriodComparison, person: Person = MARY) -> None:
    sign_off(ledger, compared, MARCH, APRIL_2, person)


def of_invoice(key: str, *, is_fault: bool = True) -> Difference:
    return Difference(
        "invoices", key, f"Invoice {key}", key, Verdict.IN_SPECTRUM, is_fault=is_fault
    )


def test_a_period_has_its_own_totals_and_no_row_of_zeros() -> None:
    assert [(total.period, total.code) for total in march().totals] == [("2026-03", "C1")]


def test_a_difference_belongs_to_the_period_of_its_record() -> None:
    records = [
        MoneyOfRecord(key, key, Decimal(1), Decimal(1), Decimal(0), Line.DIFFERENCE)
        for key in ("7", "8")
    ]
    months = (Equation("2026-03", (records[0],)), Equation("2026-04", (records[1],)))
    found = (of_invoice("7"), of_invoice("8"), of_invoice("of nobody"))
    whole = FlowCompared("invoices", 2, found, equations=months)
    assert [one.key for one in PeriodComparison.of(whole, "2026-03").differences] == ["7"]
    alone = PeriodComparison.of(only_period(whole, "2026-03"), "2026-03")
    assert [one.key for one in alone.differences] == ["7", "of nobody"]
    assert march(differences=(of_invoice("7", is_fault=False),)).is_equal


@pytest.mark.parametrize(
    ("compared", "said"),
    [
        (march(posted="90.00", other_total="100.00"), "10.00 of 1 record is not explained"),
        (march(differences=(of_invoice("7"),)), "1 difference to be put right"),
        (march(other_total="99.99"), "1 control total differs"),
        (march(unseen="Without Info-Link nothing can be compared."), "it cannot be seen"),
    ],
)
def test_what_is_not_equal_is_not_signed(
    ledger: Ledger, compared: PeriodComparison, said: str
) -> None:
    with pytest.raises(NotDone, match=said):
        signed(ledger, compared)
    assert ledger.names(SignOff) == ()


def test_what_waits_with_a_reason_keeps_nobody_from_signing(ledger: Ledger) -> None:
    signed(ledger, march("100.00", "0.00", line=Line.WAITING, other_total="100.00"))
    assert ledger.names(SignOff) == ("invoices/2026-03",)


def test_what_waits_is_said_and_kept_by_number_and_amount_where_a_period_is_signed(
    ledger: Ledger,
) -> None:
    waiting = march("1100.00", "0.00", line=Line.WAITING, other_total="1100.00")
    assert not_in_spectrum_sentence(waiting) == (
        "Signed although it does not stand in Spectrum: waiting 1,100.00 of 1 record."
    )
    signed(ledger, waiting)
    kept = ledger.document(SignOff, "invoices/2026-03")
    assert kept and kept.signatures[0].not_in_spectrum == (SignedLine("waiting", 1, "1100.00"),)
    assert not_in_spectrum_sentence(march()) == ""


def test_a_period_is_signed_when_it_is_over_and_by_somebody(ledger: Ledger) -> None:
    with pytest.raises(NotDone, match="2026-03 is not over before the end of 2026-03-31"):
        sign_off(ledger, march(), MARCH, MARCH, MARY)
    with pytest.raises(NotDone, match="say who you are"):
        signed(ledger, march(), Person("  "))


def test_what_is_posted_later_changes_nothing_that_was_signed(ledger: Ledger) -> None:
    signed(ledger, march(posted="0.00", unposted="100.00"))
    assert change_since_signed(ledger, march()) == ""
    assert signed_sentence(ledger, march()) == (
        "Mary signed it on 2026-04-02, and nothing has changed since."
    )


def test_a_later_change_is_told_with_who_signed_and_what_moved(ledger: Ledger) -> None:
    signed(ledger, march())
    later = march("150.00", "150.00")
    assert change_since_signed(ledger, later) == (
        "invoices of 2026-03 changed since Mary signed it on 2026-04-02: approved 100.00 then,"
        " 150.00 now; in Spectrum 100.00 then, 150.00 now; customer C1: ServiceTrade 100.00 then,"
        " 150.00 now and Spectrum 100.00 then, 150.00 now."
    )
    assert signed_sentence(ledger, later) == change_since_signed(ledger, later)


def test_what_cannot_be_seen_is_no_change(ledger: Ledger) -> None:
    signed(ledger, march())
    assert change_since_signed(ledger, march("1.00", unseen="Without Info-Link ...")) == ""


def test_a_changed_period_is_signed_again_with_a_note_and_both_signatures_stay(
    ledger: Ledger,
) -> None:
    signed(ledger, march())
    signed(ledger, march(), Person("Ann"))  # nothing has changed: Mary's stands
    later = march("150.00", "150.00")
    with pytest.raises(NotDone, match="Mary signed it on 2026-04-02 and it has changed since"):
        signed(ledger, later)
    signed(ledger, later, Person("Ann", "a late invoice"))
    kept = ledger.document(SignOff, "invoices/2026-03")
    assert kept is not None
    assert [(one.who, one.approved) for one in kept.signatures] == [
        ("Mary", "100.00"),
        ("Ann", "150.00"),
    ]
    assert change_since_signed(ledger, later) == ""


@pytest.mark.parametrize("text", ["2026-3", "2026-13", "March", "2026-03-01", ""])
def test_a_month_that_there_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ArgumentInvalid, match="expected a month such as 2026-03"):
        month_named(text)


def test_february_ends_with_its_last_day() -> None:
    assert month_named("2028-02").last_day == date(2028, 2, 29)


def test_a_week_is_named_by_its_last_day() -> None:
    assert week_ending("2026-03-07", "sunday").last_day == date(2026, 3, 7)
    for wrong in ("2026-03-06", "the 7th"):
        with pytest.raises(ArgumentInvalid):
            week_ending(wrong, "sunday")


def test_a_flow_or_period_that_there_is_not_is_refused() -> None:
    require_period("", "")
    require_period("invoices", "2026-03")
    for flow, period in (("invoice", ""), ("", "2026-3")):
        with pytest.raises(ArgumentInvalid):
            require_period(flow, period)
