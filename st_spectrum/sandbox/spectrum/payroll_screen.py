"""What a payroll clerk does at the Spectrum screen: keeps employees, approves, posts and deletes
pre-time cards, transfers them to time card entry and back; no service does.

Assumed: an approved card wanders from the import queue to the pre-time cards, and a posted one
through the time card to the
history, where it keeps its message; there it is at once, since nothing here computes wages.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.payroll_tables import (
    EMPLOYEES,
    HISTORY_NAMES,
    PRE_TIME_CARDS,
    PRE_TIME_IMPORTS,
    TIME_CARD_DETAILS,
    TIME_CARD_HISTORY,
)
from st_spectrum.sandbox.spectrum.table import Table

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

HIRED = {"Employment_Status": "A", "Department_Code": "FIELD", "Cost_Center": "100"}
"""What is true of a new employee when nothing else is said."""


def keep_employees(system: "SpectrumSystem", employees: Iterable[Mapping[str, str]]) -> None:
    """Enter new employees and change others, by the columns of the payroll master. ValueError for
    what cannot be.
    """
    with system.database.writing() as book:
        for employee in employees:
            code = employee.get("Employee_Code", "")
            if not code or len(code) > EMPLOYEES.columns["Employee_Code"].length:
                raise ValueError(f"Employee_Code {code!r} is none")
            if unknown := employee.keys() - EMPLOYEES.columns.keys():
                raise ValueError(f"an employee has no {', '.join(sorted(unknown))}")
            of_company = book.of(COMPANY_CODE)
            if of_company.has(EMPLOYEES, Employee_Code=code):
                of_company.update(EMPLOYEES, employee, Employee_Code=code)
            else:
                of_company.insert(EMPLOYEES, HIRED | dict(employee))


def cards(system: "SpectrumSystem") -> list[tuple[str, str]]:
    """The cards that wait for approval, the newest first, each by its record number and in
    words.
    """
    with system.database.reading() as book:
        rows = book.of(COMPANY_CODE).all(PRE_TIME_IMPORTS)
        return [
            (
                str(row["Record_Number"]).strip(),
                f"{str(row['Employee_Code']).strip()} · {str(row['Work_Date'])[:10]} · {row['Hours']} h",
            )
            for row in reversed(rows)
        ]


def change_hours(system: "SpectrumSystem", card: str, hours: str) -> None:
    """Correct the hours of a card that waits for approval. KeyError when there is none."""
    with system.database.writing() as book:
        of_company = book.of(COMPANY_CODE)
        if not of_company.has(PRE_TIME_IMPORTS, Record_Number=card):
            raise KeyError(f"there is no pre-time card {card} that waits for approval")
        of_company.update(PRE_TIME_IMPORTS, {"Hours": hours}, Record_Number=card)


def act(system: "SpectrumSystem", action: str, batch: str) -> int:
    """Carry out one of `ACTIONS` on the cards of a batch, of all batches when it is blank; how many
    cards there were.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} cannot be done to time cards; {', '.join(ACTIONS)} can")
    with system.database.writing() as book:
        return ACTIONS[action](book.of(COMPANY_CODE), batch)


def _approve(book: Book, batch: str) -> int:
    return _move(book, PRE_TIME_IMPORTS, PRE_TIME_CARDS, batch)


def _post(book: Book, batch: str) -> int:
    _move(book, PRE_TIME_CARDS, TIME_CARD_DETAILS, batch)
    return _move(book, TIME_CARD_DETAILS, TIME_CARD_HISTORY, batch)


def _transfer(book: Book, batch: str) -> int:
    """Into time card entry, where it can still be changed."""
    return _move(book, PRE_TIME_CARDS, TIME_CARD_DETAILS, batch)


def _reverse_transfer(book: Book, batch: str) -> int:
    """The lines are copied back and stay in time card entry, so a card stands in two tables
    [SP 13.4]."""
    return _move(book, TIME_CARD_DETAILS, PRE_TIME_CARDS, batch, is_kept=True)


def _delete(book: Book, batch: str) -> int:
    """What nobody has approved yet can go, one batch or all of it [SP 5]."""
    return _move(book, PRE_TIME_IMPORTS, None, batch)


def _move(
    book: Book, source: Table, target: Table | None, batch: str, *, is_kept: bool = False
) -> int:
    where, values = '"Company_Code" = ?', [book.company]
    if batch:
        where, values = f'{where} AND "Batch_Code" = ?', [book.company, batch]
    if target:
        seen_names = (
            {column: name for name, column in HISTORY_NAMES.items()}
            if target is TIME_CARD_HISTORY
            else {}
        )
        names = ", ".join(f'"{name}"' for name in target.columns)
        cells = ", ".join(f'"{seen_names.get(name, name)}"' for name in target.columns)
        book.connection.execute(
            f'INSERT OR REPLACE INTO "{target.name}" ({names}) SELECT {cells} FROM "{source.name}" WHERE'  # noqa: S608
            f" {where}",
            values,
        )
    if is_kept:
        count = f'SELECT COUNT(*) FROM "{source.name}" WHERE {where}'  # noqa: S608
        return int(book.connection.execute(count, values).fetchone()[0])
    return book.connection.execute(f'DELETE FROM "{source.name}" WHERE {where}', values).rowcount  # noqa: S608


ACTIONS: dict[str, Callable[[Book, str], int]] = {
    "approve": _approve,
    "post": _post,
    "delete": _delete,
    "transfer": _transfer,
    "reverse": _reverse_transfer,
}
