"""What each step did to the cost that stands on a job. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.ledger.entry import Entry

LINKING, REMOVING = "external id", "remove"
NOTHING = Decimal(0)


def costs_of_steps(entry: Entry, memory: Memory | None) -> Mapping[str, Decimal]:
    """By step, in dollars: a change bears the difference, a removal takes back what stood there,
    so that all of a line add up to what its item costs now. A step of which no cost is known is
    left out: earlier versions kept none with a call, and only the last write is remembered.
    """
    said = {call.step: Decimal(call.amount) for call in entry.calls if call.amount}
    moved: dict[str, Decimal] = {}
    stands = NOTHING
    for step in entry.done_steps:
        word, _, version = step.rpartition(" ")
        if word == LINKING:
            continue
        cost = NOTHING if word == REMOVING else said.get(step, _remembered(memory, version))
        if cost is None:
            continue
        moved[step] = cost - stands
        stands = cost
    return moved


def _remembered(memory: Memory | None, version: str) -> Decimal | None:
    is_last = memory is not None and str(memory.version) == version
    return memory.sent.total if memory is not None and is_last else None
