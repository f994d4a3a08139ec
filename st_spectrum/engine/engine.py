"""Runs any flow over a batch of keys: each record on its own, several at a time, one never stopping
another.

Only the fault of a whole system ends a run early; then records not begun stay untouched and those
begun say why in the ledger.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from st_spectrum.domain.decisions import Create, Hold, LeaveUnchanged, Skip, Update, Void
from st_spectrum.domain.errors import (
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncFault,
)
from st_spectrum.engine.approval import UNAPPROVED, Approval, Considered, PlanSheet
from st_spectrum.engine.batch import OF_A_SYSTEM, Batch
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.flow import Flow, Targets
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.guards.epoch_guard import EpochGuard
from st_spectrum.engine.report import LEFT_OUT, Outcome, Report, Result
from st_spectrum.engine.retries.backoff import LONGEST_PAUSE_SECONDS
from st_spectrum.engine.retries.causes import cause_of
from st_spectrum.engine.retries.code_places import CodePlaces
from st_spectrum.engine.retries.needed import NeededRecords
from st_spectrum.engine.steps.breakers import Breakers
from st_spectrum.engine.steps.codes import Codes
from st_spectrum.engine.steps.handled import decided_by_hand
from st_spectrum.engine.steps.ledger_writer import LedgerWriter, RecordContext
from st_spectrum.engine.steps.record_writer import RecordWriter
from st_spectrum.engine.steps.second_guard import LEDGER, Precheck, precheck, precheck_batch
from st_spectrum.engine.steps.shared_keys import decide_on_shared_keys, note_earlier_keys
from st_spectrum.engine.steps.step_executor import Write
from st_spectrum.engine.steps.verdicts import (
    hold_for_damage,
    hold_for_mistake,
    hold_for_system,
    is_known,
    progress_of,
    standing,
)
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import EntryMoved, Ledger
from st_spectrum.servicetrade.wire import RecordBroken

log = logging.getLogger(__name__)

PASSES = 3
"""So often a record goes round again in one run after its system asked for a pause."""

EVALUATIONS = 3
"""So often a record is looked at anew because another worker moved its entry meanwhile."""


class Engine:
    """Carries records across. One engine serves one process; several may serve one account."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        targets: Targets,
        ledger: Ledger,
        rules: CarryingRules,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        guard: EpochGuard | None = None,
        needed: NeededRecords | None = None,
    ) -> None:
        """`needed` learns what records wait for."""
        self.rules = rules
        self.needed = needed or NeededRecords(ledger, is_active=False)
        self._guard = guard
        self._flows = flows
        self._targets = targets
        self._ledger = ledger
        self._clock = clock
        self._ledger_writer = LedgerWriter(ledger, rules, clock, flows, self.needed)
        places = CodePlaces(
            (flow.description for flow in flows.values()),
            {name: flow.places_in_spectrum for name, flow in flows.items()},
        )
        self.breakers = breakers = Breakers(ledger, rules.settings, clock, places)
        self._writer = RecordWriter(
            targets, ledger, Codes(ledger, flows), rules, clock, breakers, self._ledger_writer
        )

    def run(
        self,
        flow: str,
        keys: Sequence[str],
        *,
        run_id: str,
        is_dry_run: bool = False,
        on_outcome: Callable[[Outcome], None] | None = None,
        sheet: PlanSheet | None = None,
        approval: Approval | None = None,
    ) -> Report:
        """Every key once, in parallel. A dry run stops before the claim and changes nothing
        anywhere; it notes its decisions on `sheet`. With an `approval`, only what it approves is
        sent.
        """
        batch = Batch(self._flows[flow], run_id, is_dry_run, self._targets.answers, sheet, approval)
        if self._guard is not None:
            try:
                batch.gate = self._guard.preview(flow) if is_dry_run else self._guard.open(flow)
            except SyncFault as fault:
                return Report(batch.flow.description, stopped_by=fault)
        self.breakers.begin(flow, is_dry_run=is_dry_run)
        waiting = list(dict.fromkeys(keys))
        outcomes: dict[str, Outcome] = {}
        for pass_number in range(1, PASSES + 1):
            with ThreadPoolExecutor(self.rules.pace.workers, thread_name_prefix=flow) as pool:
                prechecks = self._prechecked(batch, waiting, pool)
                for outcome in pool.map(partial(self._guarded, batch, prechecks), waiting):
                    if outcome is not None:
                        outcomes[outcome.key] = outcome
                        if on_outcome:
                            on_outcome(outcome)
            if batch.stopped_by or pass_number == PASSES:
                break
            if not (waiting := [*batch.take_paused(), *self.breakers.take_released()]):
                break
        batch.conclude()
        if batch.gate is not None:
            batch.gate.close()
        return Report(
            batch.flow.description, tuple(outcomes.values()), batch.stopped_by, batch.mistake
        )

    def _prechecked(
        self, batch: Batch, keys: Sequence[str], pool: ThreadPoolExecutor
    ) -> dict[str, Precheck]:
        try:
            if not batch.is_dry_run:
                note_earlier_keys(self._ledger, batch.flow, self.breakers.settings)
            return precheck_batch(batch, self._ledger, keys, pool)
        except SyncFault as fault:
            batch.stop(fault)
            return {}

    def _guarded(self, batch: Batch, prechecks: dict[str, Precheck], key: str) -> Outcome | None:
        if batch.stopped_by:
            return None
        try:
            return self._carry(batch, key, prechecks.pop(key, None))
        except RateLimited as pause:
            if pause.retry_after > LONGEST_PAUSE_SECONDS:
                batch.stop(pause)
            else:
                batch.pause(key, pause)
            return self._paused(batch.flow.name, key, pause)
        except DamagedDocument as damaged:
            batch.note_fault("reading the ledger", damaged)  # three of them are the ledger's own
            return self._hold_by_key(batch, key, hold_for_damage(damaged))
        except SyncFault as fault:
            batch.stop(fault)
            return None
        except Exception as bug:  # noqa: BLE001 - a mistake of ours with one record must not cost the others
            return self._hold_for_bug(batch, key, bug)

    def _paused(self, flow: str, key: str, pause: RateLimited) -> Outcome:
        """What waits is worth as much as the ledger knows by now."""
        held = self._ledger.get(flow, key)
        title, amount_text = (held.entry.title, held.entry.amount) if held else ("", "")
        amount = Decimal(amount_text) if amount_text else None
        return Outcome(
            flow,
            key,
            title or key,
            Result.HELD,
            reason=pause.message,
            advice=pause.advice,
            amount=amount,
        )

    def _carry(self, batch: Batch, key: str, first: Precheck | None) -> Outcome:
        """Looked at again when another worker moves the entry between our look and our claim."""
        for _ in range(EVALUATIONS):
            try:
                seen = first or precheck(batch, self._ledger, key)
            except ContractBroken as damaged:
                batch.note_fault("reading the ledger", damaged)
                return Outcome(
                    batch.flow.name,
                    key,
                    key,
                    Result.HELD,
                    reason=str(damaged),
                    advice=damaged.advice,
                )
            try:
                return self._decided(batch, self._evaluated(batch, key, seen), seen.held)
            except EntryMoved as moved:
                lost, first = moved, None
        return Outcome(
            batch.flow.name, key, key, Result.BUSY, reason=lost.message, advice=lost.advice
        )

    def _evaluated(self, batch: Batch, key: str, seen: Precheck) -> RecordContext:
        entry = seen.held.entry if seen.held else None
        try:
            evaluation = batch.flow.evaluate(key, progress_of(entry), seen.standing)
        except (Rejected, OutcomeUnknown, RecordBroken) as fault:
            # A read that only this record cannot pass: the others go on.
            decision = Hold(fault.message, fault.advice, cause=cause_of(fault))
            evaluation = Evaluation(entry.title if entry else key, "", decision)
        except RateLimited:
            raise
        except OF_A_SYSTEM as fault:
            if fault.system == LEDGER:
                raise
            batch.note_fault("looking", fault)
            evaluation = Evaluation(entry.title if entry else key, "", hold_for_system(fault))
        else:
            batch.note_success("looking")
        if (
            isinstance(evaluation.decision, Create | Update | Void)
            and evaluation.decision.steps
            and key in seen.standing.unread
        ):
            evaluation = replace(evaluation, decision=seen.standing.unread[key])
        return RecordContext(
            batch.flow,
            key,
            batch.run_id,
            entry,
            evaluation,
            seen.held.etag if seen.held else "",
            batch.gate.watched_since if batch.gate else None,
        )

    def _decided(self, batch: Batch, context: RecordContext, held: Versioned | None) -> Outcome:
        decision = decided_by_hand(self._ledger, context) or decide_on_shared_keys(
            self._ledger, context, is_dry_run=batch.is_dry_run
        )
        entry = context.entry
        considered = Considered(
            batch.flow.name, context.key, context.evaluation, progress_of(entry)
        )
        if batch.sheet is not None:
            batch.sheet.note(considered, decision)
        if batch.approval is not None and (
            objection := batch.approval.objection(considered, decision)
        ):
            return context.outcome(
                Result.HELD, entry, reason=objection.reason, advice=objection.advice
            )
        if isinstance(decision, Skip):
            if not is_known(entry) and batch.gate and (kept_back := batch.gate.keeps_back()):
                return self._hold(context, kept_back, batch)
            return self._skip(context, decision, batch)
        if isinstance(decision, Hold):
            return self._hold(context, decision, batch)
        if isinstance(decision, LeaveUnchanged):
            return context.outcome(
                standing(entry), entry, reason=(entry and entry.reason) or decision.reason
            )
        if hold := self.breakers.hold_for(context, decision, is_dry_run=batch.is_dry_run):
            if batch.sheet is not None:
                batch.sheet.note(considered, hold)
            return self._hold(context, hold, batch)
        if batch.is_dry_run:
            return self._planned(context, decision)
        if self._is_unapproved(batch, considered, decision):
            return self._hold(context, UNAPPROVED, batch)
        if (
            closed_by := batch.gate.pass_through(decision, entry) if batch.gate else None
        ) is not None:
            return self._hold(context, closed_by, batch)
        return self._writer.write(batch, context, decision, held)

    def _is_unapproved(self, batch: Batch, considered: Considered, decision: Write) -> bool:
        """What has been begun is completed, and what sends nothing needs nobody's word."""
        is_asked_for = self.rules.is_approval_needed and batch.approval is None
        return is_asked_for and bool(decision.steps) and not considered.progress.is_half_done

    def _planned(self, context: RecordContext, decision: Write) -> Outcome:
        """What writing it would come to."""
        is_begun = progress_of(context.entry).is_half_done or (
            isinstance(decision, Create) and bool(decision.standing)
        )
        result = Result.COMPLETED if is_begun else Result.CREATED
        result = Result.VOIDED if isinstance(decision, Void) else result
        is_coming = isinstance(decision, Create) and decision.reserve and not decision.target_key
        values: dict[str, object] = {} if is_coming else {"target_key": decision.target_key}
        if isinstance(decision, Create) and decision.standing and decision.is_taken_over:
            result = Result.UNCHANGED
        if isinstance(decision, Create) and decision.differs:
            result = Result.HELD
            values |= {
                "reason": decision.differs.reason,
                "advice": decision.differs.advice,
                "needs": decision.differs.needs,
            }
        return context.outcome(
            result, context.entry, notes=decision.notes, posted=context.evaluation.posted, **values
        )

    def _skip(self, context: RecordContext, decision: Skip, batch: Batch) -> Outcome:
        if context.entry is not None and context.entry.is_in_doubt:
            reason = f"{decision.reason}, but a write of it is in doubt"
            advice = f"Look in Spectrum for {context.entry.target_key or 'it'}."
            cause = "nothing is to be done any more, but a write is in doubt"
            return self._hold(context, Hold(reason, advice, ("a person",), cause), batch)
        if context.entry is not None and progress_of(context.entry).is_confirmed:
            if context.entry.state is State.HELD and not batch.is_dry_run:
                self._ledger_writer.gone(context, decision)
                self._ledger_writer.record(
                    context, State.CONFIRMED, "", "", (), notes=decision.notes
                )
            return context.outcome(Result.UNCHANGED, context.entry, notes=decision.notes)
        if not batch.is_dry_run:
            self._ledger_writer.gone(context, decision)
            self._ledger_writer.skip(context, decision)
        return context.outcome(
            LEFT_OUT.get(decision.by_setting, Result.SKIPPED),
            context.entry,
            target_key=decision.target_key,
            reason=decision.reason,
            notes=decision.notes,
        )

    def _hold(self, context: RecordContext, decision: Hold, batch: Batch) -> Outcome:
        if batch.is_dry_run:
            self._ledger_writer.ask_in_memory(context, decision)
        else:
            self._ledger_writer.hold(context, decision)
            self._notify_waiting(context, decision)
        return context.outcome(
            Result.HELD,
            context.entry,
            reason=decision.reason,
            advice=decision.advice,
            needs=decision.needs,
        )

    def _notify_waiting(self, context: RecordContext, decision: Hold) -> None:
        """What cannot be said there now is said when the record is looked at next."""
        try:
            context.flow.notify_waiting(context.key, decision)
        except DamagedDocument:
            raise
        except SyncFault as fault:
            log.warning("%s %s: nobody could be told: %s", context.flow.name, context.key, fault)

    def _hold_for_bug(self, batch: Batch, key: str, bug: Exception) -> Outcome:
        """Say it in the log, the report and the ledger; the stack goes out at DEBUG."""
        hold = hold_for_mistake(bug)
        log.error("%s %s: %s", batch.flow.name, key, hold.reason)
        log.debug("%s %s", batch.flow.name, key, exc_info=bug)
        batch.keep_mistake(
            ContractBroken(f"{batch.flow.name} {key}: {hold.reason}", advice=hold.advice)
        )
        return self._hold_by_key(batch, key, hold)

    def _hold_by_key(self, batch: Batch, key: str, hold: Hold) -> Outcome:
        """For a record whose look was broken off."""
        context = RecordContext(batch.flow, key, batch.run_id, None, Evaluation(key, "", hold))
        try:
            held = self._ledger.get(batch.flow.name, key)
            context = replace(context, entry=held.entry if held else None)
            return self._hold(context, hold, batch)
        except SyncFault as fault:
            batch.stop(fault)
        return context.outcome(
            Result.HELD, context.entry, reason=hold.reason, advice=hold.advice, needs=hold.needs
        )
