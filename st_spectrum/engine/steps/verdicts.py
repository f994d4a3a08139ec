"""What a problem of one record means for its ledger entry and for the report, and what the entry
means to a decider. Pure.
"""

import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import OutcomeUnknown, Rejected, SyncFault
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.engine.report import Result
from st_spectrum.engine.retries.backoff import ANSWERS_AGAIN
from st_spectrum.engine.retries.breaker import Breaker, advice_for, need_of
from st_spectrum.engine.retries.causes import cause_of
from st_spectrum.engine.retries.code_places import Place
from st_spectrum.engine.retries.sends import NeedsAPerson
from st_spectrum.engine.steps.codes import CodesUsedUp
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.entry import Entry, State

NO_COMMENT = "servicetrade: a comment"
"""What a refused record lacks of which ServiceTrade was not told."""

OUR_FAULT = "This is a fault in st_spectrum: tell whoever maintains it."


@dataclass(frozen=True)
class Verdict:
    """The state that the entry takes, the result that the report shows, and the words for both."""

    state: State
    result: Result
    reason: str
    advice: str
    needs: tuple[str, ...] = ()
    cause: str = ""

    @property
    def words(self) -> dict[str, object]:
        """For the report."""
        return {"reason": self.reason, "advice": self.advice, "needs": self.needs}

    def at_place(self, breaker: Breaker | None, place: Place) -> "Verdict":
        """The same refusal with the place that the refused code comes from, "" where that is the
        record or elsewhere.
        """
        if breaker is None or NO_COMMENT in self.needs:
            return self
        named = replace(self, cause=breaker.told_as or self.cause)
        if not place or self.state is not State.REJECTED:
            return named
        advice = advice_for(place, breaker.cause)
        return replace(
            named,
            advice=f"{advice} The record then goes out by itself.",
            needs=(need_of(place, breaker.cause),),
        )


def is_known(entry: Entry | None) -> bool:
    """Whether the ledger knows what became of a record: begun, crossed, or rightly left alone."""
    return entry is not None and (is_ours(entry) or entry.state is State.SKIPPED)


def is_ours(entry: Entry) -> bool:
    """Whether anything of the record was written by us, or may have been."""
    progress = progress_of(entry)
    return progress.is_confirmed or progress.is_half_done


LOCKED_WORDS = "locked by user"
"""How Spectrum words that a person has the record open [SP 1.7]; SOAP has no code for it."""
LOCKED_ADVICE = (
    "Somebody has it open on a screen of Spectrum: have them leave it. The record then goes out by"
    " itself, at once if it is tried again."
)


def waiting(hold: Hold) -> Verdict:
    """The record waits for what the hold names."""
    return Verdict(State.HELD, Result.HELD, hold.reason, hold.advice, hold.needs, hold.cause)


def verdict(problem: Exception) -> Verdict:
    """What stopped a record whose claim is held."""
    cause = cause_of(problem)
    match problem:
        case Rejected():
            is_open_on_a_screen = LOCKED_WORDS in problem.message.casefold()
            advice = LOCKED_ADVICE if is_open_on_a_screen else problem.advice
            return Verdict(State.REJECTED, Result.REJECTED, problem.message, advice, cause=cause)
        case ForeignAnswer() if problem.retry_after:
            needs = (f"{problem.system or 'the system'} takes calls again",)
            return Verdict(
                State.UNKNOWN, Result.UNKNOWN, problem.message, problem.advice, needs, cause
            )
        case OutcomeUnknown():
            return Verdict(
                State.UNKNOWN, Result.UNKNOWN, problem.message, problem.advice, cause=cause
            )
        case NeedsAPerson():
            return Verdict(
                State.HELD, Result.HELD, problem.reason, problem.advice, ("a person",), cause
            )
        case CodesUsedUp():
            advice = "Widen the code range in the account file."
            return Verdict(
                State.HELD, Result.HELD, str(problem), advice, ("account: code range",), cause
            )
        case DamagedDocument():
            return waiting(hold_for_damage(problem))
        case SyncFault():
            return waiting(hold_for_system(problem))
        case _:
            return waiting(hold_for_mistake(problem))


def hold_for_system(fault: SyncFault) -> Hold:
    """The record met the fault of a system and waits until it answers again."""
    return Hold(
        str(fault),
        fault.advice,
        (f"{fault.system or 'the system'} {ANSWERS_AGAIN}",),
        cause_of(fault),
    )


def hold_for_damage(damaged: DamagedDocument) -> Hold:
    """What the ledger keeps of the record cannot be read, and so nothing is sent for it."""
    return Hold(damaged.message, damaged.advice, ("a person",), cause_of(damaged))


def hold_for_notification(refusal: Rejected, fault: SyncFault) -> Hold:
    """The record was refused, and those who could correct it do not know it yet."""
    return Hold(
        f"{refusal.message}; and this could not be told in ServiceTrade: {fault.message}",
        "It is tried again by itself. If it stays, tell AR yourself, and see whether the"
        " integration user may comment.",
        (NO_COMMENT,),
        "refused, and ServiceTrade did not take the word of it",
    )


def hold_for_mistake(bug: Exception) -> Hold:
    """The record met a mistake of ours and waits until it is corrected."""
    return Hold(describe_bug(bug), OUR_FAULT, ("a correction of st_spectrum",), cause_of(bug))


def describe_bug(bug: Exception) -> str:
    """A mistake of ours in one line, with the place where it happened instead of a stack trace."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"unexpected {type(bug).__name__}: {bug}{place}"


def standing(entry: Entry | None) -> Result:
    """How the report shows a record whose entry stays as it is."""
    if entry is None or entry.state in (State.CONFIRMED, State.VOIDED):
        return Result.UNCHANGED if entry else Result.SKIPPED
    return {
        State.REJECTED: Result.REJECTED,
        State.UNKNOWN: Result.UNKNOWN,
        State.SKIPPED: Result.SKIPPED,
    }.get(entry.state, Result.HELD)


def progress_of(entry: Entry | None) -> Progress:
    """What a decider may know of a ledger entry."""
    if entry is None:
        return NEW
    return Progress(
        target_key=entry.target_key,
        done_steps=entry.done_steps,
        started_steps=entry.started_steps,
        is_confirmed=entry.state in (State.CONFIRMED, State.VOIDED)
        or _waits_since_confirmed(entry),
        is_voided=entry.state is State.VOIDED,
        was_in_work=entry.claimed_at is not None or entry.state in (State.CONFIRMED, State.VOIDED),
    )


def _waits_since_confirmed(entry: Entry) -> bool:
    """Whether a record crossed, then changed, and that change waits with nothing of it begun."""
    last = entry.history[-1] if entry.history else None
    return entry.state is State.HELD and last is not None and last.from_state is State.CONFIRMED
