"""Runs any flow over a batch of keys: each record on its own, several at a time, one never stopping another.

Only the fault of a whole system ends a run early; then records not begun stay untouched and those begun say why in the ledger.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from st_spectrum.account import Pace
from st_spectrum.domain.decisions import Create, Hold, Skip, Stand, Update, Void
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import ClaimLost, ContractBroken, OutcomeUnknown, RateLimited, Rejected, SyncFault
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.flows.backoff import next_try
from st_spectrum.flows.causes import cause_of
from st_spectrum.flows.codes import Codes
from st_spectrum.flows.crossing import CodesUsedUp, Crossing, NeedsAPerson, Write
from st_spectrum.flows.flow import Flow, Sight, Targets
from st_spectrum.flows.report import Outcome, Report, Result
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger, Versioned

log = logging.getLogger(__name__)

PASSES = 3
"""So often a record goes round again in one run after its system asked for a pause."""


@dataclass(frozen=True)
class _One:
    """One record of one run."""

    flow: Flow
    key: str
    run_id: str
    entry: Entry | None
    sight: Sight

    @property
    def amount(self) -> str:
        """What it is worth, as the ledger keeps it; what is known already counts where the source could not be read."""
        if self.sight.amount is None:
            return self.entry.amount if self.entry else ""
        return str(self.sight.amount)

    def outcome(self, result: Result, entry: Entry | None = None, **told: object) -> Outcome:
        """The outcome with what the entry knows; `told` adds or replaces."""
        values: dict[str, object] = {"target_key": entry.target_key if entry else "", "amount": self.sight.amount}
        return Outcome(self.flow.name, self.key, self.sight.title, result, **(values | told))  # type: ignore[arg-type]


class Engine:
    """Carries records across. One engine serves one process; several processes may serve one account."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        targets: Targets,
        ledger: Ledger,
        codes: Codes,
        pace: Pace,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._flows = flows
        self._targets = targets
        self._ledger = ledger
        self._codes = codes
        self._pace = pace
        self._clock = clock

    def run(
        self,
        flow: str,
        keys: Sequence[str],
        *,
        run_id: str,
        is_dry_run: bool = False,
        on_outcome: Callable[[Outcome], None] | None = None,
    ) -> Report:
        """Every key once, in parallel. A dry run stops before the claim and changes nothing anywhere."""
        batch = _Batch(self._flows[flow], run_id, is_dry_run)
        waiting = list(dict.fromkeys(keys))
        outcomes: dict[str, Outcome] = {}
        for _ in range(PASSES):
            with ThreadPoolExecutor(self._pace.workers, thread_name_prefix=flow) as pool:
                for outcome in pool.map(lambda key: self._guarded(batch, key), waiting):
                    if outcome is not None:
                        outcomes[outcome.key] = outcome
                        if on_outcome:
                            on_outcome(outcome)
            waiting = batch.take_paused()
            if not waiting or batch.stopped_by:
                break
        return Report(flow, tuple(outcomes.values()), batch.stopped_by or batch.bug)

    def _guarded(self, batch: "_Batch", key: str) -> Outcome | None:
        if batch.stopped_by:
            return None
        try:
            return self._one(batch, key)
        except RateLimited as pause:
            batch.pause(key)
            return Outcome(batch.flow.name, key, key, Result.HELD, reason=pause.message, advice=pause.advice)
        except SyncFault as fault:
            batch.stop(fault)
            return None
        except Exception as bug:  # noqa: BLE001 - a mistake of ours with one record must not cost the others
            batch.blame_code(key, bug)
            return None

    def _one(self, batch: "_Batch", key: str) -> Outcome | None:
        held = self._ledger.get(batch.flow.name, key)
        entry = held.entry if held else None
        try:
            sight = batch.flow.look(key, progress_of(entry))
        except (Rejected, OutcomeUnknown) as fault:
            # A read that only this record cannot pass: the others go on.
            sight = Sight(entry.title if entry else key, "", Hold(fault.message, fault.advice, cause=cause_of(fault)))
        one = _One(batch.flow, key, batch.run_id, entry, sight)
        decision = sight.decision
        if isinstance(decision, Skip):
            return self._skip(one, decision, batch)
        if isinstance(decision, Hold):
            return self._hold(one, decision, batch)
        if isinstance(decision, Stand):
            return one.outcome(_standing(entry), entry, reason=(entry and entry.reason) or decision.reason)
        if batch.is_dry_run:
            result = Result.COMPLETED if progress_of(entry).is_half_done else Result.CREATED
            result = Result.VOIDED if isinstance(decision, Void) else result
            told = {"target_key": decision.target_key, "notes": decision.notes, "posted": sight.posted}
            return one.outcome(result, entry, **told)
        return self._write(one, decision)

    def _skip(self, one: _One, decision: Skip, batch: "_Batch") -> Outcome:
        if one.entry is not None and one.entry.is_in_doubt:
            reason = f"{decision.reason}, but a write of it is in doubt"
            advice = f"Look in Spectrum for {one.entry.target_key or 'it'}."
            cause = "nothing is to be done any more, but a write is in doubt"
            return self._hold(one, Hold(reason, advice, ("a person",), cause), batch)
        if one.entry is not None and one.entry.state in (State.CONFIRMED, State.VOIDED):
            return one.outcome(Result.UNCHANGED, one.entry, notes=decision.notes)
        if not batch.is_dry_run:
            self._note(
                one, State.SKIPPED, decision.reason, "", (), target_key=decision.target_key, notes=decision.notes
            )
        return one.outcome(
            Result.SKIPPED, one.entry, target_key=decision.target_key, reason=decision.reason, notes=decision.notes
        )

    def _hold(self, one: _One, decision: Hold, batch: "_Batch") -> Outcome:
        if not batch.is_dry_run:
            attempts = one.entry.attempts if one.entry else 0
            retry_at = next_try(self._clock(), attempts + 1, self._first_wait(State.HELD))
            cause = decision.cause or decision.reason
            self._note(
                one, State.HELD, decision.reason, decision.advice, decision.needs, retry_at=retry_at, cause=cause
            )
        return one.outcome(Result.HELD, one.entry, reason=decision.reason, advice=decision.advice, needs=decision.needs)

    def _note(
        self, one: _One, state: State, reason: str, advice: str, needs: tuple[str, ...], **changes: object
    ) -> Versioned | None:
        return self._ledger.note(
            one.flow.name,
            one.key,
            state,
            title=one.sight.title,
            reason=reason,
            advice=advice,
            needs=needs,
            source_version=one.sight.version,
            run_id=one.run_id,
            **{"cause": "", "amount": one.amount} | changes,
        )

    def _write(self, one: _One, decision: Write) -> Outcome:
        try:
            held = self._ledger.claim(
                one.flow.name, one.key, run_id=one.run_id, title=one.sight.title, source_version=one.sight.version
            )
        except ClaimLost as lost:
            return one.outcome(Result.BUSY, one.entry, reason=lost.message, advice=lost.advice)
        crossing = Crossing(self._targets, self._ledger, self._codes, held)
        had_begun = bool(held.entry.done_steps or held.entry.started_steps)
        try:
            if not held.entry.started_steps:
                one.flow.before_sending(one.key, decision)
            crossing.carry_out(decision)
            settled = self._ledger.settle(
                crossing.held,
                State.VOIDED if isinstance(decision, Void) else State.CONFIRMED,
                notes=decision.notes,
                payload_digest=_payload_digest(decision),
                amount=one.amount,
            )
        except ClaimLost as lost:
            return one.outcome(Result.BUSY, crossing.held.entry, reason=lost.message, writes=crossing.writes)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the entry says so before it goes on
            return self._settle_problem(one, crossing, problem)
        if isinstance(decision, Void):
            result = Result.VOIDED
        elif not crossing.writes:
            result = Result.COMPLETED if had_begun and not isinstance(decision, Update) else Result.UNCHANGED
        else:
            result = Result.COMPLETED if had_begun else Result.CREATED
        told = {"notes": decision.notes, "writes": crossing.writes, "posted": one.sight.posted}
        return one.outcome(result, settled.entry, **told)

    def _first_wait(self, state: State) -> float:
        pace = self._pace
        return pace.retry_rejected_after_seconds if state is State.REJECTED else pace.retry_held_after_seconds

    def _settle_problem(self, one: _One, crossing: Crossing, problem: Exception) -> Outcome:
        waits_for = one.flow.weigh(problem) if isinstance(problem, Rejected) else None
        state, result, reason, advice, needs = _verdict(problem) if waits_for is None else _waiting(waits_for)
        attempts = crossing.held.entry.attempts
        # Asking again for what was refused is a write each time; everything else costs reads only.
        first_wait = self._first_wait(state)
        self._ledger.settle(
            crossing.held,
            state,
            reason=reason,
            advice=advice,
            needs=needs,
            cause=waits_for.cause if waits_for else cause_of(problem),
            amount=one.amount,
            # A system that was down is no reason to make the record wait: the next round tries it.
            retry_at=next_try(self._clock(), attempts, first_wait) if isinstance(problem, RECORD_PROBLEMS) else None,
        )
        if not isinstance(problem, RECORD_PROBLEMS):
            raise problem
        if isinstance(problem, Rejected) and waits_for is None:
            one.flow.tell(one.key, problem)
        told = {"reason": reason, "advice": advice, "needs": needs, "writes": crossing.writes}
        return one.outcome(result, crossing.held.entry, **told)


