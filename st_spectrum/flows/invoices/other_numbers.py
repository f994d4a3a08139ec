"""An invoice that stands in Spectrum under an earlier number of its own: the second guard beside
the ledger, where people gave the invoice another number since.

Spectrum refuses a second document under one number, but not under another one; and a ledger that
was lost, put back or is a second one does not know the first. Nothing of a document names its
invoice but the number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Create, Decision, Hold
from st_spectrum.domain.errors import AccessDenied, ContractBroken, SyncFault
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.steps.reservations import owner_of
from st_spectrum.engine.steps.second_guard import hold_for_unread
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.context import Context
from st_spectrum.flows.invoices.codes import invoice_number
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.invoices.documents import day_of_invoice
from st_spectrum.flows.invoices.older import POST
from st_spectrum.flows.invoices.posted import posted_by
from st_spectrum.flows.invoices.steps import step_name
from st_spectrum.flows.invoices.words import UNDER_ANOTHER_NUMBER, word_of
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.wire import RecordBroken
from st_spectrum.spectrum.request_fields import spectrum_date
from st_spectrum.spectrum.stored_invoices import DatedDocument

OUR_BATCH = re.compile(r"\d{8}")
"""How we name batches, by whatever day."""


@dataclass(frozen=True)
class AskedDay:
    """For which customer and invoice date the question of a batch was put, as far as anybody can
    answer it.
    """

    customer_code: str
    day: date


class OtherNumbers:
    """Of one account."""

    def __init__(self, context: Context) -> None:
        self.can_be_asked = context.spectrum.infolink is not None
        self._context = context

    def standing(self, keys: Sequence[str]) -> Standing:
        """The documents of the customers of these on their days, in one statement; nothing without
        Info-Link. Raises a `SyncFault`.
        """
        if not self.can_be_asked:
            return NOTHING
        read = ((key, self._day_of_key(key)) for key in keys)
        return self._ask({key: asked for key, asked in read if asked})

    def checked(
        self, invoice: Invoice, decision: Decision, progress: Progress, standing: Standing
    ) -> Decision:
        """The decision about an invoice without memory, or a hold instead. Raises a `SyncFault`."""
        has_memory = progress.is_confirmed or progress.is_half_done or progress.is_voided
        if has_memory or not self.can_be_asked or not isinstance(decision, Create):
            return decision
        to_post = [
            document
            for document in posted_by(decision)
            if step_name(document) not in decision.standing
        ]
        asked = self._day_of(invoice)
        if not to_post or asked is None:
            return decision
        key = str(invoice.id)
        if asked not in standing.of(key, AskedDay):
            try:
                standing = self._ask({key: asked})
            except SyncFault as fault:
                if fault.system != "spectrum":
                    raise
                return hold_for_unread(fault)
        found = standing.of(key, DatedDocument)
        return self._hold_for_own(invoice, to_post, found) or decision

    def _hold_for_own(
        self, invoice: Invoice, to_post: Sequence[ArDocument], found: Iterable[DatedDocument]
    ) -> Hold | None:
        key, ledger = str(invoice.id), self._context.ledger
        pairs = [
            (document, stored)
            for document in to_post
            for stored in alike(document, found)
            if owner_of(ledger, INVOICES.name, stored.number) in (None, key)
        ]
        if not pairs or word_of(ledger, key) == POST:
            return None
        carried = self._carried(invoice)
        for document, stored in pairs:
            if stored.number not in carried:
                return _hold(key, document, stored)
        return None

    def _carried(self, invoice: Invoice) -> frozenset[str]:
        """Every number that an invoice of the same job may have in Spectrum; of the same customer,
        where there is no job. An invoice cannot change its job [ST 6.1].
        """
        by_job = invoice.job.id if invoice.job else None
        invoices = self._context.servicetrade.invoices_of(
            job_id=by_job, customer_id=None if by_job else invoice.customer.id
        )
        account = self._context.account
        return frozenset(number for one in invoices for number in _numbers(one, account))

    def _day_of_key(self, key: str) -> AskedDay | None:
        """None where it is not to be posted, or waits or says itself why it cannot be read."""
        try:
            invoice = self._context.sources.invoice(int(key))
        except (SyncFault, RecordBroken):
            return None
        is_asked_for = (
            invoice is not None
            and invoice.type == "invoice"
            and invoice.status == "pending_accounting"
        )
        return self._day_of(invoice) if invoice is not None and is_asked_for else None

    def _day_of(self, invoice: Invoice) -> AskedDay | None:
        account = self._context.account
        code = invoice.customer.external_ids.get(account.servicetrade.external_system, "")
        if not code or not invoice.transaction_date:
            return None
        return AskedDay(code, day_of_invoice(invoice, account))

    def _ask(self, days: Mapping[str, AskedDay]) -> Standing:
        """Nothing where a column or the right to read it is missing: `check` says what is lost."""
        documents: Sequence[DatedDocument] = ()
        with suppress(AccessDenied, ContractBroken):
            wanted = [(asked.customer_code, asked.day) for asked in days.values()]
            documents = self._context.spectrum.find_ar_documents_on(wanted)
        found: dict[str, tuple[object, ...]] = {}
        for key, asked in days.items():
            own = (
                document
                for document in documents
                if (document.customer_code, document.invoice_date)
                == (asked.customer_code, asked.day)
            )
            found[key] = (asked, *own)
        return Standing(found)


def alike(document: ArDocument, found: Iterable[DatedDocument]) -> tuple[DatedDocument, ...]:
    """What stands under another number as this document would, in a batch such as ours: of the same
    customer, type, job, invoice date and amount before tax. Pure.
    """
    header = document.header
    return tuple(
        stored
        for stored in found
        if stored.number != document.number
        and stored.kind == header["Transaction_Type"]
        and stored.customer_code == header["Customer_Code"]
        and stored.job_number == header.get("Job_Number", "")
        and stored.invoice_date is not None
        and spectrum_date(stored.invoice_date) == header["Invoice_Date"]
        and stored.before_tax == document.before_tax
        and OUR_BATCH.fullmatch(stored.batch_code)
    )


def _numbers(invoice: Invoice, account: Account) -> Iterable[str]:
    try:
        base = invoice_number(invoice, account, Fitting())
    except Missing:
        return
    rule = account.invoices.number
    yield base
    yield from (
        base + suffix for suffix in (rule.credit_suffix, rule.void_suffix, rule.void_credit_suffix)
    )


def _hold(key: str, document: ArDocument, stored: DatedDocument) -> Hold:
    noun = "credit memo" if document.is_credit else "invoice"
    job = "customer, job, date" if stored.job_number else "customer, date"
    return Hold(
        f"Spectrum has {noun} {stored.number} of the same {job} and amount, which no invoice in"
        f" ServiceTrade carries any more, and this one would be posted as {document.number}",
        "See whether it was this invoice before it got another number. If it was, say `st-spectrum"
        f" handled invoices {key} --as {stored.number} --note ...`, and nothing is posted. If it"
        f" was not, say `st-spectrum ledger resolve invoices {key} --not-there`, and it is posted.",
        ("a person",),
        UNDER_ANOTHER_NUMBER,
    )
