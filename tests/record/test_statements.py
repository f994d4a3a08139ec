"""What SQL Server would be asked: a bounded number of rows of one company, in columns that are
read.
"""

from collections.abc import Iterable
from typing import Any, cast

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import mssql

from st_spectrum.account import Account
from st_spectrum.domain.errors import AccessDenied
from st_spectrum.record.judgement import Verdict
from st_spectrum.record.servicetrade_keys import KEYS, judge_key
from st_spectrum.record.walk_infolink import ALSO_KNOWN, COUNTED, InfoLinkWalk
from st_spectrum.spectrum.infolink.names_there import NamesThere
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.tables_read import tables_read
from tests.record.worlds import Installation


class Asking:
    """Stands where a reader stands and notes what it is asked, as SQL Server would read it."""

    company_code = "001"
    names = NamesThere({})

    def __init__(self, refused: Iterable[str] = ()) -> None:
        self.asked: list[str] = []
        self.counted: list[tuple[str, str]] = []
        self._refused = set(refused)
        self._engine = self
        self.url = self

    def get_backend_name(self) -> str:
        return "mssql"

    def raw(self, name: str, statement: Select[Any]) -> list[dict[str, Any]]:
        if name in self._refused:
            raise AccessDenied("no right", system="spectrum", operation=name)
        if name == "dictionary":  # names of tables and columns, and no row of a company
            return []
        self.asked.append(str(statement.compile(dialect=mssql.dialect())))  # type: ignore[no-untyped-call]
        if name != "columns":
            return [{"number": 0}] if name == "extension" else []
        return [
            {"table": read.table.name, "column": one.name, "type": "varchar", "length": 10}
            for read in tables_read()
            for one in read.table.columns
        ]

    def tables(self) -> frozenset[str]:
        return frozenset()

    def counts(self, table: str, column: str) -> dict[str, int]:
        self.counted.append((table, column))
        return {}


def walked(account: Account, **more: Any) -> tuple[Asking, InfoLinkWalk]:
    reader = Asking(**more)
    walk = InfoLinkWalk(account, cast("InfoLinkReader", reader))
    walk.walk()
    return reader, walk


def test_rows_are_bounded_and_of_one_company(world: Installation) -> None:
    reader, _ = walked(world.account)

    rows = [text for text in reader.asked if "COUNT(" not in text.upper()][1:]
    assert len(rows) >= len({read.table.name for read in tables_read()})
    for text in rows:
        assert text.startswith("SELECT TOP"), text
        assert "[Company_Code] IN" in text
        assert "*" not in text


def test_columns_are_asked_for_in_one_statement(world: Installation) -> None:
    reader, walk = walked(world.account)

    first = reader.asked[0]
    assert "[INFORMATION_SCHEMA].[COLUMNS]" in first and "DATA_TYPE" in first
    assert not {text for text in reader.asked if any(name in text for name in ALSO_KNOWN)}
    assert set(reader.counted) <= set(COUNTED)
    assert len(walk.tables) == len({read.table.name for read in tables_read()})


def test_a_table_whose_rows_may_not_be_read_costs_only_itself(world: Installation) -> None:
    _, walk = walked(world.account, refused=["rows"])

    assert walk.tables and not any(table.rows for table in walk.tables.values())


def test_without_columns_nothing_else_is_asked(world: Installation) -> None:
    with pytest.raises(AccessDenied):
        walked(world.account, refused=["columns"])


@pytest.mark.parametrize("name", ["jobId", "job_id", "jobs"])
def test_a_key_that_may_be_left_out_is_missed_where_another_one_is_alike(name: str) -> None:
    key = next(one for one in KEYS if one.id == "ST8.DayLog.job")

    assert judge_key(key, [{"id": 1, name: 5}]).verdict is Verdict.DIFFERS
    assert judge_key(key, [{"id": 1, "jobItem": 5}]).verdict is Verdict.NOT_SEEN
