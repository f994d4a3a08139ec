"""Years of old purchase orders at a stroke, written into the tables directly: what a poll must not
have to look at.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum.order_tables import PO_DETAILS, PO_HEADERS
from st_spectrum.sandbox.spectrum.services.order_rules import CLOSED
from st_spectrum.sandbox.spectrum.table import Table

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

PREFIX = "H"
"""Numbers of old orders begin with it, so that they never meet those that are given out."""
OLDEST_YEARS = 9
BATCH = 5_000


def add_closed(system: "SpectrumSystem", count: int, lines: int, newest: date) -> int:
    """Add `count` closed orders of `lines` lines each, all received, ordered on or before `newest`;
    answers how many there are now.
    """
    if not 0 <= count <= 1_000_000 or not 1 <= lines <= 30:
        raise ValueError("count goes from 0 to 1,000,000 and lines from 1 to 30")
    with system.database.writing() as book:
        sql = f'SELECT COUNT(*) FROM "{PO_HEADERS.name}" WHERE TRIM("PO_Number") LIKE \'{PREFIX}%\''  # noqa: S608
        (there_are,) = book.connection.execute(sql).fetchone()
        for start in range(there_are, there_are + count, BATCH):
            numbers = range(start, min(start + BATCH, there_are + count))
            headers = [_header(number, newest) for number in numbers]
            details = [
                _detail(number, place, newest)
                for number in numbers
                for place in range(1, lines + 1)
            ]
            for table, rows in ((PO_HEADERS, headers), (PO_DETAILS, details)):
                if rows:
                    book.connection.executemany(
                        _insert(table, rows[0]), (_stored(table, row) for row in rows)
                    )
    return int(there_are) + count


def _header(number: int, newest: date) -> dict[str, str]:
    ordered = _ordered_on(number, newest)
    return {
        "Company_Code": COMPANY_CODE,
        "PO_Number": _number(number),
        "Vendor_Code": f"V000{number % 3 + 1}",
        "Job_Number": f"X{number % 9000:05d}",
        "Status_Flag": CLOSED,
        "PO_Date_List1": _written(ordered),
        "PO_Date_List3": _written(min(newest, ordered + timedelta(days=number % 20))),
        "Remarks": f"Old order {number}",
    }


def _detail(number: int, place: int, newest: date) -> dict[str, str]:
    quantity = str(1 + (number + place) % 40)
    return {
        "Company_Code": COMPANY_CODE,
        "PO_Number": _number(number),
        "Line_Number": f"{place:03d}",
        "Line_Type": "D",
        "Item_Code": f"I{(number * 7 + place) % 5000:04d}",
        "Item_Description": f"Old part {place}",
        "Unit_Of_Measure": "EA",
        "Job_Number": f"X{number % 9000:05d}",
        "PO_Quantity_List1": quantity,
        "PO_Quantity_List2": quantity,
        "Item_Price": f"{(number + place) % 900 + 0.25:.2f}",
        "Delivery_Date": _written(_ordered_on(number, newest)),
    }


def _number(number: int) -> str:
    return f"{PREFIX}{number + 1:07d}"


def _ordered_on(number: int, newest: date) -> date:
    return newest - timedelta(days=20 + number * 13 % (OLDEST_YEARS * 365))


def _written(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _insert(table: Table, row: dict[str, str]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(row))})'  # noqa: S608


def _stored(table: Table, row: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(table.columns[name].stored(value) for name, value in row.items())
