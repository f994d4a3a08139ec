"""The same two systems as somebody else's installation might speak: twelve things are called,
written or counted otherwise than the product takes for true.

It stands between a client and the stand-ins, so that what finds the differences can be tried on
them. Nothing in the product knows of it.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROW = re.compile(rb"<response>.*?</response>", re.DOTALL)
ERROR = re.compile(rb"<error_code>[AIME]<")
SUCCESS = (
    b"<returnArray><returnData><response><error_code>C</error_code><desc>Request completed.</desc>"
    b"<column></column></response></returnData></returnArray>"
)
ORDER_HEADERS = "PO_PURCHASE_ORDER_HEADER_MC"


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise. `id` is the assumption or fact that a report should say it of,
    `where` a part of the place that it should name.
    """

    id: str
    where: str
    sentence: str


DIFFERENCES: tuple[Difference, ...] = (
    Difference("ST8.TimeCard.period_end", "time_models.py", "periodEnd is periodThrough"),
    Difference("ST8.CARD_STATUSES", "CARD_STATUSES", "approved cards are released"),
    Difference("ST8.DayLog.duration", "DayLog.duration", "durations are minutes"),
    Difference("ST7.ItemSource.po_number", "item_models.py", "poNumber is purchaseOrder"),
    Difference("ST7.RECEIVED", "RECEIVED", "parts that are ordered are on_order"),
    Difference("fact.ST.paging", "paging.py", "lists stand under data, without pages"),
    Difference("fact.SP.success", "wire.py", "a success is a row C, Request completed."),
    Difference("SP14.CUSTOMER_VALUES", "CUSTOMER_VALUES", "active customers are Current"),
    Difference("SP14.timecards", "timecards.active_statuses", "people who work are of type W"),
    Difference(
        "fact.columns.JC_JOB_MASTER_MC", "tables_read.py", "Lock_Revenue_Entry is Lock_Rev_Entry"
    ),
    Difference("SP15.CLOSED_LETTER", "CLOSED_LETTER", "closed orders are FINISHED"),
    Difference("SP8.NOT_USED", "NOT_USED", "customers that are not used are X"),
)


DIFFERENCES_OF_WRITES: tuple[Difference, ...] = (
    Difference("SP4.CODES", "CODES", "a success is a row C, Request completed."),
    Difference("SP4.read_answer", "invoices.py", "documents of a batch are results that are OK"),
    Difference("SP4.read_answer.2", "timecards.py", "cards of a batch are results that are OK"),
)
"""What only a write shows."""

COLUMNS_OTHERWISE: Mapping[str, str] = {
    "PR_PRE_TC_IMPORT_ERR_MC.Message": "Card_Message",
    "PR_PRE_TIME_CARD_MC.Message": "Card_Message",
    "PR_TIME_CARD_DETAIL_MC.Message": "Comment",
    "PO_PACK_LIST_DETAIL_MC.Quantity": "Quantity_Packed",
}
"""Columns of Info-Link, none of them named in public, and what somebody else's Spectrum calls them:
`spectrum.infolink.columns` says it to the product.
"""


class DialectTransport(httpx.BaseTransport):
    """Passes calls on and says the answers otherwise; whose the inner transport is, closes it."""

    def __init__(
        self, inner: httpx.BaseTransport, say: Callable[[httpx.Request, bytes], bytes]
    ) -> None:
        self._inner = inner
        self._say = say

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, in other words."""
        answer = self._inner.handle_request(request)
        content = b"".join(answer.iter_bytes())
        answer.close()
        kept = [
            (name, value)
            for name, value in answer.headers.multi_items()
            if name not in ("content-length", "content-encoding", "transfer-encoding")
        ]
        return httpx.Response(answer.status_code, headers=kept, content=self._say(request, content))


def servicetrade_dialect(inner: httpx.BaseTransport) -> httpx.BaseTransport:
    """ServiceTrade, otherwise."""
    return DialectTransport(inner, _say_servicetrade)


def spectrum_dialect(inner: httpx.BaseTransport) -> httpx.BaseTransport:
    """Spectrum's services, otherwise."""
    return DialectTransport(inner, _say_spectrum)


def _say_servicetrade(request: httpx.Request, content: bytes) -> bytes:
    path = request.url.path
    if "/oauth2/" in path or path.endswith("/auth") or not content.startswith(b"{"):
        return content
    body = json.loads(content)
    data = body.get("data")
    if isinstance(data, Mapping) and "totalPages" in data:
        (listed,) = [value for value in data.values() if isinstance(value, list)]
        body["meta"] = {**body.get("meta", {}), "totalRecords": data.get("totalCount", len(listed))}
        body["data"] = listed
    return json.dumps(_renamed(body)).encode()


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _renamed(inner) for key, inner in value.items()}
    if "periodEnd" in found:
        found["periodThrough"] = found.pop("periodEnd")
        if found.get("status") == "approved":
            found["status"] = "released"
    if isinstance(found.get("duration"), int) and "quantity" in found:
        found["duration"] //= 60
    if found.get("type") == "vendor" and "poNumber" in found:
        found["purchaseOrder"] = found.pop("poNumber")
        if found.get("status") == "ordered":
            found["status"] = "on_order"
    return found


def _say_spectrum(request: httpx.Request, content: bytes) -> bytes:
    service = request.url.path.rpartition("/")[2]
    if request.url.path in ("/customer/invoice", "/timecard/timecards"):
        return _say_batch(content)
    if service in ("WSTestConnection", "AddCustomer") and not ERROR.search(content):
        return re.sub(rb"<returnArray/>|<returnArray>.*</returnArray>", SUCCESS, content)
    if service == "GetCustomers":
        return content.replace(b"<Status>Active</Status>", b"<Status>Current</Status>")
    if service == "GetEmployee" and re.search(rb"pStatus_Type>\s*A\s*<", request.read()):
        return ROW.sub(b"", content)
    return content


def _say_batch(content: bytes) -> bytes:
    """The same news of each record in words that nobody documented."""
    (listed,) = json.loads(content).values()
    results = [
        {"record": str(place), "result": "OK" if one["status"] == "S" else "Failed"}
        for place, one in enumerate(listed)
    ]
    return json.dumps({"results": results}).encode()


def tables_in_dialect(database: Path, copy: Path) -> None:
    """A copy of Info-Link's database, otherwise: a column is called another name, and two codes are
    others.
    """
    columns_in_dialect(database, copy, {"JC_JOB_MASTER_MC.Lock_Revenue_Entry": "Lock_Rev_Entry"})
    with closing(sqlite3.connect(copy)) as connection:
        _first_becomes(connection, ORDER_HEADERS, "Status_Flag", "FINISHED")
        _first_becomes(connection, "CR_CUSTOMER_MASTER_MC", "Status", "X")
        connection.commit()


def _first_becomes(connection: sqlite3.Connection, table: str, column: str, value: str) -> None:
    first = f"SELECT min(rowid) FROM {table}"  # noqa: S608 - names of our own
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ({first})", (value,))  # noqa: S608


def columns_in_dialect(database: Path, copy: Path, names: Mapping[str, str]) -> None:
    """A copy of Info-Link's database in which columns, given as `TABLE.Column`, have these
    names.
    """
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(copy)) as connection,
    ):
        source.backup(connection)  # with what is in the journal alone as yet
        for key, name in names.items():
            table, _, column = key.partition(".")
            connection.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "{name}"')
            connection.execute(
                "UPDATE PA_COLUMN_NAMES SET COLUMN_NAME = ?"
                " WHERE TABLE_NAME = ? AND COLUMN_NAME = ?",
                (name, table, column),
            )
        connection.commit()
