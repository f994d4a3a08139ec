"""Spectrum's tables as Info-Link shows them in a bad moment: empty, or blank in one column;
afterwards as they were.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

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
