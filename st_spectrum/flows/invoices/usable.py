"""What Spectrum would refuse a document for, seen beforehand: a customer or a job that takes no
invoices, a closed period. Pure.

The refusal itself stays handled: what could not be read, or changed meanwhile, Spectrum refuses by
itself.
"""

from collections.abc import Iterable

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.invoices.refusals import WHO_CAN_HELP
from st_spectrum.spectrum.stored_invoices import ArMasters

DATES = ("GL_Date", "Invoice_Date")
"""Both must lie in an open period [SP 12.1]."""


def hold_before_posting(
    documents: Iterable[ArDocument], masters: ArMasters, account: Account
) -> Hold | None:
    """The first reason why these documents would be refused; None when none is known."""
    for document in documents:
        header = document.header
        if header["Customer_Code"] in masters.unused_customers:
            return _unused(header["Customer_Code"])
        if header["Job_Number"] in masters.barred_jobs:
            return _barred(header["Job_Number"])
        if header["Job_Number"] in masters.jobs_without_contract:
            return _without_contract(header["Job_Number"])
        periods = account.invoices.open_periods
        for name in DATES:
            if periods and month_of(header[name]) not in periods:
                return _closed(name, header[name], periods)
    return None


def month_of(day: str) -> str:
    """`2026-10` of `10/31/2026`."""
    return f"{day[6:]}-{day[:2]}"


def _unused(code: str) -> Hold:
    cause, _ = WHO_CAN_HELP["Customer_Code"]
    return Hold(
        f"its customer {code} is marked as not used in Spectrum, where it takes no invoices",
        "The controller: set the customer to active in Spectrum, or void the invoice in"
        " ServiceTrade. It then goes out by itself.",
        (f"spectrum: customer {code}",),
        cause,
    )


def _barred(number: str) -> Hold:
    return Hold(
        f"its job {number} is complete in Spectrum and locked against revenue",
        "The controller: reopen the job in Spectrum or unlock its revenue entry. The invoice then"
        " goes out by itself.",
        (f"spectrum: job {number}",),
        "job complete and locked against revenue in Spectrum",
    )


def _without_contract(number: str) -> Hold:
    cause, _ = WHO_CAN_HELP["Job_Number"]
    return Hold(
        f"its job {number} has neither a customer nor an AR contract in Spectrum",
        "The controller: give the job its customer in Spectrum, which makes the contract. The"
        " invoice then goes out by itself.",
        (f"spectrum: job {number}",),
        cause,
    )


def _closed(name: str, day: str, periods: tuple[str, ...]) -> Hold:
    cause, _ = WHO_CAN_HELP["GL_Date"]
    return Hold(
        f"its {name.replace('_', ' ')} {day} lies in no open period; open are {', '.join(periods)}",
        "The controller: open the period in Spectrum and add it to invoices.open_periods in the"
        " account file. The invoice then goes out by itself.",
        ("account: invoices.open_periods",),
        cause,
    )
