"""Makes, changes and removes job items, and finds those whose answers were lost.

The ledger keeps what is sent before it is sent, and what ServiceTrade answered after it did. An
item bears the name of its line from the first moment, so one whose POST was never answered is found
among the items of its job.
"""

from collections.abc import Iterable, Sequence

from st_spectrum.engine.handlers import Handlers
from st_spectrum.engine.retries.sends import NeedsAPerson
from st_spectrum.flows.purchase_orders.commands import (
    AddJobItem,
    AdoptJobItem,
    LinkJobItem,
    RemoveJobItem,
    UpdateJobItem,
)
from st_spectrum.flows.purchase_orders.job_item import bears, token_of
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues, Memory
from st_spectrum.flows.purchase_orders.job_item_steps import external_id_of
from st_spectrum.flows.purchase_orders.kept import keep_memory, kept_memory
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import JobItem

ENTITY = "jobitem"


class PoTargets:
    """The writes of the purchase orders flow, and how each is found again."""

    def __init__(self, servicetrade: ServiceTrade, ledger: Ledger, external_system: str) -> None:
        self._servicetrade = servicetrade
        self._ledger = ledger
        self._external_system = external_system

    def handle(self, handlers: Handlers) -> None:
        """Take the commands of the flow."""
        handlers.add(AddJobItem, self._add, self._is_added)
        handlers.add(UpdateJobItem, self._change, self._is_changed)
        handlers.add(RemoveJobItem, self._remove, self._is_removed)
        handlers.add(LinkJobItem, self._link, self._is_linked)
        handlers.add(AdoptJobItem, self._adopt, self._is_adopted)

    def memory(self, key: str) -> Memory | None:
        """What the ledger keeps of a line's item."""
        return kept_memory(self._ledger, key)

    def carrier(self, key: str) -> JobItem | None:
        """The item that carries the line's external id."""
        item_id = self._servicetrade.find_by_external_id(ENTITY, external_id_of(key))
        return None if item_id is None else self._servicetrade.job_item(item_id)

    def lost_item(self, key: str, job_id: int) -> JobItem | None:
        """The item that a lost answer left on the job, if it did. Raises `NeedsAPerson` when there
        are several.
        """
        if (carrier := self.carrier(key)) is not None:
            return carrier
        return the_only(
            key, [item for item in self._servicetrade.job_items(job_id) if self._may_be(item, key)]
        )

    def standing_on(self, job_id: int, keys: Iterable[str]) -> dict[str, tuple[JobItem, ...]]:
        """Which items of a job belong to these lines: by external id, else by the line's token in
        their text. One list.
        """
        items = list(self._servicetrade.job_items(job_id))
        found: dict[str, tuple[JobItem, ...]] = {}
        for key in keys:
            linked = (
                item
                for item in items
                if item.external_ids.get(self._external_system) == external_id_of(key)
            )
            those = tuple(linked) or tuple(item for item in items if self._may_be(item, key))
            if those:
                found[key] = those
        return found

    def _may_be(self, item: JobItem, key: str) -> bool:
        return bears(ItemValues.of(item), key) and not item.external_ids.get(self._external_system)

    def _add(self, command: AddJobItem) -> None:
        memory = Memory(command.version, command.version, command.job_id, command.values)
        self._keep(command.line, memory)
        item = self._servicetrade.add_job_item(command.values.as_new(command.job_id))
        self._keep(command.line, memory.found(item))

    def _change(self, command: UpdateJobItem) -> None:
        memory, item_id = self._known(command.line)
        pending = memory.changing(command.version, command.values)
        self._keep(command.line, pending)
        item = self._servicetrade.change_job_item(item_id, command.values.as_change(memory.sent))
        self._keep(command.line, pending.found(item))

    def _remove(self, command: RemoveJobItem) -> None:
        memory, item_id = self._known(command.line)
        self._servicetrade.delete_job_item(item_id)
        self._keep(command.line, memory.removed())

    def _link(self, command: LinkJobItem) -> None:
        _, item_id = self._known(command.line)
        self._servicetrade.set_external_id(ENTITY, item_id, command.external_id)

    def _adopt(self, command: AdoptJobItem) -> None:
        item = self._servicetrade.job_item(command.item_id)
        if item is None:
            raise _deleted(command.line)
        memory = Memory(command.version, command.version, command.job_id, command.values)
        self._keep(command.line, memory.found(item))

    def _is_added(self, command: AddJobItem) -> bool | None:
        memory = self.memory(command.line)
        if memory is None or memory.version != command.version or memory.is_removed:
            return None
        if memory.item_id is not None:
            return True
        item = self.lost_item(command.line, memory.job_id)
        if item is None:
            return None
        self._keep(command.line, memory.found(item))
        return True

    def _is_changed(self, command: UpdateJobItem) -> bool | None:
        memory, item_id = self._known(command.line)
        item = self._servicetrade.job_item(item_id)
        if item is None:
            raise _deleted(command.line)
        if command.values.differs_from(ItemValues.of(item)):
            return None
        self._keep(command.line, memory.changing(command.version, command.values).found(item))
        return True

    def _is_removed(self, command: RemoveJobItem) -> bool | None:
        memory = self.memory(command.line)
        if memory is None or memory.item_id is None:
            return True
        if self._servicetrade.job_item(memory.item_id) is not None:
            return None
        self._keep(command.line, memory.removed())
        return True

    def _is_linked(self, command: LinkJobItem) -> bool | None:
        _, item_id = self._known(command.line)
        return (
            True if self._servicetrade.external_id(ENTITY, item_id) == command.external_id else None
        )

    def _is_adopted(self, command: AdoptJobItem) -> bool | None:
        memory = self.memory(command.line)
        return True if memory is not None and memory.item_id == command.item_id else None

    def _known(self, line: str) -> tuple[Memory, int]:
        memory = self.memory(line)
        if memory is None or memory.item_id is None:
            raise NeedsAPerson(
                f"the ledger does not know which job item is {token_of(line)}",
                f"See whether an item bears {token_of(line)}, and give it {external_id_of(line)} as"
                " external id.",
                "the ledger does not know the job item of a purchase order line",
            )
        return memory, memory.item_id

    def _keep(self, key: str, memory: Memory) -> None:
        keep_memory(self._ledger, key, memory)


def the_only(key: str, found: Sequence[JobItem]) -> JobItem | None:
    """The one item of a line on a job, if there is one. Raises `NeedsAPerson` when there are
    several.
    """
    if len(found) > 1:
        raise NeedsAPerson(
            f"{len(found)} items of its job bear {token_of(key)}, so the right one cannot be told",
            f"Delete all but one of the items {', '.join(str(item.id) for item in found)} in"
            " ServiceTrade.",
            "several items of one purchase order line on a job",
        )
    return found[0] if found else None


def _deleted(key: str) -> NeedsAPerson:
    return NeedsAPerson(
        f"the job item of {token_of(key)} was deleted in ServiceTrade while it was being changed",
        "Nothing is made anew. If it belongs on the job, enter it there by hand.",
        "deleted by people in ServiceTrade",
    )
