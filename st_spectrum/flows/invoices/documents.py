"""Approved invoice -> the AR documents that it becomes: one, or one for each sign of its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import CREDIT_MEMO, INVOICE, ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.invoices.ar_documents import plain
from st_spectrum.flows.invoices.codes import invoice_number, sales_tax_of, terms_of
from st_spectrum.flows.invoices.lines import to_detail, to_one_line
from st_spectrum.flows.invoices.live_codes import cost_center_of_job
from st_spectrum.flows.invoices.money import Half, halves_of
from st_spectrum.flows.invoices.tax_taken_back import tax_codes_there
from st_spectrum.flows.live_codes import Answer
from st_spectrum.flows.local_days import date_of, zones_of
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job, User
from st_spectrum.spectrum.request_fields import spectrum_date
from st_spectrum.spectrum.stored_invoices import NONE_BARRED, ArMasters, StoredDocument

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class InvoiceBundle:
    """All that one decision needs. `posted` is what the ledger kept when the documents went out;
    `today` is the account's day.

    `stored` is what Spectrum holds under the numbers of the invoice, without what the ledger gave
    to another record; None where that was not asked, or cannot be.
    """

    invoice: Invoice | None
    today: date
    job: Job | None = None
    salesperson: User | None = None
    posted: tuple[ArDocument, ...] = ()
    progress: Progress = NEW
    stored: tuple[StoredDocument, ...] | None = None
    job_customer: str = ""
    """The customer of the job in Spectrum, where it differs from ServiceTrade's."""
    job_waits: Hold | None = None
    """Why nothing goes to the job although it carries a number; None where it may."""
    masters: ArMasters = NONE_BARRED
    """Customers and jobs of its batch that take no invoices, as far as that can be seen."""
    customer_left_out: str = ""
    """Why its customer does not cross, where it is rightly left out; else ""."""
    can_be_seen: bool = True
    """Whether Spectrum can be asked at all what stands there."""
    word: str = ""
    """What a person said of an invoice from before go-live."""
    live: Answer | None = None
    """Codes of its customer and its job in Spectrum, where the account takes them from there."""


def to_documents(
    bundle: InvoiceBundle, invoice: Invoice, account: Account
) -> tuple[tuple[ArDocument, ...], tuple[str, ...]]:
    """The AR documents of an invoice with their notes; none for nothing. Raises `Missing`."""
    fit = Fitting()
    base = invoice_number(invoice, account, fit)
    center = ""
    if account.invoices.cost_center_from == "spectrum":
        number = _job_number(bundle, invoice, account, Fitting())
        center = cost_center_of_job(bundle.live, number)
    halves = halves_of(invoice, account.invoices, fit)
    documents = []
    for half in halves:
        suffix = account.invoices.number.credit_suffix if half.is_credit and len(halves) > 1 else ""
        header = to_header(bundle, invoice, half, base + suffix, account, fit)
        details: tuple[Mapping[str, str], ...] = tuple(
            to_detail(line, invoice, account, fit, center) for line in half.lines
        )
        if account.invoices.target == "soap":
            details = (to_one_line(details),)
        shown = {} if header["Sales_Tax_Code"] else tax_codes_there(bundle.live, header)
        documents.append(ArDocument(header, details, base, shown))
    return tuple(documents), tuple(dict.fromkeys(fit.notes))


def to_header(
    bundle: InvoiceBundle, invoice: Invoice, half: Half, number: str, account: Account, fit: Fitting
) -> dict[str, str]:
    """The header of one AR document [SP 12.2] for an invoice [ST 6.1]."""
    invoice_date = day_of_invoice(invoice, account)
    gl_date = invoice_date if account.invoices.gl_date == "invoice_date" else bundle.today
    return {
        "GL_Date": spectrum_date(gl_date),
        "Batch_Code": batch_code(gl_date, account),
        "Customer_Code": _customer_code(bundle, invoice, account),
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
        day += timedelta(
            days=(WEEKDAYS.index(account.invoices.batch_week_ends_on) - day.weekday()) % 7
        )
    return f"{day:%Y%m%d}"


def day_of_invoice(invoice: Invoice, account: Account) -> date:
    """The invoice date by the account's clocks; raises `Missing` for one without."""
    if not invoice.transaction_date:
        advice = "Enter the invoice date in ServiceTrade and submit the invoice again."
        raise Missing(Hold("it has no invoice date", advice, ("servicetrade: invoice date",)))
    # Without a date of its own an invoice has the moment at which it was made [ST 6.1], so not
    # every instant is a midnight.
    return date_of(invoice.transaction_date, zones_of(account))


def _customer_code(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> str:
    code = invoice.customer.external_ids.get(account.servicetrade.external_system, "")
    if not code and bundle.customer_left_out:
        raise Missing(
            Hold(
                f"its customer {invoice.customer.name} was left out: it {bundle.customer_left_out}",
                "Make the company an active customer in ServiceTrade, and both go out by"
                " themselves; or close the invoice there by hand.",
                (f"customers/{invoice.customer.id}",),
                "customer left out",
            )
        )
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
    carried = (
        bundle.job.external_ids.get(account.servicetrade.external_system, "") if bundle.job else ""
    )
    numbers = [number for number in carried.split(SEPARATOR) if number]
    if not numbers and account.invoices.is_job_required and bundle.job:
        raise_outside_scope(bundle.job, account)
    if not numbers and account.invoices.is_job_required:
        raise Missing(
            Hold(
                f"its job {invoice.job.number or invoice.job.id} is not a Spectrum job yet",
                "Nothing to do if the job is on its way; else see why the job is held.",
                (f"jobs/{invoice.job.id}",),
                "job not in Spectrum yet",
            )
        )
    if numbers and bundle.job_waits:
        raise Missing(bundle.job_waits)
    if numbers and bundle.job_customer:
        raise Missing(
            _hold_for_other_customer(
                invoice, numbers[0], bundle.job_customer, _customer_code(bundle, invoice, account)
            )
        )
    if len(numbers) > 1:
        fit.add_note(
            f"Job_Number: the job is {', '.join(numbers)} in Spectrum; {numbers[0]} was taken"
        )
    return numbers[0] if numbers else ""


def raise_outside_scope(job: Job, account: Account) -> None:
    """Raises `Missing` for an invoice of the account's offices on a job of another one."""
    office = job.assigned_office.name if job.assigned_office else ""
    if not office or account.scope.has(office):
        return
    raise Missing(
        Hold(
            f"its job {job.number} is of {office}, whose jobs this account file leaves out",
            "Assign invoice and job to the same office in ServiceTrade.",
            (f"servicetrade: office of job {job.number}", "account: scope.offices"),
            "its job is of an office that the account file leaves out",
        )
    )


def _hold_for_other_customer(invoice: Invoice, number: str, owner: str, code: str) -> Hold:
    return Hold(
        f"job {number} is one of customer {owner} in Spectrum, and the invoice is for"
        f" {invoice.customer.name} ({code})",
        "Change the job's customer in Spectrum, or the customer of job and invoice in"
        " ServiceTrade.",
        (f"spectrum: customer of job {number}",),
        "its job belongs to another customer in Spectrum",
    )


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
