"""Invoices as the engine sees them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from st_spectrum.domain.compared import UNSEEN, FlowCompared
from st_spectrum.domain.decisions import Create, Decision, Hold, Update, Void
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import Rejected
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation, Rebuilt, Recovered, StillThere, Unlinked
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.engine.steps.verdicts import NO_COMMENT
from st_spectrum.flows.changes import Changed, list_all
from st_spectrum.flows.comparing import FullList, compare_listed
from st_spectrum.flows.context import Context
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.invoices.ar_documents import originals
from st_spectrum.flows.invoices.commands import PostArDocument, SetInvoiceStatus
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.invoices.kept import is_posted_kept, keep_posted, kept_documents
from st_spectrum.flows.invoices.live_codes import places_in_spectrum, places_of
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.notice import is_void, list_invoices, notice
from st_spectrum.flows.invoices.older import BY_HAND, is_history, is_older
from st_spectrum.flows.invoices.other_numbers import OtherNumbers
from st_spectrum.flows.invoices.posted import moved_by, posted_by
from st_spectrum.flows.invoices.rebuild import close_unseen_invoices, rebuild_invoices
from st_spectrum.flows.invoices.refusal_notifier import RefusalNotifier
from st_spectrum.flows.invoices.refusals import (
    closing_refused,
    number_taken_after_a_loss,
    offset_refused,
    offset_taken_after_a_loss,
    prerequisite_of,
)
from st_spectrum.flows.invoices.rules import (
    CLOSED_STATUSES,
    NOT_APPROVED,
    InvoiceBundle,
    decide_invoice,
)
from st_spectrum.flows.invoices.sides import InvoiceSides
from st_spectrum.flows.invoices.standing_twice import invoices_standing_twice
from st_spectrum.flows.invoices.steps import CLOSED
from st_spectrum.flows.invoices.stored import NotSeen, StoredInvoices, may_stand
from st_spectrum.flows.invoices.target import InvoiceTargets
from st_spectrum.flows.invoices.unlisted import EVERY_STATUS, lacking, lacking_in_all
from st_spectrum.flows.invoices.words import take_word, word_of
from st_spectrum.flows.jobs.job_customers import JobCustomers
from st_spectrum.flows.jobs.shared_numbers import SharedNumbers
from st_spectrum.flows.unlisted import ListRead
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import Entry, State, is_open
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job
from st_spectrum.spectrum.stored_invoices import NONE_BARRED, ArMasters

CORRECTED_THERE = "servicetrade:"
"""How the need begins of what is corrected in ServiceTrade."""


class InvoicesFlow(FlowDefaults):
    """Invoice -> AR documents; the key is the invoice's id."""

    name = INVOICES.name
    description = INVOICES
    unseen_note = (
        "What was posted for invoices cannot be seen in Spectrum without Info-Link; a void of one"
        " waits for a person."
    )

    def __init__(self, context: Context) -> None:
        account, sources, ledger = context.account, context.sources, context.ledger
        self._context = context
        self.targets = InvoiceTargets(context.servicetrade, context.spectrum, sources)
        self._account = account
        self._sources = sources
        self._ledger = ledger
        self.places_in_spectrum = places_in_spectrum(account)
        self._clock = context.clock
        self._job_customers = JobCustomers(ledger, context.spectrum)
        self._shared_numbers = SharedNumbers(ledger, account)
        self._notifier = RefusalNotifier(
            context.servicetrade,
            self.targets,
            ledger,
            account.invoices.comment_entity_type,
        )
        self._stored = StoredInvoices(account, sources, context.spectrum, ledger)
        self._other_numbers = OtherNumbers(context)
        self.has_second_guard = self._stored.can_be_asked

    def standing(self, keys: Sequence[str]) -> Standing:
        """The AR documents under every number that these invoices have or may get, and those of
        their customers on their dates, in one statement each.
        """
        return self._stored.standing(keys).beside(self._other_numbers.standing(keys))

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """One invoice with its job, and what is to become of it."""
        # The ledger was read after the list: what another worker has closed meanwhile must not be
        # seen in the queue still.
        invoice = self._sources.invoice(int(key), is_as_of_now=progress.was_in_work)
        if invoice is None:
            decision = decide_invoice(
                InvoiceBundle(None, self._today(), progress=progress), self._account
            )
            return Evaluation(f"invoice {key}", "", decision)
        title = f"Invoice {invoice.invoice_number or invoice.id} {invoice.customer.name}".strip()
        version, changed_at = digest(invoice.model_dump()), moment_of(invoice.updated)
        total = cents(invoice.total_price)
        try:
            bundle = self._bundle(invoice, progress, standing)
        except NotSeen as unseen:
            return Evaluation(title, version, unseen.hold, total, changed_at=changed_at)
        decision = decide_invoice(bundle, self._account)
        decision = self._other_numbers.checked(invoice, decision, progress, standing)
        # What was posted for an invoice that is void by now, the ledger knows; it asks for nothing
        # any more.
        is_void_one = invoice.status == "void"
        amount = None if is_void_one or bundle.word == BY_HAND else total
        return Evaluation(
            title,
            version,
            decision,
            amount,
            moved_by(decision, bundle.posted),
            requires=_required_by(invoice),
            changed_at=changed_at,
        )

    def before_sending(self, key: str, decision: Decision) -> None:
        """Keep what is about to be posted: a void must offset exactly that, whatever the invoice
        says later.
        """
        self._ask_for_its_job(key, decision)
        documents = posted_by(decision) if isinstance(decision, Create | Update | Void) else ()
        if isinstance(decision, Void):
            # Only one that the ledger did not know has none yet.
            documents = () if is_posted_kept(self._ledger, key) else originals(documents)
        if documents:
            keep_posted(self._ledger, key, documents)

    def _ask_for_its_job(self, key: str, decision: Decision) -> None:
        """Where an invoice does not wait for its job, the job crosses all the same."""
        if self._account.invoices.is_job_required or not isinstance(decision, Create):
            return
        invoice = self._sources.invoice(int(key))
        if invoice is not None and invoice.job is not None:
            by = f"{self.name}/{key}"
            self._context.needed.ask("jobs", str(invoice.job.id), by, self.name)

    def classify_refusal(self, refusal: Rejected, decision: Decision) -> Hold | None:
        """Missing set-up, a closed period or a lock is no fault of the invoice: it waits. So does
        what AR cannot correct.
        """
        if refusal.system == "servicetrade":
            return closing_refused(refusal)
        is_void = isinstance(decision, Void)
        if refusal.blames_only(PostArDocument.taken_field) and self._may_be_its_own():
            return (
                offset_taken_after_a_loss(refusal)
                if is_void
                else number_taken_after_a_loss(refusal)
            )
        documents = posted_by(decision) if isinstance(decision, Create | Update | Void) else ()
        places = {} if is_void else places_of(documents, self.places_in_spectrum)
        return prerequisite_of(refusal, places) or offset_refused(refusal, decision)

    def _may_be_its_own(self) -> bool:
        """Whether what stands under its number may have been posted for it by a lost ledger."""
        epoch = self._ledger.epochs.read()
        return (
            not self._stored.can_be_asked and epoch is not None and epoch.recovered_at is not None
        )

    def notify_source(self, key: str, refusal: Rejected) -> None:
        """Set the invoice to `failed` in ServiceTrade and say why."""
        self._notifier.refused(key, refusal)

    def notify_waiting(self, key: str, decision: Hold) -> None:
        """A comment on an invoice that waits for a correction in ServiceTrade."""
        if any(need.startswith(CORRECTED_THERE) and need != NO_COMMENT for need in decision.needs):
            self._notifier.waits(key, decision)

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """The queue, and what was voided."""
        changes = notice(self._context, cursor, bounds)
        self._sources.keep("invoice", changes.records)
        return changes

    def before_batch(self, keys: Sequence[str]) -> Changes:
        """Read anew: an invoice bears the external id of its customer."""
        for key in keys:
            self._sources.forget("invoice", int(key))
        return super().before_batch(keys)

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:
        """The whole queue, every void and what nobody approves any more beside the ledger."""
        full = FullList(
            self.name,
            "invoice",
            list_invoices(self._context.servicetrade),
            asks_for_nothing=self._asks_for_nothing,
            has_come_back=self._has_come_back,
            lacking=partial(lacking, self._context.servicetrade, self._ledger),
        )
        return compare_listed(self._context, full, carrier, settled_before)

    def vanished_now(self) -> Vanished:
        """Invoices that crossed and that no list shows."""
        records = list_all(partial(self._context.servicetrade.invoices, EVERY_STATUS))
        return lacking_in_all(self._ledger, ListRead.of(self._ledger, self.name, records))

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        """AR documents that stand twice, were taken back twice, or in Spectrum alone."""
        spectrum = self._context.spectrum
        if spectrum.infolink is None:
            return ()
        return invoices_standing_twice(
            spectrum.infolink, spectrum, self._ledger, self._account.invoices.number
        )

    def rebuild(self) -> Rebuilt:
        """Invoices for which something stands in Spectrum."""
        return Rebuilt(self.name, *rebuild_invoices(self._context, self.targets))

    def recover(self, since: datetime | None) -> Recovered:
        """Without sight of Spectrum, what was closed in ServiceTrade counts as posted."""
        recovered = super().recover(since)
        if recovered.found is None:
            return Recovered(close_unseen_invoices(self._context, since), recovered.note)
        return recovered

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared:
        """The AR documents of every invoice, by the month of its date."""
        reader = self._context.spectrum.infolink
        if reader is None:
            return FlowCompared(self.name, unseen=UNSEEN)
        return InvoiceSides(self._context, self, lists, reader, month).compare()

    def find_named(self, target_key: str) -> str:
        """AR documents under these numbers; of a number that is missing, nothing counts."""
        numbers = target_key.split(SEPARATOR)
        found = self._context.spectrum.find_ar_documents(numbers)
        is_whole = {document.number for document in found} >= set(numbers)
        return "; ".join(document.words for document in found) if is_whole else ""

    def link(self, key: str, target_key: str) -> None:  # noqa: ARG002 - the shape of `Flow`
        """The invoice leaves the queue. One that is failed goes through the queue once more."""
        invoice = self._context.servicetrade.invoice(int(key))
        if invoice is None or invoice.status in CLOSED_STATUSES | {"void"}:
            return
        if invoice.status != "pending_accounting":
            self._context.servicetrade.set_invoice_status(invoice.id, "pending_accounting")
        self._context.targets.send(SetInvoiceStatus(invoice.id, "processed"))

    def unlink(self, entry: Entry) -> Unlinked:
        """ServiceTrade takes no invoice back that is processed [ST 6.2]: it stays posted."""
        left = self.steps_left(entry)
        note = "In ServiceTrade it stays processed, and goes out all the same."
        return Unlinked(left, note if left else "")

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """An invoice that is processed stays so."""
        invoice = self._context.servicetrade.invoice(int(entry.key))
        if invoice is None or invoice.status == "void":
            raise StillThere(f"in ServiceTrade it is {invoice.status if invoice else 'gone'}")
        if found := self._stored.under_own_numbers(invoice):
            raise StillThere("; ".join(document.words for document in found))
        return (CLOSED,) if invoice.status in CLOSED_STATUSES else ()

    def resolve(self, entry: Entry, *, is_there: bool) -> str:
        """An invoice from before go-live: `--there` says that it was dealt with by hand,
        `--not-there` that it is to be posted.
        """
        return take_word(self._ledger, entry, is_there=is_there)

    def _asks_for_nothing(self, record: Changed) -> bool:
        """Whether it is the void of one that never crossed, or is not approved; the void of one
        that may have been typed by hand waits for a person.
        """
        if isinstance(record, Invoice) and record.status in NOT_APPROVED:
            return True
        if not isinstance(record, Invoice) or not is_void(record):
            return False
        account = self._account
        return not is_older(record, account) or is_history(record, account)

    def _has_come_back(self, record: Changed) -> bool:
        """Whether a record that the ledger has done with stands in the queue again, or is void or
        not approved any more although it had crossed.
        """
        held = self._ledger.get(self.name, str(record.id))
        if held is None:
            return False
        state = held.entry.state
        if isinstance(record, Invoice) and record.status in NOT_APPROVED:
            return state is State.CONFIRMED and not held.entry.is_handled
        if is_void(record):
            return state is State.CONFIRMED or is_open(state)
        return state is State.REJECTED or not is_open(state)

    def _bundle(self, invoice: Invoice, progress: Progress, standing: Standing) -> InvoiceBundle:
        is_new = not (progress.is_confirmed or progress.is_half_done)
        if is_new and (not may_stand(invoice) or is_history(invoice, self._account)):
            return InvoiceBundle(invoice, self._today(), progress=progress)
        word = word_of(self._ledger, str(invoice.id)) if is_older(invoice, self._account) else ""
        posted = () if is_new else kept_documents(self._ledger, str(invoice.id))
        stored = None
        if is_new:
            stored = self._stored.of_new(invoice, standing)
        elif invoice.status == "void" and not progress.is_voided and posted:
            stored = self._stored.of_posted(invoice, posted)
        if is_new and invoice.status == "void" and not stored:
            seen = self._stored.can_be_asked
            return InvoiceBundle(
                invoice,
                self._today(),
                progress=progress,
                stored=stored,
                can_be_seen=seen,
                word=word,
            )
        invoice = self._sources.with_terms(invoice)
        job = self._sources.job(invoice.job.id) if invoice.job else None
        wants_person = (
            self._account.invoices.salesperson != "none"
            and job is not None
            and job.sales is not None
        )
        person = self._sources.user(job.sales.id) if wants_person and job and job.sales else None
        job_customer = self._job_customer(invoice, job) if is_new else ""
        job_waits = self._shared_numbers.hold_for(job) if is_new else None
        masters = next(iter(standing.of(str(invoice.id), ArMasters)), NONE_BARRED)
        return InvoiceBundle(
            invoice,
            self._today(),
            job,
            person,
            posted,
            progress,
            stored,
            job_customer,
            job_waits,
            masters,
            self._why_left_out(invoice) if is_new else "",
            can_be_seen=self._stored.can_be_asked,
            word=word,
            live=self._stored.live_codes(invoice, standing),
        )

    def _why_left_out(self, invoice: Invoice) -> str:
        """Of its customer, where that has no code; "" while it is on its way."""
        if self._account.servicetrade.external_system in invoice.customer.external_ids:
            return ""
        held = self._ledger.get(CUSTOMERS.name, str(invoice.customer.id))
        return held.entry.reason if held and held.entry.state is State.SKIPPED else ""

    def _job_customer(self, invoice: Invoice, job: Job | None) -> str:
        """The job's customer in Spectrum, where that is another one than of both job and invoice in
        ServiceTrade; else "".
        """
        if job is None or job.customer.id != invoice.customer.id:
            return ""
        system = self._account.servicetrade.external_system
        number = job.external_ids.get(system, "").partition(SEPARATOR)[0]
        code = invoice.customer.external_ids.get(system, "")
        return self._job_customers.customer_of(job.id, number, code) if number and code else ""

    def _today(self) -> date:
        return self._clock().astimezone(ZoneInfo(self._account.timezone)).date()


def _required_by(invoice: Invoice) -> tuple[str, ...]:
    job = (f"jobs/{invoice.job.id}",) if invoice.job else ()
    return (f"customers/{invoice.customer.id}", *job)


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    flow = InvoicesFlow(context)
    flow.targets.handle(context.targets.handlers)
    return flow
