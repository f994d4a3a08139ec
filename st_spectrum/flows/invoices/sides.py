"""Invoices and AR documents of both systems, read and compared month by month."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create, Skip
from st_spectrum.domain.differences import Difference, Verdict, judge
from st_spectrum.domain.equation import NOTHING as NO_MONEY
from st_spectrum.domain.equation import Equation, Line
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord, compare
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.context import Context
from st_spectrum.flows.invoices.document_values import without_what_is_told
from st_spectrum.flows.invoices.documents import InvoiceBundle, to_documents
from st_spectrum.flows.invoices.documents_compared import (
    FLOW,
    BilledInvoice,
    StoredDocuments,
    both_sides,
    numbers_of,
)
from st_spectrum.flows.invoices.kept import is_posted_kept, kept_documents
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.money_compared import (
    NOT_HANDED_OVER,
    InvoiceSide,
    equation_of,
    totals_of,
)
from st_spectrum.flows.invoices.unlisted import (
    EVERY_STATUS,
    documents_of,
    in_spectrum_alone,
    not_whole,
    unlisted,
)
from st_spectrum.flows.local_days import date_of, zones_of
from st_spectrum.flows.shown_compared import is_doubtful
from st_spectrum.flows.unlisted import not_confirmed
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.invoice_models import Invoice

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

TOTAL = "total with tax"


@dataclass
class InvoiceSides:
    """The invoices of one account; `month` such as 2026-03 narrows them to those of its dates."""

    context: Context
    flow: Flow
    lists: SourceLists
    reader: "InfoLinkReader"
    month: str = ""

    def compare(self) -> FlowCompared:
        """Every month that ServiceTrade has invoices of, or the one that is asked for."""
        by_month: dict[str, list[Invoice]] = defaultdict(list)
        listed: set[str] = set()
        for invoice in self.context.servicetrade.invoices(EVERY_STATUS):
            listed.add(str(invoice.id))
            self._sort_in(invoice, by_month)
        missing = unlisted(self.context.ledger, listed)
        doubted = len(not_confirmed(self.context.ledger, FLOW, missing))
        if is_doubtful(doubted, doubted + len(listed)):
            return FlowCompared(FLOW, unseen=not_whole(doubted, len(listed)))
        gone = []
        for entry in missing:
            if (single := self.context.servicetrade.invoice(int(entry.key))) is None:
                gone.append(entry)
            else:
                self._sort_in(single, by_month)
        months = [
            self._month(month, by_month[month])
            for month in sorted(by_month)
            if not self.month or month == self.month
        ]
        compared = FlowCompared.together(FLOW, months)
        alone = tuple(self._in_spectrum_alone(gone))
        return replace(compared, differences=(*compared.differences, *alone))

    def _sort_in(self, invoice: Invoice, by_month: dict[str, list[Invoice]]) -> None:
        if invoice.type == "invoice" and self._is_asked_for(invoice):
            by_month[self._month_of(invoice)].append(invoice)

    def _in_spectrum_alone(self, gone: Sequence[Entry]) -> Iterator[Difference]:
        from st_spectrum.spectrum.infolink.compared_tables import document_headers

        if documents := documents_of(self.context.ledger, gone, self.month):
            headers = document_headers(self.reader, set(documents))
            yield from in_spectrum_alone(documents, StoredDocuments.of(headers, ()))

    def _is_asked_for(self, invoice: Invoice) -> bool:
        """Of what nobody approves only what was approved once counts."""
        return invoice.status not in NOT_HANDED_OVER or is_posted_kept(
            self.context.ledger, str(invoice.id)
        )

    def _month_of(self, invoice: Invoice) -> str:
        if not invoice.transaction_date:
            return ""
        day = date_of(invoice.transaction_date, zones_of(self.context.account))
        return f"{day:%Y-%m}"

    def _month(self, month: str, invoices: Sequence[Invoice]) -> FlowCompared:
        """One month: its documents and lines are two statements for each 400 numbers."""
        from st_spectrum.spectrum.infolink.compared_tables import document_headers, document_lines

        rule = self.context.account.invoices.number
        sides = [self._side(invoice) for invoice in invoices]
        numbers = {
            number for side in sides if side.billed for number in numbers_of(side.billed, rule)
        }
        stored = StoredDocuments.of(
            document_headers(self.reader, numbers), document_lines(self.reader, numbers)
        )
        found: list[Difference] = []
        expected: list[ExpectedRecord] = []
        there: list[StoredRecord] = []
        for side in sides:
            if side.entry is None:
                found += self._never_sent(side.invoice)
            if side.is_compared and side.billed:
                found += _changed_hands(side.billed, side.invoice)
                found += _total_changed(side.billed, side.invoice)
                wanted, own = both_sides(side.billed, stored, rule)
                expected += wanted
                there += own
        found += without_what_is_told(compare(expected, there))
        equation = equation_of(month, sides, stored, self.context.account)
        found += _not_named(equation, sides, found)
        totals = totals_of(month, sides, stored, rule)
        return FlowCompared(FLOW, len(expected), tuple(found), "", (equation,), totals)

    def _side(self, invoice: Invoice) -> InvoiceSide:
        held = self.context.ledger.get(FLOW, str(invoice.id))
        entry = held.entry if held else None
        return InvoiceSide(invoice, entry, self._billed(invoice, entry) if entry else None)

    def _never_sent(self, invoice: Invoice) -> Iterator[Difference]:
        if invoice.status != "pending_accounting":
            return
        title = f"Invoice {invoice.invoice_number or invoice.id}"
        decision = self.flow.evaluate(str(invoice.id), NEW, NOTHING).decision
        if not isinstance(decision, Skip):
            yield Difference(
                FLOW, str(invoice.id), title, "", Verdict.MISSING,
                is_repairable=isinstance(decision, Create), changed_at=moment_of(invoice.updated),
            )  # fmt: skip

    def _billed(self, invoice: Invoice, entry: Entry) -> BilledInvoice | None:
        """What was posted for it, or may have been; None where nothing was."""
        try:
            posted = kept_documents(self.context.ledger, entry.key)
        except DamagedDocument:
            posted = ()
        if not posted:
            return None
        title = entry.title or f"Invoice {invoice.invoice_number}"
        now = None if invoice.status == "void" else self._documents_now(invoice)
        is_voided = entry.state is State.VOIDED or invoice.status == "void"
        return BilledInvoice(entry.key, title, posted, now, is_voided)

    def _documents_now(self, invoice: Invoice) -> tuple[ArDocument, ...] | None:
        """None where a cost center of Spectrum belongs to them, which may have changed since."""
        if self.context.account.invoices.cost_center_from == "spectrum" and invoice.job:
            return None
        job = self.lists.jobs.get(invoice.job.id) if invoice.job else None
        invoice = self.context.sources.with_terms(invoice)
        bundle = InvoiceBundle(invoice, self.context.clock().date(), job)
        try:
            return to_documents(bundle, invoice, self.context.account)[0]
        except Missing:
            return None


def _changed_hands(billed: BilledInvoice, invoice: Invoice) -> Iterator[Difference]:
    """Of an invoice that stands in Spectrum, and that the office has taken back or gave another
    number. Whether the rule of numbers changed is told by the title, which has ServiceTrade's.
    """
    changes = []
    if invoice.status in NOT_HANDED_OVER:
        changes.append(("status", "processed", invoice.status))
    number = f"Invoice {invoice.invoice_number}"
    sent, now = (
        ", ".join(sorted({document.base or document.number for document in documents}))
        for documents in (billed.posted, billed.now or ())
    )
    if now and sent != now and number not in billed.title:
        changes.append(("invoice number", sent, now))
    for name, before, after in changes:
        verdict = Verdict.IN_SERVICETRADE
        target = billed.posted[0].number
        yield Difference(FLOW, billed.key, billed.title, target, verdict, name, before, after)


def _not_named(
    equation: Equation, sides: Sequence[InvoiceSide], found: Sequence[Difference]
) -> Iterator[Difference]:
    """What is left over in the equation, by its sum, where nothing else tells of it."""
    named = {difference.key for difference in found if difference.is_fault}
    billed = {str(side.invoice.id): side.billed for side in sides}
    for record in equation.of(Line.DIFFERENCE):
        posted = billed[record.key]
        if posted is None or record.key in named:
            continue
        sent = NO_MONEY if posted.is_voided else _total(posted)
        before, now = f"{sent:.2f}", f"{record.approved:.2f}"
        there = f"{record.approved - record.rest:.2f}"
        if verdict := judge(before, now, there):
            number = posted.posted[0].number
            yield Difference(
                FLOW, record.key, record.title, number, verdict, TOTAL, before, now, there
            )


def _total_changed(billed: BilledInvoice, invoice: Invoice) -> Iterator[Difference]:
    """Of an invoice that could not be posted as ServiceTrade has it now, its sum is compared."""
    if billed.now is not None or invoice.status == "void":
        return
    sent = _total(billed)
    if sent != (now := cents(invoice.total_price)):
        yield Difference(
            FLOW,
            billed.key,
            billed.title,
            billed.posted[0].number,
            Verdict.IN_SERVICETRADE,
            TOTAL,
            f"{sent:.2f}",
            f"{now:.2f}",
        )


def _total(billed: BilledInvoice) -> Decimal:
    return sum((document.total for document in billed.posted), NO_MONEY)
