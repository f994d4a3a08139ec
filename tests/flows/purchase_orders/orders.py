"""Purchase orders and job items of one small contractor, for rules to be tried on."""

from datetime import date
from decimal import Decimal
from typing import Any

from st_spectrum.flows.purchase_orders.desired import JobName, LineBundle, Match
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues, Memory
from st_spectrum.servicetrade.item_models import ItemSource, JobItem
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine
from tests.flows import records


def line(number: int = 1, **changes: Any) -> PurchaseOrderLine:
    """Four seal kits at 12.50."""
    known = {
        "number": number,
        "line_type": "N",
        "item_code": "!SK-20",
        "description": "Pump seal kit",
        "unit_of_measure": "EA",
        "ordered": Decimal(4),
        "received": Decimal(0),
        "price": Decimal("12.50"),
        "discount_percent": Decimal(0),
        "job_number": "",
        "phase_code": "",
        "cost_type": "",
        "gl_account": "",
        "warehouse_code": "",
        "work_order": "",
        "delivery_date": date(2025, 11, 20),
        "message": "",
    }
    return PurchaseOrderLine(**known | changes)


def order(*lines: PurchaseOrderLine, **changes: Any) -> PurchaseOrder:
    """An open order for job 10482."""
    known = {
        "number": "4412",
        "status": "OPEN",
        "vendor_code": "FERG",
        "vendor_name": "Ferguson, Inc.",
        "job_number": "10482",
        "warehouse_code": "",
        "order_date": date(2025, 11, 3),
        "delivery_date": None,
        "remarks": "",
        "special_instructions": "",
        "comment": "",
        "ordered_by": "",
        "confirmed_by": "",
        "cost_center": "",
        "lines": lines or (line(),),
    }
    return PurchaseOrder(**known | changes)


def bundle(of: PurchaseOrder | None = None, *, job: Any = None, **changes: Any) -> LineBundle:
    """The first line of an order, matched with a scheduled job."""
    found = of or order()
    match = Match(JobName("10482"), job or records.job(externalIds={"spectrum": "10482"}))
    return LineBundle(found, found.lines[0], **{"match": match} | changes)


def values(**changes: Any) -> ItemValues:
    """What stands in an item for that line."""
    known = {
        "name": "Pump seal kit (PO 4412 line 1)",
        "quantity": Decimal(4),
        "cost": Decimal("12.5"),
        "used_on": None,
        "lib_item_id": None,
        "service_line_id": None,
        "source": ItemSource.of_vendor(po_number="4412", status="ordered"),
    }
    return ItemValues(**known | changes)


def item(of: ItemValues, item_id: int = 71002, job_id: int = 2500000000010482) -> JobItem:
    """As ServiceTrade would answer it."""
    known: dict[str, Any] = {
        "id": item_id,
        "name": of.name,
        "quantity": of.quantity,
        "cost": of.cost,
    }
    known |= {"usedOn": of.used_on, "job": {"id": job_id}, "source": of.source.as_wire()}
    return JobItem.model_validate(known)


def memory(of: ItemValues, **changes: Any) -> Memory:
    """After the item was made with these values."""
    known: dict[str, Any] = {
        "version": 1,
        "made": 1,
        "job_id": 2500000000010482,
        "sent": of,
        "item_id": 71002,
    }
    return Memory(**known | {"seen": of} | changes)
