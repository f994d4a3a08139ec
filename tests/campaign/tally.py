"""The second judge: for each record that people made, what stands in the target's tables, counted.

It knows nothing of the product, neither its keys nor its rules; only what a contractor's controller
would count by hand, so that the same count serves the product and any other script. A record is
lost when nothing stands for it, doubled when more than one does, in records, money and hours.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from tests.campaign.people import masters
from tests.campaign.whole import parts_of
from tests.histories.history import History

Row = dict[str, Any]
NONE = Decimal(0)
MASTERS = {
    "customers": ("company", "CR_CUSTOMER_MASTER_MC", "Customer_Code"),
    "sites": ("location", "WO_ADDRESS_MC", "Ship_To_ID"),
    "jobs": ("job", "JC_JOB_MASTER_MC", "Job_Number"),
}
PAYROLL = (
    "PR_PRE_TC_IMPORT_ERR_MC",
    "PR_PRE_TIME_CARD_MC",
    "PR_TIME_CARD_DETAIL_MC",
    "PR_TIME_CARD_HISTORY_MC",
)
"""Where a card stands before and after payroll has worked on it."""


@dataclass
class Tally:
    """What people approved, and how much of it is missing or there too often."""

    records: int = 0
    missing: int = 0
    doubled: int = 0
    touched: int = 0
    """How many of them people worked on by hand; these are counted in `tests/campaign/people`."""
    money: Decimal = NONE
    money_missing: Decimal = NONE
    money_doubled: Decimal = NONE
    hours: Decimal = NONE
    hours_missing: Decimal = NONE
    hours_doubled: Decimal = NONE

    def __add__(self, other: "Tally") -> "Tally":
        names = [counter.name for counter in fields(self)]
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})


def tally(history: History) -> Tally:
    """Every flow of the history."""
    together = Tally()
    for flow, part in parts_of(history).items():
        count = OF_FLOW.get(flow, _masters)
        together += count(part)
    return together


def untouched(history: History) -> list[tuple[int, int]]:
    """Place and id of the records on which nobody worked by hand."""
    made = enumerate(history.made)
    return [(place, record) for place, record in made if place not in history.touched]


def _masters(history: History) -> Tally:
    """Each record carries the code of one row of Spectrum's, and each row's code is carried by one
    record.
    """
    source, table, column = MASTERS[history.case.flow]
    entered = getattr(history.contractor.before, history.case.flow)
    rows = [_text(row[column]) for row in history.records("spectrum", table)]
    theirs = {*history.typed, *entered}
    for touched in history.touched.values():
        theirs.update(masters.standing(history, touched.names[0]))
    carried = {
        record["id"]: str((record.get("externalIds") or {}).get(EXTERNAL_SYSTEM, ""))
        for record in history.records("servicetrade", source)
    }
    made = [record for _, record in untouched(history)]
    missing = sum(carried[record] not in rows for record in made)
    nobodys = sum(code not in carried.values() and code not in theirs for code in rows)
    # A row that is there, with a record that does not carry its code yet, is one of the missing.
    return Tally(len(made), missing, max(0, nobodys - missing))


def _invoices(history: History) -> Tally:
    """What stands under an invoice's number, and under numbers that begin with it, adds up to it;
    to nothing for a void one.
    """
    found = Tally()
    headers = history.records("spectrum", "CR_INVOICE_HEADER_MC")
    invoices = {row["id"]: row for row in history.records("servicetrade", "invoice")}
    for _, made in untouched(history):
        invoice = invoices[made]
        number, total = str(invoice["invoiceNumber"]), Decimal(str(invoice["totalPrice"]))
        net = sum((_amount(row) for row in headers if _is_of(row, number)), NONE)
        wanted = NONE if invoice["status"] == "void" else total
        more, less = max(NONE, net - wanted), max(NONE, wanted - net)
        if invoice["status"] == "void":  # an offset that is missing is lost too
            more, less = max(NONE, -net), max(NONE, net)
        found += Tally(
            1, bool(less), bool(more), money=total, money_missing=less, money_doubled=more
        )
    return found


def _is_of(header: Row, number: str) -> bool:
    own = _text(header["Invoice_Or_Transaction"])
    return own == number or (own.startswith(number) and not own[len(number)].isdigit())


def _amount(header: Row) -> Decimal:
    sign = -1 if _text(header["Transaction_Type"]) == "C" else 1
    return sign * Decimal(str(header["Invoice_Extension"]))


def _time(history: History) -> Tally:
    """No two rows of time of a history have the same hours, so a card is known by them."""
    cards = [
        Decimal(str(row["Hours"])).normalize()
        for table in PAYROLL
        for row in history.records("spectrum", table)
    ]
    found = Tally()
    for piece in (2 * place + row for place, _ in untouched(history) for row in range(2)):
        hours = Decimal(100 + 5 * piece) / 100
        count = cards.count(hours.normalize())
        more = max(0, count - 1)
        found += Tally(
            1,
            not count,
            more,
            hours=hours,
            hours_missing=NONE if count else hours,
            hours_doubled=more * hours,
        )
    return found


def _orders(history: History) -> Tally:
    """Each line of an order is one item, which bears the line's text."""
    items = history.records("servicetrade", "jobitem")
    found = Tally()
    for number, _ in untouched(history):
        lines = [row for row in items if f"{row['name']} ".startswith(f"Pump seal kit {number} ")]
        wanted, price = 1 + number % 2, Decimal(f"{10 + number}.50")
        costs = [Decimal(2 + place) * price for place in range(wanted)]
        there = [Decimal(str(row["quantity"])) * Decimal(str(row["cost"])) for row in lines]
        missing = sum(cost not in there for cost in costs)
        more = sum(max(0, there.count(cost) - 1) for cost in costs)
        found += Tally(
            wanted,
            missing,
            more,
            money=sum(costs, NONE),
            money_missing=sum((cost for cost in costs if cost not in there), NONE),
            money_doubled=sum((max(0, there.count(cost) - 1) * cost for cost in costs), NONE),
        )
    return found


OF_FLOW: dict[str, Callable[[History], Tally]] = {
    "invoices": _invoices,
    "timecards": _time,
    "purchase_orders": _orders,
}


def _text(value: Any) -> str:
    return str(value if value is not None else "").strip()
