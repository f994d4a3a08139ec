"""The SQLite file behind the sandbox: one writer at a time, readers beside it, and rows by table
definition.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import schema

Record = dict[str, Any]

FILE_NAME = "infolink.sqlite"
"""In the folder with the state."""


class Book:
    """One company's records through one connection. Values go in as elements of a service, and come
    out as stored.
    """

    def __init__(self, connection: sqlite3.Connection, company: str = "") -> None:
        self.connection = connection
        self.company = company

    def of(self, company: str) -> "Book":
        """The same connection on another company."""
        return Book(self.connection, company)

    def find(self, table: Table, **key: str) -> Record | None:
        """The record with this key, or None."""
        where, stored = self._where(table, key)
        found = self.connection.execute(
            f'SELECT * FROM "{table.name}" WHERE {where}',  # noqa: S608
            stored,
        ).fetchone()
        return dict(found) if found else None

    def has(self, table: Table, **key: str) -> bool:
        where, stored = self._where(table, key)
        return bool(
            self.connection.execute(
                f'SELECT 1 FROM "{table.name}" WHERE {where} LIMIT 1',  # noqa: S608
                stored,
            ).fetchone()
        )

    def all(self, table: Table, order: str = "", **key: str) -> list[Record]:
        """Every record of the company that matches."""
        where, stored = self._where(table, key)
        ordered = f" ORDER BY {order}" if order else ""
        found = self.connection.execute(
            f'SELECT * FROM "{table.name}" WHERE {where}{ordered}',  # noqa: S608
            stored,
        )
        return [dict(record) for record in found]

    def insert(self, table: Table, values: Mapping[str, str]) -> None:
        """A new record; names that are no columns of the table are left out, columns without a
        value are blank.
        """
        values = {**values, "Company_Code": self.company}
        kept = {name: column.stored(values.get(name, "")) for name, column in table.columns.items()}
        names = ", ".join(f'"{name}"' for name in kept)
        marks = ", ".join("?" * len(kept))
        self.connection.execute(
            f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})',  # noqa: S608
            tuple(kept.values()),
        )

    def update(self, table: Table, values: Mapping[str, str], **key: str) -> None:
        """Change the columns that have a value; a blank leaves its column as it is [SP 1.8]."""
        kept = {
            name: table.columns[name].stored(value)
            for name, value in values.items()
            if value and name in table.columns and name not in table.key
        }
        if not kept:
            return
        where, stored = self._where(table, key)
        changes = ", ".join(f'"{name}" = ?' for name in kept)
        self.connection.execute(
            f'UPDATE "{table.name}" SET {changes} WHERE {where}',  # noqa: S608
            (*kept.values(), *stored),
        )

    def delete(self, table: Table, **key: str) -> None:
        where, stored = self._where(table, key)
        self.connection.execute(f'DELETE FROM "{table.name}" WHERE {where}', stored)  # noqa: S608

    def _where(self, table: Table, key: Mapping[str, str]) -> tuple[str, tuple[str | None, ...]]:
        if "Company_Code" in table.columns:
            key = {"Company_Code": self.company, **key}
        where = " AND ".join(f'"{name}" = ?' for name in key) or "1"
        return where, tuple(table.columns[name].stored(value) for name, value in key.items())


class Database:
    """The file `path`, created when it is missing. Other processes may read it while the sandbox
    runs.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._turn = threading.Lock()
        self._writer = self._connect()
        self._readers: deque[sqlite3.Connection] = deque()
        self._writer.executescript(schema())

    @contextmanager
    def writing(self) -> Iterator[Book]:
        """A transaction of its own; undone as a whole when the block raises."""
        with self._turn:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Book(self._writer)
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Book]:
        """What is committed now. As many connections are kept as there ever were readers at
        once.
        """
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        try:
            yield Book(connection)
        finally:
            self._readers.append(connection)

    def kept(self) -> sqlite3.Connection:
        """All tables as they are now, in memory; for `put_back`."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with self._turn:
            self._writer.backup(copy)
        return copy

    def put_back(self, kept: sqlite3.Connection) -> None:
        """All tables as they were then."""
        with self._turn:
            kept.backup(self._writer)

    def close(self) -> None:
        for connection in (*self._readers, self._writer):
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        return connection
