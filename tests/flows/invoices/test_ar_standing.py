"""What stands in Spectrum under an invoice's numbers, weighed against the invoice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.flows.invoices.ar_documents import offset_of, originals
from st_spectrum.flows.invoices.standing import hold_for_others, reversal_of, standing
from st_spectrum.spectrum.stored_invoices import StoredDocument

HEADER = {"Customer_Code": "HARBOR", "Sales_Tax_Amount": "6.00", "Remarks": "Work"}


def document(number: str, kind: str = "I", amount: str = "100.00") -> ArDocument:
    header = {**HEADER, "Invoice_Or_Transaction": number, "Transaction_Type": kind}
    return ArDocument(header, ({"Line_Extension": amount},), "100")


OURS = (document("100"), document("100C", "C", "50.00"))
INVOICE = StoredDocument("HARBOR", "100", "I", Decimal("100.00"))
CREDIT = StoredDocument("HARBOR", "100C", "C", Decimal("50.00"))


def test_what_stands_there_before_tax_to_the_cent_is_ours_in_whole_or_in_part() -> None:
    assert standing(OURS, [INVOICE, CREDIT]) == OURS
    assert standing(OURS, [CREDIT]) == OURS[1:]
    assert hold_for_others(OURS, [INVOICE, CREDIT]) is None
    assert hold_for_others(OURS, [CREDIT]) is None
    assert hold_for_others(OURS, []) is None


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (
            [replace(INVOICE, before_tax=Decimal("106.00"))],
            "for 106.00 before tax, and the invoice says 100.00",
        ),
        ([replace(INVOICE, customer_code="PIER")], "invoice 100 of customer PIER"),
        ([replace(INVOICE, kind="C")], "credit memo 100 of customer HARBOR"),
        ([replace(INVOICE, is_reversed=True)], "which was reversed there"),
        ([INVOICE, replace(INVOICE, kind="C")], "and a reversal of it"),
        ([INVOICE, replace(INVOICE, number="100V", kind="C")], "credit memo 100V"),
    ],
)
def test_anything_else_under_its_numbers_is_put_before_a_person(
    stored: list[StoredDocument], words: str
) -> None:
    hold = hold_for_others(OURS, stored)
    assert hold is not None
    assert words in hold.reason
    assert hold.cause == "Spectrum has something else under the number of the invoice"


def test_beside_our_own_document_another_customers_under_the_number_is_no_matter() -> None:
    assert hold_for_others(OURS, [INVOICE, replace(INVOICE, customer_code="PIER")]) is None


def test_a_reversal_is_the_other_type_under_the_same_number_and_customer() -> None:
    assert reversal_of(OURS[0], [INVOICE, replace(CREDIT, number="100")]) == replace(
        CREDIT, number="100"
    )
    assert (
        reversal_of(OURS[0], [INVOICE, replace(CREDIT, number="100", customer_code="PIER")]) is None
    )
    assert reversal_of(OURS[1], [INVOICE, CREDIT]) is None


def test_offsets_are_told_from_what_they_offset() -> None:
    offsets = [
        offset_of(document, f"{document.number}V", date(2026, 5, 4), "20260509")
        for document in OURS
    ]
    assert originals([*OURS, *offsets]) == OURS
