"""AR documents as both sides should have them, by number and type. Pure.

A void is as it should be when each document stands there with another one that takes it back to the
cent, under whatever number of the invoice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.domain.ar_documents import CREDIT_MEMO, INVOICE, ArDocument
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord
from st_spectrum.flows.invoices.document_values import (
    Row,
    amounts_of,
    document_values,
    stored_values,
)

INFORMATION = frozenset({"Terms_Code"})
NOT_TAKEN_BACK = frozenset({"Terms_Code", "Invoice_Date"})
"""What an offset has of its own: it bears the day of the void."""
LIKE = ("Job_Number", "Invoice_Date", "amount before tax", "Sales_Tax_Amount")
"""By these a document under one of our numbers is a copy of ours; none is, where one is unseen."""
FLOW = "invoices"


@dataclass(frozen=True)
class BilledInvoice:
    """One invoice that the ledger has confirmed or voided: what was `posted` for it, and what it
    would be posted as by ServiceTrade `now`; None where that cannot be told.
    """

    key: str
    title: str
    posted: tuple[ArDocument, ...]
    now: tuple[ArDocument, ...] | None
    is_voided: bool = False


@dataclass(frozen=True)
class StoredDocuments:
    """Headers and lines of a partition, found by number."""

    headers: Mapping[str, Sequence[Row]]
    lines: Mapping[tuple[str, str, str], Sequence[Row]]

    @classmethod
    def of(cls, headers: Iterable[Row], lines: Iterable[Row]) -> "StoredDocuments":
        """By number, and by the key of the document."""
        by_number: dict[str, list[Row]] = defaultdict(list)
        by_key: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in headers:
            if row["Transaction_Type"] in (INVOICE, CREDIT_MEMO):
                by_number[row["Invoice_Or_Transaction"]].append(row)
        for row in lines:
            by_key[key_of(row)].append(row)
        return cls(by_number, by_key)


def numbers_of(invoice: BilledInvoice, rule: InvoiceNumbers) -> frozenset[str]:
    """Those of its documents, of its credit memo and of their offsets."""
    suffixes = ("", rule.credit_suffix, rule.void_suffix, rule.void_credit_suffix)
    bases = {document.base or document.number for document in invoice.posted}
    return frozenset(base + suffix for base in bases for suffix in suffixes)


def both_sides(
    invoice: BilledInvoice, stored: StoredDocuments, rule: InvoiceNumbers
) -> tuple[list[ExpectedRecord], list[StoredRecord]]:
    """What is expected of an invoice, and what stands there as its own."""
    rows = rows_of(invoice, stored, rule)
    expected = list(_expected(invoice))
    if invoice.is_voided:
        expected += _offsets(invoice, rows, stored, rule)
    copies = {key_of(row) for row in _copies_of(invoice, stored)}
    found = []
    for row in rows:
        customer = f" of customer {row['Customer_Code']}" if key_of(row) in copies else ""
        noun = "credit memo" if row["Transaction_Type"] == CREDIT_MEMO else "invoice"
        found.append(
            StoredRecord(
                _name_of(row) + customer,
                stored_values(row, stored.lines.get(key_of(row), ()), _has_centers(invoice)),
                FLOW,
                invoice.key,
                f"{noun} {row['Invoice_Or_Transaction']}{customer} beside {invoice.title}",
            )
        )
    return expected, found


def rows_of(invoice: BilledInvoice, stored: StoredDocuments, rule: InvoiceNumbers) -> list[Row]:
    """The headers under the numbers of an invoice, behind copies of them for other customers."""
    own = (
        row
        for number in sorted(numbers_of(invoice, rule))
        for row in _of_customer(stored.headers.get(number, ()), invoice)
    )
    return [*_copies_of(invoice, stored), *own]


def _expected(invoice: BilledInvoice) -> Iterator[ExpectedRecord]:
    for document in invoice.posted:
        source = asked_now(invoice, document)
        yield ExpectedRecord(
            FLOW,
            invoice.key,
            invoice.title,
            _name(document.number, document.header["Transaction_Type"]),
            None if source is None else document_values(source),
            document_values(document),
            INFORMATION,
        )


def asked_now(invoice: BilledInvoice, posted: ArDocument) -> ArDocument | None:
    """The document that ServiceTrade asks for now in the place of one that was posted: of its
    number, or the only one of its type where the invoice, or the rule, has another number by now.
    """
    alike = [one for one in invoice.now or () if one.is_credit == posted.is_credit]
    of_type = [one for one in invoice.posted if one.is_credit == posted.is_credit]
    same = (one for one in alike if one.number == posted.number)
    return next(same, alike[0] if len(alike) == len(of_type) == 1 else None)


def _of_customer(rows: Sequence[Row], invoice: BilledInvoice) -> list[Row]:
    """Other customers may have documents of the same number. Where the invoice's own customer has
    none, the ledger's number says whose it is.
    """
    customers = {document.header["Customer_Code"] for document in invoice.posted}
    own = [row for row in rows if row["Customer_Code"] in customers]
    numbers = {document.number for document in invoice.posted}
    return own or [row for row in rows if row["Invoice_Or_Transaction"] in numbers]


def _copies_of(invoice: BilledInvoice, stored: StoredDocuments) -> list[Row]:
    """Documents of other customers that are one of ours but for the customer. AR may bill others
    under the same number, but not the same job, day, sum and tax. Of a void nothing is said: AR may
    bill its work to the customer that it was meant for.
    """
    customers = {document.header["Customer_Code"] for document in invoice.posted}
    found: list[Row] = []
    for document in () if invoice.is_voided else invoice.posted:
        kind = document.header["Transaction_Type"]
        rows = [
            row
            for row in stored.headers.get(document.number, ())
            if row["Transaction_Type"] == kind
        ]
        others = [row for row in rows if row["Customer_Code"] not in customers]
        if len(others) < len(rows):
            found += (row for row in others if _is_like(row, document, stored))
    return found


def _is_like(row: Row, document: ArDocument, stored: StoredDocuments) -> bool:
    there = stored_values(row, stored.lines.get(key_of(row), ()), has_centers=False)
    sent = document_values(document)
    return all(there.get(name) == sent[name] for name in LIKE)


def _offsets(
    invoice: BilledInvoice, rows: Sequence[Row], stored: StoredDocuments, rule: InvoiceNumbers
) -> Iterator[ExpectedRecord]:
    """The one document that should take back each that was posted: one of the same sum, whatever
    its number, or else what stands under a number of offsets.
    """
    posted = {
        _name(document.number, document.header["Transaction_Type"]) for document in invoice.posted
    }
    left = {_name_of(row): row for row in rows if _name_of(row) not in posted}
    for document in invoice.posted:
        kind = INVOICE if document.is_credit else CREDIT_MEMO
        candidates = [row for row in left.values() if row["Transaction_Type"] == kind]
        base = document.base or document.number
        numbers = {base + rule.void_suffix, base + rule.void_credit_suffix} - {base}
        offset = next(
            chain(
                (row for row in candidates if _before_tax(row, stored) == document.before_tax),
                (row for row in candidates if row["Invoice_Or_Transaction"] in numbers),
            ),
            None,
        )
        name = f"offset of {document.number}" if offset is None else _name_of(offset)
        left.pop(name, None)
        values = document_values(document)
        sent = {field: value for field, value in values.items() if field not in NOT_TAKEN_BACK}
        yield ExpectedRecord(FLOW, invoice.key, invoice.title, name, None, sent)


def _before_tax(row: Row, stored: StoredDocuments) -> Decimal:
    return sum(amounts_of(row, stored.lines.get(key_of(row), ()))[0], Decimal(0))


def _has_centers(invoice: BilledInvoice) -> bool:
    """Where no cost center was sent, Spectrum puts one there by itself."""
    return any(
        line.get("Income_Cost_Center") for document in invoice.posted for line in document.details
    )


def _name(number: str, kind: str) -> str:
    return f"{number} {kind}"


def _name_of(row: Row) -> str:
    return _name(row["Invoice_Or_Transaction"], row["Transaction_Type"])


def key_of(row: Row) -> tuple[str, str, str]:
    """Customer, number and type: that of a header, and of the document that a line belongs to."""
    return row["Customer_Code"], row["Invoice_Or_Transaction"], row["Transaction_Type"]
