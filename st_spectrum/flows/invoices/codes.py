"""Codes in the header of an AR document: its number, its terms, its sales tax code."""

import re
from collections.abc import Iterable

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting, known
from st_spectrum.flows.account_maps import Missing, sales_tax_code
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import TaxGroup

NUMBER_LENGTH = 10
"""Invoice_Or_Transaction [SP 12.2]."""


def invoice_number(invoice: Invoice, account: Account, fit: Fitting) -> str:
    """The number by the account's format, the same every time; raises `Missing` when it is empty or
    too long for its suffixes.
    """
    rule = account.invoices.number
    job = invoice.job.number if invoice.job and invoice.job.number is not None else ""
    made = (
        rule.format.format(invoice_number=invoice.invoice_number, id=invoice.id, job=job)
        .strip()
        .upper()
    )
    number = re.sub(r"[^A-Z0-9-]", "", made)
    if number != made:
        fit.add_note(f"Invoice_Or_Transaction: {made!r} became {number!r}")
    longest = number + max((rule.credit_suffix, rule.void_suffix, rule.void_credit_suffix), key=len)
    if not number or len(longest) > NUMBER_LENGTH:
        problem = (
            f"{number!r} with a suffix has {len(longest)} characters, Spectrum takes"
            f" {NUMBER_LENGTH}"
            if number
            else "is empty"
        )
        raise Missing(
            Hold(
                f"its invoice number {problem}",
                "Give the invoice a shorter number in ServiceTrade, or change"
                " invoices.number.format in the account file.",
                ("servicetrade: invoice number",),
                "invoice number does not fit",
            )
        )
    return number


def terms_of(invoice: Invoice, account: Account) -> str:
    """The AR terms code by the name of the payment terms, else the account's default; "" where
    Spectrum takes those of the customer [SP 12.2].
    """
    if account.invoices.terms_from == "spectrum":
        return ""
    terms = account.maps.payment_terms
    return (
        known(terms.by_name, invoice.payment_terms.name if invoice.payment_terms else None)
        or terms.default
    )


def sales_tax_of(invoice: Invoice, account: Account) -> str:
    """The one sales tax code of the document: of each taxed line by its tax group, else by the
    location's state; "" where Spectrum takes that of contract, job or customer [SP 12.2].

    Spectrum keeps one code for a document, so lines of two codes cannot be posted together: raises
    `Missing`.
    """
    groups = {
        item.tax_group.code if item.tax_group else "": item.tax_group
        for item in invoice.items
        if item.tax_amount
    }
    if account.invoices.tax_from == "spectrum":
        if len(groups) > 1:
            raise _several_codes("groups", groups)
        return ""
    maps = account.maps.sales_tax
    state = invoice.location.address.state.strip().upper() if invoice.location else ""
    # Tax of both signs may come to nothing on the whole; each of the two documents bears its own
    # all the same.
    is_taxable = bool(groups or invoice.tax_amount) or not (
        invoice.location and invoice.location.is_taxable is False
    )
    if maps.by_tax_group and not maps.fixed:
        for code in groups:
            if code and not known(maps.by_tax_group, code):
                raise _unknown_group(code)
    codes = {
        sales_tax_code(account.maps, state, group, is_taxable=is_taxable)
        for group in groups.values()
    }
    if len(codes) > 1:
        raise _several_codes("codes", codes)
    return (
        codes.pop()
        if codes
        else sales_tax_code(account.maps, state, _group(invoice), is_taxable=is_taxable)
    )


def _group(invoice: Invoice) -> TaxGroup | None:
    return next((item.tax_group for item in invoice.items if item.tax_group), None)


def _several_codes(of: str, names: Iterable[str]) -> Missing:
    shown = ", ".join(sorted(name or "of none" for name in names))
    return Missing(
        Hold(
            f"its lines bear the tax {of} {shown}, and Spectrum takes one for an invoice",
            "Make an invoice for each tax group in ServiceTrade.",
            ("servicetrade: tax groups of the lines",),
            "two tax codes on one invoice",
        )
    )


def _unknown_group(code: str) -> Missing:
    return Missing(
        Hold(
            f"no sales tax code for tax group {code!r}",
            "Add it under maps.sales_tax.by_tax_group in the account file.",
            ("account: maps.sales_tax",),
            "tax group without sales tax code",
        )
    )
