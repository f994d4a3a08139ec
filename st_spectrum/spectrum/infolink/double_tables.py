"""What stands twice under one key in Spectrum's tables, asked of Info-Link: one grouped statement
for each table [SP 16].
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    String,
    Table,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from st_spectrum.spectrum.infolink.invoice_table import INVOICES
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import of_company, trimmed
from st_spectrum.spectrum.infolink.time_tables import TABLES
from st_spectrum.spectrum.stored_invoices import CREDIT_MEMO, INVOICE

OURS_BEGIN = "ST"
BEFORE_POSTING = TABLES[:3]
"""A posted card may stay where it stood before; only among these tables two places are worth a
look.
"""


@dataclass(frozen=True)
class CardCopies:
    """Rows of one payroll table that bear one token, or the tables in which one token stands."""

    token: str
    tables: tuple[str, ...]
    copies: int
    hours: Decimal = Decimal(0)
    work_date: date | None = None


@dataclass(frozen=True)
class DocumentCopies:
    """Rows of the AR header table under one customer, number and type."""

    customer: str
    number: str
    kind: str
    copies: int


def copies_within(table: Table, company_code: str) -> Select[Any]:
    """Tokens that several rows of one payroll table bear, with the sum of their hours."""
    token = trimmed(table.c.Message)
    hours = func.sum(type_coerce(table.c.Hours, Numeric)).label("hours")
    day = func.min(type_coerce(table.c.Work_Date, String)).label("work_date")
    statement = select(token.label("token"), func.count().label("copies"), hours, day)
    return statement.where(*_of_ours(table, company_code)).group_by(token).having(func.count() > 1)


def copies_across(company_code: str) -> Select[Any]:
    """Tokens that stand in several of the tables before the history."""
    selects = [
        select(literal(table.name).label("place"), trimmed(table.c.Message).label("token"))
        .where(*_of_ours(table, company_code))
        .distinct()
        for table in BEFORE_POSTING
    ]
    rows = union_all(*selects).subquery("cards")
    columns = (
        rows.c.token,
        func.count().label("copies"),
        func.min(rows.c.place),
        func.max(rows.c.place),
    )
    return select(*columns).group_by(rows.c.token).having(func.count() > 1)


def documents_twice(company_code: str) -> Select[Any]:
    """AR documents of which several rows have one customer, number and type."""
    names = ("Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
    keys = [trimmed(INVOICES.c[name]) for name in names]
    columns = [key.label(name) for key, name in zip(keys, names, strict=True)]
    statement = select(*columns, func.count().label("copies")).where(
        of_company(INVOICES, company_code)
    )
    return statement.group_by(*keys).having(func.count() > 1)


def of_both_types(company_code: str) -> Select[Any]:
    """Customers and numbers under which an invoice *and* a credit memo stand: one reverses the
    other at the screen.
    """
    keys = [trimmed(INVOICES.c[name]) for name in ("Customer_Code", "Invoice_Or_Transaction")]
    kind = trimmed(INVOICES.c.Transaction_Type)
    statement = select(keys[0].label("customer"), keys[1].label("number"))
    statement = statement.where(
        of_company(INVOICES, company_code), kind.in_((INVOICE, CREDIT_MEMO))
    )
    return statement.group_by(*keys).having(func.count(kind.distinct()) > 1)


def cards_twice(reader: InfoLinkReader) -> Iterator[CardCopies]:
    """Each token once for each table that holds it more than once."""
    for table in TABLES:
        for row in reader.raw("time_cards_twice", copies_within(table, reader.company_code)):
            token, copies, hours, day = tuple(row.values())
            yield CardCopies(
                str(token), (table.name,), int(copies), Decimal(str(hours or 0)), _day(day)
            )


def cards_in_two_tables(reader: InfoLinkReader) -> Iterator[CardCopies]:
    """Each token that stands in more than one table, with two of them."""
    for row in reader.raw("time_cards_in_two_tables", copies_across(reader.company_code)):
        token, copies, first, last = tuple(row.values())
        yield CardCopies(str(token), (str(first), str(last)), int(copies))


def ar_documents_twice(reader: InfoLinkReader) -> Iterator[DocumentCopies]:
    """Whoever entered them."""
    for row in reader.raw("documents_twice", documents_twice(reader.company_code)):
        customer, number, kind, copies = tuple(row.values())
        yield DocumentCopies(str(customer), str(number), str(kind), int(copies))


def ar_documents_reversed(reader: InfoLinkReader) -> Iterator[tuple[str, str]]:
    """Customer and number of what was reversed at the screen, by whomever it was entered."""
    for row in reader.raw("documents_reversed", of_both_types(reader.company_code)):
        customer, number = tuple(row.values())
        yield str(customer), str(number)


def _of_ours(table: Table, company_code: str) -> Iterable[ColumnElement[bool]]:
    return of_company(table, company_code), trimmed(table.c.Message).like(f"{OURS_BEGIN}%")


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
