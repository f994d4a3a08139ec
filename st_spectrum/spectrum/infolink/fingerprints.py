"""A number that stands for the contents of a row, worked out inside the database, so that unchanged
rows need not travel.

The sum over several rows tells whether any of them changed, came or went.
"""

import hashlib
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

BYTES = 6
"""Of the hash; the sum over the 999 lines that an order may have stays within 64 bits."""
SEPARATOR = 31
"""Character between two columns; no text has it."""


class RowFingerprint(FunctionElement[int]):
    """Of the columns given; rows that differ there differ in it, but for one pair in 2^48."""

    name = "row_fingerprint"
    type = BigInteger()
    inherit_cache = True


@compiles(RowFingerprint)
def _by_our_own_function(element: RowFingerprint, compiler: SQLCompiler, **options: Any) -> str:
    return f"row_fingerprint({compiler.process(element.clauses, **options)})"


@compiles(RowFingerprint, "mssql")
def _by_sql_server(element: RowFingerprint, compiler: SQLCompiler, **options: Any) -> str:
    columns = [compiler.process(column, **options) for column in element.clauses]
    joined = f", CHAR({SEPARATOR}), ".join(columns)
    return f"CAST(SUBSTRING(HASHBYTES('SHA2_256', CONCAT({joined})), 1, {BYTES}) AS BIGINT)"


def teach_sqlite(connection: Any, _record: Any) -> None:
    """Gives a fresh SQLite connection the function that SQL Server has built in."""
    connection.create_function("row_fingerprint", -1, fingerprint, deterministic=True)


def fingerprint(*cells: Any) -> int:
    """Of the cells of one row."""
    text = chr(SEPARATOR).join("" if cell is None else str(cell) for cell in cells)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:BYTES], "big")
