"""What stands in Spectrum under an earlier number of an invoice that the ledger does not know."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.flows.invoices.other_numbers import alike
from st_spectrum.spectrum.stored_invoices import DatedDocument

HEADER = {
    "Customer_Code": "HARBOR",
    "Job_Number": "10001",
    "Invoice_Or_Transaction": "10001-2",
    "Transaction_Type": "I",
    "Invoice_Date": "05/04/2026",
}
OURS = ArDocument(HEADER, ({"Line_Extension": "100.00"},), "10001-2")
FIRST = DatedDocument(
    "HARBOR", "10001-1", "I", Decimal("100.00"), "10001", date(2026, 5, 4), "20260509"
)


def test_what_is_equal_but_for_the_number_is_like_it() -> None:
    assert alike(OURS, [FIRST]) == (FIRST,)


@pytest.mark.parametrize(
    "other",
    [
        replace(FIRST, number="10001-2"),
        replace(FIRST, customer_code="PIER"),
        replace(FIRST, job_number=""),
        replace(FIRST, kind="C"),
        replace(FIRST, before_tax=Decimal("100.01")),
        replace(FIRST, invoice_date=date(2026, 5, 5)),
        replace(FIRST, batch_code="HAND"),
    ],
)
def test_what_differs_in_anything_else_or_was_typed_is_not(other: DatedDocument) -> None:
    assert alike(OURS, [other]) == ()
