"""The purchase order tables of Info-Link [SP 15.1], and what is asked of them.

Statements are built by functions on their own, so that what SQL Server would be asked can be read
in a test. Key columns are compared bare with every way a code may be padded, so that the database
can use its keys however large the tables are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    MetaData,
    Numeric,
    Select,
    String,
    Table,
    and_,
    func,
    literal,
    select,
    type_coerce,
    union,
)

from st_spectrum.spectrum.infolink.fingerprints import RowFingerprint
from st_spectrum.spectrum.infolink.tables import described, of_company, trimmed
from st_spectrum.spectrum.purchase_orders import CLOSED

NUMBER_WIDTH = 10
"""Characters of a PO number [SP 15.1]."""

HEADERS = described(
    "PO_PURCHASE_ORDER_HEADER_MC",
    "Company_Code PO_Number Vendor_Code Job_Number Status_Flag Warehouse_Code Remarks"
    " Special_Instructions Comment Ordered_By Confirmed_By Cost_Center",
    dates="PO_Date_List1 PO_Date_List2 PO_Date_List3",
)
CURRENCY = Column("Currency_Code", String)
HEADERS.append_column(CURRENCY)
SCANNED = tuple(column for column in HEADERS.columns if column is not CURRENCY)
"""What the digest of an order is made from. Another column in it would make every order look
changed once.
"""
DETAILS = described(
    "PO_PURCHASE_ORDER_DETAIL_MC",
    "Company_Code PO_Number Line_Number Line_Type Item_Code Item_Description Unit_Of_Measure"
    " GL_Account Job_Number Phase_Code Cost_Type Warehouse_Code WO_Number Message",
    "PO_Quantity_List1 PO_Quantity_List2 Item_Price Item_Discount_Percent",
    "Delivery_Date",
)
FINGERPRINTED = tuple(DETAILS.columns)
"""The same for its lines."""
for _name in ("Line_Extension_List1", "Received_Extension"):
    DETAILS.append_column(Column(_name, Numeric))
_LUMP_SUMS = "how much came of a lump sum is not seen: its item stays ordered"
OPTIONAL: Mapping[str, str] = {
    "Currency_Code": "prices in another currency are taken for those of the job",
    "Line_Extension_List1": _LUMP_SUMS,
    "Received_Extension": _LUMP_SUMS,
}
"""Columns without which orders can be read all the same, and what is lost then."""
RECEIVED_BY = "PO_Method"
METHOD = Table(
    HEADERS.name, MetaData(), Column("Company_Code", String), Column(RECEIVED_BY, String)
)
"""How an order is received [SP 15.3], which no poll asks for."""
VENDORS = described("VN_VENDOR_MASTER_MC", "Company_Code Vendor_Code Vendor_Name")

_MOVED_ON = ("PO_Date_List1", "PO_Date_List3")
"""When something last happened to an order: ordered, last received; the latter is assumed
[SP 15.1].
"""


def headers_to_scan(company_code: str, closed_since: date) -> Select[Any]:
    """Orders that are not closed, and closed ones that were ordered or received on or after
    `closed_since`.

    With the number of their lines and the sum of the lines' fingerprints; lines of other orders are
    not looked at.
    """
    lines = and_(
        of_company(DETAILS, company_code),
        DETAILS.c.PO_Number.in_([HEADERS.c.PO_Number, trimmed(HEADERS.c.PO_Number)]),
    )
    fingerprint = func.sum(RowFingerprint(*(_as_is(column) for column in FINGERPRINTED)))
    return select(
        *_cells(SCANNED),
        select(func.count())
        .select_from(DETAILS)
        .where(lines)
        .scalar_subquery()
        .label("line_count"),
        select(func.coalesce(fingerprint, 0)).where(lines).scalar_subquery().label("fingerprint"),
    ).where(
        of_company(HEADERS, company_code),
        HEADERS.c.PO_Number.in_(_may_change(company_code, closed_since)),
    )


def _may_change(company_code: str, closed_since: date) -> CompoundSelect[Any]:
    """Numbers of the orders to look at. One select per condition: with OR between them, an index on
    a single column is of no use to some databases, and the whole table is read instead.
    """
    orders = HEADERS.alias("may_change")
    conditions = [
        *_not_closed(orders.c.Status_Flag),
        *(orders.c[name] >= closed_since for name in _MOVED_ON),
    ]
    return union(
        *(
            select(orders.c.PO_Number).where(of_company(orders, company_code), one)
            for one in conditions
        )
    )


def headers_of(
    company_code: str, numbers: Sequence[str], without: Collection[str] = ()
) -> Select[Any]:
    """The orders of these numbers, each with the name of its vendor."""
    is_the_vendor = and_(
        of_company(VENDORS, company_code),
        trimmed(VENDORS.c.Vendor_Code) == trimmed(HEADERS.c.Vendor_Code),
    )
    return (
        select(*_cells(HEADERS.columns, without), VENDORS.c.Vendor_Name)
        .select_from(HEADERS.outerjoin(VENDORS, is_the_vendor))
        .where(of_company(HEADERS, company_code), HEADERS.c.PO_Number.in_(_spellings(numbers)))
    )


def lines_of(
    company_code: str, numbers: Sequence[str], without: Collection[str] = ()
) -> Select[Any]:
    """The lines of the orders of these numbers."""
    return select(*_cells(DETAILS.columns, without)).where(
        of_company(DETAILS, company_code), DETAILS.c.PO_Number.in_(_spellings(numbers))
    )


def _not_closed(status: ColumnElement[str]) -> Iterable[ColumnElement[bool]]:
    """Ranges between the closed statuses rather than NOT IN, which no index finds."""
    bounds = sorted(CLOSED)
    yield status < bounds[0]
    yield from (and_(status > lower, status < upper) for lower, upper in pairwise(bounds))
    yield status > bounds[-1]


def _spellings(numbers: Sequence[str]) -> list[str]:
    return [
        spelling
        for number in numbers
        for spelling in dict.fromkeys(
            (number, number.ljust(NUMBER_WIDTH), number.rjust(NUMBER_WIDTH))
        )
    ]


def _cells(
    columns: Iterable[Column[Any]], without: Collection[str] = ()
) -> list[ColumnElement[Any]]:
    """Blank in columns that are left out."""
    return [
        (literal("") if column.name in without else _as_is(column)).label(column.name)
        for column in columns
    ]


def _as_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """As the driver gives it: SQLAlchemy's own reading of dates would fail on a database that keeps
    them as text.
    """
    return type_coerce(column, String)
