"""AR documents in Info-Link: the one statement that is asked, and documents out of padded rows."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.dialects import mssql

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink.invoice_table import (
    INVOICES,
    NUMBERS_AT_ONCE,
    OPTIONAL,
    documents_of,
    read,
)
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.pace import Pace

AS_INSTALLED = """Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type Job_Number Invoice_Date Terms_Code Remarks
    AR_GL_Account Non_Taxable_Amount Taxable_Amount Sales_Tax_Amount Invoice_Extension Retention_Amount Post_Flag Print_Flag
    Batch_Code Cost_Center Site_ID Contract_Number Reversed"""
"""Columns that a live header table has; the table of open items lacks the amounts."""


@pytest.fixture
def reader(tmp_path: Path) -> InfoLinkReader:
    """A company whose only AR table is the header table."""
    path = tmp_path / "infolink.sqlite"
    with sqlite3.connect(path) as connection:
        columns = ", ".join(f"{name} TEXT NOT NULL DEFAULT ' '" for name in AS_INSTALLED.split())
        connection.execute(f"CREATE TABLE CR_INVOICE_HEADER_MC ({columns})")
    settings = InfoLink(url=SecretStr(f"sqlite:///{path}"), timeout_seconds=1)
    return InfoLinkReader(settings, "001", Pace(read_attempts=2, first_wait=0.001))


def keep(reader: InfoLinkReader, *rows: tuple[str, ...]) -> None:
    path = reader._engine.url.database
    assert path
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO CR_INVOICE_HEADER_MC (Company_Code, Customer_Code, Invoice_Or_Transaction,"
            " Transaction_Type, Taxable_Amount, Non_Taxable_Amount, Post_Flag, Reversed) VALUES (?,"
            " ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def test_one_statement_asks_the_header_table_for_many_numbers_of_every_customer() -> None:
    statement = documents_of("001", ["7", "10482-1"])
    compiled = statement.compile(dialect=mssql.dialect(), compile_kwargs={"literal_binds": True})
    text = str(compiled).replace(" \n", " ").replace("\n", " ")
    assert text.endswith(
        "FROM [CR_INVOICE_HEADER_MC] WHERE [CR_INVOICE_HEADER_MC].[Company_Code] IN ('001')"
        " AND [CR_INVOICE_HEADER_MC].[Invoice_Or_Transaction] IN"
        " ('         7', '   10482-1', '10482-1', '10482-1   ', '7', '7         ')"
    )


def test_no_column_is_needed_that_a_live_header_table_lacks() -> None:
    needed = {column.name for column in INVOICES.columns} - set(OPTIONAL)
    assert needed <= set(AS_INSTALLED.split())


@pytest.mark.parametrize(
    ("kind", "row", "is_seen_as"),
    [("I", "-5.25", "-5.25"), ("I", "5.25", "5.25"), ("C", "-5.25", "5.25"), ("C", "5.25", "5.25")],
)
def test_an_invoice_keeps_its_sign_and_a_credit_memo_counts_as_it_was_sent(
    reader: InfoLinkReader, kind: str, row: str, is_seen_as: str
) -> None:
    keep(reader, ("001", "HARBOR", "7", kind, row, "0", "N", "N"))
    (document,) = read(reader, ["7"])
    assert document.before_tax == Decimal(is_seen_as)


def test_every_document_under_a_number_is_found_however_it_is_padded(
    reader: InfoLinkReader,
) -> None:
    keep(
        reader,
        ("001", "HARBOR    ", "10482-1   ", "I", "1000.0000", "750.5", "Y", "Y"),
        ("001", "HARBOR    ", "10482-1   ", "C", "-1000", "-750.50", "N", " "),
        ("001", "PIER      ", "   10482-1", "I", "5", "0", " ", "N"),
        ("001", "HARBOR    ", "10482-1   ", "P", "0", "0", "Y", "N"),
        ("002", "HARBOR    ", "10482-1   ", "I", "9", "9", "N", "N"),
    )
    found = read(reader, [" 10482-1", "10482-1", ""])
    rows = [
        (
            document.customer_code,
            document.kind,
            document.before_tax,
            document.is_posted,
            document.is_reversed,
        )
        for document in found
    ]
    assert sorted(rows) == [
        ("HARBOR", "C", Decimal("1750.50"), False, False),
        ("HARBOR", "I", Decimal("1750.50"), True, True),
        ("PIER", "I", Decimal("5.00"), False, False),
    ]


def test_more_numbers_than_a_statement_takes_are_asked_for_in_parts(reader: InfoLinkReader) -> None:
    keep(
        reader,
        ("001", "HARBOR", "N0", "I", "1", "0", "N", "N"),
        ("001", "HARBOR", "N999", "I", "1", "0", "N", "N"),
    )
    numbers = [f"N{number}" for number in range(2 * NUMBERS_AT_ONCE + 200)]
    assert {document.number for document in read(reader, numbers)} == {"N0", "N999"}
    # The first one once more, without the tax code that this table does not show.
    assert reader._pace.calls["infolink.invoices"] == 3 + 1
    assert read(reader, []) == ()
    assert reader._pace.calls["infolink.invoices"] == 3 + 1


def test_an_amount_that_is_none_is_no_amount_of_zero(reader: InfoLinkReader) -> None:
    keep(reader, ("001", "HARBOR", "7", "I", "many", "0", "N", "N"))
    with pytest.raises(
        ContractBroken, match="Taxable_Amount of AR document 7 is no amount: 'many'"
    ):
        read(reader, ["7"])
