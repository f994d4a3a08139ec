"""Time as the engine sees it: a piece with technician, job and place becomes a pre-time card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from st_spectrum.domain.compared import UNSEEN as NOTHING_SEEN
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged
from st_spectrum.domain.errors import ClaimLost, Rejected
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.domain.time_entries import TimeEntry, origin_of_key, week_of_key
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation, Rebuilt, Recovered, StillThere
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.flows.context import Context
from st_spectrum.flows.timecards.bundles import TimeBundles
from st_spectrum.flows.timecards.cards_compared import time_title
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.commands import TakeOverPreTimeCard
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.flows.timecards.done_cards import FLOW, done_card, mark
from st_spectrum.flows.timecards.kept import keep_sent, kept_card
from st_spectrum.flows.timecards.notice import local_day, notice, why_idle
from st_spectrum.flows.timecards.paid_from import PaidFrom
from st_spectrum.flows.timecards.pieces import is_row_read
from st_spectrum.flows.timecards.rebuild import rebuild_time, rebuild_time_if_lost
from st_spectrum.flows.timecards.reconciling import reconcile_time
from st_spectrum.flows.timecards.refusals import prerequisite_of
from st_spectrum.flows.timecards.rules import decide_timecard
from st_spectrum.flows.timecards.settled import forget_card, settle_time
from st_spectrum.flows.timecards.sides import TimeSides
from st_spectrum.flows.timecards.standing import (
    as_it_stands,
    by_key,
    days_around,
    standing_tokens,
    week_ends_in,
)
from st_spectrum.flows.timecards.standing_twice import time_standing_twice
from st_spectrum.flows.timecards.target import TimecardTargets
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.flows.timecards.unseen import UNSEEN_PAYROLL
from st_spectrum.flows.timecards.vanishing import weeks_known
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.documents.timecards import TimeBegun, TimeOrigin
from st_spectrum.ledger.entry import Entry
from st_spectrum.spectrum.lookup_answers import LookupImpossible

UNSEEN = (
    "it is not listed, but the account file has its kind read no more, or a record that cannot be"
    " read may hold it"
)


class TimecardsFlow(FlowDefaults):
    """Time entry -> pre-time card; the key begins with the end of the payroll week."""

    name = TIMECARDS.name
    description = TIMECARDS
    has_second_guard = True
    stopped_unseen = UNSEEN_PAYROLL
    unseen_note = (
        "What payroll holds cannot be seen without Info-Link, so no time is sent until a person"
        " says what was sent."
    )

    def __init__(self, context: TimeContext) -> None:
        self.context = context
        self._account = context.account
        self._times = context.times
        self._spectrum = context.spectrum
        self._ledger = context.ledger
        self._vanished = context.vanished
        self._bases = PaidFrom(context.ledger, self._account.timecards)
        self._bundles = TimeBundles(context)

    def standing(self, keys: Sequence[str]) -> Standing:
        """The cards that payroll holds of these pieces of time, in whatever week they may have
        stood when they were sent: one statement for each of its tables, and as many more where
        there are any.

        Without Info-Link nobody can look, and the answer is that nothing stands there: whether the
        ledger may be believed then has to be told by something else, a witness outside of it.
        """
        try:
            payroll = self._spectrum.our_time_tokens(days_around(keys), map(token_of, keys))
            today = local_day(self._account, self._ledger.now())
            ends = week_ends_in(payroll, self._account.timecards.first_day, today)
            tokens = standing_tokens(keys, payroll, ends)
            found = self._spectrum.find_pre_time_cards(
                token for those in tokens.values() for token in those
            )
        except LookupImpossible:
            return NOTHING
        return Standing(by_key(tokens, found))

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """One piece of time and what is to become of it."""
        entry = self._times.entry(key)
        bundle = self._bundles.begun(key, entry, progress, standing)
        if entry is None:
            if not progress.is_half_done and self._may_be_there(key, progress, bundle.sent):
                return Evaluation(f"time {key}", "", LeaveUnchanged(UNSEEN))
            self._vanished.refuse([week_of_key(key)])
        title, version = time_title(entry or bundle.sent, key), entry.version if entry else ""
        hours = entry.hours if entry else None
        changed_at = moment_of(entry.updated) if entry else None
        try:
            bundle = self._bundles.completed(bundle)
        except LookupImpossible as impossible:
            if not bundle.standing:
                hold = _blind(impossible)
                return Evaluation(title, version, hold, hours=hours, changed_at=changed_at)
        decision = decide_timecard(bundle, self._account)
        return Evaluation(title, version, decision, hours=hours, changed_at=changed_at)

    def before_sending(self, key: str, decision: Decision) -> None:
        """Keep what is about to be sent: a later change is told by it. Raises `ClaimLost` when it
        was sent under another key.
        """
        entry = self._times.entry(key)
        if not isinstance(decision, Create) or not decision.steps:
            return
        (command,) = decision.steps[0].calls
        if isinstance(command, TakeOverPreTimeCard):
            self._keep_as_it_stands(key, entry, command)
            return
        if entry is None:
            return
        origin = origin_of_key(key)
        if not self._ledger.put_first(TimeOrigin(key), origin) and self._bundles.crossed_as(key):
            raise ClaimLost(
                f"{origin} was sent for another week meanwhile", system="ledger", operation="keep"
            )
        self._ledger.put(TimeOrigin(key), origin)
        if paid_from := self._bases.other(entry, is_sent=True):
            raise ClaimLost(
                f"time of its week was sent from {paid_from} meanwhile",
                system="ledger",
                operation="keep",
            )
        keep_sent(self._ledger, key, entry, command.fields)

    def _keep_as_it_stands(
        self, key: str, entry: TimeEntry | None, command: TakeOverPreTimeCard
    ) -> None:
        """As if the card in payroll had just been sent, so that a later change is told by it."""
        sent = as_it_stands(key, entry, command.card)
        if command.differs:
            sent = replace(sent, version="")
        self._ledger.put(TimeOrigin(key), origin_of_key(key))
        self._bases.other(sent, is_sent=True)
        keep_sent(self._ledger, key, sent, command.as_if_sent(), command.differs)

    def classify_refusal(self, refusal: Rejected, decision: Decision) -> Hold | None:  # noqa: ARG002 - the shape of `Flow`
        """Missing set-up, a closed period or a lock is no fault of the time: it waits."""
        return prerequisite_of(refusal)

    def confirmed(self, entry: Entry) -> None:
        """Leave the marker by which a reconciliation knows the card as done."""
        sent, fields = kept_card(self._ledger, entry.key)
        if sent is not None:
            mark(self._ledger, done_card(entry, sent, fields))

    def why_idle(self) -> str:
        """Without a first day."""
        return why_idle(self._account)

    def before_round(self) -> None:
        """Look once in a ledger's life at what payroll holds already."""
        rebuild_time_if_lost(self.context, self._bundles.other_values)
        # What is approved between that reading and the list that follows must not be looked up in
        # it.
        self._times.forget()

    def before_batch(self, keys: Sequence[str]) -> Changes:
        """The same look at payroll."""
        rebuild_time_if_lost(self.context, self._bundles.other_values)
        return super().before_batch(keys)

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """Time piece by piece, of which `evaluate` reads whole weeks."""
        return notice(self.context, cursor, bounds)

    def resolve(self, entry: Entry, *, is_there: bool) -> str:
        """Time that changed after its card was sent, was moved, or has other time beside it."""
        return settle_time(self._ledger, entry, is_there=is_there)

    def find_named(self, target_key: str) -> str:
        """A card whose message is this."""
        card = self._spectrum.find_pre_time_cards([target_key]).get(target_key)
        if card is None:
            return ""
        day = f" of {card.work_date:%m/%d/%Y}" if card.work_date else ""
        return f"card {target_key} of {card.employee_code} for {card.hours:.2f} h{day}"

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """From here on the time is one that was never sent."""
        if found := self.find_named(entry.target_key):
            raise StillThere(found)
        forget_card(self._ledger, entry.key)
        return ()

    def vanished_now(self) -> Vanished:
        """Pieces of time that the weeks which may still change show no more."""
        return self._vanished.of(weeks_known(self._account, self._ledger))

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:  # noqa: ARG002 - the shape of `Flow`
        """The payroll weeks that may still change, and whatever else is open."""
        return reconcile_time(self.context, carrier, self._bundles.other_values)

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        """Cards that stand in payroll twice under one token of ours."""
        infolink = self._spectrum.infolink
        return (
            () if infolink is None else time_standing_twice(infolink, self._ledger, self._account)
        )

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared | None:
        """The payroll weeks since the first day, or those that end in the month; None without."""
        if not self._account.timecards.first_day:
            return None
        if (reader := self._spectrum.infolink) is None:
            return FlowCompared(self.name, unseen=NOTHING_SEEN)
        return TimeSides(self.context, self, lists, reader, month).compare()

    def rebuild(self) -> Rebuilt:
        """Time whose card stands in payroll."""
        found = rebuild_time(self.context, self._bundles.other_values)
        self._times.forget()
        return Rebuilt(FLOW, found, 0)

    def recover(self, since: datetime | None) -> Recovered:
        """From then on this is no ledger that has to look at payroll before its first card."""
        recovered = super().recover(since)
        self._times.forget()
        if self._account.timecards.first_day:
            self._ledger.put(TimeBegun(self._ledger.now()))
        return recovered

    def _may_be_there(self, key: str, progress: Progress, sent: TimeEntry | None) -> bool:
        """Whether time that is not listed may stand in ServiceTrade all the same."""
        if self._times.is_read(key) and (sent is None or is_row_read(sent, self._account)):
            return not self._times.is_gone(key)
        return progress.is_confirmed


def _blind(impossible: LookupImpossible) -> Hold:
    return Hold(
        f"whether its employee is in Spectrum cannot be seen: {impossible}",
        "Set up Info-Link in the account file, or have GetEmployee authorised.",
        ("spectrum: employees",),
        "employees cannot be looked up in Spectrum",
    )


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    TimecardTargets(context.spectrum, context.targets.newest).handle(context.targets.handlers)
    return TimecardsFlow(TimeContext.of(context))


def time_context(flows: Mapping[str, Flow]) -> TimeContext:
    """What the time flow among these reads with."""
    return cast(TimecardsFlow, flows[TIMECARDS.name]).context
