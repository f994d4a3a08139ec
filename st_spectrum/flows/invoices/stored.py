"""What Spectrum holds under the numbers of invoices: asked once for a batch, or for one invoice
that is looked at by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.steps.reservations import owner_of
from st_spectrum.engine.steps.second_guard import hold_for_unread
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.invoices.codes import invoice_number
from st_spectrum.flows.live_codes import Answer, job_of
from st_spectrum.flows.live_reading import read_live_codes
from st_spectrum.flows.sources import Sources
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.wire import RecordBroken
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.live_codes import LiveCodes, columns_of_invoices
from st_spectrum.spectrum.stored_invoices import NONE_BARRED, ArMasters, StoredDocument

Stored = tuple[StoredDocument, ...]


class NotSeen(Exception):
    """What stands in Spectrum cannot be read just now; `hold` says so."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.reason)
        self.hold = hold


@dataclass(frozen=True)
class AskedNumbers:
    """For which numbers of an invoice the question of its batch was put."""

    numbers: frozenset[str]


def may_stand(invoice: Invoice) -> bool:
    """Whether an invoice that the ledger does not know asks for anything: queued, or void."""
    return invoice.type == "invoice" and invoice.status in ("pending_accounting", "void")


class StoredInvoices:
    """The AR documents under an invoice's numbers, those of its credit memo and its offsets
    included.

    What the ledger reserved for another record is left out: it is that record's, whatever it looks
    like.
    """

    def __init__(
        self, account: Account, sources: Sources, spectrum: Spectrum, ledger: Ledger
    ) -> None:
        self.can_be_asked = account.spectrum.infolink is not None
        self._account = account
        self._sources = sources
        self._spectrum = spectrum
        self._ledger = ledger

    def standing(self, keys: Sequence[str]) -> Standing:
        """One statement for all invoices that can be read; the others ask for themselves, and then
        say why they cannot.

        Two more tell which of their customers and which of their jobs take no invoices.
        """
        with ThreadPoolExecutor(self._account.pace.workers, thread_name_prefix="standing") as pool:
            read = zip(keys, pool.map(self._invoice_of_key, keys), strict=True)
            invoices = {key: invoice for key, invoice in read if invoice is not None}
            queue = [
                invoice for invoice in invoices.values() if invoice.status == "pending_accounting"
            ]
            jobs = [number for numbers in pool.map(self._job_numbers, queue) for number in numbers]
        numbers = {key: self._numbers(invoice) for key, invoice in invoices.items()}
        stored = self._read(number for own in numbers.values() for number in own)
        masters = self._masters(queue, jobs)
        live = (self._live(queue, jobs),) if self._account.invoices.reads_spectrum else ()
        found: Mapping[str, tuple[object, ...]] = {
            key: (AskedNumbers(own), masters, *live, *self._of(key, own, stored))
            for key, own in numbers.items()
            if own
        }
        return Standing(found)

    def of_new(self, invoice: Invoice, standing: Standing) -> Stored | None:
        """For an invoice unknown to the ledger; None where nobody can tell. Raises `NotSeen`."""
        if not self.can_be_asked:
            return None
        key, numbers = str(invoice.id), self._numbers(invoice)
        if key in standing.unread:
            raise NotSeen(standing.unread[key])
        if any(numbers <= answered.numbers for answered in standing.of(key, AskedNumbers)):
            return tuple(
                document
                for document in standing.of(key, StoredDocument)
                if document.number in numbers
            )
        return self._of_one(key, numbers)

    def of_posted(self, invoice: Invoice, posted: Iterable[ArDocument]) -> Stored | None:
        """For a void invoice, under the numbers of what was posted for it and of their offsets.
        Raises `NotSeen`.
        """
        if not self.can_be_asked:
            return None
        numbers = {
            number
            for document in posted
            for number in (document.number, *self._derived(document.base))
        }
        return self._of_one(str(invoice.id), frozenset(numbers))

    def under_own_numbers(self, invoice: Invoice) -> Stored:
        """What stands under the numbers that it has or may get. Raises `LookupImpossible` where
        nobody can look.
        """
        numbers = self._numbers(invoice)
        return self._of(str(invoice.id), numbers, self._read(numbers))

    def _of_one(self, key: str, numbers: frozenset[str]) -> Stored:
        try:
            return self._of(key, numbers, self._read(numbers))
        except SyncFault as fault:
            if fault.system != "spectrum":
                raise
            raise NotSeen(hold_for_unread(fault)) from None

    def live_codes(self, invoice: Invoice, standing: Standing) -> Answer | None:
        """Of the invoice's customer and job as the batch was told, else asked for it alone; None
        where the account takes none from Spectrum.
        """
        if not self._account.invoices.reads_spectrum:
            return None
        numbers = self._job_numbers(invoice)
        for codes in standing.of(str(invoice.id), LiveCodes):
            if all(job_of(codes, number) for number in numbers if number):
                return codes
        unread = next(iter(standing.of(str(invoice.id), Hold)), None)
        return unread or self._live([invoice], numbers)

    def _live(self, invoices: Iterable[Invoice], jobs: Iterable[str]) -> Answer:
        system = self._account.servicetrade.external_system
        customers = [invoice.customer.external_ids.get(system, "") for invoice in invoices]
        columns = columns_of_invoices(self._account)
        return read_live_codes(self._spectrum, customers, jobs, columns)

    def _masters(self, invoices: Iterable[Invoice], jobs: Iterable[str]) -> ArMasters:
        """Where it cannot be read just now, Spectrum's own refusal tells."""
        system = self._account.servicetrade.external_system
        customers = [invoice.customer.external_ids.get(system, "") for invoice in invoices]
        try:
            return self._spectrum.find_ar_masters(customers, jobs)
        except SyncFault as fault:
            if fault.system != "spectrum":
                raise
            return NONE_BARRED

    def _read(self, numbers: Iterable[str]) -> Mapping[str, Stored]:
        stored: dict[str, Stored] = {}
        for document in self._spectrum.find_ar_documents(numbers):
            stored[document.number] = (*stored.get(document.number, ()), document)
        return stored

    def _of(self, key: str, numbers: Iterable[str], stored: Mapping[str, Stored]) -> Stored:
        present = sorted(number for number in numbers if number in stored)
        own = (
            number
            for number in present
            if owner_of(self._ledger, "invoices", number) in (None, key)
        )
        return tuple(document for number in own for document in stored[number])

    def _invoice_of_key(self, key: str) -> Invoice | None:
        try:
            invoice = self._sources.invoice(int(key))
        except (SyncFault, RecordBroken):
            return None
        return invoice if invoice is not None and may_stand(invoice) else None

    def _job_numbers(self, invoice: Invoice) -> tuple[str, ...]:
        try:
            job = self._sources.job(invoice.job.id) if invoice.job else None
        except (SyncFault, RecordBroken):
            return ()
        system = self._account.servicetrade.external_system
        return tuple(job.external_ids.get(system, "").split(SEPARATOR)) if job else ()

    def _numbers(self, invoice: Invoice) -> frozenset[str]:
        try:
            base = invoice_number(invoice, self._account, Fitting())
        except Missing:
            return frozenset()
        return frozenset((base, *self._derived(base)))

    def _derived(self, base: str) -> tuple[str, ...]:
        rule = self._account.invoices.number
        return tuple(
            base + suffix
            for suffix in (rule.credit_suffix, rule.void_suffix, rule.void_credit_suffix)
        )
