"""What a believable contractor buys: few lines mostly and thirty now and then, stock and non-stock,
texts between them.

Decided by a seeded generator of its own and before any call, like the rest of the world in `plan`;
the same seed buys the same things whatever else the world holds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

LINES_MOST = 30

ITEMS = (
    ("HD-155", "Pendent sprinkler head 155F", "EA", "14.85"),
    ("HD-200", "Upright sprinkler head 200F", "EA", "16.10"),
    ("PIPE-1", 'Black steel pipe 1" x 21 ft', "FT", "2.3750"),
    ("PIPE-4", 'Grooved pipe 4" schedule 10', "FT", "11.9"),
    ("CPL-2", 'Grooved coupling 2"', "EA", "9.4"),
    ("SCR-10", "Self drilling screws #10", "C", "8.75"),
    ("ANCH-38", 'Drop-in anchors 3/8"', "C", "42.5"),
    ("TIE-8", 'Cable ties 8"', "M", "31.2"),
    ("WNUT", "Wire nuts, yellow", "M", "58"),
    ("SMK-D", "Photoelectric smoke detector", "EA", "63.4"),
    ("PS-40", "Pressure switch PS40-2", "EA", "187.25"),
    ("VLV-BF2", 'Backflow repair kit 2"', "EA", "148.0"),
    ("BELT-A", "Blower belt A-42", "EA", "12.6"),
    ("REF-410", "Refrigerant R-410A", "LB", "9.95"),
    ("", "Lift rental, one week", "WK", "640"),
    ("", "Fire pump seal kit, special order", "EA", "1310.55"),
    ("", "Crane and operator", "HR", "225"),
)
"""Code, description, unit, price; those without a code are no stock items. C is priced per 100, M
per 1,000 [SP 15.1].
"""

CODING = (("", "", ""), ("001", "M", "5200"), ("002", "M", "5200"), ("003", "S", "5400"))
"""Phase, cost type and direct cost account of a line; the phases are those of the standard
category.
"""

MESSAGES = (
    "Call the site before delivery",
    "Deliver to rear dock, ask for the foreman",
    "Backordered items to ship complete",
    "As per your quotation",
)
REMARKS = ("", "", "", "Urgent", "Will call", "Ship complete", "Hold for release")


@dataclass(frozen=True)
class PlannedLine:
    """A line; `coding` is a place in `CODING`. A message has nothing but its text."""

    description: str = ""
    item: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    coding: int = 0
    due_in_days: int = 0
    message: str = ""

    @property
    def is_message(self) -> bool:
        return bool(self.message)


@dataclass(frozen=True)
class PlannedOrder:
    """`job` is a place in the list of jobs, None when it is bought for a warehouse; `vendor` is a
    place in the list of vendors.
    """

    job: int | None
    vendor: int
    lines: tuple[PlannedLine, ...]
    remarks: str
    is_proposed: bool
    ordered_days_ago: int


def plan_orders(seed: int, count: int, jobs: int, vendors: int = 3) -> tuple[PlannedOrder, ...]:
    """`count` orders on `jobs` jobs: every job has one before any has a second; one in twenty is
    for the warehouse.
    """
    random = Random(f"orders {seed}")  # noqa: S311  a reproducible world, no secret
    planned = []
    for number in range(count):
        is_for_warehouse = number % 20 == 19 or not jobs
        job = None if is_for_warehouse else (number if number < jobs else random.randrange(jobs))
        planned.append(plan_order(random, job, vendors))
    return tuple(planned)


def plan_order(random: Random, job: int | None, vendors: int = 3) -> PlannedOrder:
    """One order: three in ten of more than a line have a text among them, one in twenty is only
    proposed.
    """
    size = 1 + int(LINES_MOST * random.random() ** 3)
    lines = [_line(random, is_coded=job is not None) for _ in range(size)]
    if size > 1 and random.random() < 0.3:
        lines.insert(random.randrange(size), PlannedLine(message=random.choice(MESSAGES)))
    return PlannedOrder(
        job=job,
        vendor=random.randrange(vendors),
        lines=tuple(lines[:LINES_MOST]),
        remarks=random.choice(REMARKS),
        is_proposed=random.random() < 0.05,
        ordered_days_ago=random.randrange(20),
    )


def _line(random: Random, *, is_coded: bool) -> PlannedLine:
    item, description, unit, price = random.choice(ITEMS)
    quantity = Decimal(random.choice((1, 1, 2, 3, 4, 6, 10, 12, 25)))
    if unit in ("C", "M"):
        quantity = Decimal(random.choice((50, 100, 250, 500, 1000)))
    elif unit in ("FT", "LB", "HR") and random.random() < 0.3:
        quantity += Decimal("0.5")
    spread = Decimal(random.randrange(90, 116)) / 100
    return PlannedLine(
        description=description,
        item=item,
        unit=unit,
        quantity=quantity,
        price=(Decimal(price) * spread).quantize(Decimal("0.0001")),
        discount=Decimal(random.choice((0, 0, 0, 0, 5, 10))),
        coding=random.randrange(len(CODING)) if is_coded else 0,
        due_in_days=random.randrange(1, 30),
    )


def as_record(planned: PlannedOrder, job_number: str, today: date) -> dict[str, Any]:
    """The order as `POST /purchaseOrders` takes it [SP 15.2], without number and company."""
    ordered = today - timedelta(days=planned.ordered_days_ago)
    place = {"Job_Number": job_number} if planned.job is not None else {"Warehouse_Code": "MAIN"}
    return {
        **place,
        "Vendor_Code": f"V{planned.vendor + 1:04d}",
        "Status_Flag": "P" if planned.is_proposed else "O",
        "Remarks": planned.remarks,
        "PO_Order_Date": _written(ordered),
        "PO_Delivery_Date": _written(ordered + timedelta(days=14)),
        "poDetails": [_detail(line, ordered) for line in planned.lines],
    }


def _detail(line: PlannedLine, ordered: date) -> dict[str, Any]:
    if line.is_message:
        return {"Detail_Entry_Type": "M", "Message": line.message}
    phase, cost_type, account = CODING[line.coding]
    return {
        "Detail_Entry_Type": "D" if line.item else "N",
        "PO_Quantity": str(line.quantity),
        "Item_ID": line.item,
        "Item_Description": line.description,
        "Unit_Of_Measure": line.unit,
        "Item_Price": str(line.price),
        "Item_Discount_Percent": str(line.discount) if line.discount else "",
        "Phase_Code": phase,
        "Cost_Type": cost_type,
        "GL_Account": account,
        "Delivery_Date": _written(ordered + timedelta(days=line.due_in_days)),
    }


def _written(day: date) -> str:
    return f"{day:%m/%d/%Y}"
