"""What people do about single records: have them tried again, send them out once more, say that
they were handled by hand. Who did it is kept.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from st_spectrum.domain.errors import ClaimLost, Rejected, SyncFault
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import StillThere, Unlinked
from st_spectrum.engine.people.person import (
    NotDone,
    Person,
    keep_intervention,
    known_entry,
    refuse_key_of_another,
)
from st_spectrum.engine.retries.breaker_documents import end_pause, read_breakers
from st_spectrum.engine.retries.redrive import make_due
from st_spectrum.engine.steps.handled import record_name
from st_spectrum.engine.steps.verdicts import progress_of
from st_spectrum.ledger.documents.interventions import (
    HandledRecord,
)
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.lookup_answers import LookupImpossible

AGAIN = "sent again by a person's word"
UNDONE = "taken back: it was handled by hand"
RESUBMIT = "goes out only once it is submitted again in ServiceTrade"
GOES_OUT = "Nothing to do: the next round looks at it."


def retry_records(
    ledger: Ledger,
    flow: str,
    keys: Iterable[str],
    person: Person,
    *,
    is_resubmitted: bool = False,
) -> str:
    """Have records that wait or were refused tried by the next round, and the causes that hold them
    with one of them; in words. `is_resubmitted` says that what was refused goes out only once it is
    submitted again at the source.
    """
    found = {key: held.entry for key in keys if (held := ledger.get(flow, key)) is not None}
    due = [key for key in found if make_due(ledger, flow, key, sends={})]
    failed = [key for key in due if is_resubmitted and found[key].state is State.REJECTED]
    for key in due:
        outcome = RESUBMIT if key in failed else "tried again in the next round"
        keep_intervention(ledger, flow, key, "retry", person, outcome)
    blocking = {entry.blocked_by for entry in found.values() if entry.blocked_by}
    # Whoever opened a breaker would only wait under it.
    blocking |= {
        id_
        for id_, breaker in read_breakers(ledger, flow).items()
        if breaker.is_open and found.keys() & set(breaker.records)
    }
    causes = sum(end_pause(ledger, flow, ledger.now(), only) for only in sorted(blocking))
    left = f"; {_count(len(failed), 'record')} refused: {RESUBMIT}" if failed else ""
    return (
        f"{_count(len(due) - len(failed), 'record')} and {_count(causes, 'cause')} of refusals are"
        f" tried again in the next round{left}"
    )


def send_again(session: Connected, flow: str, key: str, person: Person) -> str:
    """Send out once more what was confirmed once and is gone from the target, which is asked first.

    Raises `NotDone`, and the error families when a system cannot be asked.
    """
    its, read = session.flows[flow], known_entry(session.ledger, flow, key)
    entry = read.entry
    _needs_a_note(person)
    if not progress_of(entry).is_confirmed or entry.state is State.VOIDED:
        raise NotDone(f"{entry.title or key} has not crossed ({entry.state}), so it is not gone")
    left = _steps_left(its, entry)
    _goes_out(session.ledger, read, left, AGAIN)
    outcome = f"{entry.target_key} is gone from {its.description.target.label}; it goes out again"
    keep_intervention(session.ledger, flow, key, "retry --again", person, outcome)
    return f"{entry.title or key}: {outcome} with the next round."


def handle(session: Connected, flow: str, key: str, target_key: str, person: Person) -> str:
    """Take a person's word that a record was handled by hand: it stands in the target as
    `target_key`, which is looked up first, or with "" nothing is to be sent.

    Raises `NotDone`, and the error families; of what ServiceTrade did not answer then, the word is
    kept, and completed by the same word once more.
    """
    ledger, its, target_key = session.ledger, session.flows[flow], target_key.strip()
    read = known_entry(ledger, flow, key)
    entry = read.entry
    _needs_a_note(person)
    _may_be_handled(entry)
    found = _named(its, target_key) if target_key else ""
    refuse_key_of_another(ledger, its, key, target_key)
    worth = entry.amount, entry.hours
    handled = HandledRecord(ledger.now(), person.who, person.note, target_key, *worth)
    claimed = _claim(ledger, read, f"handled by {person.who}", is_handled=True)
    unanswered = _link(ledger, its, claimed, entry, target_key)
    # Whoever dies from here on has said it: with the mark of the claim the word counts once it is
    # kept.
    ledger.put(handled, record_name(flow, key))
    outcome = f"it stands as {found}" if target_key else "nothing is sent for it"
    if unanswered is None:
        keep_intervention(ledger, flow, key, "handled", person, outcome)
    ledger.settle(
        claimed,
        State.SKIPPED,
        reason=handled.sentence,
        target_key=target_key or entry.target_key * bool(entry.done_steps),
        is_handled=True,
        retry_at=None,
    )
    if unanswered is not None:
        raise unanswered
    return f"{entry.title or key}: noted as handled by hand; {outcome}."


def take_back(session: Connected, flow: str, key: str, person: Person) -> str:
    """The word that a record was handled by hand counts no more: it goes out as any other.

    Raises `NotDone`, and the error families.
    """
    ledger, its = session.ledger, session.flows[flow]
    read, name = known_entry(ledger, flow, key), record_name(flow, key)
    entry = read.entry
    _needs_a_note(person)
    handled = ledger.document(HandledRecord, name)
    if handled is None:
        raise NotDone(f"nobody said that {entry.title or key} was handled by hand")
    left = Unlinked(entry.done_steps)
    if entry.is_handled:  # else somebody was cut off here, after the record was let go
        left = _unlinked(its, entry) if handled.target_key else left
        _goes_out(ledger, read, left.done_steps, UNDONE)
    ledger.discard(HandledRecord, name)
    keep_intervention(ledger, flow, key, "handled --undo", person, UNDONE)
    return " ".join(filter(None, (f"{entry.title or key}: it goes out as any other.", left.note)))


def _claim(ledger: Ledger, read: Versioned, run_id: str, **changes: Any) -> Versioned:
    """In the version on which the person's word was judged: a worker may have sent it since."""
    entry = read.entry
    try:
        return ledger.claim(entry.flow, entry.key, run_id=run_id, etag=read.etag, **changes)
    except ClaimLost as lost:
        title = entry.title or entry.key
        raise NotDone(f"a worker has {title} just now ({lost.message}); say it again") from None


