"""The header table of AR documents in Info-Link [SP 16.3]: what is asked of it, and documents out
of its rows.

Posted documents stay in it, so it is the only table that is asked: `CR_OPEN_ITEM_MC` lacks most of
its columns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial
from typing import Any

from sqlalchemy import Column, MetaData, Select, String, Table, literal, select

from st_spectrum.domain.ar_documents import with_sign_of_sending
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import of_company, trimmed
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.stored_invoices import CREDIT_MEMO, INVOICE, StoredDocument

NUMBER_WIDTH = 10
"""Characters of a document's number [SP 12.2]."""
NUMBERS_AT_ONCE = 400
"""Numbers per statement: each stands there in three spellings, and SQL Server takes 2,100 values in
all.
"""

TEXTS = (
    *("Customer_Code", "Invoice_Or_Transaction", "Transaction_Type", "Job_Number"),
    *("Post_Flag", "Print_Flag", "Reversed", "Remarks", "Sales_Tax_Code"),
)
AMOUNTS = ("Non_Taxable_Amount", "Taxable_Amount", "Sales_Tax_Amount")

INVOICES = Table(
    "CR_INVOICE_HEADER_MC",
    MetaData(),
    *(Column(column, String) for column in ("Company_Code", *TEXTS, *AMOUNTS)),
)

OPTIONAL: Mapping[str, str] = {
    "Print_Flag": "whether a document was printed is not seen",
    "Reversed": "a reversal at the screen is seen by its credit memo alone",
    "Remarks": "a void of which the ledger knows nothing waits for a person",
    "Job_Number": "the job of a document is not seen",
    "Sales_Tax_Code": "the tax code that Spectrum took for a document is not seen",
}
"""Columns without which the others still tell enough, and what is lost then."""

NOT_SET = frozenset({"", "N", "0"})
"""What a flag of the table holds as long as it is not set; which letter it holds afterwards is
assumed not to matter.
"""


def documents_of(
    company_code: str, numbers: Sequence[str], without: Collection[str] = ()
) -> Select[Any]:
    """The invoices and credit memos under these numbers, of every customer, posted or not; blank in
    columns left out.
    """
    cells = [
        (literal("") if name in without else trimmed(INVOICES.c[name])).label(name)
        for name in TEXTS
    ]
    spellings = sorted(
        {
            padded
            for number in numbers
            for padded in (number, number.ljust(NUMBER_WIDTH), number.rjust(NUMBER_WIDTH))
        }
    )
    return select(*cells, *(INVOICES.c[name] for name in AMOUNTS)).where(
        of_company(INVOICES, company_code), INVOICES.c.Invoice_Or_Transaction.in_(spellings)
    )


def read(reader: InfoLinkReader, numbers: Iterable[str]) -> tuple[StoredDocument, ...]:
    """The documents under these numbers: one statement, or one for each 400 numbers."""
    wanted = sorted({number.strip() for number in numbers} - {""})
    rows: list[Mapping[str, Any]] = []
    for start in range(0, len(wanted), NUMBERS_AT_ONCE):
        part = wanted[start : start + NUMBERS_AT_ONCE]
        statement = partial(documents_of, reader.company_code, part)
        rows += reader.raw_without("invoices", INVOICES.name, OPTIONAL, statement)
    return tuple(
        _document(row) for row in rows if text_of(row["Transaction_Type"]) in (INVOICE, CREDIT_MEMO)
    )


def _document(row: Mapping[str, Any]) -> StoredDocument:
    taxable, other, tax = (
        _amount(row, name) for name in ("Taxable_Amount", "Non_Taxable_Amount", "Sales_Tax_Amount")
    )
    kind = text_of(row["Transaction_Type"])
    before_tax, tax = with_sign_of_sending(kind, taxable + other, tax)
    return StoredDocument(
        customer_code=text_of(row["Customer_Code"]),
        number=text_of(row["Invoice_Or_Transaction"]),
        kind=kind,
        before_tax=before_tax,
        tax=tax,
        job_number=text_of(row["Job_Number"]),
        is_posted=_is_set(row["Post_Flag"]),
        is_printed=_is_set(row["Print_Flag"]),
        is_reversed=_is_set(row["Reversed"]),
        remarks=text_of(row["Remarks"]),
        tax_code=text_of(row["Sales_Tax_Code"]),
    )


def _is_set(flag: object) -> bool:
    return text_of(flag).upper() not in NOT_SET


def _amount(row: Mapping[str, Any], name: str) -> Decimal:
    """To the cent: the column may hold more decimals than money has."""
    try:
        return Decimal(text_of(row[name]) or "0").quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        text = (
            f"{name} of AR document {text_of(row['Invoice_Or_Transaction'])} is no amount:"
            f" {row[name]!r}"
        )
        raise ContractBroken(text, system="spectrum") from None
