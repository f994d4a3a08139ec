"""Approved invoice -> AR invoice, or credit memo, or both; voided invoice -> what offsets them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Call, Create, Decision, Hold, Skip, Stand, Step, System, Update, Void
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.mapping.ar_documents import (
    ADD_AR_INVOICE,
    CREDIT_MEMO,
    INVOICE,
    POST_INVOICE,
    Document,
    plain,
    spectrum_date,
)
from st_spectrum.mapping.external_ids import SEPARATOR
from st_spectrum.mapping.invoice_codes import invoice_number, sales_tax_of, terms_of
from st_spectrum.mapping.invoice_lines import to_detail, to_one_line
from st_spectrum.mapping.invoice_money import Half, halves_of
from st_spectrum.mapping.rules import Missing
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job, User

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED_STATUSES = frozenset({"processed", "sent", "paid"})


@dataclass(frozen=True)
class InvoiceBundle:
    """All that one decision needs. `posted` is what the ledger kept when the documents went out; `today` is the account's day."""

    invoice: Invoice | None
    today: date
    job: Job | None = None
    salesperson: User | None = None
    posted: tuple[Document, ...] = ()
    progress: Progress = NEW


def decide_invoice(bundle: InvoiceBundle, account: Account) -> Decision:
    """Whether and how this invoice is posted, closed, offset or held. What was posted once is never posted again."""
    invoice, progress = bundle.invoice, bundle.progress
    if invoice is None:
        return Skip("no longer in ServiceTrade", progress.target_key)
    if progress.is_voided:
        return Skip("already voided in Spectrum", progress.target_key)
    if progress.is_confirmed:
        return _after_posting(bundle, invoice, account)
    if progress.is_half_done:
        return _go_on(bundle, invoice, account)
    if invoice.type != "invoice":
        return Skip(f"is a {invoice.type or 'document without type'}, not a customer invoice")
    if invoice.status == "void":
        return Skip("voided before it ever crossed")
    if invoice.status == "failed":
        return Stand("waits until AR has corrected it and submits it again")
    if invoice.status != "pending_accounting":
        return Skip(f"is {invoice.status or 'without status'}, not approved for accounting")
    try:
        documents, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    if not documents:
        return _zero(invoice, account)
    return _post(documents, invoice, account, notes)


