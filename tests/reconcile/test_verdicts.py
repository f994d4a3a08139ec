"""How differences are called, and what a void adds to the periods of the general ledger."""

from decimal import Decimal

from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord, compare
from st_spectrum.flows.invoices.documents_compared import BilledInvoice, StoredDocuments
from st_spectrum.flows.invoices.periods_compared import parts_of_periods

AMOUNT = {"amount before tax": "100.00"}


def test_a_document_that_stands_twice_is_doubled_and_one_nobody_asks_for_is_extra() -> None:
    wanted = ExpectedRecord("invoices", "1", "Invoice 10046", "10046 I", AMOUNT, AMOUNT)
    twice = [StoredRecord("10046 I", AMOUNT)] * 2
    credit = StoredRecord("10046 C", AMOUNT, "invoices", "1", "credit memo 10046")
    found = {
        (one.target_key, one.verdict, one.target) for one in compare([wanted], [*twice, credit])
    }
    assert found == {
        ("10046 I", Verdict.DOUBLED, "2 times"),
        ("10046 C", Verdict.EXTRA, None),
    }


def test_an_order_is_told_under_the_names_of_the_systems_although_it_goes_the_other_way() -> None:
    made = Difference(
        "purchase_orders",
        "4412|1",
        "PO 4412 line 1",
        "",
        Verdict.IN_SPECTRUM,
        "cost",
        "1",
        "1",
        "2",
    )
    turned = made.mirrored
    assert (turned.verdict, turned.source, turned.target) == (Verdict.IN_SERVICETRADE, "2", "1")
    assert turned.mirrored == made


def header(kind: str, period: str) -> dict[str, str]:
    return {
        "Customer_Code": "C00001", "Invoice_Or_Transaction": "10046", "Transaction_Type": kind,
        "Sales_Tax_Amount": "6.00", "Post_Flag": "Y", "GL_Year": "2026", "GL_Period": period,
    }  # fmt: skip


def test_a_void_that_is_booked_in_the_next_period_is_right_in_both() -> None:
    rows = [header("I", "3"), header("C", "04")]
    lines = [
        {
            name: row[name]
            for name in ("Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
        }
        | {"Line_Extension": "100.00", "GL_Account": "4100", "Cost_Center": ""}
        for row in rows
    ]
    voided = BilledInvoice("1", "Invoice 10046", (), None, is_voided=True)
    wanted, found = parts_of_periods(voided, rows, StoredDocuments.of(rows, lines))
    assert (
        found
        == wanted
        == [
            ("GL period", "2026/03", Decimal("106.00")),
            ("GL period", "2026/04", Decimal("-106.00")),
        ]
    )
    half, there = parts_of_periods(voided, rows[:1], StoredDocuments.of(rows[:1], lines[:1]))
    assert (half, len(there)) == ([], 1)
