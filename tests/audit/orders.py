"""Compares purchase orders with job items, line by line and in the cost of each job.

Like `masters`, it shares no code with the engine or the mapping. It knows the rules of the example
account: line before
header, vendor sources, closed orders cut to what came, texts left out, no library item by name.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from tests.audit import Records

Row = Mapping[str, Any]
NOT_FOR_ITEMS = ("pending_invoice", "sending_invoice", "invoiced", "closed", "canceled")
TOLERANCE = Decimal("0.000000001")


@dataclass
class OrderSide:
    """`waiting` is key -> text of lines that should have an item and have none; `conflicts` are
    those whose item differs, by
    key, each with what differs. `problems` are plain sentences."""

    lines: int = 0
    items: int = 0
    matched: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def compare_orders(tables: Records, account: Account) -> OrderSide:
    """Every line that buys something for a job against the one item that carries its external id,
    and no item besides.
    """
    system = account.servicetrade.external_system
    headers = {
        _key(row["PO_Number"]): row
        for row in tables.records("spectrum", "PO_PURCHASE_ORDER_HEADER_MC")
    }
    lines = {
        f"{_key(row['PO_Number'])}|{int(row['Line_Number'])}": row
        for row in tables.records("spectrum", "PO_PURCHASE_ORDER_DETAIL_MC")
    }
    jobs = _jobs_by_number(tables, system)
    vendors = {
        _carried(row, system): row["id"]
        for row in tables.records("servicetrade", "company")
        if row["partsVendor"]
    }
    items, side = _items_by_key(tables, system)
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for key, line in lines.items():
        header = headers[_key(line["PO_Number"])]
        number = _key(line["Job_Number"]) or _key(header["Job_Number"])
        quantity = _wanted_quantity(header, line)
        if not number or not quantity or _key(line["Line_Type"]) == "M":
            continue
        item, job = items.get(key), jobs.get(number)
        if item is None and job is not None and job["type"] in account.jobs.ignored_types:
            continue
        side.lines += 1
        if item is None:
            side.waiting[key] = _why(number, job)
            continue
        if job is None or item["jobId"] != job["id"]:
            side.conflicts[key] = f"its item stands on job {item['jobId']} instead of {number}"
            continue
        wanted = _wanted(header, line, quantity, vendors, account)
        differing = {
            name: (value, item.get(name))
            for name, value in wanted.items()
            if _differs(value, item.get(name))
        }
        if differing:
            side.conflicts[key] = str(differing)
            continue
        side.matched += 1
        sums[job["id"]][0] += quantity * wanted["cost"]
        sums[job["id"]][1] += _amount(item["quantity"]) * _amount(item["cost"])
    expected = {key for key in lines if key in items}
    for key in items.keys() - expected:
        side.problems.append(f"an item carries {key}, which Spectrum does not have")
    for key in expected:
        if not _wanted_quantity(headers[_key(lines[key]["PO_Number"])], lines[key]):
            side.problems.append(f"{key} is cancelled and still stands as item {items[key]['id']}")
    for job_id, (ordered, held) in sums.items():
        if abs(ordered - held) > TOLERANCE * max(Decimal(1), abs(ordered)):
            side.problems.append(
                f"job {job_id}: {ordered} ordered in Spectrum, {held} on its items"
            )
    return side


def _items_by_key(tables: Records, system: str) -> tuple[dict[str, Row], OrderSide]:
    side = OrderSide()
    items: dict[str, Row] = {}
    for row in tables.records("servicetrade", "jobitem"):
        key, source = _carried(row, system), row.get("source") or {}
        if key:
            side.items += 1
            items[key] = row
        elif source.get("type") == "vendor" and source.get("poNumber"):
            side.problems.append(
                f"item {row['id']} comes from PO {source['poNumber']} and carries no external id"
            )
    return items, side


def _jobs_by_number(tables: Records, system: str) -> dict[str, Row]:
    return {
        number: row
        for row in tables.records("servicetrade", "job")
        for number in _carried(row, system).split("|")
        if number
    }


def _why(number: str, job: Row | None) -> str:
    if job is None:
        return f"no job carries {number}"
    return (
        f"job {job['number']} is {job['status']}"
        if job["status"] in NOT_FOR_ITEMS
        else f"missing on job {number}"
    )


def _wanted_quantity(header: Row, line: Row) -> Decimal:
    ordered, received = _amount(line["PO_Quantity_List1"]), _amount(line["PO_Quantity_List2"])
    return received if _key(header["Status_Flag"]) == "CLOSED" else ordered


def _wanted(
    header: Row, line: Row, quantity: Decimal, vendors: Mapping[str, int], account: Account
) -> dict[str, Any]:
    per = {"C": 100, "M": 1000}.get(_key(line["Unit_Of_Measure"]), 1)
    price = _amount(line["Item_Price"]) * (1 - _amount(line["Item_Discount_Percent"]) / 100) / per
    number, vendor = _key(header["PO_Number"]), vendors.get(_key(header["Vendor_Code"]))
    if _amount(line["PO_Quantity_List2"]) >= quantity:
        status = "received"
    else:
        status = "to_be_ordered" if _key(header["Status_Flag"]).startswith("P") else "ordered"
    day = _key(line["Delivery_Date"]) or _key(header["PO_Date_List2"])
    noon = (
        datetime.fromisoformat(f"{day[:10]}T12:00:00").replace(tzinfo=ZoneInfo(account.timezone))
        if day
        else None
    )
    source = {
        "type": "vendor",
        "vendorId": vendor,
        "poNumber": number,
        "status": status,
        "expectedDelivery": int(noon.timestamp()) if noon else None,
    }
    return {
        "quantity": quantity,
        "cost": price,
        "source": {name: value for name, value in source.items() if value is not None},
    }


def _differs(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Decimal):
        return abs(wanted - _amount(found)) > TOLERANCE
    return bool(wanted != found)


def _carried(row: Row, system: str) -> str:
    return str(dict(row.get("externalIds") or {}).get(system, ""))


def _amount(value: Any) -> Decimal:
    return Decimal(str(value if value is not None else "").strip() or "0")


def _key(value: Any) -> str:
    return str(value if value is not None else "").strip()
