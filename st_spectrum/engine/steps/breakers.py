"""The breakers of one account in its ledger, so that all processes share them; what the engine asks
and tells them.

Read once per run of a flow; within a process the threads share what was read. A breaker changes by
a conditional write, so of several workers one alone tries a record when the pause is over.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Create, Hold, Update, Void
from st_spectrum.domain.errors import Rejected
from st_spectrum.engine.retries.backoff import LONGEST_PAUSE_SECONDS, pause_of
from st_spectrum.engine.retries.breaker import (
    PAGE,
    PAUSE,
    Breaker,
    Cause,
    advice_for,
    causes_of_refusal,
    from_document,
    met_by,
    need_of,
    to_document,
)
from st_spectrum.engine.retries.breaker_documents import read_breakers
from st_spectrum.engine.retries.causes import cause_of
from st_spectrum.engine.retries.code_places import CodePlaces, Place
from st_spectrum.engine.retries.redrive import make_due
from st_spectrum.engine.steps.ledger_writer import RecordContext
from st_spectrum.ledger.documents.guards import KeptBreaker
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger

Write = Create | Update | Void


class Breakers:
    """For one engine. `settings` is the digest of the account file that it goes by, `places` say
    where in it a code stands.
    """

    def __init__(
        self, ledger: Ledger, settings: str, clock: Callable[[], datetime], places: CodePlaces
    ) -> None:
        self.settings = settings
        self._places = places
        self._ledger = ledger
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Breaker] = {}
        self._tried: dict[str, str] = {}
        """Which record this run tries for a breaker, by the breaker's id."""
        self._last: dict[str, str] = {}
        """By the breaker's id, a record refused for it already: tried when no other is there."""
        self._is_last_resort: set[str] = set()
        self._held: dict[str, set[str]] = {}
        self._released: list[str] = []
        self.has_closed = False
        """Whether a breaker has closed since this was set back: what waited for it may go."""

    def begin(self, flow: str, *, is_dry_run: bool = False) -> None:
        """A run begins: what is known is read anew, and what is long forgotten is dropped."""
        now = self._clock()
        found = read_breakers(self._ledger, flow)
        for id_, breaker in list(found.items()):
            if breaker.is_forgotten(now) and not is_dry_run:
                self._ledger.discard(KeptBreaker, id_)
                del found[id_]
        with self._lock:
            self._known, self._tried, self._held, self._released = found, {}, {}, []
            self._last, self._is_last_resort = {}, set()

    def hold_for(self, context: RecordContext, decision: Write, *, is_dry_run: bool) -> Hold | None:
        """What a record waits for that would meet an open breaker; None when it may go, or is the
        one that is tried.
        """
        entry = context.entry
        if not self._known or (entry is not None and entry.is_in_doubt):
            return None  # what is in doubt must be looked up in any case
        with self._lock:
            known = [breaker for breaker in self._known.values() if breaker.is_open]
        for breaker in met_by(known, _calls(decision, entry.done_steps if entry else ())):
            if is_dry_run and breaker.is_due(self._clock(), self.settings):
                continue
            if not is_dry_run and self._may_try(breaker, context):
                continue
            with self._lock:
                if breaker.cause.id not in self._known and not is_dry_run:
                    continue  # it has just closed
                self._held.setdefault(breaker.cause.id, set()).add(context.key)
            return hold_of(breaker, self.place_of(breaker))
        return None

    def _may_try(self, breaker: Breaker, context: RecordContext) -> bool:
        """One at a time, by the pause or a new account file; or a changed record, once a run."""
        id_, now = breaker.cause.id, self._clock()
        with self._lock:
            if id_ in self._tried:
                return self._tried[id_] == context.key
            newest = self._known.get(id_)
            if newest is None:
                return True
            if not (newest.is_due(now, self.settings) or _was_changed(context)):
                return False
            if (
                context.key in newest.records
                and not _was_changed(context)
                and id_ not in self._is_last_resort
            ):
                # What is wrong with it alone must not keep the others waiting.
                self._last.setdefault(id_, context.key)
                return False
            self._tried[id_] = context.key
        if self._change(id_, lambda kept: kept.tried(now, self.settings), only_if=newest):
            return True
        with self._lock:
            del self._tried[id_]  # another worker was quicker, and tries one of its own
            return id_ not in self._known

    def refused(
        self, context: RecordContext, call: Command | None, refusal: Rejected, cause_text: str = ""
    ) -> Breaker | None:
        """Count a refusal of a call; the breaker that it belongs to, the open one first.
        `cause_text` is what the flow calls it, where it has a word of its own: one cause has one
        name.
        """
        if call is None:
            return None
        now, flow = self._clock(), context.flow.name
        met: list[Breaker] = []
        for cause in causes_of_refusal(flow, call, refusal, self._places):
            told_as = cause_text or cause_of(refusal)
            first = Breaker(cause, refusal.message, (), now, cause_text=told_as)
            self._change(
                cause.id, lambda kept: kept.refused(context.key, now, self.settings), first
            )
            if (breaker := self._known.get(cause.id)) is not None:
                met.append(breaker)
        self._set_aside(context.key, {breaker.cause.id for breaker in met}, now)
        return next((breaker for breaker in met if breaker.is_open), met[0] if met else None)

    def place_of(self, breaker: Breaker | None) -> Place:
        """Where the refused value comes from; "" where that is the record or elsewhere."""
        cause = breaker.cause if breaker else None
        return self._places.place_of(cause.flow, cause.operation, cause.field) if cause else ""

    def turned_away(self, context: RecordContext, call: Command | None, answer: Exception) -> None:
        """Count a call not answered by the application, or whose system asks for a long pause."""
        is_page, seconds = isinstance(answer, ForeignAnswer), pause_of(answer)
        if call is None or not (is_page or seconds > LONGEST_PAUSE_SECONDS):
            return
        now, pause = self._clock(), timedelta(seconds=seconds)
        cause = Cause(context.flow.name, call.operation, PAGE if is_page else PAUSE)
        first = Breaker(cause, str(answer), (), now, cause_text=cause_of(answer))
        self._change(
            cause.id, lambda kept: kept.turned_away(context.key, now, self.settings, pause), first
        )
        self._set_aside(context.key, {cause.id}, now)

    def passed(self, context: RecordContext, decision: Write, done: Iterable[str]) -> None:
        """Steps done only now: whatever breaker their calls would have met is gone."""
        before = context.entry.done_steps if context.entry else ()
        names = set(done) - set(before)
        if not self._known or not names:
            return
        calls = [call for step in decision.steps if step.name in names for call in step.calls]
        with self._lock:
            known = list(self._known.values())
        for breaker in met_by(known, calls):
            self._ledger.discard(KeptBreaker, breaker.cause.id)
            if breaker.is_open:
                for key in breaker.records:
                    make_due(self._ledger, context.flow.name, key)
            with self._lock:
                self._known.pop(breaker.cause.id, None)
                self._released += sorted(self._held.pop(breaker.cause.id, ()))
                self.has_closed = self.has_closed or breaker.is_open

    def take_released(self) -> list[str]:
        """The records of this run that waited for a breaker that has closed since, or that no other
        one was tried for: they go round again.
        """
        with self._lock:
            last = {
                id_: key
                for id_, key in self._last.items()
                if id_ in self._known and id_ not in self._tried
            }
            self._is_last_resort |= last.keys()
            keys, self._released, self._last = [*self._released, *last.values()], [], {}
        return list(dict.fromkeys(keys))

    def _set_aside(self, key: str, met: set[str], now: datetime) -> None:
        """A record that was tried for a breaker and met something else says nothing about it."""
        with self._lock:
            unmet = [id_ for id_, tried in self._tried.items() if tried == key and id_ not in met]
            for id_ in unmet:
                del self._tried[id_]
        for id_ in unmet:
            self._change(id_, lambda kept: kept.undecided(now))

    def _change(
        self,
        id_: str,
        change: Callable[[Breaker], Breaker],
        first: Breaker | None = None,
        only_if: Breaker | None = None,
    ) -> bool:
        """One conditional write; False when there is nothing to change, or it is not what `only_if`
        says any more.
        """
        done = False

        def apply(document: KeptBreaker | None) -> KeptBreaker | None:
            nonlocal done
            kept = from_document(document) if document else first
            done = kept is not None and (only_if is None or kept == only_if)
            return to_document(change(kept)) if kept is not None and done else None

        document = self._ledger.revise(KeptBreaker, id_, apply)
        breaker = from_document(document) if document else None
        with self._lock:
            if breaker is None:
                self._known.pop(id_, None)
            else:
                self._known[id_] = breaker
        return done


