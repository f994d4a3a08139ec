"""What both systems hold, as lines of JSON. AR documents are written as they were entered: live tables are called otherwise."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

AR = {"CR_INVOICE_HEADER_MC", "CR_INVOICE_DETAIL_MC"}
INTERNAL = {"grant", "session"}


def rows_of(sandbox: Path, empty: Path) -> Iterator[dict[str, Any]]:
    """Everything in the files of a sandbox that an empty one does not hold."""
    yield from _servicetrade(sandbox / "servicetrade.sqlite")
    yield from _spectrum(sandbox / "infolink.sqlite", empty / "infolink.sqlite")


def _servicetrade(file: Path) -> Iterator[dict[str, Any]]:
    with sqlite3.connect(file) as database:
        for kind, body in database.execute("SELECT kind, body FROM document ORDER BY kind, id"):
            if kind not in INTERNAL:
                yield {"kind": kind, **json.loads(body)}
        yield {
            "sequences": dict(database.execute("SELECT name, value FROM sequence ORDER BY name"))
        }


def _spectrum(file: Path, empty: Path) -> Iterator[dict[str, Any]]:
    with sqlite3.connect(file) as full, sqlite3.connect(empty) as blank:
        for database in (full, blank):
            database.row_factory = sqlite3.Row
        tables = [
            row[0]
            for row in full.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        for table in tables:
            before = {tuple(row) for row in blank.execute(f'SELECT * FROM "{table}"')}
            rows = [
                row
                for row in full.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
                if tuple(row) not in before
            ]
            if table not in AR and not table.startswith("SANDBOX_"):
                yield from ({"table": table, **_said(row)} for row in rows)
        yield from _documents(full)


def _documents(full: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    lines = [
        _said(row) for row in full.execute('SELECT * FROM "CR_INVOICE_DETAIL_MC" ORDER BY rowid')
    ]
    for row in full.execute('SELECT * FROM "CR_INVOICE_HEADER_MC" ORDER BY rowid'):
        header = _said(row)
        number = str(header["Invoice_Or_Transaction"])
        yield {
            "document": header,
            "lines": [line for line in lines if line["Invoice_Or_Transaction"] == number],
        }


def _said(row: sqlite3.Row) -> dict[str, Any]:
    """Values as they are stored, with the blanks around them; what holds nothing is left out."""
    return {
        name: value for name, value in dict(row).items() if value is not None and str(value).strip()
    }
