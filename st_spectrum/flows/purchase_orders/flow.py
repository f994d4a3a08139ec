"""Purchase order lines as the engine sees them."""

from collections.abc import Sequence

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Update
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.flow import Sight, Silent
from st_spectrum.engine.second_guard import hold_for_unread
from st_spectrum.engine.sends import NeedsAPerson
from st_spectrum.flows.purchase_orders.commands import RemoveJobItem
from st_spectrum.flows.purchase_orders.description import PURCHASE_ORDERS
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.flows.purchase_orders.job_item_steps import ItemBundle, decide_item, needs_item
from st_spectrum.flows.purchase_orders.rules import (
    Aim,
    Leave,
    LineBundle,
    Wanted,
    aim_of,
    job_names,
    line_of,
    names_nothing,
    parted,
    token_of,
    where_it_stands,
    without_job,
)
from st_spectrum.flows.purchase_orders.sources import PoSources
from st_spectrum.flows.purchase_orders.target import PoTargets, the_only
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine

WENT_MEANWHILE = "a purchase order line went while a round was going on"
WAIT = "Nothing to do: the next round counts it with all that is gone by then, and removes the item."


class PurchaseOrdersFlow(Silent):
    """Purchase order line -> job item; the key is the order's number and the line's, as in `4412|1`."""

    name = PURCHASE_ORDERS.name
    description = PURCHASE_ORDERS
    has_second_guard = True

    def __init__(self, account: Account, orders: PoSources, servicetrade: ServiceTrade, targets: PoTargets) -> None:
        self._account = account
        self._orders = orders
        self._servicetrade = servicetrade
        self._targets = targets

    def standing(self, keys: Sequence[str]) -> Standing:
        """The items that stand on the jobs of these lines under their external ids or tokens, one list for each job.

        A job whose list is refused holds its own lines alone.
        """
        by_job: dict[int, list[str]] = {}
        for key in keys:
            number, line_number = parted(key)
            order = self._orders.order(number)
            aim = self._aim(order, line_of(order, line_number))
            if isinstance(aim, Wanted):
                by_job.setdefault(aim.job.id, []).append(key)
        found: dict[str, tuple[object, ...]] = {}
        unread: dict[str, Hold] = {}
        for job_id, those in by_job.items():
            try:
                found |= self._targets.standing_on(job_id, those)
            except (Rejected, OutcomeUnknown) as fault:
                unread |= dict.fromkeys(those, hold_for_unread(fault))
        return Standing(found, unread)

    def look(self, key: str, progress: Progress, standing: Standing) -> Sight:
        """One line with its order, its job, and its item where that matters. What stands as it should costs no read there."""
        number, line_number = parted(key)
        sight = self._sight(key, line_number, self._orders.order(number), progress, standing)
        if progress.was_in_work and isinstance(sight.decision, Create | Update) and sight.decision.steps:
            # The order was read before the ledger: another worker may have acted on a later reading, which ours must not undo.
            sight = self._sight(key, line_number, self._orders.order_as_of_now(number), progress, standing)
        return sight

    def _sight(
        self, key: str, line_number: int, order: PurchaseOrder | None, progress: Progress, standing: Standing
    ) -> Sight:
        line = line_of(order, line_number)
        title = f"{token_of(key)} {line.description if line else ''}".strip()
        memory = self._targets.memory(key)
        names = self._aim(order, line)
        aim = self._settled(names, memory)
        try:
            item = self._item(key, aim, memory, standing.of(key, JobItem))
        except NeedsAPerson as stop:
            return Sight(title, "", Hold(stop.reason, stop.advice, ("a person",), stop.cause))
        decision = decide_item(ItemBundle(key, aim, memory, item, progress))
        # An item that a lost answer left behind was counted when its line went, before anybody knew that there is one.
        is_lost_item = memory is not None and memory.is_in_doubt
        if names_nothing(names) and _removes(decision) and not is_lost_item and not self._orders.may_be_removed(key):
            decision = Hold(f"{names.reason} while the round was going on", WAIT, cause=WENT_MEANWHILE)
        return Sight(title, digest([repr(line), order and order.status]), decision)

    def _aim(self, order: PurchaseOrder | None, line: PurchaseOrderLine | None) -> Aim:
        told = without_job(order, line, self._account)
        if told is not None or order is None or line is None:
            assert told is not None  # noqa: S101 - without order or line something is told
            return told
        match = self._orders.match(job_names(order, line, self._account))
        if match.job is None:
            return aim_of(LineBundle(order, line, match), self._account)
        wants_vendor = self._account.purchase_orders.source == "vendor"
        vendor_id = self._orders.vendor_id(order.vendor_code) if wants_vendor else None
        return aim_of(LineBundle(order, line, match, self._orders.catalog(), vendor_id), self._account)

    def _settled(self, aim: Aim, memory: Memory | None) -> Aim:
        """With what becomes of an item that stands on a job which the line is not for any more."""
        if not isinstance(aim, Leave) or memory is None or memory.is_removed or memory.item_id is None:
            return aim
        is_for_something = aim.is_elsewhere or aim.number or aim.job_id is not None
        job = self._orders.job(memory.job_id) if is_for_something else None
        return where_it_stands(aim, job, self._account) if job else aim

    def _item(self, key: str, aim: Aim, memory: Memory | None, standing: tuple[JobItem, ...]) -> JobItem | None:
        if memory is not None and memory.is_in_doubt:
            return self._targets.lost_item(key, memory.job_id)
        if not needs_item(aim, memory):
            return None
        if memory is None or memory.item_id is None:
            # The external id may stand on an item of another job, which the line was for before.
            return the_only(key, standing) or self._targets.carrier(key)
        return self._servicetrade.job_item(memory.item_id)


def _removes(decision: Decision) -> bool:
    return isinstance(decision, Create | Update) and any(
        isinstance(command, RemoveJobItem) for step in decision.steps for command in step.calls
    )
