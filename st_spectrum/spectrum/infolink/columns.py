"""Which columns Info-Link shows, and which Spectrum's own dictionary describes [SP 16.1].

The first list has what is granted, the second what there is: together they tell "not there" from
"not granted".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, column, func, select, table

from st_spectrum.spectrum.infolink.values import text_of

Columns = Mapping[str, Mapping[str, int | None]]
"""Length by column by table, all names in upper case; None for what has no length in characters."""

_SCHEMA = table(
    "COLUMNS",
    column("TABLE_NAME"),
    column("COLUMN_NAME"),
    column("CHARACTER_MAXIMUM_LENGTH"),
    schema="INFORMATION_SCHEMA",
)
_DICTIONARY = table("PA_COLUMN_NAMES", column("TABLE_NAME"), column("COLUMN_NAME"))
_MASTER = table("sqlite_master", column("name"))


def granted(names: Iterable[str], backend: str) -> Select[Any]:
    """Table, column and length of what the login may read of these tables; SQLite has a list of its
    own.
    """
    wanted = sorted(names)
    if backend == "sqlite":
        listed = func.pragma_table_info(_MASTER.c.name).table_valued("name", "type")
        cells = [_MASTER.c.name.label("a"), listed.c.name.label("b"), listed.c.type.label("c")]
        return select(*cells).select_from(_MASTER.join(listed, onclause=_MASTER.c.name.in_(wanted)))
    columns = (column.label(name) for column, name in zip(_SCHEMA.c, "abc", strict=True))
    return select(*columns).where(_SCHEMA.c.TABLE_NAME.in_(wanted))


def described(names: Iterable[str]) -> Select[Any]:
    """Table and column of what there is of these tables, granted or not."""
    trimmed = [func.ltrim(func.rtrim(column)) for column in _DICTIONARY.c]
    return select(trimmed[0].label("a"), trimmed[1].label("b")).where(trimmed[0].in_(sorted(names)))


def as_columns(rows: Iterable[Mapping[str, Any]]) -> Columns:
    """The rows of either statement."""
    found: dict[str, dict[str, int | None]] = {}
    for row in rows:
        of_table = found.setdefault(text_of(row["a"]).upper(), {})
        of_table[text_of(row["b"]).upper()] = _length(row.get("c"))
    return found


def _length(value: object) -> int | None:
    """Of `10` as of `CHAR(10)`; SQL Server writes -1 for a text without bound."""
    digits = text_of(value).rpartition("(")[2].rstrip(")")
    return int(digits) if digits.isascii() and digits.isdigit() else None