def _link(
    ledger: Ledger, its: Flow, claimed: Versioned, before: Entry, target_key: str
) -> SyncFault | None:
    """Type the key at the source while nobody else may have the record; a fault after which nobody
    knows whether it stands there. Raises `NotDone` where ServiceTrade says no: then all is as
    before.
    """
    try:
        if target_key:
            its.link(before.key, target_key)
    except Rejected as refusal:
        ledger.settle(
            claimed,
            before.state,
            reason=before.reason,
            advice=before.advice,
            needs=before.needs,
            cause=before.cause,
            blocked_by=before.blocked_by,
            retry_at=before.retry_at,
            is_handled=before.is_handled,
        )
        raise NotDone(f"ServiceTrade does not take {target_key}: {refusal.message}") from None
    except SyncFault as fault:
        return fault
    return None


def _needs_a_note(person: Person) -> None:
    if not person.note.strip():
        raise NotDone("say with --note why, for whoever reads it next year")


def _may_be_handled(entry: Entry) -> None:
    title = entry.title or entry.key
    if entry.is_in_doubt:
        raise NotDone(
            f"a write of {title} is in doubt; look in Spectrum and say `st-spectrum ledger resolve`"
        )
    if progress_of(entry).is_confirmed:
        raise NotDone(f"{title} has crossed as {entry.target_key}")
    if entry.state is State.SKIPPED and entry.target_key and not entry.is_handled:
        raise NotDone(f"{title} stands in Spectrum as {entry.target_key}")


def _named(its: Flow, target_key: str) -> str:
    with _as_not_done():
        found = its.find_named(target_key)
    if not found:
        raise NotDone(f"{its.description.target.label} has nothing under {target_key}")
    return found


def _steps_left(its: Flow, entry: Entry) -> tuple[str, ...]:
    with _as_not_done():
        return its.steps_left(entry)


def _unlinked(its: Flow, entry: Entry) -> Unlinked:
    with _as_not_done():
        return its.unlink(entry)


@contextmanager
def _as_not_done() -> Iterator[None]:
    """What stands in the way, as a sentence."""
    try:
        yield
    except StillThere as there:
        raise NotDone(f"it would stand there twice: {there}") from None
    except LookupImpossible as impossible:
        raise NotDone(f"{impossible.message}; {impossible.advice}") from None


def _goes_out(ledger: Ledger, read: Versioned, left: tuple[str, ...], reason: str) -> None:
    entry, claimed = read.entry, _claim(ledger, read, "a person's word")
    values: dict[str, Any] = {"done_steps": left, "sent": (), "is_handled": False}
    keeps_code = bool(left) or reason is AGAIN
    values |= {"target_key": entry.target_key if keeps_code else "", "confirmed_at": None}
    claimed = ledger.progress(claimed, **values)
    ledger.settle(claimed, State.HELD, reason=reason, advice=GOES_OUT, cause=reason, sends={})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else f'{noun}s'}"
