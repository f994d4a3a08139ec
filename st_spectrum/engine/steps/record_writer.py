"""Carries one decision out and closes the record in the ledger, with what was done or with what
stopped it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from st_spectrum.domain.decisions import Create, Hold, Update, Void
from st_spectrum.domain.errors import ClaimLost, OutcomeUnknown, RateLimited, Rejected, SyncFault
from st_spectrum.engine.batch import OF_A_SYSTEM, Batch
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.flow import Targets
from st_spectrum.engine.report import Outcome, Result
from st_spectrum.engine.retries.backoff import Backoff
from st_spectrum.engine.retries.delays import delay_of
from st_spectrum.engine.retries.sends import NeedsAPerson, Sends
from st_spectrum.engine.steps.breakers import Breakers
from st_spectrum.engine.steps.call_log import CallLog
from st_spectrum.engine.steps.codes import Codes, CodesUsedUp
from st_spectrum.engine.steps.ledger_writer import LedgerWriter, RecordContext
from st_spectrum.engine.steps.second_guard import LEDGER
from st_spectrum.engine.steps.step_executor import StepExecutor, Write
from st_spectrum.engine.steps.verdicts import (
    NO_COMMENT,
    Verdict,
    hold_for_notification,
    verdict,
    waiting,
)
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import EntryMoved, Ledger
from st_spectrum.ledger.sent import payload_digest

RECORD_PROBLEMS = (Rejected, OutcomeUnknown, NeedsAPerson, CodesUsedUp, DamagedDocument)
"""What concerns one record only; everything else is raised on after the entry is settled."""


@dataclass(frozen=True)
class Attempt:
    """One record that is claimed: what is decided about it, how it stood when it was claimed, and
    how far it has come."""

    batch: Batch
    context: RecordContext
    decision: Write
    claimed: Entry
    executor: StepExecutor

    @property
    def was_in_doubt(self) -> bool:
        """Whether a step of it had been announced before."""
        return bool(self.claimed.started_steps)

    @property
    def had_begun(self) -> bool:
        """Whether anything of it had been done before, or may have been."""
        return bool(self.claimed.done_steps or self.claimed.started_steps)

    def result(self) -> Result:
        """What has become of it now that all is done."""
        decision = self.decision
        if isinstance(decision, Void):
            return Result.VOIDED
        if not self.executor.writes:
            is_completed = self.had_begun and not isinstance(decision, Update)
            return Result.COMPLETED if is_completed else Result.UNCHANGED
        stands_partly = isinstance(decision, Create) and bool(decision.standing)
        return Result.COMPLETED if self.had_begun or stands_partly else Result.CREATED


class RecordWriter:
    """The second half of one engine, after the decision. Safe for several threads, each with a
    record of its own."""

    def __init__(
        self,
        targets: Targets,
        ledger: Ledger,
        codes: Codes,
        rules: CarryingRules,
        clock: Callable[[], datetime],
        breakers: Breakers,
        ledger_writer: LedgerWriter,
    ) -> None:
        self._targets = targets
        self._ledger = ledger
        self._codes = codes
        self._pace = rules.pace
        self._backoff = Backoff(rules.pace)
        self._clock = clock
        self._settings = rules.settings
        self._breakers = breakers
        self._ledger_writer = ledger_writer

    def write(
        self, batch: Batch, context: RecordContext, decision: Write, read: Versioned | None
    ) -> Outcome:
        """Claim, carry out, settle. Raises `EntryMoved` when the entry is not the one any more that
        was `read`, and whatever does not concern this record alone, once the entry says so."""
        try:
            held = self._claim(context, read)
        except EntryMoved:
            raise
        except ClaimLost as lost:
            return context.outcome(
                Result.BUSY, context.entry, reason=lost.message, advice=lost.advice
            )
        sends = Sends.of(held.entry, self._settings, self._pace.attempts_before_a_person)
        patience = self._pace.lookup_patience_seconds
        executor = StepExecutor(
            self._targets,
            self._ledger,
            self._codes,
            held,
            patience,
            sends=sends,
            calls=CallLog(held.entry.calls, context.run_id),
        )
        attempt = Attempt(batch, context, decision, held.entry, executor)
        try:
            settled = self._execute(attempt)
        except ClaimLost as lost:
            return self._lost(attempt, lost)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the entry says so before it goes on
            return self._stopped(attempt, problem)
        return self._finished(attempt, settled)

    def _claim(self, context: RecordContext, read: Versioned | None) -> Versioned:
        return self._ledger.claim(
            context.flow.name,
            context.key,
            run_id=context.run_id,
            title=context.evaluation.title,
            source_version=context.evaluation.version,
            etag=read.etag if read else "",
            source_changed_at=context.source_changed_at,
            is_handled=False,  # a person was cut off before the word was kept
        )

    def _execute(self, attempt: Attempt) -> Versioned:
        context, decision, executor = attempt.context, attempt.decision, attempt.executor
        if not attempt.was_in_doubt:
            context.flow.before_sending(context.key, decision)
        executor.execute(decision)
        return self._ledger.settle(
            executor.held,
            State.VOIDED if isinstance(decision, Void) else State.CONFIRMED,
            target_key=executor.target_key,
            notes=decision.notes,
            payload_digest=payload_digest(
                command for step in decision.steps for command in step.calls
            ),
            amount=context.amount,
            hours=context.hours,
            calls=executor.calls.kept,
        )

    def _finished(self, attempt: Attempt, settled: Versioned) -> Outcome:
        context, decision, executor = attempt.context, attempt.decision, attempt.executor
        attempt.batch.note_success("writing", executor.written)
        self._breakers.passed(
            context, executor.decision or decision, executor.held.entry.done_steps
        )
        if settled.entry.state is State.CONFIRMED:
            context.flow.confirmed(settled.entry)
        if isinstance(decision, Create) and decision.differs:
            hold, context = (
                decision.differs,
                replace(context, entry=settled.entry, etag=settled.etag),
            )
            self._ledger_writer.hold(context, hold)
            return context.outcome(
                Result.HELD, context.entry, reason=hold.reason, advice=hold.advice, needs=hold.needs
            )
        values: dict[str, object] = {
            "notes": decision.notes,
            "writes": executor.writes,
            "posted": context.evaluation.posted,
        }
        result = attempt.result()
        if result is not Result.UNCHANGED and (delay := delay_of(settled.entry)) is not None:
            values["delay_seconds"] = delay.total_seconds()
        return context.outcome(result, settled.entry, **values)

    def _lost(self, attempt: Attempt, lost: ClaimLost) -> Outcome:
        """Another worker has the record; or it only reserves a code for it, and then our claim must
        not stay behind."""
        held = attempt.executor.held
        with suppress(ClaimLost):
            retry_at = self._backoff.after_lost_claim(held.entry.attempts, self._clock())
            self._ledger.settle(
                held, State.HELD, reason=str(lost), advice=lost.advice, retry_at=retry_at
            )
        return attempt.context.outcome(
            Result.BUSY, held.entry, reason=lost.message, writes=attempt.executor.writes
        )

    def _stopped(self, attempt: Attempt, problem: Exception) -> Outcome:
        """The entry says what the problem was; then the run goes on where it concerns this record
        alone."""
        found = self._judge(attempt, problem)
        self._note_fault_of_system(attempt, problem)
        is_own = isinstance(problem, RECORD_PROBLEMS)
        try:
            self._settle(attempt, found, problem, is_own=is_own)
        except ClaimLost as lost:
            if is_own:
                return self._lost(attempt, lost)
            raise problem from None
        batch, executor = attempt.batch, attempt.executor
        if (
            isinstance(problem, OF_A_SYSTEM)
            and not isinstance(problem, RateLimited)
            and problem.system != LEDGER
        ):
            batch.note_success("writing", executor.written - {problem.system})
            batch.note_fault("writing", problem)
        elif not is_own:
            raise problem
        return attempt.context.outcome(
            found.result, executor.held.entry, writes=executor.writes, **found.words
        )

    def _judge(self, attempt: Attempt, problem: Exception) -> Verdict:
        """What the problem means for the record; the breakers learn what was done before it, and
        what was refused."""
        context, executor = attempt.context, attempt.executor
        waits_for = (
            self._classified_and_notified(attempt, problem)
            if isinstance(problem, Rejected)
            else None
        )
        found = verdict(problem) if waits_for is None else waiting(waits_for)
        self._breakers.passed(
            context, executor.decision or attempt.decision, executor.held.entry.done_steps
        )
        if not isinstance(problem, Rejected):
            return found
        is_its_own = waits_for is not None and NO_COMMENT not in waits_for.needs
        cause_text = waits_for.cause if waits_for and is_its_own else ""
        blamed = self._breakers.refused(context, executor.refused, problem, cause_text)
        return found.at_place(blamed, self._breakers.place_of(blamed))

    def _classified_and_notified(self, attempt: Attempt, refusal: Rejected) -> Hold | None:
        """What a refused record waits for; None where it is for the people at the source, who then
        know it."""
        context, batch = attempt.context, attempt.batch
        if (
            waits_for := context.flow.classify_refusal(refusal, context.evaluation.decision)
        ) is not None:
            return waits_for
        try:
            context.flow.notify_source(context.key, refusal)
        except SyncFault as fault:
            if isinstance(fault, OF_A_SYSTEM) and not isinstance(fault, RateLimited):
                batch.note_fault("telling", fault)
            return hold_for_notification(refusal, fault)
        batch.note_success("telling")
        return None

    def _note_fault_of_system(self, attempt: Attempt, problem: Exception) -> None:
        """What the problem says about the system, for the records that come after this one."""
        batch, executor = attempt.batch, attempt.executor
        if executor.shut_out is not None and not isinstance(problem, RateLimited):
            batch.stop(executor.shut_out)
        if executor.doubt is not None:
            batch.note_doubt(executor.doubt, was_in_doubt=attempt.was_in_doubt)
        if executor.shut_out is None:
            self._breakers.turned_away(attempt.context, executor.refused, executor.doubt or problem)

    def _settle(
        self, attempt: Attempt, found: Verdict, problem: Exception, *, is_own: bool
    ) -> None:
        """A system that was down is no reason to make the record wait: the next round tries it."""
        executor, now = attempt.executor, self._clock()
        attempts = executor.held.entry.attempts
        self._ledger.settle(
            executor.held,
            found.state,
            reason=found.reason,
            advice=found.advice,
            needs=found.needs,
            cause=found.cause,
            amount=attempt.context.amount,
            hours=attempt.context.hours,
            settings=self._settings,
            sends=executor.sends.counts,
            calls=executor.calls.kept,
            retry_at=self._backoff.after_problem(
                problem, found.state, attempts, now, is_own=is_own
            ),
            **(executor.withdrawn or {}),
        )
