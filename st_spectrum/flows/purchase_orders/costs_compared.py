"""The equation and the control totals of purchase orders, in cost. Pure.

An order is open for longer than a month, so there is one equation over all of them: *ordered in
Spectrum for jobs = on the jobs + waiting + refused + in doubt + left out by rule + handled by hand
+ difference*. What stands on the jobs has been received, or has not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from st_spectrum.account.purchase_orders import PurchaseOrderRules
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.equation import (
    NOTHING,
    ControlTotal,
    Equation,
    Line,
    MoneyOfRecord,
    control_totals,
    summed,
)
from st_spectrum.flows.purchase_orders.desired import (
    DesiredItem,
    ItemLeftAlone,
    NoItem,
    WantedItem,
)
from st_spectrum.flows.purchase_orders.job_item import part_status, quantity_of, unit_cost
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.item_models import RECEIVED, JobItem
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine

CENT, QUANTUM = Decimal("0.01"), Decimal("0.0001")
ORDERED = "ordered in Spectrum for jobs"
LINES = {Line.POSTED: "on the job, received", Line.NOT_POSTED: "on the job, not yet received"}

Part = tuple[str, str, Decimal]
"""Dimension, code and cost, quantity or count."""


@dataclass(frozen=True)
class BoughtLine:
    """One line of an order with all that both sides and the ledger have of it.

    `is_compared` says that nobody works on it and no person has taken it over, `is_expected` that
    an item should stand there for it now.
    """

    key: str
    title: str
    number: str
    order: PurchaseOrder | None
    line: PurchaseOrderLine | None
    desired: DesiredItem
    entry: Entry | None
    memory: Memory | None
    items: Sequence[JobItem]
    is_compared: bool
    is_expected: bool


def equation_of(lines: Sequence[BoughtLine], rules: PurchaseOrderRules) -> tuple[Equation, ...]:
    """One for all; none where our login does not see what items cost."""
    if any(item.cost is None for one in lines for item in one.items):
        return ()
    records = tuple(
        record for one in lines if (record := _record(one, rules)).approved or record.rest
    )
    return (Equation("", records, "Purchase orders, in cost", ORDERED, LINES),) if records else ()


def _record(one: BoughtLine, rules: PurchaseOrderRules) -> MoneyOfRecord:
    stands = sum((_money(item.quantity, item.cost) for item in one.items), NOTHING)
    is_received = (
        one.order is not None
        and one.line is not None
        and part_status(one.order, one.line, rules) == RECEIVED
    )
    line, reason = _line(one)
    return MoneyOfRecord(
        one.key,
        one.title,
        _asked(one, rules),
        stands if is_received else NOTHING,
        NOTHING if is_received else stands,
        line,
        reason,
        one.entry.confirmed_at if one.entry else None,
    )


def _asked(one: BoughtLine, rules: PurchaseOrderRules) -> Decimal:
    """What Spectrum's line costs now; nothing where it buys nothing for a job."""
    if isinstance(one.desired, WantedItem):
        return _money(one.desired.values.quantity, one.desired.values.cost)
    if isinstance(one.desired, NoItem) or one.order is None or one.line is None:
        return NOTHING
    return _money(quantity_of(one.order, one.line, rules), unit_cost(one.line, rules.unit_factors))


def _line(one: BoughtLine) -> tuple[Line, str]:
    """Where the cost is that does not stand on a job, and why."""
    entry, desired = one.entry, one.desired
    if entry is None:
        if one.items:
            return Line.DIFFERENCE, "it stands on a job, and this ledger knows nothing of it"
        if isinstance(desired, ItemLeftAlone):
            return Line.LEFT_OUT, desired.reason
        return Line.WAITING, desired.reason if isinstance(desired, Hold) else "not noticed yet"
    if entry.is_handled:
        return Line.BY_HAND, entry.reason
    if entry.is_in_doubt:
        return Line.IN_DOUBT, entry.reason
    if entry.state in (State.CONFIRMED, State.VOIDED):
        if isinstance(desired, ItemLeftAlone):
            return Line.LEFT_OUT, desired.reason
        return Line.DIFFERENCE, "Spectrum and ServiceTrade differ"
    lines = {State.REJECTED: Line.REFUSED, State.SKIPPED: Line.LEFT_OUT}
    return lines.get(entry.state, Line.WAITING), entry.reason


def totals_of(lines: Sequence[BoughtLine], jobs: Mapping[int, str]) -> tuple[ControlTotal, ...]:
    """Cost by order, job and vendor, quantity by unit, and how many orders and items, of what
    should stand on the jobs and of what stands there; cost only where our login sees it. `jobs` are
    the numbers of ServiceTrade's jobs by id.
    """
    compared = [one for one in lines if one.is_compared]
    sees_cost = all(item.cost is not None for one in compared for item in one.items)
    wanted: list[Part] = []
    found: list[Part] = []
    for one in compared:
        if (should := _should_stand(one)) is not None:
            job_id, quantity, cost = should
            wanted += _parts(one, _job(job_id, jobs), quantity, cost if sees_cost else None)
        for item in one.items:
            job = _job(item.job.id if item.job else 0, jobs)
            found += _parts(one, job, item.quantity or NOTHING, item.cost if sees_cost else None)
    wanted += _orders(one for one in compared if one.is_expected)
    found += _orders(one for one in compared if one.items)
    return control_totals("", summed(found), summed(wanted))


def _should_stand(one: BoughtLine) -> tuple[int, Decimal, Decimal | None] | None:
    """Job, quantity and cost of the item; of a line that says nothing now, what was sent."""
    if not one.is_expected:
        return None
    if isinstance(one.desired, WantedItem):
        return one.desired.job.id, one.desired.values.quantity, one.desired.values.cost
    sent = one.memory
    return (sent.job_id, sent.sent.quantity, sent.sent.cost) if sent is not None else None


def _orders(lines: Iterator[BoughtLine]) -> Iterator[Part]:
    return (("count", "orders", Decimal(1)) for _ in {one.number for one in lines})


def _parts(one: BoughtLine, job: str, quantity: Decimal, cost: Decimal | None) -> Iterator[Part]:
    unit = one.line.unit_of_measure.upper() if one.line else ""
    yield "count", "items", Decimal(1)
    yield "quantity", unit, quantity.quantize(QUANTUM, ROUND_HALF_UP)
    if cost is not None:
        amount = _money(quantity, cost)
        yield "order", one.number, amount
        yield "job", job, amount
        yield "vendor", one.order.vendor_code if one.order else "", amount


def _job(job_id: int, jobs: Mapping[int, str]) -> str:
    return jobs.get(job_id) or f"id {job_id}"


def _money(quantity: Decimal | None, cost: Decimal | None) -> Decimal:
    return ((quantity or NOTHING) * (cost or NOTHING)).quantize(CENT, ROUND_HALF_UP)
