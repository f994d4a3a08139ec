"""Info-Link's masters and AR documents as a comparison of both sides reads them [SP 16.2, 16.3].

The statements name numbers, or ask for the whole table: none of them is cut at some count.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, Table, select

from st_spectrum.spectrum.infolink.invoice_table import NUMBER_WIDTH, NUMBERS_AT_ONCE
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import (
    CUSTOMERS,
    JOBS,
    SITE_NAMES,
    SITES,
    TEMPLATE_PHASES,
    TEMPLATE_PHASES_OPTIONAL,
    described,
    of_company,
    trimmed,
)
from st_spectrum.spectrum.infolink.values import text_of

HEADERS = described(
    "CR_INVOICE_HEADER_MC",
    "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type Job_Number Invoice_Date"
    " Terms_Code Sales_Tax_Code Sales_Tax_Amount Post_Flag GL_Year GL_Period",
)
HEADERS_OPTIONAL = {
    **dict.fromkeys(
        ("GL_Year", "GL_Period"), "control totals of invoices have no period of the general ledger"
    ),
    **dict.fromkeys(
        ("Job_Number", "Terms_Code", "Sales_Tax_Code", "Invoice_Date"),
        "invoices of both sides are compared without",
    ),
}
"""Columns of headers without which the rest is compared, and what is lost then. That they are a
year and the number of a period in it is assumed [SP 16.3].
"""
LINES = described(
    "CR_INVOICE_DETAIL_MC",
    "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type Line_Extension GL_Account"
    " Cost_Center",
)
"""That `Cost_Center` of a line is its income cost center is assumed [SP 16.3]."""

PHASES_OPTIONAL = (*TEMPLATE_PHASES_OPTIONAL, "Description", "Status_Code", "Price_Method_Code")
"""Columns of phases without which the rest is compared."""

Row = Mapping[str, str]


def all_customers(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every AR customer."""
    return reader.masters("all_customers", CUSTOMERS)


def all_sites(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every site, under the names of AddWOSiteAddress."""
    rows = reader.masters("all_sites", SITES)
    return tuple({SITE_NAMES.get(name, name): text for name, text in row.items()} for row in rows)


def all_jobs(reader: InfoLinkReader) -> tuple[Row, ...]:
    """Every job."""
    return reader.masters("all_jobs", JOBS)


def document_headers(reader: InfoLinkReader, numbers: Iterable[str]) -> tuple[Row, ...]:
    """The AR documents under these numbers, of every customer and type."""
    return tuple(_by_number(reader, "ar_headers", HEADERS, numbers, HEADERS_OPTIONAL))


def document_lines(reader: InfoLinkReader, numbers: Iterable[str]) -> tuple[Row, ...]:
    """The lines of the AR documents under these numbers."""
    return tuple(_by_number(reader, "ar_lines", LINES, numbers))


def under_numbers(
    table: Table, company_code: str, numbers: Sequence[str], without: Collection[str] = ()
) -> Select[Any]:
    """The rows whose number is one of these, in every spelling of its column, but for the columns
    that are left out.
    """
    cells = [
        trimmed(column).label(column.name) for column in table.columns if column.name not in without
    ]
    return select(*cells).where(
        of_company(table, company_code), table.c.Invoice_Or_Transaction.in_(_spellings(numbers))
    )


def _by_number(
    reader: InfoLinkReader,
    name: str,
    table: Table,
    numbers: Iterable[str],
    optional: Iterable[str] = (),
) -> Iterator[Row]:
    for part in _parts(numbers):
        statement = partial(under_numbers, table, reader.company_code, part)
        yield from _as_texts(reader.raw_without(name, table.name, optional, statement))


def phases_of(reader: InfoLinkReader, jobs: Iterable[str]) -> tuple[Row, ...]:
    """The phases of these jobs, one row for each cost type, whatever their status; with units where
    the table shows them.
    """
    return tuple(
        row
        for part in _parts(jobs)
        for row in _as_texts(
            reader.raw_without(
                "phases",
                TEMPLATE_PHASES.name,
                PHASES_OPTIONAL,
                partial(_phases_of, reader.company_code, part),
            )
        )
    )


def _phases_of(
    company_code: str, jobs: Sequence[str], without: Collection[str] = ()
) -> Select[Any]:
    table = TEMPLATE_PHASES
    cells = [
        trimmed(column).label(column.name) for column in table.columns if column.name not in without
    ]
    return select(*cells).where(
        of_company(table, company_code), table.c.Job_Number.in_(_spellings(jobs))
    )


def _parts(keys: Iterable[str]) -> Iterator[Sequence[str]]:
    wanted = sorted({key.strip() for key in keys} - {""})
    for start in range(0, len(wanted), NUMBERS_AT_ONCE):
        yield wanted[start : start + NUMBERS_AT_ONCE]


def _spellings(keys: Iterable[str]) -> list[str]:
    """Each in every way its column may be padded; numbers of documents and jobs have one width."""
    return sorted(
        {
            padded
            for key in keys
            for padded in (key, key.ljust(NUMBER_WIDTH), key.rjust(NUMBER_WIDTH))
        }
    )


def _as_texts(rows: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    for row in rows:
        yield {column: text_of(value) for column, value in row.items()}
