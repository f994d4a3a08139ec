"""Carries one decision out and closes the record in the ledger, with what was done or with what
stopped it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from st_spectrum.account import Pace
from st_spectrum.domain.decisions import Create, Hold, Update, Void
from st_spectrum.domain.errors import ClaimLost, OutcomeUnknown, RateLimited, Rejected, SyncFault
from st_spectrum.engine.backoff import after_pause, next_try
from st_spectrum.engine.batch import OF_A_SYSTEM, Batch
from st_spectrum.engine.breakers import Breakers
from st_spectrum.engine.codes import Codes, CodesUsedUp
from st_spectrum.engine.crossing import Crossing, Write
from st_spectrum.engine.flow import Targets
from st_spectrum.engine.noting import Noting, One
from st_spectrum.engine.report import Outcome, Result
from st_spectrum.engine.second_guard import LEDGER
from st_spectrum.engine.sends import NeedsAPerson, Sends
from st_spectrum.engine.verdicts import Verdict, hold_for_telling, verdict, waiting
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import EntryMoved, Ledger, Versioned
from st_spectrum.ledger.sent import payload_digest

RECORD_PROBLEMS = (Rejected, OutcomeUnknown, NeedsAPerson, CodesUsedUp, DamagedDocument)
"""What concerns one record only; everything else is raised on after the entry is settled."""


@dataclass(frozen=True)
class Attempt:
    """One record that is claimed: what is decided about it, how it stood when it was claimed, and
    how far it has come."""

    batch: Batch
    one: One
    decision: Write
    claimed: Entry
    crossing: Crossing

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
        if not self.crossing.writes:
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
        pace: Pace,
        clock: Callable[[], datetime],
        settings: str,
        breakers: Breakers,
        noting: Noting,
    ) -> None:
        self._targets = targets
        self._ledger = ledger
        self._codes = codes
        self._pace = pace
        self._clock = clock
        self._settings = settings
        self._breakers = breakers
        self._noting = noting

    def write(self, batch: Batch, one: One, decision: Write, read: Versioned | None) -> Outcome:
        """Claim, carry out, settle. Raises `EntryMoved` when the entry is not the one any more that
        was `read`, and whatever does not concern this record alone, once the entry says so."""
        try:
            held = self._claim(one, read)
        except EntryMoved:
            raise
        except ClaimLost as lost:
            return one.outcome(Result.BUSY, one.entry, reason=lost.message, advice=lost.advice)
        sends = Sends.of(held.entry, self._settings, self._pace.attempts_before_a_person)
        patience = self._pace.lookup_patience_seconds
        crossing = Crossing(self._targets, self._ledger, self._codes, held, patience, sends=sends)
        attempt = Attempt(batch, one, decision, held.entry, crossing)
        try:
            settled = self._carry_out(attempt)
        except ClaimLost as lost:
            return self._lost(attempt, lost)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the entry says so before it goes on
            return self._stopped(attempt, problem)
        return self._finished(attempt, settled)

    def _claim(self, one: One, read: Versioned | None) -> Versioned:
        return self._ledger.claim(
            one.flow.name,
            one.key,
            run_id=one.run_id,
            title=one.sight.title,
            source_version=one.sight.version,
            etag=read.etag if read else "",
        )

    def _carry_out(self, attempt: Attempt) -> Versioned:
        one, decision, crossing = attempt.one, attempt.decision, attempt.crossing
        if not attempt.was_in_doubt:
            one.flow.before_sending(one.key, decision)
        crossing.carry_out(decision)
        return self._ledger.settle(
            crossing.held,
            State.VOIDED if isinstance(decision, Void) else State.CONFIRMED,
            target_key=crossing.target_key,
            notes=decision.notes,
            payload_digest=payload_digest(command for step in decision.steps for command in step.calls),
            amount=one.amount,
        )

    def _finished(self, attempt: Attempt, settled: Versioned) -> Outcome:
        one, decision, crossing = attempt.one, attempt.decision, attempt.crossing
        attempt.batch.passed("writing", crossing.written)
        self._breakers.passed(one, crossing.decision or decision, crossing.held.entry.done_steps)
        if settled.entry.state is State.CONFIRMED:
            one.flow.confirmed(settled.entry)
        if isinstance(decision, Create) and decision.differs:
            hold, one = decision.differs, replace(one, entry=settled.entry, etag=settled.etag)
            self._noting.hold(one, hold)
            return one.outcome(Result.HELD, one.entry, reason=hold.reason, advice=hold.advice, needs=hold.needs)
        told = {"notes": decision.notes, "writes": crossing.writes, "posted": one.sight.posted}
        return one.outcome(attempt.result(), settled.entry, **told)

    def _lost(self, attempt: Attempt, lost: ClaimLost) -> Outcome:
        """Another worker has the record; or it only reserves a code for it, and then our claim must
        not stay behind."""
        held = attempt.crossing.held
        with suppress(ClaimLost):
            retry_at = next_try(self._clock(), held.entry.attempts, self._first_wait(State.HELD))
            self._ledger.settle(held, State.HELD, reason=str(lost), advice=lost.advice, retry_at=retry_at)
        return attempt.one.outcome(Result.BUSY, held.entry, reason=lost.message, writes=attempt.crossing.writes)

    def _stopped(self, attempt: Attempt, problem: Exception) -> Outcome:
        """The entry says what the problem was; then the run goes on where it concerns this record
        alone."""
        found = self._judge(attempt, problem)
        self._tell_of_the_system(attempt, problem)
        is_own = isinstance(problem, RECORD_PROBLEMS)
        try:
            self._settle(attempt, found, problem, is_own=is_own)
        except ClaimLost as lost:
            if is_own:
                return self._lost(attempt, lost)
            raise problem from None
        batch, crossing = attempt.batch, attempt.crossing
        if isinstance(problem, OF_A_SYSTEM) and not isinstance(problem, RateLimited) and problem.system != LEDGER:
            batch.passed("writing", crossing.written - {problem.system})
            batch.met("writing", problem)
        elif not is_own:
            raise problem
        return attempt.one.outcome(found.result, crossing.held.entry, writes=crossing.writes, **found.words)

    def _judge(self, attempt: Attempt, problem: Exception) -> Verdict:
        """What the problem means for the record; the breakers learn what was done before it, and
        what was refused."""
        one, crossing = attempt.one, attempt.crossing
        waits_for = self._weighed_and_told(attempt, problem) if isinstance(problem, Rejected) else None
        found = verdict(problem) if waits_for is None else waiting(waits_for)
        self._breakers.passed(one, crossing.decision or attempt.decision, crossing.held.entry.done_steps)
        if not isinstance(problem, Rejected):
            return found
        blamed = self._breakers.refused(one, crossing.refused, problem)
        return found.at_place(blamed, self._breakers.place_of(blamed))

    def _weighed_and_told(self, attempt: Attempt, refusal: Rejected) -> Hold | None:
        """What a refused record waits for; None where it is for the people at the source, who then
        know it."""
        one, batch = attempt.one, attempt.batch
        if (waits_for := one.flow.weigh(refusal, one.sight.decision)) is not None:
            return waits_for
        try:
            one.flow.tell(one.key, refusal)
        except SyncFault as fault:
            if isinstance(fault, OF_A_SYSTEM) and not isinstance(fault, RateLimited):
                batch.met("telling", fault)
            return hold_for_telling(refusal, fault)
        batch.passed("telling")
        return None

    def _tell_of_the_system(self, attempt: Attempt, problem: Exception) -> None:
        """What the problem says about the system, for the records that come after this one."""
        batch, crossing = attempt.batch, attempt.crossing
        if crossing.shut_out is not None and not isinstance(problem, RateLimited):
            batch.stop(crossing.shut_out)
        if crossing.doubt is not None:
            batch.doubted(crossing.doubt, was_in_doubt=attempt.was_in_doubt)
        if crossing.shut_out is None:
            self._breakers.turned_away(attempt.one, crossing.refused, crossing.doubt or problem)

    def _settle(self, attempt: Attempt, found: Verdict, problem: Exception, *, is_own: bool) -> None:
        """A system that was down is no reason to make the record wait: the next round tries it."""
        crossing, now = attempt.crossing, self._clock()
        own_wait = next_try(now, crossing.held.entry.attempts, self._first_wait(found.state)) if is_own else None
        self._ledger.settle(
            crossing.held,
            found.state,
            reason=found.reason,
            advice=found.advice,
            needs=found.needs,
            cause=found.cause,
            amount=attempt.one.amount,
            settings=self._settings,
            sends=crossing.sends.counts,
            retry_at=after_pause(problem, now, own_wait),
            **(crossing.withdrawn or {}),
        )

    def _first_wait(self, state: State) -> float:
        """Asking again for what was refused is a write each time; everything else costs reads
        only."""
        pace = self._pace
        return pace.retry_rejected_after_seconds if state is State.REJECTED else pace.retry_held_after_seconds
