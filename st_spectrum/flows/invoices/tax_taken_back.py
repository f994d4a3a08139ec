"""Under which sales tax code a void takes back the tax of a document that went out without one,
because the account leaves the code to Spectrum. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.invoices.standing import own_of
from st_spectrum.flows.live_codes import Answer, customer_of, job_of
from st_spectrum.spectrum.stored_invoices import StoredDocument

CODE = "Sales_Tax_Code"
JOB, TAX_CLASS, CUSTOMER = "job", "tax class", "customer"
"""Names in what the ledger keeps: who showed the code."""


def tax_codes_there(live: Answer | None, header: Mapping[str, str]) -> dict[str, str]:
    """What Spectrum goes by for a document without a code, as far as tables show it: the job's tax
    class and code, else the customer's code [SP 12.2]. That of a contract, which comes before both,
    no table shows. Empty where nobody can tell.
    """
    if live is None or isinstance(live, Hold):
        return {}
    job = job_of(live, header["Job_Number"])
    of_job = {JOB: job.sales_tax, TAX_CLASS: job.tax_class} if job else {}
    if any(of_job.values()):
        return {name: code for name, code in of_job.items() if code}
    customer = customer_of(live, header["Customer_Code"])
    return {CUSTOMER: customer.sales_tax} if customer and customer.sales_tax else {}


def with_tax_code(
    document: ArDocument, stored: Iterable[StoredDocument], live: Answer | None
) -> ArDocument:
    """With the code that it is booked under, wherever Spectrum might take another one by now."""
    code = _code_to_take_back(document, stored, live)
    return replace(document, header={**document.header, CODE: code}) if code else document


def hold_for_tax_code(
    document: ArDocument, stored: Iterable[StoredDocument], live: Answer | None
) -> Hold | None:
    """Why a void may not take its tax back by itself: nobody knows its code."""
    if not document.tax or _code_to_take_back(document, stored, live) is not None:
        return None
    if isinstance(live, Hold):
        return live
    return Hold(
        f"it is void, and under which sales tax code {document.number} was booked is not known: it"
        " was left to Spectrum, where another one may be set by now",
        "Reverse it in Spectrum (Reverse Customer Invoice). This then closes by itself.",
        ("a person",),
        "void, and the sales tax code that it was booked under is not known",
    )


def without_memory_of_tax(document: ArDocument) -> ArDocument:
    """One that was posted earlier, whatever job and customer show today."""
    return replace(document, tax_codes={})


def _code_to_take_back(
    document: ArDocument, stored: Iterable[StoredDocument], live: Answer | None
) -> str | None:
    """The code that the offset bears; "" where Spectrum takes the same, None where nobody knows."""
    if code := document.header.get(CODE, ""):
        return code
    own = own_of(document, stored)
    if own is not None and own.tax_code:
        return own.tax_code
    kept = document.tax_codes
    if kept and kept == tax_codes_there(live, document.header):
        return ""
    if JOB in kept:
        return kept[JOB]
    # Which code a tax class stands for, no table shows.
    return kept.get(CUSTOMER) if TAX_CLASS not in kept else None
