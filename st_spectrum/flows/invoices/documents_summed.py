"""What AR documents are worth, on both sides, for the equation and the control totals. Pure."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.domain.ar_documents import CREDIT_MEMO, ArDocument
from st_spectrum.flows.invoices.document_values import Row, amounts_of
from st_spectrum.flows.invoices.documents_compared import (
    BilledInvoice,
    StoredDocuments,
    key_of,
    rows_of,
)

Part = tuple[str, str, Decimal]
"""Dimension, code and signed amount."""

NOT_SET = frozenset({"", "N", "0"})
"""What `Post_Flag` holds until a document is posted [SP 16.3]."""


def money_in_spectrum(
    invoice: BilledInvoice, stored: StoredDocuments, rule: InvoiceNumbers
) -> tuple[Decimal, Decimal]:
    """What stands there under the numbers of an invoice, tax included: posted, and not yet."""
    sums = {True: Decimal("0.00"), False: Decimal("0.00")}
    for row in rows_of(invoice, stored, rule):
        is_posted = row["Post_Flag"].upper() not in NOT_SET
        sums[is_posted] += total_of(row, stored)
    return sums[True], sums[False]


def total_of(row: Row, stored: StoredDocuments) -> Decimal:
    """What a document is worth, tax included; a credit memo less than nothing."""
    amounts, tax = amounts_of(row, stored.lines.get(key_of(row), ()))
    return _signed(row, sum(amounts, tax))


def parts_in_spectrum(rows: Iterable[Row], stored: StoredDocuments) -> Iterator[Part]:
    """What the documents add to the control totals."""
    for row in rows:
        lines = stored.lines.get(key_of(row), ())
        amounts, tax = amounts_of(row, lines)
        yield "customer", row["Customer_Code"], total_of(row, stored)
        yield "tax code", row.get("Sales_Tax_Code", ""), _signed(row, tax)
        for line, amount in zip(lines, amounts, strict=True):
            yield "GL account", line["GL_Account"], _signed(row, amount)
            yield "cost center", line["Cost_Center"], _signed(row, amount)


def parts_of(documents: Iterable[ArDocument]) -> Iterator[Part]:
    """The same of documents as ServiceTrade asks for them."""
    for document in documents:
        header, sign = document.header, -1 if document.is_credit else 1
        yield "customer", header["Customer_Code"], document.total
        yield "tax code", header.get("Sales_Tax_Code", ""), document.tax
        for line in document.details:
            amount = sign * Decimal(line["Line_Extension"])
            yield "GL account", line.get("GL_Account", ""), amount
            yield "cost center", line.get("Income_Cost_Center", ""), amount


def _signed(row: Row, amount: Decimal) -> Decimal:
    return -amount if row["Transaction_Type"] == CREDIT_MEMO else amount
