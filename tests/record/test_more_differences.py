"""Differences that nobody planned the recorder for: what is planted besides those of the dialect is
told as well, with its place, and nothing else is.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from st_spectrum.record.judgement import Judgement
from st_spectrum.record.reading import judge, read_systems
from st_spectrum.record.report import Report, report_of
from st_spectrum.sandbox.dialect import DialectTransport
from st_spectrum.transports import Transports
from tests.record.worlds import Installation

NOON = 12 * 3600
PLANTED = {
    "ST8.DayLog.date": ("DayLog.date", "days are noons"),
    "ST8.CLOCKED_IN": ("CLOCKED_IN", "clock events start and stop"),
    "fact.ST.invoice_sums": ("tolerance_cents", "subtotals of lines include the tax"),
    "SP15.MESSAGE_TYPE": ("MESSAGE_TYPE", "lines of text are of type T"),
    "fact.get.GetPayType": ("GetPayType", "the text of a pay type is called otherwise"),
    "fact.SP.padding": ("infolink", "numbers of invoices stand in the middle of their column"),
}
CONSEQUENCES = {"ST8.ClockEvent.event_type"}
"""The same words, seen from the record."""


def in_other_words(value: Any) -> Any:
    if isinstance(value, list):
        return [in_other_words(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: in_other_words(inner) for key, inner in value.items()}
    if "timeCard" in found and isinstance(found.get("date"), int):
        found["date"] += NOON
    if found.get("eventType") in ("in", "out"):
        found["eventType"] = {"in": "start", "out": "stop"}[found["eventType"]]
    if "taxRateDetails" in found and found.get("taxAmount"):
        found["subtotal"] = float(found["subtotal"]) + float(found["taxAmount"])
    return found


def servicetrade(_request: httpx.Request, content: bytes) -> bytes:
    return (
        json.dumps(in_other_words(json.loads(content))).encode()
        if content.startswith(b'{"data"')
        else content
    )


def spectrum(request: httpx.Request, content: bytes) -> bytes:
    if not request.url.path.endswith("/ws/GetPayType"):
        return content
    return content.replace(b"Pay_Type_Desc", b"Pay_Description")


def other_tables(database: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(copy)) as connection,
    ):
        source.backup(connection)
        connection.execute(
            "UPDATE PO_PURCHASE_ORDER_DETAIL_MC SET Line_Type = 'T'"
            " WHERE rowid = (SELECT min(rowid) FROM PO_PURCHASE_ORDER_DETAIL_MC)"
        )
        connection.execute(
            "UPDATE CR_INVOICE_HEADER_MC SET Invoice_Or_Transaction ="
            " substr('  ' || trim(Invoice_Or_Transaction) || '          ', 1, 10)"
            " WHERE length(trim(Invoice_Or_Transaction)) < 8"
        )
        connection.commit()


@pytest.fixture(scope="module")
def report(world: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    copy = tmp_path_factory.mktemp("otherwise") / "infolink.sqlite"
    other_tables(Path(world.sandbox.infolink_url.removeprefix("sqlite:///")), copy)
    infolink = world.account.spectrum.infolink
    assert infolink is not None
    there = infolink.model_copy(update={"url": SecretStr(f"sqlite:///{copy}")})
    settings = world.account.spectrum.model_copy(update={"infolink": there})
    with httpx.HTTPTransport() as network:
        transports = Transports(
            DialectTransport(network, servicetrade), DialectTransport(network, spectrum)
        )
        found = read_systems(world.account.model_copy(update={"spectrum": settings}), transports)
        assert found.down == []
        yield report_of(judge(found.evidence))


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_besides_is_told_with_the_place_to_change(
    report: Report, planted: str
) -> None:
    by_id: dict[str, Judgement] = {one.id: one for one in report.differences}

    place, sentence = PLANTED[planted]
    assert planted in by_id, sentence
    assert place in by_id[planted].where


def test_nothing_else_is_told(report: Report) -> None:
    assert {one.id for one in report.differences} - PLANTED.keys() - CONSEQUENCES == set()
