"""AR documents as both sides should have them, by number and type. Pure.

A void is as it should be when each document stands there with another one that takes it back to the
cent, under whatever number of the invoice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.domain.ar_documents import CREDIT_MEMO, INVOICE, ArDocument
from st_spectrum.domain.differences import Difference
from st_spectrum.domain.digests import digest
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord

INFORMATION = frozenset({"Terms_Code"})
FLOW = "invoices"
AMOUNTS_OF_LINES = "amounts of lines"
SUMS_OF_LINES = frozenset({"amount before tax", "GL accounts", "shares of accounts"})
LINES_NAMED = 12
"""So many lines of a document are told by their amounts; of more it is told that they differ."""

Row = Mapping[str, str]


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
        rows, offsets = _without_offsets(invoice, rows, stored)
        expected += offsets
    found = [
        StoredRecord(
            _name(row["Invoice_Or_Transaction"], row["Transaction_Type"]),
            _stored_values(row, stored.lines.get(key_of(row), ()), _has_centers(invoice)),
            FLOW,
            invoice.key,
            f"{'credit memo' if row['Transaction_Type'] == CREDIT_MEMO else 'invoice'}"
            f" {row['Invoice_Or_Transaction']} beside {invoice.title}",
        )
        for row in rows
    ]
    return expected, found


def document_values(document: ArDocument) -> dict[str, str]:
    """What is compared of a document; what is blank Spectrum fills by itself."""
    header = document.header
    sent = {name: header[name] for name in ("Terms_Code", "Sales_Tax_Code") if header.get(name)}
    lines = [
        (line.get("GL_Account", ""), line.get("Income_Cost_Center", ""), line["Line_Extension"])
        for line in document.details
    ]
    return {
        "Customer_Code": header["Customer_Code"],
        "Job_Number": header.get("Job_Number", ""),
        "Invoice_Date": datetime.strptime(header["Invoice_Date"], "%m/%d/%Y").date().isoformat(),  # noqa: DTZ007
        "Sales_Tax_Amount": _money(header.get("Sales_Tax_Amount", "")),
        **sent,
        **_line_values(lines),
    }


def rows_of(invoice: BilledInvoice, stored: StoredDocuments, rule: InvoiceNumbers) -> list[Row]:
    """The headers under the numbers of an invoice."""
    return [
        row
        for number in sorted(numbers_of(invoice, rule))
        for row in _of_customer(stored.headers.get(number, ()), invoice)
    ]


def _expected(invoice: BilledInvoice) -> Iterator[ExpectedRecord]:
    now = {(document.number, document.is_credit): document for document in invoice.now or ()}
    for document in invoice.posted:
        source = now.get((document.number, document.is_credit))
        yield ExpectedRecord(
            FLOW,
            invoice.key,
            invoice.title,
            _name(document.number, document.header["Transaction_Type"]),
            None if source is None else document_values(source),
            document_values(document),
            INFORMATION,
        )


def _of_customer(rows: Sequence[Row], invoice: BilledInvoice) -> list[Row]:
    """Other customers may have documents of the same number. Where the invoice's own customer has
    none, the ledger's number says whose it is.
    """
    customers = {document.header["Customer_Code"] for document in invoice.posted}
    own = [row for row in rows if row["Customer_Code"] in customers]
    numbers = {document.number for document in invoice.posted}
    return own or [row for row in rows if row["Invoice_Or_Transaction"] in numbers]


def _without_offsets(
    invoice: BilledInvoice, rows: list[Row], stored: StoredDocuments
) -> tuple[list[Row], list[ExpectedRecord]]:
    """What stands there but for the one document that takes back each that was posted; and what is
    missing of these.
    """
    left, missing = list(rows), []
    posted = {
        _name(document.number, document.header["Transaction_Type"]) for document in invoice.posted
    }
    for document in invoice.posted:
        wanted = INVOICE if document.is_credit else CREDIT_MEMO
        offset = next(
            (
                row
                for row in left
                if row["Transaction_Type"] == wanted
                and _name(row["Invoice_Or_Transaction"], wanted) not in posted
                and before_tax(stored.lines.get(key_of(row), ())) == document.before_tax
            ),
            None,
        )
        if offset is not None:
            left.remove(offset)
        else:
            name = f"offset of {document.number}"
            missing.append(ExpectedRecord(FLOW, invoice.key, invoice.title, name, None))
    return left, missing


def _stored_values(header: Row, lines: Sequence[Row], has_centers: bool) -> dict[str, str]:
    cells = [
        (line["GL_Account"], line["Cost_Center"] if has_centers else "", line["Line_Extension"])
        for line in lines
    ]
    return {
        "Customer_Code": header["Customer_Code"],
        **{
            name: header[name]
            for name in ("Job_Number", "Terms_Code", "Sales_Tax_Code")
            if name in header
        },
        **({"Invoice_Date": header["Invoice_Date"][:10]} if "Invoice_Date" in header else {}),
        "Sales_Tax_Amount": _money(header["Sales_Tax_Amount"]),
        **_line_values(cells),
    }


def _line_values(lines: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The sum before tax, and the share of each account in it: another account is told from another
    amount. And each line for itself, in whatever order.
    """
    sums: dict[str, Decimal] = defaultdict(Decimal)
    amounts: list[tuple[str, Decimal]] = []
    for account, center, amount in lines:
        amounts.append((f"{account}/{center}".rstrip("/"), abs(Decimal(amount or "0"))))
        sums[amounts[-1][0]] += amounts[-1][1]
    total = sum(sums.values(), Decimal(0))
    return {
        "amount before tax": f"{total:.2f}",
        "GL accounts": ", ".join(sorted(sums)),
        AMOUNTS_OF_LINES: _amounts(amounts),
    } | ({"shares of accounts": _shares(sums)} if len(sums) > 1 else {})


def _amounts(lines: Sequence[tuple[str, Decimal]]) -> str:
    parts = [f"{account} {amount:.2f}" for account, amount in sorted(lines)]
    if len(parts) <= LINES_NAMED:
        return ", ".join(parts)
    more = f"and {len(parts) - LINES_NAMED} more ({digest(parts)})"
    return f"{', '.join(parts[:LINES_NAMED])} {more}"


def without_what_is_told(differences: Iterable[Difference]) -> Iterator[Difference]:
    """The amounts of lines are told where the sums of the document and of its accounts are equal:
    else these say so already.
    """
    found = list(differences)
    with_other_sums = {one.target_key for one in found if one.field in SUMS_OF_LINES}
    for one in found:
        if one.field != AMOUNTS_OF_LINES or one.target_key not in with_other_sums:
            yield one


def _shares(sums: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{account} {sums[account]:.2f}" for account in sorted(sums))


def _has_centers(invoice: BilledInvoice) -> bool:
    """Where no cost center was sent, Spectrum puts one there by itself."""
    return any(
        line.get("Income_Cost_Center") for document in invoice.posted for line in document.details
    )


def before_tax(lines: Sequence[Row]) -> Decimal:
    """The sum of a document's lines."""
    return sum((abs(Decimal(line["Line_Extension"] or "0")) for line in lines), Decimal(0))


def _money(text: str) -> str:
    return f"{abs(Decimal(text or '0')):.2f}"


def _name(number: str, kind: str) -> str:
    return f"{number} {kind}"


def key_of(row: Row) -> tuple[str, str, str]:
    """Customer, number and type: that of a header, and of the document that a line belongs to."""
    return row["Customer_Code"], row["Invoice_Or_Transaction"], row["Transaction_Type"]
