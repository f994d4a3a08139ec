"""Purchase order lines as the engine sees them."""

from collections.abc import Iterable, Sequence

from st_spectrum.domain.compared import UNSEEN, FlowCompared
from st_spectrum.domain.decisions import Create, Decision, Hold, Update
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.allowance import Vanished, forget_what_came_back
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.report import Report, Result
from st_spectrum.engine.retries.sends import NeedsAPerson
from st_spectrum.engine.steps.second_guard import hold_for_unread
from st_spectrum.flows.context import Context
from st_spectrum.flows.purchase_orders.commands import RemoveJobItem
from st_spectrum.flows.purchase_orders.description import PURCHASE_ORDERS
from st_spectrum.flows.purchase_orders.desired import DesiredItem, ItemLeftAlone, WantedItem
from st_spectrum.flows.purchase_orders.job_item import split_key, token_of
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.flows.purchase_orders.job_item_steps import ItemBundle, decide_item, needs_item
from st_spectrum.flows.purchase_orders.notice import (
    OrderChanges,
    notice,
    notice_orders,
    numbers_in,
    read_batch,
    remember,
    vanished_now,
    why_idle,
)
from st_spectrum.flows.purchase_orders.rules import (
    desired_of,
    line_of,
    names_nothing,
    where_it_stands,
)
from st_spectrum.flows.purchase_orders.sides import OrderSides
from st_spectrum.flows.purchase_orders.sources import PoSources
from st_spectrum.flows.purchase_orders.standing_twice import ITEMS_OF_DAYS, items_twice
from st_spectrum.flows.purchase_orders.target import PoTargets, the_only
from st_spectrum.flows.purchase_orders.vanishing import FLOW
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine

WENT_MEANWHILE = "a purchase order line went while a round was going on"
WAIT = (
    "Nothing to do: the next round counts it with all that is gone by then, and removes the item."
)


