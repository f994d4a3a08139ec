"""A person's word about time that changed after its card was sent: the card is right now, or it was
taken out of Spectrum.

What was taken out may go out again, and goes out as the time is then: as soon as it is approved
(again), in whatever week.
"""

from st_spectrum.domain.time_entries import origin_of_key
from st_spectrum.engine.steps.verdicts import progress_of
from st_spectrum.flows.timecards.done_cards import FLOW, unmark
from st_spectrum.flows.timecards.doubles import RELEASABLE
from st_spectrum.flows.timecards.obstacles import MOVED, STILL_THERE
from st_spectrum.flows.timecards.rules import GONE, STEP
from st_spectrum.ledger.documents.timecards import (
    AcceptedTime,
    ReleasedTime,
    TakenOutTime,
    TimeOrigin,
)
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger

RUN_ID = "resolve"
CORRECTED = "corrected in Spectrum by a person"
LET_GO = "found right by a person"
NOT_PAID = (
    "nothing was changed: take the hours that were not worked out in ServiceTrade, and what is left"
    " goes out."
)
OUT = "taken out of Spectrum by a person"


def settle_time(ledger: Ledger, entry: Entry, *, is_there: bool) -> str:
    """Take the word for a held entry; what became of it in one sentence, or "" when the entry waits
    for no such word.
    """
    if entry.state is not State.HELD or entry.started_steps:
        return ""
    if entry.cause in RELEASABLE:
        return NOT_PAID if is_there else _let_go(ledger, entry)
    if entry.cause == MOVED:
        return _settle_move(ledger, entry, is_there=is_there)
    if entry.cause == STILL_THERE:
        return (
            _stays(ledger, entry)
            if is_there
            else "it is looked up again by itself; nothing was changed."
        )
    if not progress_of(entry).is_confirmed:
        return ""
    if is_there:
        ledger.put(AcceptedTime(entry.source_version or GONE), entry.key)
        _note(ledger, entry, State.CONFIRMED, CORRECTED)
        return f"noted as {CORRECTED}."
    return _take_out(ledger, entry.key)


def _let_go(ledger: Ledger, entry: Entry) -> str:
    """The hours count although others of that day stand beside them, until they change."""
    ledger.put(ReleasedTime(entry.source_version), entry.key)
    _note(ledger, entry, State.HELD, LET_GO)
    return f"noted as {LET_GO}; it goes out with the next round."


def _settle_move(ledger: Ledger, entry: Entry, *, is_there: bool) -> str:
    origin = ledger.document(TimeOrigin, origin_of_key(entry.key))
    sent_as = origin.key if origin else ""
    if is_there:
        ledger.put(AcceptedTime(entry.source_version), entry.key)
        _note(ledger, entry, State.SKIPPED, f"paid by the card of {sent_as}, as a person said")
        return f"noted as paid by the card of {sent_as}; nothing more is sent for it."
    return f"{_take_out(ledger, sent_as)} (the card of {sent_as})"


def _stays(ledger: Ledger, entry: Entry) -> str:
    """The card was not taken out after all, and is right as it is."""
    ledger.put(AcceptedTime(entry.source_version), entry.key)
    claimed = ledger.claim(FLOW, entry.key, run_id=RUN_ID)
    ledger.settle(ledger.progress(claimed, done_steps=(STEP,)), State.CONFIRMED, reason=CORRECTED)
    ledger.discard(TakenOutTime, entry.key)
    return f"noted as {CORRECTED}."


def _take_out(ledger: Ledger, key: str) -> str:
    """From here on the time is one that was never sent; what is still there would be seen before
    anything goes out.
    """
    forget_card(ledger, key)
    claimed = ledger.claim(FLOW, key, run_id=RUN_ID)
    claimed = ledger.progress(claimed, done_steps=(), sent=(), confirmed_at=None)
    ledger.settle(
        claimed,
        State.HELD,
        reason=OUT,
        advice="Nothing to do: it goes out again once it is approved.",
        cause=OUT,
    )
    ledger.discard(AcceptedTime, key)
    return f"noted as {OUT}; the time goes out again as soon as it is approved."


def forget_card(ledger: Ledger, key: str) -> None:
    """The card stands in payroll no more."""
    ledger.put(TakenOutTime(ledger.now()), key)
    unmark(ledger, key)


def _note(ledger: Ledger, entry: Entry, state: State, reason: str) -> None:
    ledger.record(
        FLOW,
        entry.key,
        Judgement(state, reason, source_version=entry.source_version),
        title=entry.title,
        run_id=RUN_ID,
        cause="",
        retry_at=None,
    )
