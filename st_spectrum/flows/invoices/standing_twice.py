"""AR documents that stand twice, were taken back twice, or were taken back in Spectrum alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.engine.steps.reservations import owner_of
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.client import Spectrum

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.double_tables import DocumentCopies
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader
    from st_spectrum.spectrum.stored_invoices import StoredDocument


def invoices_standing_twice(
    infolink: "InfoLinkReader", spectrum: Spectrum, ledger: Ledger, rule: InvoiceNumbers
) -> Iterator[Double]:
    """Two grouped statements, and what stands under our offsets. Raises a `SyncFault`."""
    from st_spectrum.spectrum.infolink.double_tables import (
        ar_documents_reversed,
        ar_documents_twice,
    )

    yield from documents_doubled(ar_documents_twice(infolink))
    reversed_there = tuple(ar_documents_reversed(infolink))
    yield from _taken_back_alone(ledger, reversed_there)
    taken_back = tuple(_offset_besides(ledger, rule, reversed_there))
    offsets = [offset for *_, offset in taken_back]
    yield from credited_twice(taken_back, spectrum.find_ar_documents(offsets) if offsets else ())


def _taken_back_alone(
    ledger: Ledger, reversed_there: Iterable[tuple[str, str]]
) -> Iterator[Double]:
    """What is ours and was reversed at the screen, while the invoice is as good as ever in
    ServiceTrade. The ledger knows of no void: one that is on its way is told there.
    """
    for customer, number in reversed_there:
        key = owner_of(ledger, "invoices", number)
        held = ledger.get("invoices", key) if key else None
        if held is None or held.entry.state is not State.CONFIRMED:
            continue
        yield Double(
            "invoices",
            f"{customer} {number}",
            f"{number} of customer {customer} was reversed at the Spectrum screen, and in"
            " ServiceTrade its invoice is not voided: there the customer still owes it",
            (
                f"CR_INVOICE_HEADER_MC: an invoice and a credit memo {number}",
                f"ServiceTrade: {held.entry.title or f'invoice {key}'}",
            ),
            "If the reversal was meant, void the invoice in ServiceTrade: nothing more is credited"
            " for it. If it was not, bill the customer again in Spectrum. What may stay as it is,"
            f' accept: st-spectrum ledger accept-double invoices "{customer} {number}".',
            is_error=False,
        )


def _offset_besides(
    ledger: Ledger, rule: InvoiceNumbers, reversed_there: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Customer, number and offset of what is ours, was reversed at the screen, and has an offset
    reserved in the ledger.
    """
    for customer, number in reversed_there:
        if (owner := owner_of(ledger, "invoices", number)) is None:
            continue
        for offset in offsets_of(number, rule):
            if owner_of(ledger, "invoices", offset) == owner:
                yield customer, number, offset


def documents_doubled(copies: "Iterable[DocumentCopies]") -> Iterator[Double]:
    """AR documents of one customer, number and type."""
    for document in copies:
        name = {"I": "invoice", "C": "credit memo"}.get(document.kind)
        if name:
            yield Double(
                "invoices",
                f"{document.customer} {document.number} {document.kind}",
                f"{name} {document.number} of customer {document.customer} stands {document.copies}"
                " times in AR",
                (f"CR_INVOICE_HEADER_MC: {document.copies} rows",),
                "Reverse the surplus ones in Spectrum.",
            )


def offsets_of(number: str, rule: InvoiceNumbers) -> Iterator[str]:
    """The numbers that the offset of a document with this number may have."""
    yield number + rule.void_suffix
    if number.endswith(rule.credit_suffix):
        yield number.removesuffix(rule.credit_suffix) + rule.void_credit_suffix


def credited_twice(
    taken_back: Iterable[tuple[str, str, str]], stored: "Iterable[StoredDocument]"
) -> Iterator[Double]:
    """Documents that were reversed at the screen beside our offset: customer, number and offset of
    each. `stored` is what stands under the offsets: of both types where the offset itself was
    reversed, and then all is well.
    """
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for document in stored:
        kinds[document.customer_code, document.number] |= {document.kind}
    for customer, number, by in taken_back:
        if len(kinds[customer, by]) == 1:
            yield Double(
                "invoices",
                f"{customer} {number}",
                f"{number} of customer {customer} was taken back twice: by {by}, and by a reversal"
                " at the Spectrum screen",
                (
                    f"CR_INVOICE_HEADER_MC: {by}",
                    f"CR_INVOICE_HEADER_MC: an invoice and a credit memo {number}",
                ),
                f"Delete or reverse one of the two in Spectrum: {by}, or the reversal with the"
                " number of the invoice.",
            )
