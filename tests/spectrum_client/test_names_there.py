"""An installation may call the columns of Info-Link otherwise: the account file names them, every
statement asks for them so, and nothing else notices.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import InfoLink
from st_spectrum.account.infolink_columns import COLUMNS_READ
from st_spectrum.spectrum.infolink import (
    compared_tables,
    double_tables,
    order_tables,
    packing_lists,
    time_tables,
)
from st_spectrum.spectrum.infolink.names_there import NamesThere
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.pace import Pace
from st_spectrum.spectrum.tables_read import tables_read
from tests.spectrum_client.test_optional_columns import QUESTIONS

DAY = date(2026, 5, 4)
CARDS = "PR_PRE_TIME_CARD_MC"
OTHERWISE = {
    f"{table}.{column}": f"Z_{column}"
    for table, columns in COLUMNS_READ.items()
    for column in columns
}
"""Every column that is read, under another name."""

OTHER_QUESTIONS: tuple[Callable[[InfoLinkReader], Any], ...] = (
    InfoLinkReader.customer_codes,
    InfoLinkReader.terms_codes,
    InfoLinkReader.employees,
    InfoLinkReader.gl_accounts,
    lambda asked: asked.counts("JC_JOB_MASTER_MC", "Status_Code"),
    lambda asked: compared_tables.document_lines(asked, ["1"]),
    lambda asked: list(double_tables.cards_in_two_tables(asked)),
    lambda asked: list(double_tables.ar_documents_twice(asked)),
    lambda asked: list(double_tables.ar_documents_reversed(asked)),
    lambda asked: time_tables.employee(asked, "E1", {}),
)


def reader(path: Path, names: Mapping[str, str], shown: Mapping[str, str]) -> InfoLinkReader:
    """All tables that are read, empty; `shown` are the names of columns there, and `names` those of
    the account file.
    """
    with closing(sqlite3.connect(path)) as connection:
        for table, columns in COLUMNS_READ.items():
            listed = ", ".join(f'"{shown.get(f"{table}.{c}", c)}" VARCHAR(60)' for c in columns)
            connection.execute(f"CREATE TABLE {table} ({listed})")
    settings = InfoLink(url=SecretStr(f"sqlite:///{path}"), timeout_seconds=1, columns=dict(names))
    return InfoLinkReader(settings, "001", Pace(read_attempts=1, first_wait=0.001))


def put(path: Path, table: str, **row: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        places = ", ".join("?" for _ in row)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})",
            [*row.values()],
        )
        connection.commit()


def test_the_account_file_knows_the_columns_that_are_read_and_no_others() -> None:
    read: dict[str, set[str]] = {}
    for one in tables_read():
        read.setdefault(one.table.name, set()).update(c.name for c in one.table.columns)

    assert {table: set(columns) for table, columns in COLUMNS_READ.items()} == read


def test_every_statement_asks_for_columns_under_their_names_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = reader(tmp_path / "infolink.sqlite", OTHERWISE, OTHERWISE)
    with caplog.at_level(logging.WARNING):
        for question in (*QUESTIONS.values(), *OTHER_QUESTIONS):
            question(asked)

    assert caplog.messages == []


def test_a_card_is_found_by_a_message_of_another_name_and_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "infolink.sqlite"
    names = {f"{CARDS}.Message": "Comment", f"{CARDS}.Work_Date": "Day"}
    asked = reader(path, names, names)
    put(
        path,
        CARDS,
        Company_Code="001",
        Comment="ST0000000000000000000001 ",
        Day="2026-05-04",
        Hours="7.5",
        Employee_Code=" E1",
    )

    found = time_tables.find(asked, ["ST0000000000000000000001"], (DAY, DAY))
    again = time_tables.find(asked, ["ST0000000000000000000001"])

    assert found == again
    (card,) = found.values()
    assert (card.employee_code, card.work_date, str(card.hours)) == ("E1", DAY, "7.5")


def test_what_came_by_packing_lists_is_read_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "infolink.sqlite"
    names = {"PO_PACK_LIST_DETAIL_MC.Quantity": "Qty_Packed"}
    asked = reader(path, names, names)
    put(
        path,
        "PO_PACK_LIST_DETAIL_MC",
        Company_Code="001",
        PO_Number="P1",
        Line_Number="1",
        Qty_Packed="3",
    )

    assert packing_lists.read(asked, ["P1"]) == {"P1": {1: 3}}


def test_sql_server_is_asked_for_the_name_there_as_ours() -> None:
    address = SecretStr("mssql+pymssql://reader:none@127.0.0.1/spectrum")
    names = {f"{CARDS}.Message": "Comment", f"{CARDS}.Work_Date": "Day"}
    asked = InfoLinkReader(InfoLink(url=address, columns=names), "001")
    statement = time_tables.cards_of_days(time_tables.TABLES[1], "001", first=DAY, last=DAY)

    text = str(statement.compile(asked._engine))

    assert f"[{CARDS}].[Day] AS [Work_Date]" in text
    assert f"ltrim(rtrim([{CARDS}].[Comment])) AS [Message]" in text
    assert f"[{CARDS}].[Day] >= " in text
    assert "].[Message]" not in text and "].[Work_Date]" not in text


def test_other_tables_and_other_databases_are_named_as_ever(tmp_path: Path) -> None:
    named = reader(tmp_path / "one.sqlite", names := {f"{CARDS}.Message": "Comment"}, names)
    plain = reader(tmp_path / "other.sqlite", {}, {})
    statement = order_tables.lines_of("001", ["P1"])

    assert str(statement.compile(named._engine)) == str(statement.compile(plain._engine))
    assert time_tables.our_tokens(named) == time_tables.our_tokens(plain)


def test_a_column_of_our_name_beside_the_one_that_is_named_is_not_ours() -> None:
    names = NamesThere({f"{CARDS}.Message": "Comment"})

    assert names.in_ours({CARDS: {"MESSAGE": 10, "COMMENT": 30}}) == {CARDS: {"MESSAGE": 30}}
    assert names.in_ours({CARDS: {"MESSAGE": 10}}) == {CARDS: {}}
