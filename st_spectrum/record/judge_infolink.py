"""What Info-Link's tables say of what is taken for true about them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from st_spectrum.record.judgement import Evidence, Judgement, judged, listed
from st_spectrum.spectrum import purchase_orders
from st_spectrum.spectrum.infolink.invoice_table import NOT_SET
from st_spectrum.spectrum.infolink.order_records import NO_YEAR
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.services import INVOICE_DETAIL
from st_spectrum.spectrum.tables_read import TableRead, tables_read

HEADERS, LINES = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"
INVOICES = "CR_INVOICE_HEADER_MC"
SETTING = "spectrum.infolink.columns"
"""Where an account file says what a column is called."""

OF_TABLE: Mapping[str, tuple[str, str]] = {
    "GL_MASTER_MC": ("SP16.GL_ACCOUNTS", "spectrum/infolink/reader.py GL_ACCOUNTS"),
    "PO_PACK_LIST_DETAIL_MC": ("SP15.packing_lists", "spectrum/infolink/packing_lists.py PACKED"),
    **dict.fromkeys(
        ("PR_PRE_TC_IMPORT_ERR_MC", "PR_PRE_TIME_CARD_MC", "PR_TIME_CARD_DETAIL_MC"),
        ("SP16.time_tables", "spectrum/infolink/time_tables.py TABLES"),
    ),
    "JC_PHASE_MASTER_MC": ("SP16.TEMPLATE_PHASES_OPTIONAL", "spectrum/infolink/tables.py"),
    "PR_EMPLOYEE_MASTER_1_MC": ("SP.Lookup.employee", "spectrum/infolink/time_tables.py EMPLOYEES"),
}
"""Tables whose columns nothing public names: the assumption that stands for them, and where."""


@dataclass(frozen=True)
class Letters:
    """A column of letters: which are known, and which of them must occur to say that it holds."""

    id: str
    table: str
    column: str
    known: frozenset[str]
    needed: str
    where: str


LETTERS: tuple[Letters, ...] = (
    Letters(
        "SP8.NOT_USED",
        "CR_CUSTOMER_MASTER_MC",
        "Status",
        frozenset({"A", "I", "N"}),
        "N",
        "spectrum/infolink/ar_masters.py NOT_USED",
    ),
    Letters(
        "SP10.BARRED",
        "JC_JOB_MASTER_MC",
        "Lock_Revenue_Entry",
        frozenset({"", "N", "Y"}),
        "Y",
        "spectrum/infolink/ar_masters.py BARRED",
    ),
    Letters(
        "SP14.ACTIVE",
        "GL_MASTER_MC",
        "Status",
        frozenset({"A", "I", "N"}),
        "A",
        "check/income_accounts.py ACTIVE",
    ),
    Letters(
        "SP15.MESSAGE_TYPE",
        LINES,
        "Line_Type",
        frozenset({"", "D", "M", "N", "S"}),
        "M",
        "spectrum/purchase_orders.py MESSAGE_TYPE",
    ),
)


def judge_infolink(evidence: Evidence) -> Iterator[Judgement]:
    """All that columns, letters and relations between cells tell."""
    if not evidence.tables:
        return
    yield from _columns(evidence)
    for letters in LETTERS:
        found = _found(evidence, letters.table, letters.column)
        unknown = found - letters.known
        yield judged(
            letters.id,
            f"{letters.column} of {letters.table} is one of {listed(letters.known)}",
            f"{listed(unknown)} besides",
            letters.where,
            holds=not unknown,
            seen=bool(unknown) or letters.needed in found,
        )
    yield from _order_statuses(evidence)
    yield from _flags(evidence)
    yield from _order_dates(evidence)
    yield from _amounts(evidence)
    yield from _padding(evidence)


def _found(evidence: Evidence, table: str, column: str) -> set[str]:
    return {value.upper() for value in evidence.counts.get((table, column), {})}


def _columns(evidence: Evidence) -> Iterator[Judgement]:
    lost: dict[str, list[str]] = {}
    where: dict[str, str] = {}
    expected: dict[str, str] = {}
    for read in tables_read():
        table = read.table.name
        id_, place = OF_TABLE.get(table, (f"fact.columns.{table}", "spectrum/tables_read.py"))
        where.setdefault(id_, place)
        expected.setdefault(id_, f"the columns that are read of {table}")
        lost.setdefault(id_, [])
        lost[id_] += [one for one in _missing(evidence, read) if one not in lost[id_]]
        yield from _widths(evidence, read)
    for id_, names in lost.items():
        place = f"{where[id_]}; {SETTING}" if names else where[id_]
        yield judged(id_, expected[id_], "; ".join(names), place, holds=not names)
    detail = evidence.tables.get("CR_INVOICE_DETAIL_MC")
    unit = detail.column("Unit_Of_Measure") if detail else None
    wanted = next(field.length for field in INVOICE_DETAIL if field.name == "Unit_Of_Measure")
    yield judged(
        "SP12.INVOICE_DETAIL",
        f"Unit_Of_Measure of an AR line has {wanted} characters",
        f"{unit.length if unit else 0} characters",
        "spectrum/services.py INVOICE_DETAIL",
        holds=unit is not None and unit.length == wanted,
        seen=unit is not None and unit.length is not None,
    )


def _missing(evidence: Evidence, read: TableRead) -> Iterator[str]:
    table = read.table.name
    found, described = evidence.tables.get(table), evidence.described.get(table, frozenset())
    if found is None:
        yield f"table {table} is {'not granted' if described else 'not there'}"
        return
    known = {column.name for column in read.table.columns}
    others = [one.name for one in found.columns if one.name.upper() in described or not described]
    for name in (found.name_there(one) for one in sorted(known) if not found.column(one)):
        state = "not granted" if name.upper() in described else "not there"
        alike = [other for other in others if _is_alike(name, other)]
        hint = f", but {' and '.join(alike)}" if alike and state == "not there" else ""
        yield f"{name} of {table} is {state}{hint}"


def _is_alike(name: str, other: str) -> bool:
    """Whether another column may be the same thing: it begins or ends as the missing one does."""
    first, last = name.upper(), other.upper()
    return first != last and (
        first.startswith(last[:8]) or first.split("_")[:2] == last.split("_")[:2]
    )


def _widths(evidence: Evidence, read: TableRead) -> Iterator[Judgement]:
    found = evidence.tables.get(read.table.name)
    for name, width in read.widths.items():
        column = found.column(name) if found else None
        yield judged(
            f"fact.width.{read.table.name}.{name}",
            f"{name} of {read.table.name} has {width} characters",
            f"{column.length if column else 0} characters",
            "spectrum/tables_read.py widths [SP 16]",
            holds=column is not None and column.length == width,
            seen=column is not None and column.length is not None,
        )


def _order_statuses(evidence: Evidence) -> Iterator[Judgement]:
    found = _found(evidence, HEADERS, "Status_Flag") - {""}
    firsts = {value[:1] for value in found}
    known = {
        purchase_orders.OPEN_LETTER,
        purchase_orders.CLOSED_LETTER,
        purchase_orders.PROPOSED_LETTER,
    }
    unknown = {value for value in found if value[:1] not in known}
    for id_, name, letter in (
        ("SP15.CLOSED_LETTER", "CLOSED_LETTER", purchase_orders.CLOSED_LETTER),
        ("SP15.PROPOSED_LETTER", "PROPOSED_LETTER", purchase_orders.PROPOSED_LETTER),
    ):
        yield judged(
            id_,
            f"Status_Flag begins with {', '.join(sorted(known))}",
            f"{listed(unknown)} besides",
            f"spectrum/purchase_orders.py {name}; purchase_orders.statuses",
            holds=not unknown,
            seen=bool(unknown) or letter in firsts,
        )
    closed = {value for value in found if value[:1] == purchase_orders.CLOSED_LETTER}
    yield judged(
        "SP15.CLOSED",
        f"Status_Flag of a closed order is {' or '.join(purchase_orders.CLOSED)}",
        listed(closed or unknown),
        "spectrum/purchase_orders.py CLOSED",
        holds=bool(closed) and closed <= set(purchase_orders.CLOSED),
        seen=bool(closed) or bool(unknown),
    )


def _flags(evidence: Evidence) -> Iterator[Judgement]:
    """A flag of several values, none of which means "not set", is read wrong."""
    unknown = []
    is_seen = False
    for name in ("Post_Flag", "Print_Flag", "Reversed"):
        values = _found(evidence, INVOICES, name)
        is_seen = is_seen or bool(values - NOT_SET)
        if values and not values & NOT_SET and (name == "Reversed" or len(values) > 1):
            unknown.append(f"{name} is {listed(values)}")
    yield judged(
        "SP.NOT_SET",
        f"a flag that is not set is {listed(NOT_SET)}",
        "; ".join(unknown),
        "spectrum/infolink/invoice_table.py NOT_SET",
        holds=not unknown,
        seen=is_seen,
    )


def _rows(evidence: Evidence, table: str) -> list[Mapping[str, Any]]:
    found = evidence.tables.get(table)
    return found.rows if found else []


def _day(value: object) -> str:
    text = text_of(value)[:10]
    return "" if not text or text[:4] <= str(NO_YEAR) else text


def _order_dates(evidence: Evidence) -> Iterator[Judgement]:
    orders = _rows(evidence, HEADERS)
    days = [tuple(_day(row.get(f"PO_Date_List{place}")) for place in (1, 2, 3)) for row in orders]
    received = {
        text_of(row.get("PO_Number"))
        for row in _rows(evidence, LINES)
        if _amount(row.get("PO_Quantity_List2"))
    }
    came = [
        day
        for row, day in zip(orders, days, strict=True)
        if text_of(row.get("PO_Number")) in received
    ]
    early = [day for day in came if not day[2] or day[2] < day[0]]
    yield judged(
        "SP15._MOVED_ON",
        "PO_Date_List3 of an order of which something came is set, and not before the order",
        f"{len(early)} of {len(came)} orders otherwise",
        "spectrum/infolink/order_tables.py _MOVED_ON",
        holds=not early,
        seen=bool(came),
    )
    dated = [day for day in days if day[0] and day[1]]
    before = [day for day in dated if day[1] < day[0]]
    yield judged(
        "SP15.PurchaseOrder",
        "PO_Date_List2 is a day of delivery, not before the order",
        f"{len(before)} of {len(dated)} orders otherwise",
        "spectrum/purchase_orders.py PurchaseOrder",
        holds=not before,
        seen=bool(dated),
    )


def _amounts(evidence: Evidence) -> Iterator[Judgement]:
    factors = evidence.account.purchase_orders.unit_factors
    lines = [row for row in _rows(evidence, LINES) if _amount(row.get("Line_Extension_List1"))]
    off = [row for row in lines if not _is_product(row, factors)]
    yield judged(
        "fact.SP.order_lines",
        "the extension of an order's line is quantity times price, less its discount",
        f"{len(off)} of {len(lines)} lines otherwise",
        "purchase_orders.unit_factors [SP 15.1]",
        holds=not off,
        seen=bool(lines),
    )
    taxed, including, without = evidence.extension or (0, 0, 0)
    yield judged(
        "fact.SP.extension",
        "the extension of an invoice includes its tax",
        f"of {taxed} invoices with tax {including} include it and {without} do not",
        "docs/vendor/spectrum.md [SP 16.3]; nothing that is read depends on it",
        holds=including >= without,
        seen=including != without,
    )


def _is_product(row: Mapping[str, Any], factors: Mapping[str, int]) -> bool:
    quantity, price, percent, extension = (
        _amount(row.get(name))
        for name in (
            "PO_Quantity_List1", "Item_Price", "Item_Discount_Percent", "Line_Extension_List1",
        )
    )  # fmt: skip
    factor = factors.get(text_of(row.get("Unit_Of_Measure")), 1)
    product = quantity * price * (1 - percent / 100) / factor
    return abs(product - extension) <= Decimal("0.01")


def _padding(evidence: Evidence) -> Iterator[Judgement]:
    """Codes are sought bare and in both paddings; anything else would not be found."""
    unknown: list[str] = []
    seen = 0
    for read in tables_read():
        found = evidence.tables.get(read.table.name)
        for name, width in read.widths.items() if found else ():
            cells = (
                [str(row[name]) for row in found.rows if text_of(row.get(name))] if found else []
            )
            seen += len(cells)
            spellings = [(cell, cell.strip()) for cell in cells]
            if any(
                cell not in (code, code.ljust(width), code.rjust(width)) for cell, code in spellings
            ):
                unknown.append(f"{name} of {read.table.name}")
    yield judged(
        "fact.SP.padding",
        "a code stands bare, or padded on one side to its length",
        ", ".join(dict.fromkeys(unknown)),
        "spectrum/infolink/reader.py [SP 16]",
        holds=not unknown,
        seen=bool(seen),
    )


def _amount(value: object) -> Decimal:
    try:
        return Decimal(text_of(value) or "0")
    except InvalidOperation:
        return Decimal(0)
