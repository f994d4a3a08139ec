"""What the ledger keeps of an invoice: a void must offset what was posted, not the invoice."""

from collections.abc import Iterable

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.ledger.documents.invoices import PostedDocument, PostedInvoice
from st_spectrum.ledger.ledger import Ledger


def keep_posted(ledger: Ledger, key: str, documents: Iterable[ArDocument]) -> None:
    """Keep what is posted, or about to be, in place of what was kept before."""
    ledger.put(to_document(documents), key)


def kept_documents(ledger: Ledger, key: str) -> tuple[ArDocument, ...]:
    """What was posted for an invoice; nothing where the ledger keeps nothing of it."""
    kept = ledger.document(PostedInvoice, key)
    return from_document(kept) if kept else ()


def is_posted_kept(ledger: Ledger, key: str) -> bool:
    """Whether the ledger keeps what was posted for an invoice."""
    return ledger.has(PostedInvoice, key)


def to_document(documents: Iterable[ArDocument]) -> PostedInvoice:
    """As the ledger keeps them."""
    return PostedInvoice(
        tuple(
            PostedDocument(document.base, document.header, document.details, document.tax_codes)
            for document in documents
        )
    )


def from_document(kept: PostedInvoice) -> tuple[ArDocument, ...]:
    """What `to_document` made."""
    return tuple(
        ArDocument(document.header, document.details, document.base, document.tax_codes)
        for document in kept.documents
    )
