"""Invoices on the console page: side by side with the AR documents, and the sums of both."""

from typing import Any

import httpx
import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from tests.world.console_page import words_of

COMMON = {
    "GL_Date": "05/04/2026",
    "Batch_Code": "B",
    "Customer_Code": "C00001",
    "Invoice_Date": "05/04/2026",
}


def section(sandbox: Sandbox) -> str:
    """The section of the invoices as a person reads it."""
    answer = httpx.get(sandbox.console_url, trust_env=False)
    return words_of(answer.text, "Invoices")


def document(spectrum: SpectrumCaller, number: str, kind: str, amount: str, tax: str = "0") -> None:
    spectrum.write(
        "AddARInvoice",
        **COMMON,
        Invoice_Or_Transaction=number,
        Transaction_Type=kind,
        Line_Extension=amount,
        Sales_Tax_Amount=tax,
        GL_Account="4010",
    )


@pytest.fixture
def billed(sandbox: Sandbox) -> Sandbox:
    """An invoice with both signs that has crossed, one that waits, a draft, and a void one that
    never crossed.
    """
    with (
        ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade,
        SpectrumCaller(sandbox.spectrum_url) as spectrum,
    ):
        company = servicetrade.post("/company", name="Harbor & Sons", customer=True)["id"]

        def invoice(number: str, status: str, *prices: float) -> Any:
            items = [{"description": "Labor", "price": price} for price in prices]
            return servicetrade.post(
                "/invoice",
                customerId=company,
                invoiceNumber=number,
                status=status,
                name=f"Work {number}",
                items=items,
            )

        invoice("77-1", "processed", 1250.10, -50.05)
        invoice("77-2", "pending_accounting", 10)
        invoice("77-3", "draft", 99)
        invoice("77-4", "void", 5)
        spectrum.write(
            "AddCustomer",
            Customer_Code="C00001",
            Name="Harbor",
            Terms_Code="3",
            Sales_Tax_Code="VA",
        )
        document(spectrum, "77-1", "I", "1250.10", "36.25")
        document(spectrum, "77-1C", "C", "50.05")
        document(spectrum, "OLD7", "I", "7")
    return sandbox


def test_an_invoice_stands_beside_its_documents_and_one_that_waits_is_marked(
    billed: Sandbox,
) -> None:
    text = section(billed)
    assert (
        "Work 77-1 77-1 · processed · Harbor & Sons · 1,200.05 77-1, 77-1C invoice of 1,286.35"
        in text
    )
    assert "credit memo of 50.05 · customer C00001 · unposted" in text
    assert "Work 77-2 77-2 · pending accounting · Harbor & Sons · 10.00 not in Spectrum" in text
    assert "Work 77-3" not in text
    assert "Work 77-4" not in text
    assert "1 in Spectrum that belong to no invoice here" in text


def test_the_sums_of_both_sides_are_told(billed: Sandbox) -> None:
    text = section(billed)
    assert "ServiceTrade has handed over 2, in all 1,210.05, voids left out." in text
    assert "Spectrum holds 2 invoices of 1,293.35 and 1 credit memo of 50.05, net 1,243.30." in text


def test_an_invoice_voided_after_it_crossed_is_still_shown(billed: Sandbox) -> None:
    with ServiceTradeCaller(billed.servicetrade_url) as servicetrade:
        (made,) = [
            invoice
            for invoice in servicetrade.all("/invoice", "invoices")
            if invoice["invoiceNumber"] == "77-1"
        ]
        servicetrade.put(f"/invoice/{made['id']}", status="void")
    assert "Work 77-1 77-1 · void" in section(billed)