def hold_of(breaker: Breaker, place: Place) -> Hold:
    """What a record says that waits for a breaker; `place` is that of the code. The words are the
    same for all of them and at all times.
    """
    cause = breaker.cause
    if cause.is_of_the_system:
        return _hold_for_the_system(breaker)
    blamed = (
        f"{cause.field} {cause.value!r}" if cause.value is not None and cause.field else "the same"
    )
    number = "a record" if cause.opens_at == 1 else f"{cause.opens_at} records"
    reason = f"{cause.operation} was refused for {number} with {blamed}: {breaker.words}"
    return Hold(
        f"{reason}; it would meet the same and is not sent",
        f"{advice_for(place, cause)} One record is tried again now and then, at once after a change"
        f" of the account file or `st-spectrum retry {cause.flow} --all`; when it passes, all go.",
        (need_of(place, cause),),
        breaker.told_as,
        blocked_by=cause.id,
    )


def _hold_for_the_system(breaker: Breaker) -> Hold:
    cause = breaker.cause
    advice = f"{ForeignAnswer.advice} " if cause.code == PAGE else ""
    return Hold(
        f"not sent, because calls before it did not get through: {breaker.words}",
        f"{advice}One record is tried again now and then, at once after `st-spectrum retry"
        f" {cause.flow} --all`; when it passes, all go.",
        (f"a call of {cause.operation} gets through",),
        breaker.cause_text,
        blocked_by=cause.id,
    )


def _calls(decision: Write, done: Iterable[str]) -> list[Command]:
    finished = set(done)
    return [call for step in decision.steps if step.name not in finished for call in step.calls]


def _was_changed(context: RecordContext) -> bool:
    """Whether somebody has changed the record since it was last judged."""
    entry: Entry | None = context.entry
    return (
        entry is not None
        and bool(entry.source_version)
        and entry.source_version != context.evaluation.version
    )
