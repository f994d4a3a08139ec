"""What invoices add to the periods of the general ledger. Pure.

Spectrum books a document in the period of its GL date; a void may be booked in a later one.
"""

from collections.abc import Sequence

from st_spectrum.flows.invoices.document_values import Row
from st_spectrum.flows.invoices.documents_compared import (
    BilledInvoice,
    StoredDocuments,
    asked_now,
)
from st_spectrum.flows.invoices.documents_summed import Part, total_of

GL_PERIOD = "GL period"
NOT_THERE = "not in Spectrum"
"""In place of the period of a document that does not stand there."""


def parts_of_periods(
    invoice: BilledInvoice, rows: Sequence[Row], stored: StoredDocuments
) -> tuple[list[Part], list[Part]]:
    """As ServiceTrade asks for it, in the period in which Spectrum has the document, and as it
    stands there; nothing where periods are not seen.
    """
    if any("GL_Year" not in row or "GL_Period" not in row for row in rows):
        return [], []
    found = [(GL_PERIOD, _period(row), total_of(row, stored)) for row in rows]
    if invoice.is_voided:  # right when all that was posted is taken back, in whatever period
        return (found if not sum(part[2] for part in found) else []), found
    by_document = {(row["Invoice_Or_Transaction"], row["Transaction_Type"]): row for row in rows}
    wanted = []
    replaced = {id(asked_now(invoice, document)): document for document in invoice.posted}
    for document in invoice.posted if invoice.now is None else invoice.now:
        sent = replaced.get(id(document), document)
        row = by_document.get((sent.number, sent.header["Transaction_Type"]))
        wanted.append((GL_PERIOD, _period(row) if row else NOT_THERE, document.total))
    return wanted, found


def _period(row: Row) -> str:
    return f"{row['GL_Year']}/{row['GL_Period'].zfill(2)}"
