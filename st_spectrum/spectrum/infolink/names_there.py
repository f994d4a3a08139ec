"""Columns that an installation calls otherwise than the tables here do: the one place where a
statement gets their names.

Tables, conditions and readers speak of the columns by the names that are known; only the text that
goes to the database has those of `spectrum.infolink.columns`, and rows come back under ours.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Alias, ColumnClause, Engine, TableClause
from sqlalchemy.sql.compiler import SQLCompiler

from st_spectrum.spectrum.infolink.columns import Columns


class NamesThere:
    """What the installation calls columns, by `TABLE.Column` of ours; others it calls as we do."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {key.upper(): name for key, name in names.items()}

    def of(self, table: str, column: str) -> str:
        """Its name there."""
        return self._names.get(f"{table}.{column}".upper(), column)

    def is_named(self, table: str, column: str) -> bool:
        """Whether the account file says what it is called."""
        return f"{table}.{column}".upper() in self._names

    def in_ours(self, found: Columns) -> Columns:
        """The columns that a database shows, under our names. One that bears our name and is not
        the one that the account file names is not ours.
        """
        ours = {table: dict(columns) for table, columns in found.items()}
        for key, name in self._names.items():
            table, _, column = key.partition(".")
            if table in ours:
                ours[table].pop(column, None)
                ours[table].pop(name.upper(), None)
                if name.upper() in found[table]:
                    ours[table][column] = found[table][name.upper()]
        return ours

    def teach(self, engine: Engine) -> None:
        """Have every statement of this engine name columns so."""
        if self._names:
            engine.dialect.statement_compiler = _compiler(engine.dialect.statement_compiler, self)


def _compiler(plain: type[SQLCompiler], names: NamesThere) -> type[SQLCompiler]:
    class Compiler(plain):  # type: ignore[misc, valid-type]
        """Writes each column under its name there, and `AS` ours where it is what is selected."""

        def visit_column(self, column: ColumnClause[Any], *args: Any, **options: Any) -> str:
            text = str(super().visit_column(column, *args, **options))
            table = _table_of(column)
            if not table or not names.is_named(table, column.name):
                return text
            ours = self.preparer.quote(column.name)
            there = self.preparer.quote(names.of(table, column.name))
            is_selected = options.get("add_to_result_map") and options.get("within_columns_clause")
            return f"{text.removesuffix(ours)}{there}{f' AS {ours}' if is_selected else ''}"

    return Compiler


def _table_of(column: ColumnClause[Any]) -> str:
    """The table that it is a column of, also under an alias; "" for one of a subquery."""
    source = column.table
    while isinstance(source, Alias):
        source = source.element
    return source.name if isinstance(source, TableClause) else ""
