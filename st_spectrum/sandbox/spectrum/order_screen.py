"""What people do to purchase orders at the Spectrum screen: receive, change, add, cancel, close,
delete; no service does it.

How a cancelled line or order looks in the tables is documented nowhere. Assumed: what is cancelled
is no longer ordered, so the ordered quantity falls to what was received; an order that is cancelled
is closed besides. The other way, that lines or whole orders vanish from the tables, is
`delete_line` and `delete`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, COMPANY_CODE
from st_spectrum.sandbox.spectrum.auth import Authorization, authorize
from st_spectrum.sandbox.spectrum.database import Book, Record
from st_spectrum.sandbox.spectrum.order_layout import HEADER
from st_spectrum.sandbox.spectrum.order_tables import PACKING_LISTS, PO_DETAILS, PO_HEADERS
from st_spectrum.sandbox.spectrum.purchase_order import take
from st_spectrum.sandbox.spectrum.services.order_rules import CLOSED, OPEN, PROPOSED, settle
from st_spectrum.sandbox.spectrum.table import BLANK, Column
from st_spectrum.sandbox.spectrum.validation import DATE_FORMAT
from st_spectrum.spectrum.services import Kind

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

Values = Mapping[str, Any]

HEADER_FIELDS = {
    "vendor": "Vendor_Code",
    "job": "Job_Number",
    "status": "Status_Flag",
    "warehouse": "Warehouse_Code",
    "remarks": "Remarks",
    "special_instructions": "Special_Instructions",
    "comment": "Comment",
    "ordered_by": "Ordered_By",
    "order_date": "PO_Date_List1",
    "delivery_date": "PO_Date_List2",
}
LINE_FIELDS = {
    "type": "Line_Type",
    "item": "Item_Code",
    "description": "Item_Description",
    "unit": "Unit_Of_Measure",
    "quantity": "PO_Quantity_List1",
    "received": "PO_Quantity_List2",
    "price": "Item_Price",
    "discount": "Item_Discount_Percent",
    "job": "Job_Number",
    "phase": "Phase_Code",
    "cost_type": "Cost_Type",
    "gl_account": "GL_Account",
    "warehouse": "Warehouse_Code",
    "delivery_date": "Delivery_Date",
    "message": "Message",
}
"""What can be typed into the fields of the screen, and the column it goes to. Dates are written
`2026-01-31`.
"""


def make(system: "SpectrumSystem", order: Mapping[str, Any]) -> str:
    """Enter an order as REST would take it, and open it unless it says otherwise; answers its
    number.

    ValueError with everything that is wrong with it.
    """
    with system.database.writing() as book:
        authorization = authorize(book, HEADER, AUTHORIZATION_ID, system.switches)
        if not isinstance(authorization, Authorization):
            raise ValueError(authorization.desc)
        outcome = take(
            system, book, authorization, {"Company_Code": COMPANY_CODE, "Status_Flag": "O", **order}
        )
        if outcome.rows:
            raise ValueError("; ".join(f"{row.column}: {row.desc}" for row, _ in outcome.rows))
        return outcome.number


def act(system: "SpectrumSystem", number: str, action: str, values: Values) -> None:
    """Do one of `ACTIONS` to an order. KeyError when there is no such order or line, ValueError for
    what makes no sense.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} cannot be done to an order; these can: {', '.join(ACTIONS)}")
    number = number.strip()
    with system.database.writing() as every_company:
        book = every_company.of(COMPANY_CODE)
        if not book.has(PO_HEADERS, PO_Number=number):
            raise KeyError(f"there is no purchase order {number}")
        today = datetime.fromtimestamp(system.now(), UTC).strftime(DATE_FORMAT)
        ACTIONS[action](book, number, {"today": today, **values})
        settle(book, number)


def _change(book: Book, number: str, values: Values) -> None:
    """Type into the fields of the header."""
    _type_in(book, values, HEADER_FIELDS, PO_Number=number)


def _change_line(book: Book, number: str, values: Values) -> None:
    """Type into the fields of one line."""
    line = _line(book, number, values)
    _type_in(book, values, LINE_FIELDS, PO_Number=number, Line_Number=line["Line_Number"])


def _add_line(book: Book, number: str, values: Values) -> None:
    """A line below the last one; its number is not that of a line that was deleted before."""
    header = book.find(PO_HEADERS, PO_Number=number) or {}
    last = max(
        (int(line["Line_Number"]) for line in book.all(PO_DETAILS, PO_Number=number)), default=0
    )
    key = {"PO_Number": number, "Line_Number": f"{last + 1:03d}"}
    book.insert(PO_DETAILS, {**key, "Line_Type": "D", "Job_Number": str(header["Job_Number"])})
    _type_in(book, values, LINE_FIELDS, **key)


