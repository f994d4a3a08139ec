"""Purchase orders and job items of both systems, read and compared some orders at a time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create, Hold
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord, compare
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.context import Context
from st_spectrum.flows.purchase_orders.costs_compared import BoughtLine, equation_of, totals_of
from st_spectrum.flows.purchase_orders.desired import NoItem, WantedItem
from st_spectrum.flows.purchase_orders.item_coding import Catalog
from st_spectrum.flows.purchase_orders.items_compared import (
    LineSide,
    expected_item,
    items_by_key,
    stored_item,
)
from st_spectrum.flows.purchase_orders.job_item import key_of, split_key, token_of
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.flows.purchase_orders.job_item_steps import is_linked
from st_spectrum.flows.purchase_orders.kept import kept_memory
from st_spectrum.flows.purchase_orders.links_compared import ShownLinks, shown_links
from st_spectrum.flows.purchase_orders.named_in_lists import NamedInLists
from st_spectrum.flows.purchase_orders.notice import scan
from st_spectrum.flows.purchase_orders.receiving import read_orders
from st_spectrum.flows.purchase_orders.rules import desired_of, line_of
from st_spectrum.flows.purchase_orders.standing_twice import ITEMS_OF_DAYS
from st_spectrum.flows.purchase_orders.vanishing import FLOW
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.spectrum.purchase_orders import PurchaseOrder

ORDERS_AT_ONCE = 400
ASKED_ONE_BY_ONE = 500
"""So many items that a list does not show are asked for by their id; of more nothing is concluded.
"""

KEY = re.compile(r".+\|\d+")


@dataclass(frozen=True)
class _Known:
    """A line of the ledger whose item we made, or may have made."""

    entry: Entry
    memory: Memory | None

    @property
    def has_item(self) -> bool:
        """Whether an item should stand there by our doing."""
        memory = self.memory
        return memory is not None and not memory.is_removed and memory.item_id is not None

    @property
    def is_compared(self) -> bool:
        """Whether nobody works on it, and no person has taken it over."""
        return (
            self.has_item
            and not self.entry.is_handled
            and self.entry.state in (State.CONFIRMED, State.HELD, State.REJECTED)
        )

    @property
    def is_anothers(self) -> bool:
        """Whether this ledger left the line alone and knows of no item: one that stands there all
        the same was made by a ledger that was lost, or by a second one.
        """
        return (
            self.memory is None and not self.entry.is_handled and self.entry.state is State.SKIPPED
        )

    @property
    def is_done_with(self) -> bool:
        """Whether its item was removed, and none is to stand there."""
        is_removed = self.memory is not None and self.memory.is_removed
        return is_removed and not self.entry.is_handled and self.entry.state is State.CONFIRMED


@dataclass
class OrderSides:
    """The orders of one account."""

    context: Context
    flow: Flow
    lists: SourceLists
    catalog: Catalog

    def compare(self) -> FlowCompared:
        """All orders of the poll, and those whose items we made. Raises a `SyncFault`."""
        if (vanished := self.flow.vanished_now()) is not None and vanished.is_suspicious:
            return FlowCompared(FLOW, unseen=f"{vanished.story}; nothing is concluded from that.")
        known = {entry.key: self._known(entry) for entry in self.context.ledger.entries(FLOW)}
        items = self._items(known)
        missing = [key for key, one in known.items() if one.is_compared and key not in items]
        if len(missing) > ASKED_ONE_BY_ONE:
            return FlowCompared(
                FLOW,
                unseen=(
                    f"ServiceTrade's list of job items does not show {len(missing)} that were made:"
                    " nothing is said to be missing or extra of purchase orders."
                ),
            )
        for key in missing:
            memory = known[key].memory
            item = self.context.servicetrade.job_item(memory.item_id or 0) if memory else None
            if item is not None:
                items[key] = [item]
        links = shown_links(items, self.context.account.servicetrade.external_system)
        found, lines = self._lines(known, items, links)
        rules = self.context.account.purchase_orders
        return FlowCompared(
            FLOW,
            sum(one.is_expected for one in lines),
            tuple(one.mirrored for one in found),
            equations=equation_of(lines, rules),
            totals=totals_of(lines, self._numbers),
            unproven=links.unproven,
        )

    def _known(self, entry: Entry) -> _Known:
        try:
            return _Known(entry, kept_memory(self.context.ledger, entry.key))
        except DamagedDocument:
            return _Known(entry, None)

    def _items(self, known: Mapping[str, _Known]) -> dict[str, list[JobItem]]:
        """The items that are ours, by line: one list of what changed since the first."""
        by_id = {
            one.memory.item_id: key
            for key, one in known.items()
            if one.has_item and one.memory and one.memory.item_id
        }
        # A ledger that was built anew, or that has no order yet, may be younger than items that a
        # lost or a second one made.
        lately = self.context.ledger.now() - timedelta(days=ITEMS_OF_DAYS)
        first = min((lately, *(one.entry.first_seen_at for one in known.values())))
        since = int((first - timedelta(days=1)).timestamp())
        system = self.context.account.servicetrade.external_system
        listed = self.context.servicetrade.job_items(updated_after=since)
        found = items_by_key(listed, system, by_id)
        return {key: items for key, items in found.items() if KEY.fullmatch(key)}

    def _lines(
        self,
        known: Mapping[str, _Known],
        items: Mapping[str, list[JobItem]],
        links: ShownLinks,
    ) -> tuple[list[Difference], list[BoughtLine]]:
        spectrum, account = self.context.spectrum, self.context.account
        headers = scan(spectrum, account, self.context.ledger.now())
        by_order: dict[str, list[str]] = {header.number: [] for header in headers}
        for key in (*known, *(key for key in items if key not in known)):
            by_order.setdefault(split_key(key)[0], []).append(key)
        numbers = sorted(by_order)
        found: list[Difference] = []
        lines: list[BoughtLine] = []
        for start in range(0, len(numbers), ORDERS_AT_ONCE):
            some = numbers[start : start + ORDERS_AT_ONCE]
            orders = {order.number: order for order in read_orders(spectrum, account, some)}
            expected: list[ExpectedRecord] = []
            there: list[StoredRecord] = []
            for number in some:
                keys = self._keys(orders.get(number), by_order[number])
                for key in keys:
                    line = self._line(key, orders.get(number), known, items)
                    lines.append(line)
                    found += self._place(line, links, expected, there)
            found += compare(expected, there)
        return found, lines

    def _keys(self, order: PurchaseOrder | None, known: Sequence[str]) -> Iterable[str]:
        lines = (key_of(order.number, line.number) for line in order.lines) if order else ()
        return dict.fromkeys((*lines, *known))

    def _line(
        self,
        key: str,
        order: PurchaseOrder | None,
        known: Mapping[str, _Known],
        items: Mapping[str, list[JobItem]],
    ) -> BoughtLine:
        number, place = split_key(key)
        line, one = line_of(order, place), known.get(key)
        title = f"{token_of(key)} {line.description if line else ''}".strip()
        own = tuple(items.get(key, ()))
        desired = desired_of(order, line, self._named, self.context.account)
        if one is not None and one.is_anothers and own and isinstance(desired, NoItem):
            one = None
        # Else it waits, or a person has taken it over.
        is_compared = one is None or one.is_compared or one.is_done_with
        is_wanted = isinstance(desired, WantedItem)
        is_made = one is not None and one.is_compared and not isinstance(desired, NoItem)
        is_expected = is_compared and (is_made or (is_wanted and (one is not None or bool(own))))
        return BoughtLine(
            key, title, number, order, line, desired,
            one.entry if one else None, one.memory if one else None, own, is_compared, is_expected,
        )  # fmt: skip

    def _place(
        self,
        one: BoughtLine,
        links: ShownLinks,
        expected: list[ExpectedRecord],
        there: list[StoredRecord],
    ) -> Iterator[Difference]:
        """On both sides; what nobody has sent is told at once."""
        if not one.is_compared:
            return
        there += (stored_item(one.key, one.title, item, self._numbers, links) for item in one.items)
        if one.is_expected:
            done = one.entry.done_steps if one.entry else ()
            was_linked = one.memory is not None and is_linked(done, one.memory)
            side = LineSide(one.key, one.title, one.desired, one.memory, was_linked)
            expected.append(expected_item(side, self._numbers))
        elif one.entry is None and not one.items and isinstance(one.desired, WantedItem):
            yield from self._never_sent(one.key)

    def _never_sent(self, key: str) -> Iterator[Difference]:
        evaluation = self.flow.evaluate(key, NEW, NOTHING)
        if isinstance(evaluation.decision, Create | Hold):
            yield Difference(
                FLOW,
                key,
                evaluation.title,
                "",
                Verdict.MISSING,
                is_repairable=isinstance(evaluation.decision, Create),
            )

    @cached_property
    def _named(self) -> NamedInLists:
        return NamedInLists(self.context.account, self.lists, self.catalog)

    @cached_property
    def _numbers(self) -> dict[int, str]:
        return {job.id: str(job.number) for job in self.lists.jobs.values()}
