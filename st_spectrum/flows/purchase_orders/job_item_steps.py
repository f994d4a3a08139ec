"""How a job item gets where it should be: made, changed, moved, removed, never against a person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Step, Update
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.flows.purchase_orders.commands import (
    AddJobItem,
    AdoptJobItem,
    JobItemInDoubt,
    LinkJobItem,
    RemoveJobItem,
    UpdateJobItem,
)
from st_spectrum.flows.purchase_orders.desired import DesiredItem, ItemLeftAlone, NoItem, WantedItem
from st_spectrum.flows.purchase_orders.job_item_memory import FIELDS, ItemValues, Memory
from st_spectrum.servicetrade.item_models import JobItem

TOUCHED = "changed by people in ServiceTrade"
DELETED = "deleted by people in ServiceTrade"


@dataclass(frozen=True)
class ItemBundle:
    """One line, where its item should be and where it is.

    `item` is what stands in ServiceTrade, as far as `has_item_read`: the item that `memory` knows,
    else the one that a lost answer may have left, else the one that bears the line's external id.
    """

    key: str
    desired: DesiredItem
    memory: Memory | None = None
    item: JobItem | None = None
    progress: Progress = NEW


def needs_item(desired: DesiredItem, memory: Memory | None) -> bool:
    """Whether ServiceTrade must be asked for the item: not while it stands as it should, as far as
    our writes go.
    """
    if memory is None or memory.is_removed:
        return isinstance(desired, WantedItem)
    return memory.seen is None or not is_in_step(desired, memory)


def is_in_step(desired: DesiredItem, memory: Memory) -> bool:
    """Whether our last answered write said what is wanted now, or nothing is to be done to it."""
    if isinstance(desired, WantedItem):
        return memory.job_id == desired.job.id and not desired.values.differs_from(memory.sent)
    return isinstance(desired, ItemLeftAlone | Hold)


def decide_item(bundle: ItemBundle) -> Decision:
    """What to do about one line now."""
    desired, memory = bundle.desired, bundle.memory
    if memory is None or memory.is_removed:
        return _without_item(bundle, desired, memory.next_version if memory else 1)
    if memory.is_in_doubt:
        return (
            _complete(bundle, memory, bundle.item)
            if bundle.item
            else _without_item(bundle, desired, memory.version)
        )
    return _with_item(bundle, desired, memory)


def _without_item(bundle: ItemBundle, desired: DesiredItem, version: int) -> Decision:
    if isinstance(desired, Hold):
        return desired
    if isinstance(desired, NoItem | ItemLeftAlone):
        # An item that was sent and never arrived: saying that nothing is to be done closes the
        # doubt.
        if bundle.progress.started_steps:
            return Update("", (), (desired.reason,), gone=JobItemInDoubt(bundle.key))
        return Skip(
            desired.reason,
            by_setting="purchase_orders" if isinstance(desired, ItemLeftAlone) else "",
        )
    if bundle.item is not None:
        return _adopt(bundle, desired, bundle.item, version)
    return Create(_target(desired), _making(bundle.key, desired, version), notes=desired.notes)


def _adopt(bundle: ItemBundle, desired: WantedItem, item: JobItem, version: int) -> Decision:
    """It bears the line's external id or token although the ledger, once lost, does not know it."""
    values = ItemValues.of(item)
    job_id = item.job.id if item.job else desired.job.id
    if job_id != desired.job.id or (names := desired.values.differs_from(values)):
        difference = (
            "stands on another job"
            if job_id != desired.job.id
            else _both(desired.values, values, names)
        )
        return _conflict(
            "an item of this line stands in ServiceTrade that was not written from here:"
            f" {difference}"
        )
    adopting = AdoptJobItem(bundle.key, item.id, job_id, version, desired.values)
    steps: tuple[Step, ...] = (_step(f"found {version}", adopting),)
    if external_id_of(bundle.key) not in item.external_ids.values():
        steps = (*steps, _linking(bundle.key, version))
    return Create(_target(desired), steps, notes=desired.notes)


def _complete(bundle: ItemBundle, memory: Memory, item: JobItem) -> Decision:
    """It was sent, its answer was lost, and here it is: finish that first, then whatever has
    changed since.

    Where the entry is in no doubt, something that looked like a refusal or a person's word has
    ended it, and was wrong.
    """
    name = f"item {memory.version}"
    completing: Command = AdoptJobItem(
        bundle.key, item.id, memory.job_id, memory.version, memory.sent
    )
    if name in bundle.progress.started_steps:
        completing = AddJobItem(bundle.key, memory.job_id, memory.version, memory.sent)
    if name in bundle.progress.done_steps:
        name = (  # a person said that it is there, and which one it is must still be noted
            f"found {memory.version}"
        )
    first = (_step(name, completing), _linking(bundle.key, memory.made))
    is_as_sent = not memory.sent.differs_from(ItemValues.of(item))
    known = memory.found(item) if is_as_sent else replace(memory, item_id=item.id)
    rest = _with_item(
        ItemBundle(bundle.key, bundle.desired, known, item, NEW), bundle.desired, known
    )
    if isinstance(rest, Create | Update):
        steps = tuple(step for step in rest.steps if step.name != first[1].name)
        return Create(rest.target_key, (*first, *steps), notes=rest.notes)
    return rest