def _receive(book: Book, number: str, values: Values) -> None:
    """Goods come in: `quantity` of `line`, or all that is still due of that line or, without one,
    of the order.
    """
    due = (
        [_line(book, number, values)]
        if values.get("line")
        else book.all(PO_DETAILS, PO_Number=number)
    )
    for line in due:
        ordered, before = (Decimal(str(line[f"PO_Quantity_List{place}"])) for place in (1, 2))
        came = (
            _amount("quantity", values["quantity"])
            if values.get("quantity") not in (None, "")
            else ordered - before
        )
        received = {"PO_Quantity_List2": str(before + came)}
        book.update(PO_DETAILS, received, PO_Number=number, Line_Number=line["Line_Number"])
    today = str(values["today"])
    book.update(
        PO_HEADERS,
        {"PO_Date_List3": today, "Received_Date": today, "Received_Flag": "Y"},
        PO_Number=number,
    )


def _pack(book: Book, number: str, values: Values) -> None:
    """Goods come in on a packing list: `quantity` of `line`. The order itself moves with the
    vendor's invoice, by `receive`.
    """
    line = _line(book, number, values)
    lists = {row["Packing_List"].strip() for row in book.all(PACKING_LISTS)}
    came = {
        "Packing_List": f"{len(lists) + 1:05d}",
        "PO_Number": number,
        "Line_Number": str(line["Line_Number"]),
    }
    quantity = values.get("quantity") or line["PO_Quantity_List1"]
    book.insert(PACKING_LISTS, {**came, "Quantity": str(_amount("quantity", quantity))})


def _cancel_line(book: Book, number: str, values: Values) -> None:
    """What has not come of a line will not come any more."""
    _stop(book, _line(book, number, values))


def _delete_line(book: Book, number: str, values: Values) -> None:
    line = _line(book, number, values)
    book.delete(PO_DETAILS, PO_Number=number, Line_Number=line["Line_Number"])


def _cancel(book: Book, number: str, _values: Values) -> None:
    for line in book.all(PO_DETAILS, PO_Number=number):
        _stop(book, line)
    book.update(PO_HEADERS, {"Status_Flag": CLOSED}, PO_Number=number)


def _delete(book: Book, number: str, _values: Values) -> None:
    for table in (PO_DETAILS, PO_HEADERS):
        book.delete(table, PO_Number=number)


def _to(status: str) -> Callable[[Book, str, Values], None]:
    def act(book: Book, number: str, _values: Values) -> None:
        book.update(PO_HEADERS, {"Status_Flag": status}, PO_Number=number)

    return act


ACTIONS: dict[str, Callable[[Book, str, Values], None]] = {
    "change": _change,
    "change_line": _change_line,
    "add_line": _add_line,
    "receive": _receive,
    "pack": _pack,
    "cancel_line": _cancel_line,
    "delete_line": _delete_line,
    "cancel": _cancel,
    "delete": _delete,
    "propose": _to(PROPOSED),
    "open": _to(OPEN),
    "close": _to(CLOSED),
}


def _line(book: Book, number: str, values: Values) -> Record:
    given = str(values.get("line", "")).strip()
    line = book.find(PO_DETAILS, PO_Number=number, Line_Number=given.zfill(3)) if given else None
    if line is None:
        raise KeyError(f"purchase order {number} has no line {given}")
    return line


def _stop(book: Book, line: Record) -> None:
    key = {"PO_Number": str(line["PO_Number"]).strip(), "Line_Number": str(line["Line_Number"])}
    book.update(PO_DETAILS, {"PO_Quantity_List1": str(line["PO_Quantity_List2"])}, **key)


def _type_in(book: Book, values: Values, fields: Mapping[str, str], **key: str) -> None:
    """Set columns to what was typed; a field that was emptied becomes blank, unlike through a
    service.
    """
    table = PO_DETAILS if fields is LINE_FIELDS else PO_HEADERS
    typed = {name: value for name, value in values.items() if name not in ("line", "today")}
    if unknown := sorted(typed.keys() - fields.keys()):
        raise ValueError(f"the screen has no {', '.join(unknown)}; it has {', '.join(fields)}")
    columns = {
        fields[name]: _stored(name, table.columns[fields[name]], value)
        for name, value in typed.items()
    }
    if not columns:
        return
    changes = ", ".join(f'"{column}" = ?' for column in columns)
    stored_key = [table.columns[name].stored(value) for name, value in key.items()]
    where = " AND ".join(f'"{name}" = ?' for name in key)
    book.connection.execute(
        f'UPDATE "{table.name}" SET {changes} WHERE "Company_Code" = ? AND {where}',  # noqa: S608
        (*columns.values(), book.company, *stored_key),
    )


def _stored(name: str, column: Column, value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    if column.kind is Kind.DATE:
        return datetime.fromisoformat(text).strftime("%Y-%m-%d 00:00:00") if text else None
    if column.kind is Kind.NUMBER:
        return str(_amount(name, text or "0"))
    if len(text) > column.length:
        raise ValueError(f"{name} takes {column.length} characters, {text!r} has {len(text)}")
    return column.stored(text) or BLANK


def _amount(name: str, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name} is no number: {value!r}") from None
