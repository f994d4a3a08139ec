"""Posts AR documents, many in one request, looks them up by number, and closes invoices."""

from pydantic import ValidationError

from st_spectrum.domain.ar_documents import NUMBER, ArDocument
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.engine.handlers import Handlers
from st_spectrum.flows.invoices.commands import AddArInvoice, PostArDocument, SetInvoiceStatus
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.offsets import takes_back
from st_spectrum.flows.invoices.refusals import VOIDED_MEANWHILE, changed_meanwhile
from st_spectrum.flows.invoices.rules import CLOSED_STATUSES
from st_spectrum.flows.invoices.standing import has_key_of, is_same
from st_spectrum.flows.sources import Sources
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.wire import Json
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.invoices import LOCKED
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.rest.group import Group
from st_spectrum.spectrum.wire import Receipt

GONE = "gone"
"""Stands for the status of an invoice that ServiceTrade does not have any more."""

MOST_IN_ONE_POST = 50
WAIT_SECONDS = 0.05
"""So long the first of several documents waits for the others to join its request."""


class InvoiceTargets:
    """The writes of the invoices flow, and how each is found again."""

    def __init__(self, servicetrade: ServiceTrade, spectrum: Spectrum, sources: Sources) -> None:
        self._servicetrade = servicetrade
        self._spectrum = spectrum
        self._sources = sources
        self._posts: Group[ArDocument, Receipt] = Group(
            spectrum.post_invoices, MOST_IN_ONE_POST, WAIT_SECONDS
        )

    def handle(self, handlers: Handlers) -> None:
        """Take the commands of the flow."""
        handlers.add(PostArDocument, self.post, self._is_posted)
        handlers.add(AddArInvoice, self.add, self._is_posted)
        handlers.add(SetInvoiceStatus, self.set_status, self.has_status)

    def post(self, command: PostArDocument) -> None:
        """One document, by REST together with those of other threads."""
        self._posts.call(command.document)

    def add(self, command: AddArInvoice) -> None:
        """One document, by SOAP alone."""
        try:
            self._spectrum.write_invoice(command.document)
        except Rejected as refusal:
            if refusal.blames_only(NUMBER) and self._is_free(command.document):
                # SOAP has no code of its own for a lock, but blames the number as it does where the
                # number is taken.
                locked = [
                    Problem(LOCKED, problem.text, problem.field) for problem in refusal.problems
                ]
                raise Rejected(locked, system=refusal.system, operation=refusal.operation) from None
            raise

    def _is_free(self, document: ArDocument) -> bool:
        """Whether nothing stands under its number for certain, but what it takes back.

        Any document counts, also one of another customer: whether those are in each other's way is
        not certain [SP 12.1].
        """
        try:
            found = self._spectrum.find_ar_documents([document.number])
        except LookupImpossible:
            return False
        return all(takes_back(document, stored) for stored in found)

    def _is_posted(self, command: PostArDocument) -> bool | None:
        return self.stands(command.document)

    def stands(self, wanted: ArDocument) -> bool | None:
        """True: it stands there as we would post it. False: this customer has another document of
        this type and number.

        None: it does not stand there. What other customers or the other type have under the number
        is not it.
        """
        own = [
            document
            for document in self._spectrum.find_ar_documents([wanted.number])
            if has_key_of(document, wanted)
        ]
        return any(is_same(document, wanted) for document in own) if own else None

    def set_status(self, command: SetInvoiceStatus) -> None:
        """`processed` or `failed` in ServiceTrade. What a quicker person set stands."""
        invoice_id, wanted = command.invoice_id, command.status
        try:
            answer = self._servicetrade.set_invoice_status(
                invoice_id, wanted, invoice_number=command.invoice_number
            )
            after = _read(answer)
        except Rejected as refusal:
            after = self._servicetrade.invoice(invoice_id)
            status = after.status if after else GONE
            if status == "void" and wanted == "processed":
                raise Rejected(
                    [VOIDED_MEANWHILE], system=refusal.system, operation=refusal.operation
                ) from None
            if status not in _ends(command):
                raise
        finally:
            self._sources.forget("invoice", invoice_id)
        if problem := _changed_meanwhile(command, after):
            raise Rejected([problem], system="servicetrade", operation="PUT /invoice/{id}")

    def has_status(self, command: SetInvoiceStatus) -> bool | None:
        """True when the invoice has left the queue for good or stands as wanted, and says what was
        posted; else None.
        """
        invoice = self._servicetrade.invoice(command.invoice_id)
        status = invoice.status if invoice else GONE
        return (
            True if status in _ends(command) and not _changed_meanwhile(command, invoice) else None
        )


def _read(answer: Json) -> Invoice | None:
    try:
        return Invoice.model_validate(answer)
    except ValidationError:
        return None


def _changed_meanwhile(command: SetInvoiceStatus, invoice: Invoice | None) -> Problem | None:
    """Between our look and its closing, somebody may have changed what the invoice asks for."""
    posted, tax = command.total, command.tax
    if invoice is None or posted is None or tax is None:
        return None
    now = (cents(invoice.total_price), cents(invoice.tax_amount))
    return None if now == (posted, tax) else changed_meanwhile(posted, tax, *now)


def _ends(command: SetInvoiceStatus) -> frozenset[str]:
    """Statuses that leave nothing to set. A void one is not closed: what was just posted is still
    to be taken back.
    """
    return (
        CLOSED_STATUSES
        | {command.status, GONE}
        | ({"void"} if command.status == "failed" else set())
    )
