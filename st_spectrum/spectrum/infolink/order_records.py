"""Purchase orders read from Info-Link [SP 15.1]: records out of the rows of their tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Select, String, Table

from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.infolink.order_tables import (
    DETAILS,
    HEADERS,
    OPTIONAL,
    headers_of,
    headers_to_scan,
    lines_of,
)
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.values import Cells, text_of
from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder, PurchaseOrderLine

NUMBERS_AT_ONCE = 400
"""Orders per statement: each stands there in three spellings, and SQL Server takes 2,100 values in
all.
"""

NO_YEAR = 1900
"""A date of this year or an earlier one is none: SQL Server keeps a blank as 1900-01-01."""

CELLS = Cells("infolink.purchase_orders")


def scan(reader: InfoLinkReader, closed_since: date) -> tuple[PoHeader, ...]:
    """One poll: one statement, whose answer grows with the orders that are open and not with those
    that ever were.
    """
    rows = reader.raw("po_headers", headers_to_scan(reader.company_code, closed_since))
    return tuple(_header(row) for row in rows)


def read(reader: InfoLinkReader, numbers: Iterable[str]) -> tuple[PurchaseOrder, ...]:
    """The orders of these numbers with their lines, whatever their status; one that does not exist
    is left out.
    """
    wanted = sorted({number.strip() for number in numbers} - {""})
    found: list[PurchaseOrder] = []
    for start in range(0, len(wanted), NUMBERS_AT_ONCE):
        some = wanted[start : start + NUMBERS_AT_ONCE]
        # Lines first: an order that is deleted in between is then absent, and never one that lost
        # its lines.
        lines: dict[str, list[Mapping[str, Any]]] = {}
        for row in _raw(reader, "po_lines", DETAILS, lines_of, some):
            lines.setdefault(text_of(row["PO_Number"]), []).append(row)
        for row in _raw(reader, "purchase_orders", HEADERS, headers_of, some):
            found.append(_order_as_far_as_it_goes(row, lines.get(text_of(row["PO_Number"]), [])))
    return tuple(sorted(found, key=lambda order: order.number))


def _raw(
    reader: InfoLinkReader,
    name: str,
    table: Table,
    statement: Callable[..., Select[Any]],
    numbers: Sequence[str],
) -> Sequence[Mapping[str, Any]]:
    build = partial(statement, reader.company_code, numbers)
    return reader.raw_without(name, table.name, OPTIONAL.keys() & table.c.keys(), build)


def _order_as_far_as_it_goes(
    row: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> PurchaseOrder:
    """One order with a value that is none waits alone. What can be read of it names it, and nothing
    is concluded from it.
    """
    try:
        return _order(row, [_line(line) for line in lines])
    except ContractBroken as broken:
        numbered = [
            _line(_without_values(line))
            for line in lines
            if _is_number(text_of(line["Line_Number"]))
        ]
        return replace(_order(_without_values(row), numbered), unreadable=broken.message)


def _without_values(row: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.name: column for column in (*HEADERS.columns, *DETAILS.columns)}
    texts = (name for name, column in columns.items() if isinstance(column.type, String))
    return dict.fromkeys(row) | {name: row[name] for name in (*texts, "Vendor_Name") if name in row}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _header(row: Mapping[str, Any]) -> PoHeader:
    cells = {name: _cell(name, value) for name, value in row.items()}
    return PoHeader(
        number=cells["PO_Number"],
        status=cells["Status_Flag"],
        vendor_code=cells["Vendor_Code"],
        job_number=cells["Job_Number"],
        warehouse_code=cells["Warehouse_Code"],
        order_date=(
            _day("PO_Date_List1", row["PO_Date_List1"]) if _is_day(row["PO_Date_List1"]) else None
        ),
        line_count=int(row["line_count"]),
        digest=digest(cells),
    )


def _order(row: Mapping[str, Any], lines: Iterable[PurchaseOrderLine]) -> PurchaseOrder:
    return PurchaseOrder(
        number=text_of(row["PO_Number"]),
        status=text_of(row["Status_Flag"]),
        vendor_code=text_of(row["Vendor_Code"]),
        vendor_name=text_of(row["Vendor_Name"]),
        job_number=text_of(row["Job_Number"]),
        warehouse_code=text_of(row["Warehouse_Code"]),
        order_date=_day("PO_Date_List1", row["PO_Date_List1"]),
        delivery_date=_day("PO_Date_List2", row["PO_Date_List2"]),
        remarks=text_of(row["Remarks"]),
        special_instructions=text_of(row["Special_Instructions"]),
        comment=text_of(row["Comment"]),
        ordered_by=text_of(row["Ordered_By"]),
        confirmed_by=text_of(row["Confirmed_By"]),
        cost_center=text_of(row["Cost_Center"]),
        lines=tuple(sorted(lines, key=lambda line: line.number)),
        currency=text_of(row["Currency_Code"]).upper(),
    )


def _line(row: Mapping[str, Any]) -> PurchaseOrderLine:
    number = text_of(row["Line_Number"])
    if not _is_number(number):
        raise CELLS.broken(
            f"Line_Number {number!r} of order {text_of(row['PO_Number'])} is not a number"
        )
    return PurchaseOrderLine(
        number=int(number),
        line_type=text_of(row["Line_Type"]),
        item_code=text_of(row["Item_Code"]),
        description=text_of(row["Item_Description"]),
        unit_of_measure=text_of(row["Unit_Of_Measure"]),
        ordered=CELLS.number_of("PO_Quantity_List1", row["PO_Quantity_List1"]),
        received=CELLS.number_of("PO_Quantity_List2", row["PO_Quantity_List2"]),
        price=CELLS.number_of("Item_Price", row["Item_Price"]),
        discount_percent=CELLS.number_of("Item_Discount_Percent", row["Item_Discount_Percent"]),
        job_number=text_of(row["Job_Number"]),
        phase_code=text_of(row["Phase_Code"]),
        cost_type=text_of(row["Cost_Type"]),
        gl_account=text_of(row["GL_Account"]),
        warehouse_code=text_of(row["Warehouse_Code"]),
        work_order=text_of(row["WO_Number"]),
        delivery_date=_day("Delivery_Date", row["Delivery_Date"]),
        message=text_of(row["Message"]),
        extension=CELLS.number_of("Line_Extension_List1", row["Line_Extension_List1"]),
        received_extension=CELLS.number_of("Received_Extension", row["Received_Extension"]),
    )


def _cell(name: str, value: object) -> str:
    return (
        str(CELLS.date_of(name, value) or "")
        if _is_date(name) and _is_day(value)
        else text_of(value)
    )


def _is_day(value: object) -> bool:
    try:
        CELLS.date_of("", value)
    except ContractBroken:
        return False
    return True


def _is_date(name: str) -> bool:
    return "Date" in name


def _day(name: str, value: object) -> date | None:
    """None for the first day of a database's calendar too, standing where nobody entered one."""
    found = CELLS.date_of(name, value)
    return found if found and found.year > NO_YEAR else None
