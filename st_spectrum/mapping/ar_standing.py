"""What of an invoice's documents stands in Spectrum already. Pure."""

from st_spectrum.mapping.ar_documents import Document
from st_spectrum.spectrum.stored_invoices import StoredDocument


def has_key_of(stored: StoredDocument, document: Document) -> bool:
    """Whether it stands under the document's natural key: customer, number and type."""
    header = document.header
    return (stored.customer_code, stored.number, stored.kind) == (
        header["Customer_Code"],
        document.number,
        header["Transaction_Type"],
    )


def is_same(stored: StoredDocument, document: Document) -> bool:
    """Whether it is the document as we would post it: the same key, and the same amount before tax."""
    return has_key_of(stored, document) and stored.before_tax == document.before_tax
