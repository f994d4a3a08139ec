"""A void takes tax back under the sales tax code that the invoice was booked under, where the code
was left to Spectrum.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.invoices.tax_taken_back import (
    hold_for_tax_code,
    tax_codes_there,
    with_tax_code,
    without_memory_of_tax,
)
from st_spectrum.spectrum.live_codes import CustomerCodes, JobCodes, LiveCodes
from st_spectrum.spectrum.stored_invoices import StoredDocument

HEADER = {
    "Customer_Code": "HARBOR",
    "Job_Number": "10482",
    "Invoice_Or_Transaction": "7",
    "Transaction_Type": "I",
    "Sales_Tax_Code": "",
    "Sales_Tax_Amount": "6.00",
}


def there(customer: str = "VA", **job: str) -> LiveCodes:
    return LiveCodes({"HARBOR": CustomerCodes(customer)}, {"10482": JobCodes(**job)})


def posted(codes: LiveCodes) -> ArDocument:
    details = ({"Line_Extension": "100.00"},)
    return ArDocument(HEADER, details, "7", tax_codes_there(codes, HEADER))


def code(document: ArDocument, now: LiveCodes | Hold | None, *stored: StoredDocument) -> str | None:
    """The code of the offset; None where the void waits."""
    if hold_for_tax_code(document, stored, now):
        return None
    return with_tax_code(document, stored, now).header["Sales_Tax_Code"]


NC, MD = {"sales_tax": "NC"}, {"sales_tax": "MD"}


@pytest.mark.parametrize(
    ("then", "now", "sent"),
    [
        (there(**NC), there(**NC), ""),
        (there(**NC), there("MD", **NC), ""),
        (there(**NC), there(**MD), "NC"),
        (there(**NC), there(), "NC"),
        (there("NC"), there("MD"), "NC"),
        (there("NC"), there("NC", **MD), "NC"),
        (there(tax_class="T1"), there(tax_class="T1"), ""),
        (there(tax_class="T1"), there(tax_class="T2"), None),
        (there(tax_class="T1", **NC), there(tax_class="T2", **NC), "NC"),
        (LiveCodes(), there(**NC), None),
    ],
)
def test_what_was_shown_at_posting_is_sent_once_something_else_is_shown(
    then: LiveCodes, now: LiveCodes, sent: str | None
) -> None:
    assert code(posted(then), now) == sent


def test_the_code_of_the_document_itself_comes_first() -> None:
    own = StoredDocument("HARBOR", "7", "I", Decimal(100), tax_code="CONTRACT")

    assert code(posted(there(**NC)), there(**MD), own) == "CONTRACT"
    assert code(without_memory_of_tax(posted(there(**NC))), there(**NC), own) == "CONTRACT"


def test_one_that_was_posted_earlier_waits_unless_it_bears_no_tax() -> None:
    taxed = without_memory_of_tax(posted(there(**NC)))
    untaxed = replace(taxed, header=HEADER | {"Sales_Tax_Amount": "0.00"})

    hold = hold_for_tax_code(taxed, (), there(**NC))
    assert hold is not None
    assert "under which sales tax code 7 was booked is not known" in hold.reason
    assert code(untaxed, there(**NC)) == ""


def test_a_code_of_the_account_stays() -> None:
    document = without_memory_of_tax(posted(there()))
    document = replace(document, header=HEADER | {"Sales_Tax_Code": "DC"})

    assert code(document, None) == "DC"


def test_while_the_codes_cannot_be_read_the_void_waits_for_them() -> None:
    unread = Hold("cannot be read", "", ())

    assert code(posted(there(**NC)), unread) == "NC"
    assert hold_for_tax_code(posted(LiveCodes()), (), unread) == unread
