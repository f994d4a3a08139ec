"""What of an invoice's documents stands in Spectrum already, and what else stands there under their
numbers. Pure.

Where the ledger has no memory of an invoice, equal values are the evidence that a document is this
invoice's: customer, number, type and amount before tax. What the ledger gave to another record is
left out before anything is asked here.
"""

from collections.abc import Iterable, Sequence

from st_spectrum.domain.ar_documents import CREDIT_MEMO, INVOICE, ArDocument
from st_spectrum.domain.decisions import Hold
from st_spectrum.spectrum.stored_invoices import StoredDocument


def has_key_of(stored: StoredDocument, document: ArDocument) -> bool:
    """Whether it stands under the document's natural key: customer, number and type."""
    kind = document.header["Transaction_Type"]
    return is_of_customer(stored, document) and (stored.number, stored.kind) == (
        document.number,
        kind,
    )


def is_of_customer(stored: StoredDocument, document: ArDocument) -> bool:
    """Whether it is a document of the same customer."""
    return stored.customer_code == document.header["Customer_Code"]


def is_same(stored: StoredDocument, document: ArDocument) -> bool:
    """Whether it is the document as we would post it: the same key and amount before tax."""
    return has_key_of(stored, document) and stored.before_tax == document.before_tax


def own_of(document: ArDocument, stored: Iterable[StoredDocument]) -> StoredDocument | None:
    """What stands under the document's key."""
    return next((row for row in stored if has_key_of(row, document)), None)


def standing(
    documents: Iterable[ArDocument], stored: Sequence[StoredDocument]
) -> tuple[ArDocument, ...]:
    """Those of the documents that stand there as we would post them."""
    return tuple(
        document for document in documents if any(is_same(row, document) for row in stored)
    )


def reversal_of(document: ArDocument, stored: Iterable[StoredDocument]) -> StoredDocument | None:
    """The document of the other type under its number and customer: what a reversal at the screen
    makes [SP 12.5].
    """
    other = INVOICE if document.is_credit else CREDIT_MEMO
    return next(
        (
            row
            for row in stored
            if is_of_customer(row, document) and (row.number, row.kind) == (document.number, other)
        ),
        None,
    )


def is_marked_alone(document: ArDocument, stored: Sequence[StoredDocument]) -> bool:
    """Whether it bears the mark of a reversal and nothing that took it back stands there.

    A reversal at the screen makes both [SP 12.5], so the mark alone says that its letter may mean
    something else, or that what took it back was purged: it proves no credit.
    """
    own = own_of(document, stored)
    return own is not None and own.is_reversed and reversal_of(document, stored) is None


def hold_for_others(
    documents: Sequence[ArDocument], stored: Sequence[StoredDocument]
) -> Hold | None:
    """What a person has to see to before an invoice is posted, because something else than it
    stands under its numbers.
    """
    numbers = {document.number for document in documents}
    is_there = bool(standing(documents, stored))
    for document in documents:
        own, reversal = own_of(document, stored), reversal_of(document, stored)
        if own and reversal:
            return _taken(f"{own.words}, and a reversal of it")
        if own is not None and not is_same(own, document):
            return _taken(f"{own.words}, and the invoice says {document.before_tax:.2f}")
        if own is not None and own.is_reversed:
            return _taken(f"{own.words}, which was reversed there")
        strange = next(
            (row for row in stored if row.number == document.number and row is not own), None
        )
        if own is None and strange is not None:
            return _taken(strange.words)
    # A derived number alone may be anybody's; beside the invoice it is a part that the invoice does
    # not ask for any more.
    more = next(
        (row for row in stored if row.number not in numbers and is_of_customer(row, documents[0])),
        None,
    )
    return _taken(more.words) if is_there and more else None


def _taken(words: str) -> Hold:
    return Hold(
        f"Spectrum has this under its number already: {words}",
        "If it is this invoice, correct in Spectrum what differs and close the invoice in"
        " ServiceTrade by hand; if not, give the invoice a number of its own in ServiceTrade.",
        ("a person",),
        "Spectrum has something else under the number of the invoice",
    )
