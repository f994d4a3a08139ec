"""Lines of an AR document: description, GL account, tax flag, cost center."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting, tidy
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.cost_centers import cost_centers_of, hold_for_cost_center
from st_spectrum.flows.invoices.ar_documents import plain
from st_spectrum.flows.invoices.money import Line, halves_of
from st_spectrum.servicetrade.invoice_models import Invoice, InvoiceItem

DESCRIPTION_LENGTH, MESSAGE_LENGTH = 30, 250
NO_ACCOUNT, SEVERAL_LINES = "line without GL account", "several lines, but only SOAP"
"""Causes of holds."""


def to_detail(
    line: Line, invoice: Invoice, account: Account, fit: Fitting, center_of_job: str = ""
) -> dict[str, str]:
    """One entry of `invoiceDetails` [SP 12.2] for an invoice line [ST 6.3]. A long description
    continues in Message.

    `center_of_job` is the cost center that the job has in Spectrum, "" where the account's maps say
    it.
    """
    if line.item is None:
        return {
            "Detail_Description": line.text,
            "Line_Extension": plain(line.amount),
            "GL_Account": account.invoices.rounding_gl_account,
            "Taxable_Flag": "N",
        }
    item = line.item
    center = center_of_job or cost_center_of(item, invoice, account)
    description = (
        tidy(item.description) or (tidy(item.lib_item.name) if item.lib_item else "") or "Line"
    )
    message = " ".join(
        filter(None, (description if len(description) > DESCRIPTION_LENGTH else "", line.text))
    )
    return {
        "Quantity": _quantity(item.quantity),
        "Detail_Description": description[:DESCRIPTION_LENGTH].rstrip(),
        "Line_Extension": plain(line.amount),
        "GL_Account": gl_account_of(item, center, invoice, account),
        "Taxable_Flag": "Y" if item.tax_amount else "N",
        "Income_Cost_Center": center if account.invoices.has_income_cost_center else "",
        "Message": fit.text("Message", message, MESSAGE_LENGTH),
    }


def to_one_line(details: tuple[Mapping[str, str], ...]) -> Mapping[str, str]:
    """All lines as the one line that SOAP AddARInvoice takes [SP 12.3]; raises `Missing` unless
    they are booked alike.
    """
    booked = {
        (line["GL_Account"], line["Taxable_Flag"], line.get("Income_Cost_Center", ""))
        for line in details
    }
    if len(booked) > 1:
        raise Missing(
            Hold(
                f"its lines go to {len(booked)} combinations of GL account, tax and cost center,"
                " and SOAP takes one line",
                "Authorise the REST service ARMultiLineInvoice in Spectrum and set invoices.target"
                " to rest.",
                ("account: invoices.target",),
                SEVERAL_LINES,
            )
        )
    total = sum((Decimal(line["Line_Extension"]) for line in details), Decimal(0))
    more = f" + {len(details) - 1} more" if len(details) > 1 else ""
    text = details[0]["Detail_Description"][: DESCRIPTION_LENGTH - len(more)] + more
    return {
        **details[0],
        "Quantity": "1",
        "Detail_Description": text,
        "Line_Extension": plain(total),
        "Message": "",
    }


def cost_center_of(item: InvoiceItem, invoice: Invoice, account: Account) -> str:
    """The line's cost center, by its service line and the invoice's office; "" for none."""
    lines = (item.service_line.name,) if item.service_line else ()
    office = invoice.assigned_office.name if invoice.assigned_office else None
    return next(iter(cost_centers_of(lines, office, account)), "")


def hold_without_cost_center(
    to_post: Iterable[ArDocument], invoice: Invoice, account: Account
) -> Hold | None:
    """Why these documents of the invoice may not be posted: a line's cost center is to be sent, and
    nobody knows it.

    What is posted already is no matter of this: it stays as it was posted.
    """
    signs = {
        document.is_credit
        for document in to_post
        if not (account.invoices.cost_center_from == "spectrum" and document.header["Job_Number"])
    }
    return _hold_for_lines(signs, invoice, account) if signs else None


def hold_for_what_follows(hold: Hold, invoice: Invoice, account: Account) -> Hold:
    """The hold of an invoice, or the one behind it: a line whose cost center is unknown has no
    account of it either, and is booked otherwise than the others.
    """
    of_job = account.invoices.cost_center_from == "spectrum" and invoice.job
    follows = hold.cause in (NO_ACCOUNT, SEVERAL_LINES) and not of_job
    return (_hold_for_lines({False, True}, invoice, account) if follows else None) or hold


def _hold_for_lines(signs: set[bool], invoice: Invoice, account: Account) -> Hold | None:
    if not account.invoices.has_income_cost_center:
        return None
    lines = [
        line
        for half in halves_of(invoice, account.invoices, Fitting())
        if half.is_credit in signs
        for line in half.lines
    ]
    item = next(
        (
            line.item
            for line in lines
            if line.item and not cost_center_of(line.item, invoice, account)
        ),
        None,
    )
    if item is None:
        return None
    line = (
        f"service line {item.service_line.name!r}"
        if item.service_line
        else "a line without service line"
    )
    office = (
        f"in office {invoice.assigned_office.name!r}"
        if invoice.assigned_office
        else "of an invoice without office"
    )
    return hold_for_cost_center(
        f"{line} {office}", ", or correct service line or office in ServiceTrade"
    )


def gl_account_of(item: InvoiceItem, cost_center: str, invoice: Invoice, account: Account) -> str:
    """The line's income account by cost center or job type, in the account's order, else the
    default; raises `Missing`.
    """
    gl = account.invoices.gl
    job_type = invoice.job.type if invoice.job else ""
    for source in gl.precedence:
        code = (
            gl.by_cost_center.get(cost_center)
            if source == "cost_center"
            else gl.by_job_type.get(job_type)
        )
        if code:
            return code
    if not gl.default:
        raise Missing(
            Hold(
                f"no GL account for line {tidy(item.description)!r} (cost center {cost_center!r},"
                f" job type {job_type!r})",
                "Add it under invoices.gl in the account file.",
                ("account: invoices.gl",),
                NO_ACCOUNT,
            )
        )
    return gl.default


def _quantity(quantity: Decimal) -> str:
    return f"{abs(quantity).normalize():f}"[:13]