def _with_item(bundle: ItemBundle, desired: DesiredItem, memory: Memory) -> Decision:
    if isinstance(desired, Hold):
        return desired
    link = (
        ()
        if is_linked(bundle.progress.done_steps, memory)
        else (_linking(bundle.key, memory.made),)
    )
    if isinstance(desired, ItemLeftAlone):
        return _rest(bundle, f"{desired.reason}; what stands in ServiceTrade stays")
    if memory.seen is not None and is_in_step(desired, memory):
        if link:
            return Update(bundle.progress.target_key, link)
        return _rest(bundle, "in step")
    if bundle.item is None:
        return _after_deletion(bundle, desired, memory)
    if isinstance(desired, NoItem):
        return _take_off(bundle, desired, memory, bundle.item)
    return _bring_in_step(bundle, desired, memory, bundle.item, link)


def is_linked(done_steps: Iterable[str], memory: Memory) -> bool:
    """Whether the item was given its external id, or was found with it."""
    return bool({f"external id {memory.made}", f"found {memory.made}"} & set(done_steps))


def _rest(bundle: ItemBundle, reason: str) -> Decision:
    """Nothing to do: an entry that waited is closed as crossed, for its item stands."""
    return Skip(reason) if bundle.progress.is_confirmed else Update(bundle.progress.target_key, ())


def _after_deletion(bundle: ItemBundle, desired: WantedItem | NoItem, memory: Memory) -> Decision:
    if isinstance(desired, NoItem):
        # Removing what is gone is no write that matters, and notes that it is gone.
        return Update(
            "", (_step(f"remove {memory.version}", RemoveJobItem(bundle.key)),), (desired.reason,)
        )
    return _conflict(
        "its item was deleted in ServiceTrade, where the purchase order has"
        f" {_summary(desired.values)}",
        DELETED,
        "Nothing is made anew. If it belongs on the job, enter it there by hand; else take the line"
        " out in Spectrum.",
    )


def _take_off(bundle: ItemBundle, desired: NoItem, memory: Memory, item: JobItem) -> Decision:
    if touched := _touched(memory, item):
        return _conflict(
            f"{desired.reason}, but its item was changed in ServiceTrade: {touched}",
            advice=(
                "Delete the item in ServiceTrade if it does not belong on the job; it is left there"
                " until somebody does."
            ),
        )
    return Update(
        "", (_step(f"remove {memory.version}", RemoveJobItem(bundle.key)),), (desired.reason,)
    )


def _bring_in_step(
    bundle: ItemBundle, desired: WantedItem, memory: Memory, item: JobItem, link: tuple[Step, ...]
) -> Decision:
    present = ItemValues.of(item)
    is_moved = memory.job_id != desired.job.id
    differs = desired.values.differs_from(present)
    if (differs or is_moved) and (touched := _touched(memory, item)):
        both = (
            _both(desired.values, present, differs)
            if differs
            else f"it belongs on job {desired.job.number} now"
        )
        return _conflict(f"its item was changed in ServiceTrade ({touched}), and now {both}")
    if is_moved:
        # Nothing moves an item to another job [ST 7.1], so it is made there anew.
        away = _step(f"remove {memory.version}", RemoveJobItem(bundle.key))
        return Update(
            _target(desired),
            (away, *_making(bundle.key, desired, memory.version + 1)),
            desired.notes,
        )
    version = memory.next_version
    change = _step(f"change {version}", UpdateJobItem(bundle.key, version, desired.values))
    return Update(_target(desired), (*link, change), desired.notes)


def _making(key: str, desired: WantedItem, version: int) -> tuple[Step, ...]:
    return _step(
        f"item {version}", AddJobItem(key, desired.job.id, version, desired.values)
    ), _linking(key, version)


def _linking(key: str, version: int) -> Step:
    return _step(f"external id {version}", LinkJobItem(key, external_id_of(key)))


def external_id_of(key: str) -> str:
    """The key, as it can stand in an address: a slash would not survive there."""
    return key.replace("/", "%")


def _step(name: str, command: Command) -> Step:
    return Step(name, (command,))


def _touched(memory: Memory, item: JobItem) -> str:
    """What a person did to the item, "" when it stands as one of our writes left it."""
    present = ItemValues.of(item)
    ours = tuple(memory.ours)
    names = [
        name for name in FIELDS if all(name in present.differs_from(values) for values in ours)
    ]
    if not names and all(present.differs_from(values) for values in ours):
        names = list(present.differs_from(ours[0]))
    return ", ".join(
        f"{_label(name)} from {ours[0].text_of(name)} to {present.text_of(name)}" for name in names
    )


def _both(wanted: ItemValues, present: ItemValues, names: tuple[str, ...]) -> str:
    differences = (
        f"{_label(name)} is {wanted.text_of(name)} in Spectrum and {present.text_of(name)} in"
        " ServiceTrade"
        for name in names
    )
    return "; ".join(differences)


def _label(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _conflict(reason: str, cause: str = TOUCHED, advice: str = "") -> Hold:
    advice = advice or (
        "Enter in ServiceTrade what the purchase order says, and it is in step again; or correct"
        " the purchase order in Spectrum."
    )
    return Hold(reason, advice, ("a person",), cause)


def _target(desired: WantedItem) -> str:
    return f"job {desired.job.number}"


def _summary(values: ItemValues) -> str:
    cost = values.cost if values.cost is not None else Decimal(0)
    return f"{values.text_of('quantity')} x {values.name} at {cost.normalize():f}"
