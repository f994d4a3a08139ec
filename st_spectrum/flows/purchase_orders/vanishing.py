"""Whether the job items that a poll would remove are more than people cancel between two polls.

An empty table of lines, or one whose quantities or jobs are all blank, looks like a thousand
cancelled lines. Counted are the items that would go, over all orders of the poll and not only those
of one batch.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.engine.allowance import Vanished, allowed
from st_spectrum.flows.purchase_orders.description import PURCHASE_ORDERS
from st_spectrum.flows.purchase_orders.job_item import key_of
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.flows.purchase_orders.kept import kept_memory
from st_spectrum.flows.purchase_orders.rules import line_of, names_nothing, without_job
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.item_models import RECEIVED
from st_spectrum.spectrum.purchase_orders import PurchaseOrder

FLOW = PURCHASE_ORDERS.name


@dataclass(frozen=True)
class _Item:
    """One item that would go. `is_proven`: its order's header, a second witness, is closed."""

    key: str
    number: str
    reason: str
    is_order_gone: bool
    is_proven: bool


def vanished_items(
    orders: Mapping[str, PurchaseOrder | None],
    known: Mapping[str, set[int]],
    ledger: Ledger,
    account: Account,
    line_counts: Mapping[str, int],
) -> Vanished:
    """The items that would be removed because of these orders; `known` are the lines that the
    ledger has of each.

    `line_counts` says how many lines the same poll shows on every order that it lists.
    """
    items = tuple(_items(orders, known, ledger, account))
    keys = tuple(item.key for item in items)
    losing = {item.number for item in items}
    other_lines = sum(count for number, count in line_counts.items() if number not in losing)
    allowed_keys = allowed(ledger, FLOW)
    reason = _suspicion(
        [item for item in items if item.key not in allowed_keys], account, other_lines
    )
    return Vanished(FLOW, "spectrum", keys, reason or _counted(items), is_suspicious=bool(reason))


def _suspicion(items: Sequence[_Item], account: Account, other_lines: int) -> str:
    """Why these are too many to be believed, "" when they may well be so."""
    rules = account.purchase_orders
    gone = sorted({item.number for item in items if item.is_order_gone})
    if len(gone) > rules.most_deleted_at_once:
        count = sum(item.is_order_gone for item in items)
        return (
            f"{len(gone)} purchase orders with {count} job items are gone, {gone[0]} among them,"
            f" and at most {rules.most_deleted_at_once} may be"
        )
    closed = {item.number for item in items if item.is_proven}
    if len(closed) > rules.most_deleted_at_once:
        return (
            f"{len(closed)} purchase orders were closed at once before anything came,"
            f" and at most {rules.most_deleted_at_once} may be"
        )
    doubtful = [item for item in items if not item.is_proven]
    numbers = {item.number for item in doubtful}
    if len(numbers) > 1 and not other_lines:
        return f"{_counted(doubtful)}, and Spectrum shows no line of any other order"
    # All of one order is what a buyer cancels; the lines of the others show that the table is
    # there.
    is_one_order = len(numbers) == 1 and bool(other_lines)
    if len(doubtful) > rules.most_removed_at_once and not is_one_order:
        return f"{_counted(doubtful)}, and at most {rules.most_removed_at_once} may be"
    return ""


def _items(
    orders: Mapping[str, PurchaseOrder | None],
    known: Mapping[str, set[int]],
    ledger: Ledger,
    account: Account,
) -> Iterator[_Item]:
    for number, order in orders.items():
        for place in sorted(known.get(number, ())):
            key, line = key_of(number, place), line_of(order, place)
            desired = without_job(order, line, account)
            if desired is None or not names_nothing(desired):
                continue
            try:
                memory = kept_memory(ledger, key)
            except DamagedDocument:
                continue  # its line is held with that, so its item stays
            if memory is None or memory.is_removed:
                continue
            is_proven = (
                order is not None
                and order.is_closed
                and line is not None
                and not _was_received(memory)
            )
            yield _Item(key, number, desired.reason, order is None, is_proven)


def _was_received(memory: Memory) -> bool:
    """Whether the item said that its goods came: no closing of the order undoes that."""
    source = memory.sent.source
    return source.status == RECEIVED or RECEIVED in source.ref_number.split(", ")


def _counted(items: Sequence[_Item]) -> str:
    """How many, of how many orders, and why, the most frequent reason first."""
    reasons: defaultdict[str, int] = defaultdict(int)
    for item in items:
        reasons[item.reason] += 1
    orders = len({item.number for item in items})
    counts = ", ".join(
        f"{count} × {reason}"
        for reason, count in sorted(reasons.items(), key=lambda counted: -counted[1])
    )
    return f"{len(items)} job items of {orders} purchase orders would be removed at once ({counts})"
