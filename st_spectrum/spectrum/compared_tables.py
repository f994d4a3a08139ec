"""Info-Link's masters and AR documents as a comparison of both sides reads them [SP 16.2, 16.3].

The statements name numbers, or ask for the whole table: none of them is cut at some count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, MetaData, Select, String, Table, select

from st_spectrum.spectrum.infolink import InfoLinkReader
from st_spectrum.spectrum.infolink_tables import (
    CUSTOMERS,
    JOBS,
    SITE_NAMES,
    SITES,
    of_company,
    rows_of,
    trimmed,
)
from st_spectrum.spectrum.infolink_values import text_of
from st_spectrum.spectrum.invoice_table import NUMBER_WIDTH, NUMBERS_AT_ONCE

HEADERS = Table(
    "CR_INVOICE_HEADER_MC",
    MetaData(),
    *(
        Column(name, String)
        for name in (
            *("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type"),
            *("Job_Number", "Invoice_Date", "Terms_Code", "Sales_Tax_Code", "Sales_Tax_Amount"),
            *("Post_Flag", "Taxable_Amount", "Non_Taxable_Amount"),
        )
    ),
)
LINES = Table(
    "CR_INVOICE_DETAIL_MC",
    MetaData(),
    *(
        Column(name, String)
        for name in (
            *("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type"),
            *("Line_Extension", "GL_Account", "Cost_Center"),
        )
    ),
)
"""That `Cost_Center` of a line is its income cost center is assumed [SP 16.3]."""

Row = Mapping[str, str]


def all_customers(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every AR customer."""
    return _rows(reader, "all_customers", rows_of(CUSTOMERS, reader.company_code))


def all_sites(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every site, under the names of AddWOSiteAddress."""
    rows = _rows(reader, "all_sites", rows_of(SITES, reader.company_code))
    return tuple({SITE_NAMES.get(name, name): text for name, text in row.items()} for row in rows)


def all_jobs(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every job."""
    return _rows(reader, "all_jobs", rows_of(JOBS, reader.company_code))


def document_headers(reader: InfoLinkReader, numbers: Iterable[str]) -> tuple[Row, ...]:
    """The AR documents under these numbers, of every customer and type."""
    return tuple(_by_number(reader, "ar_headers", HEADERS, numbers))


def document_lines(reader: InfoLinkReader, numbers: Iterable[str]) -> tuple[Row, ...]:
    """The lines of the AR documents under these numbers."""
    return tuple(_by_number(reader, "ar_lines", LINES, numbers))


def under_numbers(table: Table, company_code: str, numbers: Sequence[str]) -> Select[Any]:
    """The rows whose number is one of these, in every spelling of its column."""
    spellings = sorted(
        {
            padded
            for number in numbers
            for padded in (number, number.ljust(NUMBER_WIDTH), number.rjust(NUMBER_WIDTH))
        }
    )
    cells = [trimmed(column).label(column.name) for column in table.columns]
    return select(*cells).where(
        of_company(table, company_code), table.c.Invoice_Or_Transaction.in_(spellings)
    )


def _by_number(
    reader: InfoLinkReader, name: str, table: Table, numbers: Iterable[str]
) -> Iterator[Row]:
    wanted = sorted({number.strip() for number in numbers} - {""})
    for start in range(0, len(wanted), NUMBERS_AT_ONCE):
        part = wanted[start : start + NUMBERS_AT_ONCE]
        yield from _rows(reader, name, under_numbers(table, reader.company_code, part))


def _rows(reader: InfoLinkReader, name: str, statement: Select[Any]) -> tuple[Row, ...]:
    return tuple(
        {column: text_of(value) for column, value in row.items()}
        for row in reader.raw(name, statement)
    )
