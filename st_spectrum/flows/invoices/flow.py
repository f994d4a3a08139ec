"""Invoices as the engine sees them."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Update, Void
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import Rejected
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.flow import Sight
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.invoices.ar_documents import Document, decode_documents, encode_documents, originals
from st_spectrum.flows.invoices.commands import PostArDocument
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.refusals import closing_refused, offset_refused, prerequisite_of
from st_spectrum.flows.invoices.rules import InvoiceBundle, decide_invoice
from st_spectrum.flows.invoices.stored import NotSeen, StoredInvoices, may_stand
from st_spectrum.flows.invoices.telling import InvoiceTelling
from st_spectrum.flows.jobs.shared_numbers import SharedNumbers
from st_spectrum.flows.jobs.site_customers import JobCustomers
from st_spectrum.flows.sources import Sources
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job

POSTED = "posted-invoices"
"""Kind under which the ledger keeps the documents of an invoice."""


class InvoicesFlow:
    """Invoice -> AR documents; the key is the invoice's id."""

    name = INVOICES.name
    description = INVOICES
    shared_keys = None

    def __init__(
        self,
        account: Account,
        sources: Sources,
        ledger: Ledger,
        telling: InvoiceTelling,
        stored: StoredInvoices,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        job_customers: JobCustomers | None = None,
    ) -> None:
        self._job_customers = job_customers
        self._shared_numbers = SharedNumbers(ledger, account)
        self._account = account
        self._sources = sources
        self._ledger = ledger
        self._telling = telling
        self._stored = stored
        self.has_second_guard = stored.can_be_asked
        self._clock = clock

    def standing(self, keys: Sequence[str]) -> Standing:
        """The AR documents under every number that these invoices have or may get, in one statement."""
        return self._stored.standing(keys)

    def look(self, key: str, progress: Progress, standing: Standing) -> Sight:
        """One invoice with its job, and what is to become of it."""
        # The ledger was read after the list: what another worker has closed meanwhile must not be seen in the queue still.
        invoice = self._sources.invoice(int(key), is_as_of_now=progress.was_in_work)
        if invoice is None:
            decision = decide_invoice(InvoiceBundle(None, self._today(), progress=progress), self._account)
            return Sight(f"invoice {key}", "", decision)
        title = f"Invoice {invoice.invoice_number or invoice.id} {invoice.customer.name}".strip()
        try:
            bundle = self._bundle(invoice, progress, standing)
        except NotSeen as unseen:
            return Sight(title, digest(invoice.model_dump()), unseen.hold, cents(invoice.total_price))
        decision = decide_invoice(bundle, self._account)
        # What was posted for an invoice that is void by now, the ledger knows; it asks for nothing any more.
        amount = None if invoice.status == "void" else cents(invoice.total_price)
        return Sight(title, digest(invoice.model_dump()), decision, amount, moved_by(decision, bundle.posted))

    def before_sending(self, key: str, decision: Decision) -> None:
        """Keep what is about to be posted: a void must offset exactly that, whatever the invoice says later."""
        documents = posted_by(decision) if isinstance(decision, Create | Update | Void) else ()
        if isinstance(decision, Void):
            # Only one that the ledger did not know has none yet.
            documents = () if self._ledger.kept(POSTED, key) is not None else originals(documents)
        if documents:
            self._ledger.keep(POSTED, key, encode_documents(documents))

    def weigh(self, refusal: Rejected, decision: Decision) -> Hold | None:
        """Missing set-up, a closed period or a lock is no fault of the invoice: it waits. So does what AR cannot correct."""
        if refusal.system == "servicetrade":
            return closing_refused(refusal)
        if isinstance(decision, Void):
            return prerequisite_of(refusal) or offset_refused(refusal)
        return prerequisite_of(refusal)

    def tell(self, key: str, refusal: Rejected) -> None:
        """Set the invoice to `failed` in ServiceTrade and say why."""
        self._telling.refused(key, refusal)

    def confirmed(self, entry: Entry) -> None:
        """Nothing is left beside what was posted."""

    def _bundle(self, invoice: Invoice, progress: Progress, standing: Standing) -> InvoiceBundle:
        is_new = not (progress.is_confirmed or progress.is_half_done)
        if is_new and not may_stand(invoice):
            return InvoiceBundle(invoice, self._today(), progress=progress)
        posted = () if is_new else decode_documents(self._ledger.kept(POSTED, str(invoice.id)))
        stored = None
        if is_new:
            stored = self._stored.of_new(invoice, standing)
        elif invoice.status == "void" and not progress.is_voided and posted:
            stored = self._stored.of_posted(invoice, posted)
        if is_new and invoice.status == "void" and not stored:
            return InvoiceBundle(invoice, self._today(), progress=progress, stored=stored)
        job = self._sources.job(invoice.job.id) if invoice.job else None
        wants_person = self._account.invoices.salesperson != "none" and job is not None and job.sales is not None
        person = self._sources.user(job.sales.id) if wants_person and job and job.sales else None
        job_customer = self._job_customer(invoice, job) if is_new else ""
        job_waits = self._shared_numbers.hold_for(job) if is_new else None
        return InvoiceBundle(invoice, self._today(), job, person, posted, progress, stored, job_customer, job_waits)

    def _job_customer(self, invoice: Invoice, job: Job | None) -> str:
        """The job's customer in Spectrum, where that is another one than of both job and invoice in ServiceTrade; else ""."""
        if self._job_customers is None or job is None or job.customer.id != invoice.customer.id:
            return ""
        system = self._account.servicetrade.external_system
        number = job.external_ids.get(system, "").partition(SEPARATOR)[0]
        code = invoice.customer.external_ids.get(system, "")
        return self._job_customers.customer_of(job.id, number, code) if number and code else ""

    def _today(self) -> date:
        return self._clock().astimezone(ZoneInfo(self._account.timezone)).date()


def moved_by(decision: Decision, posted: tuple[Document, ...]) -> Decimal | None:
    """Net of what a decision posts anew; of a `Void` only the offsets count, not the `posted` that it completes before."""
    if not isinstance(decision, Create | Void):
        return None
    documents = posted_by(decision)
    before = {each.number for each in posted or originals(documents)} if isinstance(decision, Void) else set()
    return sum((each.total for each in documents if each.number not in before), Decimal(0))


def posted_by(decision: Create | Update | Void) -> tuple[Document, ...]:
    """The AR documents among the steps of a decision."""
    return tuple(
        command.document for step in decision.steps for command in step.calls if isinstance(command, PostArDocument)
    )