class PurchaseOrdersFlow(FlowDefaults):
    """Purchase order line -> job item; the key is order and line, as in `4412|1`."""

    name = FLOW
    description = PURCHASE_ORDERS
    has_second_guard = True

    def __init__(self, context: Context) -> None:
        self._context = context
        self._account = context.account
        self._servicetrade = context.servicetrade
        self.orders = PoSources(
            context.account, context.servicetrade, context.spectrum, context.sources
        )
        system = context.account.servicetrade.external_system
        self.targets = PoTargets(context.servicetrade, context.ledger, system)

    def standing(self, keys: Sequence[str]) -> Standing:
        """The items that stand on the jobs of these lines under their external ids or tokens, one
        list for each job.

        A job whose list is refused holds its own lines alone.
        """
        by_job: dict[int, list[str]] = {}
        for key in keys:
            number, line_number = split_key(key)
            order = self.orders.order(number)
            desired = self._desired(order, line_of(order, line_number))
            if isinstance(desired, WantedItem):
                by_job.setdefault(desired.job.id, []).append(key)
        found: dict[str, tuple[object, ...]] = {}
        unread: dict[str, Hold] = {}
        for job_id, those in by_job.items():
            try:
                found |= self.targets.standing_on(job_id, those)
            except (Rejected, OutcomeUnknown) as fault:
                unread |= dict.fromkeys(those, hold_for_unread(fault))
        return Standing(found, unread)

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """One line with its order, its job, and its item where that matters. What stands as it
        should costs no read there.
        """
        number, line_number = split_key(key)
        evaluation = self._evaluated(
            key, line_number, self.orders.order(number), progress, standing
        )
        if (
            progress.was_in_work
            and isinstance(evaluation.decision, Create | Update)
            and evaluation.decision.steps
        ):
            # The order was read before the ledger: another worker may have acted on a later
            # reading, which ours must not undo.
            evaluation = self._evaluated(
                key, line_number, self.orders.order_as_of_now(number), progress, standing
            )
        return evaluation

    def why_idle(self) -> str:
        """Without Info-Link nobody can read orders."""
        return why_idle(self._account)

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> OrderChanges:
        """Orders by their digests."""
        changes = notice(self._context, cursor, bounds)
        self._keep(changes)
        return changes

    def accept(self, changes: Changes) -> None:
        """A person's word about lines that were gone ends with those that came back."""
        if isinstance(changes, OrderChanges) and (read_at := changes.read_at):
            forget_what_came_back(self._context.ledger, FLOW, changes.removable, read_at=read_at)

    def before_batch(self, keys: Sequence[str]) -> Changes:
        """The orders of these lines read anew, unless the poll as a whole would remove too much."""
        if self.why_idle():
            return super().before_batch(keys)
        changes = read_batch(
            self._context.spectrum, self._context.ledger, self._account, numbers_in(keys)
        )
        self._keep(changes)
        self.accept(changes)
        return changes

    def remember(self, changes: Changes, report: Report) -> None:
        """Keep the digests of the orders all of whose lines were carried, and are not in the hands
        of another worker.
        """
        if isinstance(changes, OrderChanges):
            carried = {
                outcome.key for outcome in report.outcomes if outcome.result is not Result.BUSY
            }
            left = set(numbers_in(key for key in changes.keys if key not in carried))
            whole = {number: seen for number, seen in changes.digests.items() if number not in left}
            remember(self._context.ledger, whole)

    def vanished_now(self) -> Vanished:
        """Lines that are gone from Spectrum and whose items still stand in ServiceTrade."""
        return vanished_now(self._context.spectrum, self._context.ledger, self._account)

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:  # noqa: ARG002 - the shape of `Flow`
        """Every order of the poll, changed or not. What was remembered as carried and yet asked for
        something was missed.
        """
        spectrum, ledger = self._context.spectrum, self._context.ledger
        known = frozenset(ledger.keys(FLOW))
        changed = notice_orders(spectrum, ledger, self._account).digests.keys()
        changes = notice_orders(spectrum, ledger, self._account, is_all=True)
        self._keep(changes)
        self.accept(changes)
        keys = list(dict.fromkeys([*changes.keys, *carrier.open_keys()]))
        report = carrier.carry(keys)
        if not report.stopped_by:
            remember(ledger, changes.digests)
        missed = (
            key for key in changes.keys if key not in known and not changed & set(numbers_in([key]))
        )
        return Reconciled(FLOW, len(changes.keys), len(keys), tuple(missed), report)

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared:  # noqa: ARG002 - an order is open for longer
        """The lines of all orders of the poll, and of those whose items we made."""
        if self.why_idle():
            return FlowCompared(FLOW, unseen=UNSEEN)
        return OrderSides(self._context, self, lists, self.orders.catalog()).compare()

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        """Lines that stand twice among the job items of the last weeks."""
        if self.why_idle():
            return ()
        since = int(now) - ITEMS_OF_DAYS * 24 * 3600
        items = self._servicetrade.job_items(updated_after=since)
        return items_twice(items, self._account.servicetrade.external_system)

    def _keep(self, changes: OrderChanges) -> None:
        self.orders.keep(changes.orders)
        self.orders.let_go(changes.removable)

    def _evaluated(
        self,
        key: str,
        line_number: int,
        order: PurchaseOrder | None,
        progress: Progress,
        standing: Standing,
    ) -> Evaluation:
        line = line_of(order, line_number)
        title = f"{token_of(key)} {line.description if line else ''}".strip()
        memory = self.targets.memory(key)
        names = self._desired(order, line)
        desired = self._settled(names, memory)
        try:
            item = self._item(key, desired, memory, standing.of(key, JobItem))
        except NeedsAPerson as stop:
            return Evaluation(title, "", Hold(stop.reason, stop.advice, ("a person",), stop.cause))
        decision = decide_item(ItemBundle(key, desired, memory, item, progress))
        # An item that a lost answer left behind was counted when its line went, before anybody knew
        # that there is one.
        is_lost_item = memory is not None and memory.is_in_doubt
        if (
            names_nothing(names)
            and _removes(decision)
            and not is_lost_item
            and not self.orders.may_be_removed(key)
        ):
            decision = Hold(
                f"{names.reason} while the round was going on", WAIT, cause=WENT_MEANWHILE
            )
        return Evaluation(title, digest([repr(line), order and order.status]), decision)

    def _desired(self, order: PurchaseOrder | None, line: PurchaseOrderLine | None) -> DesiredItem:
        return desired_of(order, line, self.orders, self._account)

    def _settled(self, desired: DesiredItem, memory: Memory | None) -> DesiredItem:
        """With what becomes of an item that stands on a job which the line is not for any more."""
        if (
            not isinstance(desired, ItemLeftAlone)
            or memory is None
            or memory.is_removed
            or memory.item_id is None
        ):
            return desired
        is_for_something = desired.is_elsewhere or desired.number or desired.job_id is not None
        job = self.orders.job(memory.job_id) if is_for_something else None
        return where_it_stands(desired, job, self._account) if job else desired

    def _item(
        self, key: str, desired: DesiredItem, memory: Memory | None, standing: tuple[JobItem, ...]
    ) -> JobItem | None:
        if memory is not None and memory.is_in_doubt:
            return self.targets.lost_item(key, memory.job_id)
        if not needs_item(desired, memory):
            return None
        if memory is None or memory.item_id is None:
            # The external id may stand on an item of another job, which the line was for before.
            return the_only(key, standing) or self.targets.carrier(key)
        return self._servicetrade.job_item(memory.item_id)


def _removes(decision: Decision) -> bool:
    return isinstance(decision, Create | Update) and any(
        isinstance(command, RemoveJobItem) for step in decision.steps for command in step.calls
    )


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    flow = PurchaseOrdersFlow(context)
    flow.targets.handle(context.targets.handlers)
    return flow
