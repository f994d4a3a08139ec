"""What stands twice in the target under one key of ours is told until it is gone, or until a person
says that it may.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.account.master import CodeRule
from st_spectrum.alerts.doubles import causes_of_doubles
from st_spectrum.assets.checks import verdict, with_doubles
from st_spectrum.engine.guards.doubles import accept, kept_doubles
from st_spectrum.flows.invoices.standing_twice import credited_twice, documents_doubled, offsets_of
from st_spectrum.flows.loose_codes import of_range
from st_spectrum.flows.purchase_orders.standing_twice import items_twice
from st_spectrum.flows.timecards.done_cards import DoneCard
from st_spectrum.flows.timecards.standing_twice import card_in_two_tables, cards_doubled
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.spectrum.infolink.double_tables import CardCopies, DocumentCopies
from st_spectrum.spectrum.stored_invoices import StoredDocument
from tests.world.ar_clerk import ArClerk
from tests.world.buyer import Buyer, part
from tests.world.timekeeper import Timekeeper, build_timekeeper

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TOKEN = "ST0123456789ABCDEF"
CARD = DoneCard("20251108.timecard.1", "v", Decimal("8.00"), NOW, NOW, "E1007")


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """One technician and one week of time."""
    return build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=1)


@pytest.fixture
def spectrum(sandbox: Sandbox) -> Iterator[SpectrumCaller]:
    """Whoever else writes to Spectrum."""
    with SpectrumCaller(sandbox.spectrum_url) as caller:
        yield caller


def night(contractor: Any, flow: str) -> Any:
    done = contractor.night(flow)
    with contractor.session() as session:
        return done, kept_doubles(session.ledger, flow)


def send_again(spectrum: SpectrumCaller, row: dict[str, object]) -> None:
    """As the call that was carried out after we gave up."""
    names = (
        "Batch_Code",
        "Employee_Code",
        "Department_Code",
        "Pay_Type",
        "Job_Number",
        "Phase_Code",
        "Cost_Type",
    )
    fields = {name: str(row[name] or "").strip() for name in (*names, "Message")}
    day = date.fromisoformat(str(row["Work_Date"])[:10])
    spectrum.write(
        "PreTimeCard", **fields, Hours_Employee=str(row["Hours"]), Work_Date=f"{day:%m/%d/%Y}"
    )


def test_a_card_that_payroll_holds_twice_is_an_error_until_it_is_taken_out(
    timekeeper: Timekeeper, spectrum: SpectrumCaller
) -> None:
    timekeeper.carry()
    row = timekeeper.rows()[0]
    assert night(timekeeper.contractor, "timecards")[1] == ()

    send_again(spectrum, row)
    done, kept = night(timekeeper.contractor, "timecards")

    (double,) = done.doubles
    assert (double.is_error, double.flow, kept) == (True, "timecards", (double,))
    assert str(row["Message"]).strip() in double.what
    assert "PR_PRE_TC_IMPORT_ERR_MC: 2 rows" in double.places[0]
    with timekeeper.contractor.session() as session:
        week = reconcile_week(session, timekeeper.week_ends[0], "week")
    assert any(
        "stands 2 times in Spectrum (PR_PRE_TC_IMPORT_ERR_MC)" in row.remark for row in week.rows
    )

    timekeeper.control.payroll("delete")
    assert night(timekeeper.contractor, "timecards")[1] == ()


def test_a_card_that_stands_in_two_tables_of_payroll_is_a_warning_at_night(
    timekeeper: Timekeeper, spectrum: SpectrumCaller
) -> None:
    timekeeper.carry()
    row = timekeeper.rows()[0]
    timekeeper.control.payroll("approve")

    send_again(spectrum, row)
    done, kept = night(timekeeper.contractor, "timecards")

    (double,) = done.doubles
    assert kept == (double,)
    assert not double.is_error
    assert double.places == ("PR_PRE_TC_IMPORT_ERR_MC", "PR_PRE_TIME_CARD_MC")


def test_two_items_of_one_line_are_told_with_both_places(buyer: Buyer) -> None:
    number = buyer.order(part())
    buyer.round()
    (item,) = buyer.items()
    office = buyer.contractor.office
    office.post("/jobitem", name=item["name"], jobId=buyer.other_job, quantity=4)

    done, kept = night(buyer.contractor, "purchase_orders")

    (double,) = done.doubles
    assert kept == (double,)
    assert f"{number}|1" in double.what
    assert len(double.places) == 2
    assert str(item["id"]) in double.places[0] + double.places[1]


def test_a_customer_of_our_range_that_no_company_carries_is_told_until_it_is_accepted(
    buyer: Buyer, spectrum: SpectrumCaller
) -> None:
    before = [double.key for double in night(buyer.contractor, "customers")[1]]
    spectrum.write(
        "AddCustomer",
        Customer_Code="C88888",
        Name="Twin Foods",
        Terms_Code="1",
        Sales_Tax_Code="VA",
    )

    found = night(buyer.contractor, "customers")[1]

    assert [double.key for double in found] == [*before, "C88888"]
    assert not found[-1].is_error
    with buyer.contractor.session() as session:
        assert accept(session.ledger, "customers", "C88888") == (found[-1],)
        assert kept_doubles(session.ledger, "customers") == found[:-1]
    assert night(buyer.contractor, "customers")[1] == found[:-1]


def test_rows_that_pay_no_more_than_was_sent_are_no_double() -> None:
    def keys(hours: str, sent: dict[str, DoneCard]) -> list[str]:
        copies = CardCopies(
            TOKEN, ("PR_TIME_CARD_HISTORY_MC",), 2, Decimal(hours), date(2025, 11, 4)
        )
        return [double.key for double in cards_doubled([copies], sent)]

    assert keys("16", {TOKEN: CARD}) == [CARD.key]
    assert keys("8", {TOKEN: CARD}) == []  # payroll parted it, or took one back
    assert keys("8", {}) == [TOKEN]
    assert keys("-8", {TOKEN: CARD}) == [CARD.key]  # hours would be taken away
    back = replace(CARD, hours=Decimal("-8.00"))
    assert [keys(hours, {TOKEN: back}) for hours in ("-8", "0", "8")] == [[], [], [CARD.key]]


def test_a_card_in_two_tables_is_a_warning_and_no_mail() -> None:
    double = card_in_two_tables(
        CardCopies(TOKEN, ("PR_PRE_TIME_CARD_MC", "PR_TIME_CARD_DETAIL_MC"), 2)
    )
    checked = with_doubles(verdict([], 8, NOW), (double,))

    assert (checked.passed, checked.severity) == (True, dg.AssetCheckSeverity.WARN)
    assert list(causes_of_doubles("timecards", (double,), NOW)) == []


def test_a_double_fails_the_check_as_an_error_and_is_one_cause_of_a_mail() -> None:
    (double,) = documents_doubled(
        [DocumentCopies("C00001", "100", "I", 2), DocumentCopies("C00001", "7", "P", 2)]
    )
    checked = with_doubles(verdict([], 8, NOW), (double,))
    (cause,) = causes_of_doubles("invoices", (double,), NOW)

    assert (checked.passed, checked.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "invoice 100 of customer C00001 stands 2 times" in cause.affected[0].title
    assert cause.affected[0].why == "CR_INVOICE_HEADER_MC: 2 rows"


def test_items_are_doubles_by_external_id_or_text_and_only_of_the_same_line() -> None:
    def item(number: int, **more: Any) -> JobItem:
        return JobItem.model_validate({"id": number, "name": "Seal kit", "job": {"id": 7}} | more)

    items = [
        item(1, externalIds={"spectrum": "4412|1"}),
        item(2, name="Seal kit (PO 4412 line 1)"),
        item(3, name="Seal kit (PO 4412 line 10)"),
        item(4, source={"type": "refnumber", "refNumber": "PO 4412 line 11, Ferguson"}),
        item(5),
        item(6),
    ]
    (double,) = items_twice([*items, items[0]], "spectrum")

    assert (double.key, double.places) == ("4412|1", ("job item 1 on job 7", "job item 2 on job 7"))


def test_only_codes_that_the_rule_could_have_given_are_of_our_range() -> None:
    rule = CodeRule(prefix="C", first=1, last=99999)
    assert of_range(["C00001", "C1", "CX0001", "S00001", "C00000", "C999999"], rule) == {"C00001"}


def test_what_was_accepted_is_told_again_in_other_places() -> None:
    one = Double("timecards", "k", "card k", ("A: 2 rows",), "")
    assert one.id != Double("timecards", "k", "card k", ("A: 3 rows",), "").id


def doubles_of(ar_clerk: ArClerk, key: str) -> list[Double]:
    return [
        double
        for double in night(ar_clerk.contractor, "invoices")[1]
        if double.key.endswith(f" {ar_clerk.number(key)}")
    ]


def test_an_invoice_that_is_reversed_at_the_screen_after_our_offset_is_told_at_night(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 100}, {"price": -30})
    ar_clerk.rounds_until_quiet()
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert doubles_of(ar_clerk, key) == []
    number = ar_clerk.number(key)

    ar_clerk.contractor.controller.reverse(number)

    (double,) = doubles_of(ar_clerk, key)
    assert double.is_error
    assert f"was taken back twice: by {number}V" in double.what


def test_what_was_taken_back_twice_is_told_of_both_halves_until_an_offset_is_reversed() -> None:
    def stored(number: str, kind: str) -> StoredDocument:
        return StoredDocument("C00001", number, kind, Decimal(100))

    rule = InvoiceNumbers()
    assert list(offsets_of("100", rule)) == ["100V"]
    assert list(offsets_of("100C", rule)) == ["100CV", "100W"]
    taken_back = [("C00001", "100", "100V"), ("C00001", "100C", "100W"), ("C00002", "100", "100V")]

    there = [stored("100V", "C"), stored("100W", "I"), stored("100W", "C")]
    (double,) = credited_twice(taken_back, there)

    assert (double.key, double.places[0]) == ("C00001 100", "CR_INVOICE_HEADER_MC: 100V")


@pytest.mark.parametrize("is_same", [False, True])
def test_an_invoice_reversed_at_the_screen_alone_is_told_until_it_is_voided(
    ar_clerk: ArClerk, is_same: bool
) -> None:
    rule = InvoiceNumbers(is_same_for_offset=is_same)
    ar_clerk.contractor.overrides["invoices"] = {"number": rule}
    key = ar_clerk.invoice()
    ar_clerk.rounds_until_quiet()
    assert doubles_of(ar_clerk, key) == []
    ar_clerk.reverse(key)
    ar_clerk.control.clear_calls()

    (double,) = doubles_of(ar_clerk, key)
    (cause,) = causes_of_doubles("invoices", (double,), NOW)

    assert not double.is_error
    assert "was reversed at the Spectrum screen" in double.what
    assert cause.text == "reversed at the Spectrum screen, and not voided in ServiceTrade"
    assert (ar_clerk.sent(), ar_clerk.net(key)) == (0, 0)
    assert ar_clerk.seen(key)["status"] == "processed"
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert doubles_of(ar_clerk, key) == []
    assert ar_clerk.net(key) == 0


def test_a_reversal_without_an_offset_of_ours_is_no_double(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.reverse(key)
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.entry(key).state == "voided"
    assert doubles_of(ar_clerk, key) == []
