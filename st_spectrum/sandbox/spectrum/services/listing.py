"""How Get services filter, sort and write their values [SP 4.5, 14].

Filters match exactly. Wildcards and lists, which most parameters take on a real system, are left
out because their grammar is not documented.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from st_spectrum.sandbox.spectrum.call import Call
from st_spectrum.sandbox.spectrum.database import Record
from st_spectrum.sandbox.spectrum.soap import ROW_LIMIT
from st_spectrum.sandbox.spectrum.table import Table

ACTIVE_AND_INACTIVE = ("A", "I")


def search(
    call: Call,
    table: Table,
    filters: Mapping[str, str],
    statuses: Mapping[str, Sequence[str]],
    order: Sequence[str],
) -> list[Record]:
    """Records of the company that match every filter that is not blank, and have one of the
    `statuses` of a column.

    One more than fit into a reply, so that the cap shows.
    """
    clauses, stored = (
        ['"Company_Code" = ?'],
        [table.columns["Company_Code"].stored(call.book.company)],
    )
    for name, value in filters.items():
        if value:
            clauses.append(f'"{name}" = ?')
            stored.append(table.columns[name].stored(value))
    for name, values in statuses.items():
        clauses.append(f'"{name}" IN ({", ".join("?" * len(values))})')
        stored.extend(values)
    ordered = ", ".join(f'"{name}"' for name in order)
    query = f'SELECT * FROM "{table.name}" WHERE {" AND ".join(clauses)} ORDER BY {ordered} LIMIT {ROW_LIMIT + 1}'  # noqa: S608
    return [dict(record) for record in call.book.connection.execute(query, stored)]


def statuses(value: str) -> tuple[str, ...]:
    """Blank means active and inactive, otherwise the one status."""
    return (value,) if value else ACTIVE_AND_INACTIVE


def amount(value: float, turn: int = 0) -> str:
    """Two fixed decimals without a leading zero, such as `.00`; now and then with a blank
    behind.
    """
    text = f"{Decimal(str(value)):.2f}"
    text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    return f"{text} " if turn % 4 == 3 else text
