"""What an invoice takes from its customer and its job in Spectrum: the cost center of its lines,
and whether they have a tax code; and who is named when Spectrum refuses it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.engine.retries.code_places import SpectrumPlace
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.live_codes import Answer, customer_of, hold_without, job_of
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.spectrum.live_codes import LiveCodes

CENTER_FIELDS = ("Cost_Center", "Income_Cost_Center")
"""Of a line of the document, which SOAP and REST call by two names [SP 12.2]."""


def cost_center_of_job(live: Answer | None, number: str) -> str:
    """The cost center that the job has in Spectrum; "" for an invoice without a job there, whose
    lines go by the account's maps. Raises `Missing` where the job has none, or cannot be seen.
    """
    if not number:
        return ""
    job = job_of(_seen(live), number)
    if job is None or not job.cost_center:
        raise Missing(hold_without("cost center", f"its job {number}", f"job {number}"))
    return job.cost_center


def hold_for_tax_of_spectrum(
    to_post: Iterable[ArDocument], invoice: Invoice, live: Answer | None, account: Account
) -> Hold | None:
    """Where the sales tax code is left to Spectrum: why these documents may not be posted, because
    neither job nor customer has one, or the customer bears no tax there and the invoice does.
    """
    if account.invoices.tax_from != "spectrum":
        return None
    for document in to_post:
        try:
            codes = _seen(live)
        except Missing as unread:
            return unread.hold
        code = document.header["Customer_Code"]
        customer, job = customer_of(codes, code), job_of(codes, document.header["Job_Number"])
        has_code = (customer and customer.sales_tax) or (job and (job.sales_tax or job.tax_class))
        if not has_code:
            return hold_without("sales tax code", f"its customer {code}", f"customer {code}")
        if customer and customer.taxable == "N" and _bears_tax(invoice):
            return _hold_for_untaxed(invoice, code)
    return None


def places_in_spectrum(account: Account) -> dict[str, SpectrumPlace]:
    """Where the codes of an invoice come from that the account file leaves to Spectrum, by field of
    the document.
    """
    rules, found = account.invoices, dict[str, SpectrumPlace]()
    if rules.terms_from == "spectrum":
        found["Terms_Code"] = SpectrumPlace("invoices.terms_from", "terms code of its customer")
    if rules.tax_from == "spectrum":
        code = "sales tax code of its customer, job or contract"
        found["Sales_Tax_Code"] = SpectrumPlace("invoices.tax_from", code)
    if rules.cost_center_from == "spectrum":
        key, otherwise = "invoices.cost_center_from", "maps.cost_centers where it has no job"
        place = SpectrumPlace(key, "cost center of its job", otherwise)
        found |= dict.fromkeys(CENTER_FIELDS, place)
    return found


def places_of(
    documents: Iterable[ArDocument], places: Mapping[str, SpectrumPlace]
) -> dict[str, SpectrumPlace]:
    """Those of `places` that these documents were left to, with the records by their codes. What an
    offset repeats of the document that it takes back came from nowhere else.
    """
    headers = [document.header for document in documents]
    found: dict[str, SpectrumPlace] = {}
    for field, place in places.items():
        is_of_job = field in CENTER_FIELDS
        name = "Job_Number" if is_of_job else field
        is_left = all(bool(header.get(name)) == is_of_job for header in headers)
        if headers and is_left:
            found[field] = replace(place, code=_named(place.code, headers[0]), otherwise="")
    return found


def _named(code: str, header: Mapping[str, str]) -> str:
    """ "terms code of its customer C00017"."""
    for noun, field in (("customer", "Customer_Code"), ("job", "Job_Number")):
        if number := header.get(field, ""):
            code = code.replace(noun, f"{noun} {number}")
    return code


def _seen(live: Answer | None) -> LiveCodes:
    if live is None:
        raise ValueError("the codes of an invoice were not asked for")
    if isinstance(live, Hold):
        raise Missing(live)
    return live


def _bears_tax(invoice: Invoice) -> bool:
    return bool(invoice.tax_amount) or any(item.tax_amount for item in invoice.items)


def _hold_for_untaxed(invoice: Invoice, code: str) -> Hold:
    return Hold(
        f"it bears tax of {invoice.tax_amount}, and its customer {code} is not taxable in Spectrum",
        "Correct the tax of the invoice in ServiceTrade, or the customer in Spectrum, whichever is"
        " wrong. It then goes out by itself.",
        (f"spectrum: customer {code}", "servicetrade: tax of the invoice"),
        "it bears tax, and its customer is not taxable in Spectrum",
    )