RECORD_PROBLEMS = (Rejected, OutcomeUnknown, NeedsAPerson, CodesUsedUp)
"""What concerns one record only; everything else is raised on after the entry is settled."""


class _Batch:
    """What the threads of one run share."""

    def __init__(self, flow: Flow, run_id: str, is_dry_run: bool) -> None:
        self.flow = flow
        self.run_id = run_id
        self.is_dry_run = is_dry_run
        self.stopped_by: SyncFault | None = None
        self.bug: ContractBroken | None = None
        self._paused: list[str] = []
        self._lock = threading.Lock()

    def stop(self, fault: SyncFault) -> None:
        with self._lock:
            self.stopped_by = self.stopped_by or fault

    def blame_code(self, key: str, bug: Exception) -> None:
        """Keep the first mistake of ours: the run ends red, but only after all other records had their turn."""
        log.error("%s %s: %s", self.flow.name, key, _told(bug), exc_info=bug)
        fault = ContractBroken(
            f"{self.flow.name} {key}: {_told(bug)}", advice="This is a fault in st_spectrum: tell whoever maintains it."
        )
        with self._lock:
            self.bug = self.bug or fault

    def pause(self, key: str) -> None:
        with self._lock:
            self._paused.append(key)

    def take_paused(self) -> list[str]:
        with self._lock:
            paused, self._paused = self._paused, []
        return paused


