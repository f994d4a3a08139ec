"""Makes, changes and removes job items, and finds those whose answers were lost.

The ledger keeps what is sent before it is sent, and what ServiceTrade answered after it did. An item bears the name of its
line from the first moment, so one whose POST was never answered is found among the items of its job.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from st_spectrum.domain.commands import Command
from st_spectrum.engine.sends import NeedsAPerson
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues, Memory
from st_spectrum.flows.purchase_orders.job_item_steps import ADD, ADOPT, CHANGE, LINK, REMOVE, external_id_of
from st_spectrum.flows.purchase_orders.rules import bears, token_of
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import JobItem

ITEMS = "po-items"
"""Kind under which the ledger keeps the `Memory` of each line."""
ENTITY = "jobitem"


class PoTargets:
    """The writes of the purchase orders flow, and how each is found again."""

    def __init__(self, servicetrade: ServiceTrade, ledger: Ledger, external_system: str) -> None:
        self._servicetrade = servicetrade
        self._ledger = ledger
        self._external_system = external_system
        self.senders: Mapping[str, Callable[[Command], None]] = {
            ADD: self._add,
            CHANGE: self._change,
            REMOVE: self._remove,
            LINK: self._link,
            ADOPT: self._adopt,
        }
        self.finders: Mapping[str, Callable[[Command], bool | None]] = {
            ADD: self._is_added,
            CHANGE: self._is_changed,
            REMOVE: self._is_removed,
            LINK: self._is_linked,
            ADOPT: self._is_adopted,
        }

    def memory(self, key: str) -> Memory | None:
        """What the ledger keeps of a line's item."""
        return Memory.decode(self._ledger.kept(ITEMS, key))

    def carrier(self, key: str) -> JobItem | None:
        """The item that carries the line's external id."""
        item_id = self._servicetrade.find_by_external_id(ENTITY, external_id_of(key))
        return None if item_id is None else self._servicetrade.job_item(item_id)

    def lost_item(self, key: str, job_id: int) -> JobItem | None:
        """The item that a lost answer left on the job, if it did. Raises `NeedsAPerson` when there are several."""
        if (carrier := self.carrier(key)) is not None:
            return carrier
        return the_only(key, [item for item in self._servicetrade.job_items(job_id) if self._may_be(item, key)])

    def standing_on(self, job_id: int, keys: Iterable[str]) -> dict[str, tuple[JobItem, ...]]:
        """Which items of a job belong to these lines: by external id, else by the line's token in their text. One list."""
        items = list(self._servicetrade.job_items(job_id))
        found: dict[str, tuple[JobItem, ...]] = {}
        for key in keys:
            linked = (item for item in items if item.external_ids.get(self._external_system) == external_id_of(key))
            those = tuple(linked) or tuple(item for item in items if self._may_be(item, key))
            if those:
                found[key] = those
        return found

    def _may_be(self, item: JobItem, key: str) -> bool:
        return bears(ItemValues.of(item), key) and not item.external_ids.get(self._external_system)

    def _add(self, call: Command) -> None:
        version, job_id = int(call.fields["version"]), int(call.fields["job_id"])
        memory = Memory(version, version, job_id, ItemValues.decode(call.fields["values"]))
        self._keep(call.key, memory)
        self._keep(call.key, memory.found(self._servicetrade.add_job_item(memory.sent.as_new(job_id))))

    def _change(self, call: Command) -> None:
        memory, item_id = self._known(call)
        pending = memory.changing(int(call.fields["version"]), ItemValues.decode(call.fields["values"]))
        self._keep(call.key, pending)
        item = self._servicetrade.change_job_item(item_id, pending.sent.as_change(memory.sent))
        self._keep(call.key, pending.found(item))

    def _remove(self, call: Command) -> None:
        memory, item_id = self._known(call)
        self._servicetrade.delete_job_item(item_id)
        self._keep(call.key, memory.removed())

    def _link(self, call: Command) -> None:
        _, item_id = self._known(call)
        self._servicetrade.set_external_id(ENTITY, item_id, call.fields["value"])

    def _adopt(self, call: Command) -> None:
        item = self._servicetrade.job_item(int(call.fields["item_id"]))
        if item is None:
            raise _deleted(call.key)
        version = int(call.fields["version"])
        values = ItemValues.decode(call.fields["values"])
        self._keep(call.key, Memory(version, version, int(call.fields["job_id"]), values).found(item))

    def _is_added(self, call: Command) -> bool | None:
        memory = self.memory(call.key)
        if memory is None or memory.version != int(call.fields["version"]) or memory.is_removed:
            return None
        if memory.item_id is not None:
            return True
        item = self.lost_item(call.key, memory.job_id)
        if item is None:
            return None
        self._keep(call.key, memory.found(item))
        return True

    def _is_changed(self, call: Command) -> bool | None:
        memory, item_id = self._known(call)
        item = self._servicetrade.job_item(item_id)
        if item is None:
            raise _deleted(call.key)
        values = ItemValues.decode(call.fields["values"])
        if values.differs_from(ItemValues.of(item)):
            return None
        self._keep(call.key, memory.changing(int(call.fields["version"]), values).found(item))
        return True

    def _is_removed(self, call: Command) -> bool | None:
        memory = self.memory(call.key)
        if memory is None or memory.item_id is None:
            return True
        if self._servicetrade.job_item(memory.item_id) is not None:
            return None
        self._keep(call.key, memory.removed())
        return True

    def _is_linked(self, call: Command) -> bool | None:
        _, item_id = self._known(call)
        return True if self._servicetrade.external_id(ENTITY, item_id) == call.fields["value"] else None

    def _is_adopted(self, call: Command) -> bool | None:
        memory = self.memory(call.key)
        return True if memory is not None and memory.item_id == int(call.fields["item_id"]) else None

    def _known(self, call: Command) -> tuple[Memory, int]:
        memory = self.memory(call.key)
        if memory is None or memory.item_id is None:
            raise NeedsAPerson(
                f"the ledger does not know which job item is {token_of(call.key)}",
                f"See whether an item bears {token_of(call.key)}, and give it {external_id_of(call.key)} as external id.",
                "the ledger does not know the job item of a purchase order line",
            )
        return memory, memory.item_id

    def _keep(self, key: str, memory: Memory) -> None:
        self._ledger.keep(ITEMS, key, memory.encode())


def the_only(key: str, found: Sequence[JobItem]) -> JobItem | None:
    """The one item of a line on a job, if there is one. Raises `NeedsAPerson` when there are several."""
    if len(found) > 1:
        raise NeedsAPerson(
            f"{len(found)} items of its job bear {token_of(key)}, so the right one cannot be told",
            f"Delete all but one of the items {', '.join(str(item.id) for item in found)} in ServiceTrade.",
            "several items of one purchase order line on a job",
        )
    return found[0] if found else None


def _deleted(key: str) -> NeedsAPerson:
    return NeedsAPerson(
        f"the job item of {token_of(key)} was deleted in ServiceTrade while it was being changed",
        "Nothing is made anew. If it belongs on the job, enter it there by hand.",
        "deleted by people in ServiceTrade",
    )
