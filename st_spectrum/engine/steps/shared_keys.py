"""Which source records carry one target key because people typed it on both: both say so, or both
wait.

Each of them notes itself before it looks for others, so of two that are looked at together at least
one sees the other.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from st_spectrum.domain.decisions import Decision, Hold, Skip
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.domain.flow_description import SharedKeys
from st_spectrum.domain.target_keys import single_keys
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.retries.redrive import make_due
from st_spectrum.engine.steps.ledger_writer import RecordContext
from st_spectrum.engine.steps.reservations import (
    READERS,
    owner_of,
    readable_entry,
    reserve,
    reserve_earlier,
)
from st_spectrum.engine.steps.verdicts import is_ours
from st_spectrum.ledger.documents.records import NumbersReserved, ReservedNumber, TypedKey
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger

SAME_CODE = "the same code"
"""In every note about it, so that the next one takes its place."""

NOT_IN_WORK = frozenset({State.SKIPPED, State.HELD, State.REJECTED})

MOST_NAMED = 3
"""So many of the others a note names; the note of each of so few is brought up to date at once."""


@dataclass(frozen=True)
class Other:
    """Another record of the flow, by its source key, and the target key it shares with ours."""

    code: str
    key: str


def decide_on_shared_keys(ledger: Ledger, context: RecordContext, *, is_dry_run: bool) -> Decision:
    """The decision about a record, once it is known who else carries the key typed on it.

    A dry run notes nothing.
    """
    words, decision = context.flow.description.shared_keys, context.evaluation.decision
    if words is None:
        return decision
    typed = TypedKeys(ledger, context, words, is_dry_run=is_dry_run)
    typed.release()
    return typed.judge(decision) if isinstance(decision, Skip) and decision.is_typed else decision


def note_earlier_keys(ledger: Ledger, flow: Flow, settings: str = "") -> None:
    """Note the keys used or typed before this was kept: once for a ledger, one read for each entry.
    Holds nothing.
    """
    reserve_earlier(ledger, flow.description, settings)
    done = f"{flow.name}-typed-keys"
    if flow.description.shared_keys is None or ledger.has(NumbersReserved, done):
        return
    with ThreadPoolExecutor(READERS, thread_name_prefix="typed-keys") as pool:
        entries = pool.map(
            lambda key: readable_entry(ledger, flow.name, key), ledger.keys(flow.name)
        )
        for entry in entries:
            if entry is not None and entry.state is State.SKIPPED and not is_ours(entry):
                for code in single_keys(entry.target_key):
                    ledger.put(TypedKey(entry.title), flow.name, code, entry.key)
    ledger.put(NumbersReserved(), done)


class TypedKeys:
    """The keys that people typed on one record, beside those on the other records of its flow."""

    def __init__(
        self, ledger: Ledger, context: RecordContext, words: SharedKeys, *, is_dry_run: bool
    ) -> None:
        self._ledger = ledger
        self._context = context
        self._flow = context.flow.name
        self._words = words
        self._hold = context.flow.shared_key_hold
        self._is_dry_run = is_dry_run

    def judge(self, decision: Skip) -> Skip | Hold:
        """What becomes of a record that is left alone because of the key typed on it."""
        typed: list[Other] = []
        found: list[Other] = []
        for code in single_keys(decision.target_key):
            if not self._is_dry_run:
                self._ledger.put(
                    TypedKey(self._context.evaluation.title), self._flow, code, self._context.key
                )
            carrying = self._carrying(code, besides=self._context.key)
            typed += carrying
            found += sorted({*carrying, *self._owner(code)}, key=_by_number)
        if not found:
            return decision
        if self._hold is not None:
            self._hold_others(typed)
            code, key = found[0].code, found[0].key
            return self._hold(code, self._context.key, key, self._title(key))
        if not self._words.outcome:
            return decision
        if len(found) <= MOST_NAMED:
            for other in found:
                self._update_note_on(other)
        return replace(decision, notes=(*decision.notes, *self._notes(found)))

    def release(self) -> None:
        """A key that the record carried when it was looked at last, and carries no more, is free
        for others.

        They look again. What was made by us keeps its number whatever people type.
        """
        entry, decision = self._context.entry, self._context.evaluation.decision
        if self._is_dry_run or entry is None or not entry.target_key or is_ours(entry):
            return
        if isinstance(decision, Hold):
            return
        is_typed = isinstance(decision, Skip) and decision.is_typed
        still = single_keys(decision.target_key) if isinstance(decision, Skip) and is_typed else ()
        for code in single_keys(entry.target_key):
            if code not in still:
                self._release(code)

    def _release(self, code: str) -> None:
        self._ledger.discard(TypedKey, self._flow, code, self._context.key)
        if owner_of(self._ledger, self._flow, code) == self._context.key:
            self._ledger.discard(ReservedNumber, self._flow, code)
        for other in self._carrying(code, besides=self._context.key)[:MOST_NAMED]:
            if self._words.outcome:
                self._update_note_on(other)
            else:
                make_due(self._ledger, self._flow, other.key, retry_at=None)

    def _carrying(self, code: str, *, besides: str) -> list[Other]:
        keys = self._ledger.names(TypedKey, self._flow, code)
        return sorted((Other(code, key) for key in keys if key != besides), key=_by_number)

    def _owner(self, code: str) -> list[Other]:
        """The record that owns the number typed on this one too, where that matters."""
        if self._hold is None:
            return []
        if self._is_dry_run:
            owner = owner_of(self._ledger, self._flow, code)
        else:
            owner = reserve(self._ledger, self._flow, self._context.key, code)
        return [Other(code, owner)] if owner not in (None, self._context.key) else []

    def _hold_others(self, typed: Sequence[Other]) -> None:
        """Those that were left alone as the only ones of their number; what was made by us under it
        stays as it is.

        Whoever is about to leave one alone just now finds its entry moved, and looks again.
        """
        if self._is_dry_run or self._hold is None:
            return
        for other in typed:
            at = self._ledger.now()
            entry = readable_entry(self._ledger, self._flow, other.key)
            entry = entry or Entry(self._flow, other.key, State.HELD, at, at)
            hold = self._hold(
                other.code, other.key, self._context.key, self._context.evaluation.title
            )
            if entry.cause == hold.cause or entry.state not in NOT_IN_WORK or is_ours(entry):
                continue
            carried = entry.target_key or other.code
            self._note(entry, State.HELD, hold, cause=hold.cause, retry_at=None, target_key=carried)

    def _update_note_on(self, other: Other) -> None:
        """Bring the note on another record up to date.

        Whoever is about to leave that one alone just now finds its entry moved, and looks again.
        """
        at, decision = self._ledger.now(), self._context.evaluation.decision
        entry = readable_entry(self._ledger, self._flow, other.key)
        if entry is None and isinstance(decision, Skip):
            entry = Entry(self._flow, other.key, State.SKIPPED, at, at, reason=decision.reason)
        if self._is_dry_run or entry is None or entry.state is not State.SKIPPED or is_ours(entry):
            return
        kept = tuple(note for note in entry.notes if SAME_CODE not in note)
        notes = (*kept, *self._notes(self._carrying(other.code, besides=other.key)))
        self._note(entry, State.SKIPPED, Hold(entry.reason, entry.advice), notes=notes)

    def _note(self, entry: Entry, state: State, words: Hold, **changes: Any) -> None:
        with suppress(ClaimLost):  # whoever has it by now looks for others too
            self._ledger.record(
                entry.flow,
                entry.key,
                Judgement(state, words.reason, words.advice, words.needs, entry.source_version),
                title=entry.title,
                run_id=self._context.run_id,
                **changes,
            )

    def _notes(self, others: Sequence[Other]) -> tuple[str, ...]:
        record, outcome = self._words.record, self._words.outcome
        named = [
            f"{record} {other.key} carries {SAME_CODE} {other.code}: both are {outcome}"
            for other in others[:MOST_NAMED]
        ]
        further = (
            [f"further ones carry {SAME_CODE} {others[0].code}"] if len(others) > MOST_NAMED else []
        )
        return (*named, *further)

    def _title(self, key: str) -> str:
        entry = readable_entry(self._ledger, self._flow, key)
        return entry.title if entry else ""


def _by_number(other: Other) -> tuple[int, str]:
    return len(other.key), other.key
