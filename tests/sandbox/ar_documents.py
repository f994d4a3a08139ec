"""AR documents as callers send them to the Spectrum stand-in, and what it answers."""

from typing import Any

import httpx

from st_spectrum.sandbox.credentials import (
    AUTHORIZATION_ID,
    COMPANY_CODE,
)
from tests.sandbox.spectrum_caller import Caller

LOGIN = (COMPANY_CODE, AUTHORIZATION_ID)


HEADER = {
    "Company_Code": COMPANY_CODE,
    "GL_Date": "05/04/2026",
    "Batch_Code": "20260509",
    "Customer_Code": "C00001",
    "Job_Number": "10482",
    "Invoice_Or_Transaction": "10482-1",
    "Transaction_Type": "I",
    "Invoice_Date": "05/04/2026",
    "Sales_Tax_Code": "VA",
    "Sales_Tax_Amount": "36.25",
}


LINE = {
    "Line_Extension": "1250.10",
    "GL_Account": "4010",
    "Taxable_Flag": "Y",
    "Income_Cost_Center": "100",
}


AS_SOAP = HEADER | LINE


def document(*lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    return HEADER | header | {"invoiceDetails": [LINE | line for line in lines or ({},)]}


def post(caller: Caller, *documents: Any, auth: Any = LOGIN, **more: Any) -> httpx.Response:
    return caller.http.post(
        f"{caller.url}/customer/invoice", json={"arInvoices": documents}, auth=auth, **more
    )


def results(
    caller: Caller, *documents: Any
) -> list[tuple[str, str, list[tuple[str, str, int | None]]]]:
    """Number, status, and code, column and line of every error."""
    answer = post(caller, *documents)
    assert answer.status_code == 200, answer.text
    return [
        (
            invoice["Invoice_Or_Transaction"],
            invoice["status"],
            [(error["error_code"], error["column"], error["line"]) for error in invoice["errors"]],
        )
        for invoice in answer.json()["arInvoices"]
    ]


def errors(caller: Caller, *documents: Any) -> list[tuple[str, str, int | None]]:
    """The errors of the only document, which is refused."""
    ((_, status, found),) = results(caller, *documents)
    assert status == "E"
    return found


def stored(caller: Caller) -> list[str]:
    return [
        str(row["Invoice_Or_Transaction"]).strip()
        for row in caller.system.records("CR_INVOICE_HEADER_MC")
    ]