def to_documents(
    bundle: InvoiceBundle, invoice: Invoice, account: Account
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The AR documents of an invoice with their notes; none for an invoice of nothing. Raises `Missing`."""
    fit = Fitting()
    base = invoice_number(invoice, account, fit)
    halves = halves_of(invoice, account.invoices, fit)
    documents = []
    for half in halves:
        suffix = account.invoices.number.credit_suffix if half.is_credit and len(halves) > 1 else ""
        header = to_header(bundle, invoice, half, base + suffix, account, fit)
        details: tuple[Mapping[str, str], ...] = tuple(to_detail(line, invoice, account, fit) for line in half.lines)
        if account.invoices.target == "soap":
            details = (to_one_line(details),)
        documents.append(Document(base, header, details))
    return tuple(documents), tuple(dict.fromkeys(fit.notes))


def to_header(
    bundle: InvoiceBundle, invoice: Invoice, half: Half, number: str, account: Account, fit: Fitting
) -> dict[str, str]:
    """The header of one AR document [SP 12.2] for an invoice [ST 6.1]."""
    invoice_date = _day(invoice, account)
    gl_date = invoice_date if account.invoices.gl_date == "invoice_date" else bundle.today
    return {
        "GL_Date": spectrum_date(gl_date),
        "Batch_Code": batch_code(gl_date, account),
        "Customer_Code": _customer_code(invoice, account),
        "Job_Number": _job_number(bundle, invoice, account, fit),
        "Invoice_Or_Transaction": number,
        "Transaction_Type": CREDIT_MEMO if half.is_credit else INVOICE,
        "Invoice_Date": spectrum_date(invoice_date),
        "Terms_Code": terms_of(invoice, account),
        "Salesperson_Code": _salesperson(bundle, account, fit),
        "Sales_Tax_Code": sales_tax_of(invoice, account),
        "Sales_Tax_Amount": plain(half.tax),
        "Remarks": fit.text("Remarks", invoice.name, 65),
        "Customer_PO": fit.text("Customer_PO", invoice.customer_po, 25),
    }


def batch_code(day: date, account: Account) -> str:
    """`CCYYMMDD` of the day, or of the end of its week."""
    if account.invoices.batch == "week_ending":
        day += timedelta(days=(WEEKDAYS.index(account.invoices.batch_week_ends_on) - day.weekday()) % 7)
    return f"{day:%Y%m%d}"


def _day(invoice: Invoice, account: Account) -> date:
    if not invoice.transaction_date:
        advice = "Enter the invoice date in ServiceTrade and submit the invoice again."
        raise Missing(Hold("it has no invoice date", advice, ("servicetrade: invoice date",)))
    return datetime.fromtimestamp(invoice.transaction_date, UTC).astimezone(ZoneInfo(account.timezone)).date()


def _customer_code(invoice: Invoice, account: Account) -> str:
    code = invoice.customer.external_ids.get(account.servicetrade.external_system, "")
    if not code:
        raise Missing(
            Hold(
                f"its customer {invoice.customer.name} is not an AR customer yet",
                "Nothing to do if the company is on its way; else see why the company is held.",
                (f"customers/{invoice.customer.id}",),
                "customer not in Spectrum yet",
            )
        )
    return code


def _job_number(bundle: InvoiceBundle, invoice: Invoice, account: Account, fit: Fitting) -> str:
    if invoice.job is None:
        return ""
    carried = bundle.job.external_ids.get(account.servicetrade.external_system, "") if bundle.job else ""
    numbers = [number for number in carried.split(SEPARATOR) if number]
    if not numbers and account.invoices.is_job_required:
        raise Missing(
            Hold(
                f"its job {invoice.job.number or invoice.job.id} is not a Spectrum job yet",
                "Nothing to do if the job is on its way; else see why the job is held.",
                (f"jobs/{invoice.job.id}",),
                "job not in Spectrum yet",
            )
        )
    if len(numbers) > 1:
        fit.note(f"Job_Number: the job is {', '.join(numbers)} in Spectrum; {numbers[0]} was taken")
    return numbers[0] if numbers else ""


def _salesperson(bundle: InvoiceBundle, account: Account, fit: Fitting) -> str:
    person = bundle.salesperson
    if account.invoices.salesperson == "none" or person is None:
        return ""
    code = person.external_ids.get(account.servicetrade.external_system, "")
    if not code and account.invoices.salesperson == "required":
        raise Missing(
            Hold(
                f"its salesperson {person.name} has no Spectrum code",
                "Enter the salesperson's code as external id of the user in ServiceTrade.",
                (f"servicetrade: user {person.id} external id",),
                "salesperson without Spectrum code",
            )
        )
    return fit.code("Salesperson_Code", code, 3)


def _post(documents: tuple[Document, ...], invoice: Invoice, account: Account, notes: tuple[str, ...]) -> Create:
    steps = (*_steps(documents, account), _close_step(documents[0].base, invoice, account))
    return Create(_target_key(documents), steps, notes=notes, unique_key=documents[0].base)


def _steps(documents: tuple[Document, ...], account: Account) -> tuple[Step, ...]:
    operation = POST_INVOICE if account.invoices.target == "rest" else ADD_AR_INVOICE
    return tuple(Step(f"post {each.number}", System.SPECTRUM, (each.as_call(operation),)) for each in documents)


def _close_step(number: str, invoice: Invoice, account: Account, turn: str = "") -> Step:
    fields = {"invoice_id": str(invoice.id), "status": "processed"}
    if number and account.invoices.number.is_written_back:
        fields["invoice_number"] = number
    return Step(f"processed{turn}", System.SERVICETRADE, (Call("invoice status", str(invoice.id), fields),))


def _zero(invoice: Invoice, account: Account) -> Decision:
    if account.invoices.zero_amount == "hold":
        return Hold("it is an invoice of 0.00", "Void it in ServiceTrade, or close it there by hand.", ("a person",))
    return Create("", (_close_step("", invoice, account),), notes=("an invoice of 0.00: closed without posting",))


def _after_posting(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    target_key = bundle.progress.target_key
    if invoice.status == "void":
        return _void(bundle, account) if bundle.posted else _void_of_what(target_key)
    if invoice.status != "pending_accounting":
        return Skip("already posted", target_key)
    # It was posted and is in the queue again: somebody took it out, and perhaps changed it.
    try:
        documents, _ = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    before, now = _sum(bundle.posted), _sum(documents)
    if before != now:
        return Hold(
            f"it was posted as {target_key} for {before} and was submitted again for {now}",
            "Void it and make a new invoice in ServiceTrade, or correct it in Spectrum and close it in ServiceTrade by hand.",
            ("a person",),
            "changed after it was posted",
        )
    number = documents[0].base if documents else ""
    return Update(target_key, (_close_step(number, invoice, account, f" again {invoice.updated}"),))


def _void_of_what(target_key: str) -> Decision:
    if not target_key:
        return Skip("voided; nothing had been posted for it")
    return Hold(
        f"it was posted as {target_key} before the ledger was rebuilt, and nobody knows its lines any more",
        "Offset it in Spectrum by hand with a credit memo.",
        ("a person",),
        "void of an invoice from before the ledger was rebuilt",
    )


def _go_on(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    documents = bundle.posted
    if not bundle.progress.started_steps and invoice.status == "pending_accounting":
        # A document of it was refused and nothing is in doubt: a correction may go out, unless it touches what is posted.
        try:
            corrected, _ = to_documents(bundle, invoice, account)
        except Missing as missing:
            return missing.hold
        done = [each for each in documents if f"post {each.number}" in bundle.progress.done_steps]
        if any(each not in corrected for each in done):
            return Hold(
                f"{', '.join(each.number for each in done)} was posted before the rest was refused, and the invoice has changed since",
                "Offset in Spectrum what was posted, void the invoice in ServiceTrade, and make a new one.",
                ("a person",),
                "half posted, then changed",
            )
        documents = corrected
    if invoice.status == "void":
        return _void(bundle, account)
    if not documents:
        return _zero(invoice, account)
    return _post(documents, invoice, account, ())


def _void(bundle: InvoiceBundle, account: Account) -> Void:
    offsets = tuple(_offset(each, bundle.today, account) for each in bundle.posted)
    steps = (*_steps(bundle.posted, account), *_steps(offsets, account))
    return Void(_target_key((*bundle.posted, *offsets)), steps)


def _offset(document: Document, today: date, account: Account) -> Document:
    number = account.invoices.number
    is_second = document.is_credit and document.number != document.base
    suffix = number.void_credit_suffix if is_second else number.void_suffix
    return document.offset(document.base + suffix, today, batch_code(today, account))


def _target_key(documents: tuple[Document, ...]) -> str:
    return SEPARATOR.join(each.number for each in documents)


def _sum(documents: tuple[Document, ...]) -> str:
    return str(sum(each.total for each in documents) if documents else "0.00")
