"""Spectrum's tables as Info-Link shows them in a bad moment: empty, or blank in one column; or in
another installation, which calls columns otherwise. Afterwards as they were.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Engine, event

from st_spectrum.sandbox.server import Sandbox


@contextmanager
def spoiled(sandbox: Sandbox, table: str, statement: str) -> Iterator[None]:
    """The table as `statement` leaves it, for as long as the block lasts."""
    connection = sqlite3.connect(
        sandbox.state_dir / "infolink.sqlite", timeout=30, isolation_level=None
    )
    try:
        rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
        connection.execute(statement)
        yield
        connection.execute(f'DELETE FROM "{table}"')
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    finally:
        connection.close()


@contextmanager
def emptied(sandbox: Sandbox, table: str) -> Iterator[None]:
    """The table without a row."""
    with spoiled(sandbox, table, f'DELETE FROM "{table}"'):
        yield


@contextmanager
def called_otherwise(names: Mapping[str, str]) -> Iterator[None]:
    """Whoever reads Info-Link meanwhile finds columns, given as `TABLE.Column`, under these names
    alone; the stand-in goes on writing its own.
    """

    def show(connection: sqlite3.Connection, _record: object) -> None:
        for table in {key.partition(".")[0] for key in names}:
            listed = connection.execute(f'PRAGMA main.table_info("{table}")').fetchall()
            cells = ", ".join(
                f'"{name}" AS "{names.get(f"{table}.{name}", name)}"' for _, name, *_ in listed
            )
            if cells:
                connection.execute(
                    f'CREATE TEMP VIEW "{table}" AS SELECT {cells} FROM main."{table}"'
                )

    event.listen(Engine, "connect", show)
    try:
        yield
    finally:
        event.remove(Engine, "connect", show)
