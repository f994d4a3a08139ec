"""What the console knows of money: AR documents by number, which of them belong to an invoice, and
the sums of both sides.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

QUERY = """SELECT TRIM(Invoice_Or_Transaction), TRIM(Transaction_Type), TRIM(Customer_Code), Invoice_Extension, Post_Flag, Reversed
  FROM CR_INVOICE_HEADER_MC ORDER BY rowid"""

HANDED_OVER = frozenset({"pending_accounting", "processed", "failed", "sent", "paid"})
VOID = "void"

SUFFIX = re.compile(r"[A-Z]{1,2}$")
"""Letters behind the number of an invoice tell a credit memo or the offset of a void from the
invoice itself.
"""


@dataclass(frozen=True)
class ArDocument:
    """One invoice or credit memo in Spectrum; `total` is positive, as it stands there, and includes
    sales tax.
    """

    number: str
    is_credit: bool
    customer: str
    total: Decimal
    state: str

    @property
    def text(self) -> str:
        kind = "credit memo" if self.is_credit else "invoice"
        return f"{kind} of {self.total:,.2f} · customer {self.customer} · {self.state}"


def read_documents(database: sqlite3.Connection) -> dict[str, ArDocument]:
    """Every AR document by its number, oldest first; further ones under a number go by number, type
    and customer.
    """
    documents: dict[str, ArDocument] = {}
    for number, kind, customer, extension, posted, reversed_ in database.execute(QUERY):
        state = ("posted" if posted == "Y" else "unposted") + (
            ", reversed" if reversed_ == "Y" else ""
        )
        name = number if number not in documents else f"{number} {kind} {customer}"
        documents[name] = ArDocument(name, kind == "C", customer, Decimal(extension), state)
    return documents


def by_invoice(documents: Iterable[str]) -> dict[str, list[str]]:
    """Numbers of AR documents by the invoice number that they begin with: `10482-1`, `10482-1C` and
    `10482-1V` go together.
    """
    grouped: dict[str, list[str]] = {}
    for number in documents:
        for invoice in {number, SUFFIX.sub("", number)}:
            grouped.setdefault(invoice, []).append(number)
    return grouped


def should_cross(invoice: Mapping[str, Any], numbers: Mapping[str, list[str]]) -> bool:
    """Handed over to accounting, or void after it had crossed; drafts and bills of vendors never
    do.
    """
    is_void_after = invoice["status"] == VOID and invoice["invoiceNumber"] in numbers
    return invoice["type"] == "invoice" and (invoice["status"] in HANDED_OVER or is_void_after)


def totals(invoices: Iterable[Mapping[str, Any]], documents: Iterable[ArDocument]) -> str:
    """One sentence for each side; the net of Spectrum is what its invoices leave after the credit
    memos.
    """
    handed_over = [
        _total(invoice)
        for invoice in invoices
        if invoice["type"] == "invoice" and invoice["status"] in HANDED_OVER
    ]
    kinds: dict[bool, list[Decimal]] = {False: [], True: []}
    for document in documents:
        kinds[document.is_credit].append(document.total)
    billed, credited = (sum(kinds[is_credit], Decimal(0)) for is_credit in (False, True))
    return (
        f"ServiceTrade has handed over {len(handed_over):,}, in all"
        f" {sum(handed_over, Decimal(0)):,.2f}, voids left out. Spectrum holds"
        f" {_counted(kinds[False], 'invoice')} of {billed:,.2f} and"
        f" {_counted(kinds[True], 'credit memo')} of {credited:,.2f}, net {billed - credited:,.2f}."
    )


def _counted(amounts: list[Decimal], word: str) -> str:
    return f"{len(amounts):,} {word}{'' if len(amounts) == 1 else 's'}"


def _total(invoice: Mapping[str, Any]) -> Decimal:
    return Decimal(str(invoice["totalPrice"]))