def progress_of(entry: Entry | None) -> Progress:
    """What a decider may know of a ledger entry."""
    if entry is None:
        return NEW
    return Progress(
        target_key=entry.target_key,
        done_steps=entry.done_steps,
        started_steps=entry.started_steps,
        is_confirmed=entry.state in (State.CONFIRMED, State.VOIDED),
        is_voided=entry.state is State.VOIDED,
    )


def _standing(entry: Entry | None) -> Result:
    if entry is None or entry.state in (State.CONFIRMED, State.VOIDED):
        return Result.UNCHANGED if entry else Result.SKIPPED
    return {State.REJECTED: Result.REJECTED, State.UNKNOWN: Result.UNKNOWN, State.SKIPPED: Result.SKIPPED}.get(
        entry.state, Result.HELD
    )


def _waiting(hold: Hold) -> tuple[State, Result, str, str, tuple[str, ...]]:
    return State.HELD, Result.HELD, hold.reason, hold.advice, hold.needs


def _verdict(problem: Exception) -> tuple[State, Result, str, str, tuple[str, ...]]:
    match problem:
        case Rejected():
            return State.REJECTED, Result.REJECTED, problem.message, problem.advice, ()
        case OutcomeUnknown():
            return State.UNKNOWN, Result.UNKNOWN, problem.message, problem.advice, ()
        case NeedsAPerson():
            return State.HELD, Result.HELD, problem.reason, problem.advice, ("a person",)
        case CodesUsedUp():
            advice = "Widen the code range in the account file."
            return State.HELD, Result.HELD, str(problem), advice, ("account: code range",)
        case SyncFault():
            return (
                State.HELD,
                Result.HELD,
                str(problem),
                problem.advice,
                (f"{problem.system or 'system'} answers again",),
            )
        case _:
            advice = "This is a fault in st_spectrum: tell whoever maintains it."
            return State.HELD, Result.HELD, _told(problem), advice, ("a correction of st_spectrum",)


def _told(bug: Exception) -> str:
    return f"unexpected {type(bug).__name__}: {bug}"


def _payload_digest(decision: Create | Update | object) -> str:
    steps = getattr(decision, "steps", ())
    return digest([[call.operation, call.key, dict(call.fields)] for step in steps for call in step.calls])
