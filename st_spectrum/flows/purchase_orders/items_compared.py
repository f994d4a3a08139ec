"""Lines of purchase orders and job items as both sides should have them. Pure.

Orders go from Spectrum to ServiceTrade: what is wanted is made from Spectrum's line, and what is
found is the item. Differences are told under the names of the systems all the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord
from st_spectrum.flows.purchase_orders.desired import DesiredItem, WantedItem
from st_spectrum.flows.purchase_orders.job_item import token_of
from st_spectrum.flows.purchase_orders.job_item_memory import FIELDS, ItemValues, Memory
from st_spectrum.flows.purchase_orders.job_item_steps import external_id_of
from st_spectrum.flows.purchase_orders.links_compared import EXTERNAL_ID, ShownLinks
from st_spectrum.flows.purchase_orders.vanishing import FLOW
from st_spectrum.servicetrade.item_models import JobItem

INFORMATION = frozenset(FIELDS) - {"quantity", "cost"}
"""Job, quantity and cost are money on a job; texts, days and part statuses are not."""


@dataclass(frozen=True)
class LineSide:
    """One line: what should stand there because of it now, and what the ledger keeps of its item;
    None where it knows none. `is_linked` says whether the item was given the line's external id.
    """

    key: str
    title: str
    desired: DesiredItem
    memory: Memory | None
    is_linked: bool


def expected_item(side: LineSide, numbers: Mapping[int, str]) -> ExpectedRecord:
    """The item of a line. Where Spectrum's line says nothing about it any more, what was sent
    counts. `numbers` are those of ServiceTrade's jobs.
    """
    desired, memory = side.desired, side.memory
    link = {EXTERNAL_ID: external_id_of(side.key)} if side.is_linked else {}
    source = None
    if isinstance(desired, WantedItem):
        source = values_of(desired.values, desired.job.id, numbers) | link
    sent = values_of(memory.sent, memory.job_id, numbers) | link if memory else {}
    return ExpectedRecord(FLOW, side.key, side.title, side.key, source, sent, INFORMATION)


def stored_item(
    key: str, title: str, item: JobItem, numbers: Mapping[int, str], links: ShownLinks
) -> StoredRecord:
    """An item that belongs to the line of a key."""
    job_id = item.job.id if item.job else 0
    values = values_of(ItemValues.of(item), job_id, numbers) | links.values_of(item)
    return StoredRecord(key, values, FLOW, key, title or f"{token_of(key)}, job item {item.id}")


def values_of(values: ItemValues, job_id: int, numbers: Mapping[int, str]) -> dict[str, str]:
    """What is compared; a cost that our login does not see is not."""
    found = {name: values.text_of(name) for name in FIELDS}
    found |= {
        name: _number(amount)
        for name, amount in (("quantity", values.quantity), ("cost", values.cost))
        if amount is not None
    }
    if values.cost is None:
        del found["cost"]
    return found | {"job": numbers.get(job_id) or f"id {job_id}"}


def items_by_key(
    items: Iterable[JobItem], system: str, known: Mapping[int, str]
) -> dict[str, list[JobItem]]:
    """The items that bear the external id of a line, or are `known` as a line's by their id."""
    found: dict[str, list[JobItem]] = defaultdict(list)
    for item in items:
        carried = item.external_ids.get(system, "").replace("%", "/")
        if key := (known.get(item.id) or carried):
            found[key].append(item)
    return found


def _number(amount: Decimal) -> str:
    """Amounts travel as JSON numbers, so they come back with the precision of one."""
    return f"{float(amount):.9f}".rstrip("0").rstrip(".")
