"""Every statement of the product goes on without a column that only says more, and says so once; no
column without which nothing can be told is ever left out.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum import look_alikes
from st_spectrum.spectrum.infolink import (
    ar_masters,
    compared_cards,
    compared_tables,
    double_tables,
    history_tables,
    invoice_table,
    order_records,
    packing_lists,
    time_tables,
)
from st_spectrum.spectrum.infolink.reader import GRANTED_SECONDS, InfoLinkReader
from st_spectrum.spectrum.pace import Pace
from st_spectrum.spectrum.tables_read import TableRead, tables_read

DAY = date(2026, 5, 4)


def template(reader: InfoLinkReader) -> None:
    """Without price methods new jobs wait, which `Lookup.template_phases` says."""
    with suppress(ContractBroken):
        reader.template_phases("1")


QUESTIONS: dict[str, Callable[[InfoLinkReader], Any]] = {
    "a customer": lambda reader: reader.customer("C1"),
    "all customers": compared_tables.all_customers,
    "a customer like it": lambda reader: look_alikes.read(
        reader, lambda *_: NotImplemented, "AddCustomer", {"Name": "A", "City": "B"}
    ),
    "a site": lambda reader: reader.site("S1"),
    "all sites": compared_tables.all_sites,
    "a site like it": lambda reader: look_alikes.read(
        reader, lambda *_: NotImplemented, "AddWOSiteAddress", {"Site_Name": "A", "Site_City": "B"}
    ),
    "a job": lambda reader: reader.job("1"),
    "all jobs": compared_tables.all_jobs,
    "a job like it": lambda reader: look_alikes.read(
        reader, lambda *_: NotImplemented, "AddJob", {"Job_Description": "A", "WO_Site": "B"}, "C1"
    ),
    "phases": lambda reader: reader.phases("1"),
    "phases of several": lambda reader: compared_tables.phases_of(reader, ["1"]),
    "phases of a template": template,
    "documents": lambda reader: invoice_table.read(reader, ["1"]),
    "what takes no invoices": lambda reader: ar_masters.read(reader, ["C1"], ["1"]),
    "headers": lambda reader: compared_tables.document_headers(reader, ["1"]),
    "cards by token": lambda reader: time_tables.find(reader, ["ST1"], (DAY, DAY)),
    "our tokens": time_tables.our_tokens,
    "our cards": lambda reader: list(compared_cards.our_rows(reader, DAY, DAY)),
    "cards of tokens": lambda reader: list(compared_cards.rows_of_tokens(reader, ["ST1"])),
    "cards twice": lambda reader: list(double_tables.cards_twice(reader)),
    "orders that moved": lambda reader: order_records.scan(reader, DAY),
    "orders": lambda reader: order_records.read(reader, ["1"]),
    "packing lists": lambda reader: packing_lists.read(reader, ["1"]),
    "jobs of some years": history_tables.jobs,
}
"""What flows, comparisons and look-ups ask; it must not fail for a column that is optional."""

OPTIONAL = sorted(
    {
        (read.table.name, column)
        for read in tables_read()
        for column in read.optional
        if "cannot compare invoices" not in read.optional[column]
    }
    - {
        (read.table.name, column.name)
        for read in tables_read()
        for column in read.table.columns
        if read.lost and column.name not in read.optional
    }
)
"""Those that no part of the product needs; invoices of both sides are compared whole or not at
all.
"""


def database(
    path: Path,
    lacking: Collection[tuple[str, str]] = (),
    clock: Callable[[], float] = time.monotonic,
) -> InfoLinkReader:
    """All tables that are read, empty, but for some columns."""
    columns: dict[str, dict[str, None]] = {}
    tables: list[TableRead] = list(tables_read())
    for name, of_table in (*((read.table.name, read.table) for read in tables),):
        shown = (c.name for c in of_table.columns if (name, c.name) not in lacking)
        columns.setdefault(name, {}).update(dict.fromkeys(shown))
    with closing(sqlite3.connect(path)) as connection:
        for name, shown_columns in columns.items():
            listed = ", ".join(f'"{column}" VARCHAR(10)' for column in shown_columns)
            connection.execute(f"CREATE TABLE {name} ({listed})")
    settings = InfoLink(url=SecretStr(f"sqlite:///{path}"), timeout_seconds=1)
    return InfoLinkReader(settings, "001", Pace(read_attempts=1, first_wait=0.001), clock)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.WARNING, logger="st_spectrum.spectrum.infolink.reader"):
        yield caplog


@pytest.mark.parametrize("lacking", OPTIONAL, ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_every_statement_goes_on_without_an_optional_column_and_says_it_once(
    tmp_path: Path, said: pytest.LogCaptureFixture, lacking: tuple[str, str]
) -> None:
    reader = database(tmp_path / "infolink.sqlite", [lacking])
    for _ in range(2):
        for question in QUESTIONS.values():
            question(reader)

    messages = [record.getMessage() for record in said.records]
    assert len(messages) <= 1, messages
    assert all(lacking[0] in text and lacking[1] in text for text in messages)


def test_every_statement_goes_on_without_all_of_them(tmp_path: Path) -> None:
    reader = database(tmp_path / "infolink.sqlite", OPTIONAL)

    for question in QUESTIONS.values():
        question(reader)


@pytest.mark.parametrize("column", ["Message", "Work_Date", "Hours", "Employee_Code"])
def test_time_is_not_said_to_be_absent_where_nobody_can_tell(tmp_path: Path, column: str) -> None:
    reader = database(tmp_path / "infolink.sqlite", [("PR_PRE_TIME_CARD_MC", column)])

    with pytest.raises(ContractBroken, match="PR_PRE_TIME_CARD_MC"):
        time_tables.find(reader, ["ST1"], (DAY, DAY))


def test_a_column_that_was_granted_meanwhile_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "infolink.sqlite"
    now = [0.0]
    reader = database(path, [("CR_CUSTOMER_MASTER_MC", "City")], lambda: now[0])
    assert reader.customer("C1") is None
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('ALTER TABLE CR_CUSTOMER_MASTER_MC ADD COLUMN "City" VARCHAR(10)')
        connection.execute(
            "INSERT INTO CR_CUSTOMER_MASTER_MC (Company_Code, Customer_Code, City)"
            " VALUES ('001', 'C1', 'Norfolk')"
        )
        connection.commit()
    now[0] = GRANTED_SECONDS - 1
    before = reader.customer("C1")
    now[0] = GRANTED_SECONDS

    after = reader.customer("C1")

    assert before is not None and "City" not in before
    assert after is not None and after["City"] == "Norfolk"
