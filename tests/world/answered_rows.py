"""How many rows Info-Link's database answers with."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

TABLE = re.compile(r"\bFROM \"?(\w+)")


@contextmanager
def answered_rows() -> Iterator[Counter[str]]:
    """Inside, by the first table of each question.

    A cursor gives its rows to one reader only, so each question is put to the database once more.
    """
    rows: Counter[str] = Counter()

    def count(
        connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: object
    ) -> None:
        again = connection.connection.cursor()
        again.execute(statement, parameters)
        for table in TABLE.findall(statement)[:1]:
            rows[table] += len(again.fetchall())
        again.close()

    event.listen(Engine, "after_cursor_execute", count)
    try:
        yield rows
    finally:
        event.remove(Engine, "after_cursor_execute", count)
