"""What the page of purchase orders shows, as values: the newest orders, their lines, and the job
items that carry them.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.rig import Rig

SHOWN = 25
CHOICES = 200

ORDERS = """SELECT TRIM(head.PO_Number) AS number, TRIM(head.Status_Flag) AS status, TRIM(head.Remarks) AS remarks,
    TRIM(head.Job_Number) AS job, TRIM(head.Warehouse_Code) AS warehouse,
    TRIM(head.Vendor_Code) || ' ' || COALESCE(TRIM(vendor.Vendor_Name), '') AS vendor
  FROM PO_PURCHASE_ORDER_HEADER_MC AS head LEFT JOIN VN_VENDOR_MASTER_MC AS vendor
    ON vendor.Company_Code = head.Company_Code AND vendor.Vendor_Code = head.Vendor_Code
  ORDER BY head.rowid DESC LIMIT ?"""
LINES = """SELECT CAST(Line_Number AS INTEGER) AS number, TRIM(Item_Description) AS text, TRIM(Message) AS message,
    TRIM(Line_Type) AS type, TRIM(Unit_Of_Measure) AS unit, PO_Quantity_List1 AS ordered,
    PO_Quantity_List2 AS received, Item_Price AS price
  FROM PO_PURCHASE_ORDER_DETAIL_MC WHERE TRIM(PO_Number) = ? ORDER BY Line_Number"""
VENDORS = (
    "SELECT TRIM(Vendor_Code), TRIM(Vendor_Name) FROM VN_VENDOR_MASTER_MC WHERE Status = 'A' ORDER"
    " BY 1"
)
JOBS = """SELECT TRIM(Job_Number), TRIM(Job_Description) FROM JC_JOB_MASTER_MC WHERE Status_Code = 'A'
  ORDER BY rowid DESC LIMIT ?"""


@dataclass(frozen=True)
class ShownLine:
    """A line of an order; `item` says what stands on the ServiceTrade job for it, empty when
    nothing does.
    """

    number: int
    text: str
    numbers: str
    message: str
    item: str


@dataclass(frozen=True)
class ShownOrder:
    """One order; `place` says for which job or warehouse it is."""

    number: str
    status: str
    vendor: str
    job_number: str
    place: str
    remarks: str
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True)
class Shown:
    """The newest orders of `total`, and what there is to choose from when one is made: code ->
    text.
    """

    orders: tuple[ShownOrder, ...]
    total: int
    vendors: dict[str, str]
    jobs: dict[str, str]


def read_orders(rig: Rig, infolink: Path) -> Shown:
    """The newest orders first, each line with the job item of its external id `PO|line`."""
    servicetrade = rig.systems["servicetrade"]
    jobs = {job["id"]: job["number"] for job in servicetrade.records("job")}
    items = {
        str((item.get("externalIds") or {}).get(EXTERNAL_SYSTEM, "")): _item(item, jobs)
        for item in servicetrade.records("jobitem")
    }
    with closing(sqlite3.connect(f"file:{infolink}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        orders = tuple(_order(database, row, items) for row in database.execute(ORDERS, (SHOWN,)))
        (total,) = database.execute("SELECT COUNT(*) FROM PO_PURCHASE_ORDER_HEADER_MC").fetchone()
        vendors = {str(code): str(name) for code, name in database.execute(VENDORS)}
        known = {str(code): str(text) for code, text in database.execute(JOBS, (CHOICES,))}
    return Shown(orders, total, vendors, known)


def _order(database: sqlite3.Connection, row: sqlite3.Row, items: Mapping[str, str]) -> ShownOrder:
    number = str(row["number"])
    lines = tuple(
        ShownLine(
            number=line["number"],
            text=line["text"],
            numbers=_numbers(line),
            message=line["message"] if line["type"] == "M" else "",
            item=items.get(f"{number}|{line['number']}", ""),
        )
        for line in database.execute(LINES, (number,))
    )
    place = f"job {row['job']}" if row["job"] else f"warehouse {row['warehouse'] or 'none'}"
    return ShownOrder(
        number, row["status"], row["vendor"], row["job"], place, row["remarks"], lines
    )


def _numbers(line: sqlite3.Row) -> str:
    unit = {"C": "per 100", "M": "per 1,000"}.get(
        line["unit"], f"per {line['unit'].lower() or 'piece'}"
    )
    return (
        f"ordered {line['ordered']:g} · received {line['received']:g} · {line['price']:,.4f} {unit}"
    )


def _item(item: Mapping[str, Any], jobs: Mapping[int, int]) -> str:
    source = item.get("source") or {}
    cost = f"{item['cost']:,.4f} each" if item.get("cost") is not None else "no cost"
    where = f"Job {jobs.get(item['jobId'], '?')}: {item['name']}"
    said = source.get("status") or source.get("refNumber") or source.get("type") or ""
    return " · ".join(
        part for part in (where, f"{item['quantity']:g}", cost, str(said).replace("_", " ")) if part
    )
