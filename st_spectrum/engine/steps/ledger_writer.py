"""Writes down in the ledger what was decided about a record that is not claimed, above all what it
waits for.
"""

from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from st_spectrum.domain.decisions import Hold, Skip
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.report import Outcome, Result
from st_spectrum.engine.retries.backoff import Backoff
from st_spectrum.engine.retries.delays import counted_change
from st_spectrum.engine.retries.gone import mark_gone
from st_spectrum.engine.retries.needed import NeededRecords
from st_spectrum.engine.retries.redrive import ASKED_FOR, ledger_needs, note_left_out
from st_spectrum.ledger.documents.records import SkippedBySetting
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger


@dataclass(frozen=True)
class RecordContext:
    """One record of one run."""

    flow: Flow
    key: str
    run_id: str
    entry: Entry | None
    evaluation: Evaluation
    etag: str | None = None
    """Version of the entry that the decision read, "" for none yet; None when it may be any."""
    watched_since: datetime | None = None
    """Since when the ledger sends, None where that is not known."""

    @property
    def amount(self) -> str:
        """What it is worth, as the ledger keeps it; what is known already counts where the source
        could not be read.
        """
        if self.evaluation.amount is None:
            return self.entry.amount if self.entry else ""
        return str(self.evaluation.amount)

    @property
    def hours(self) -> str:
        """The same of work."""
        if self.evaluation.hours is None:
            return self.entry.hours if self.entry else ""
        return str(self.evaluation.hours)

    @property
    def source_changed_at(self) -> datetime | None:
        """The change from which the record's delay counts."""
        return counted_change(self.entry, self.evaluation.changed_at, self.watched_since)

    def outcome(self, result: Result, entry: Entry | None = None, **overrides: object) -> Outcome:
        """The outcome with what the entry knows; `overrides` adds or replaces."""
        values: dict[str, object] = {
            "target_key": entry.target_key if entry else "",
            "amount": self.evaluation.amount,
        }
        values |= overrides
        return Outcome(self.flow.name, self.key, self.evaluation.title, result, **values)  # type: ignore[arg-type]


class LedgerWriter:
    """The words of one engine in the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        rules: CarryingRules,
        clock: Callable[[], datetime],
        flows: Container[str] = (),
        needed: NeededRecords | None = None,
    ) -> None:
        """`flows` are the names of all: a record may wait for one of another flow. `needed` is
        asked for what the account file leaves out until then.
        """
        self._flows = flows
        self._needed = needed or NeededRecords(ledger, is_active=False)
        self._settings = rules.settings
        self._ledger = ledger
        self._backoff = Backoff(rules.pace)
        self._clock = clock

    def hold(self, context: RecordContext, decision: Hold) -> None:
        """The record waits, and why; what it waits for is asked for too."""
        entry = context.entry
        if entry is not None and entry.state is State.VOIDED:
            return
        attempts = (entry.attempts if entry else 0) + 1
        retry_at = self._backoff.after_hold(decision.needs, attempts, self._clock())
        changes: dict[str, Any] = {"retry_at": retry_at, "cause": decision.cause or decision.reason}
        changes["blocked_by"] = decision.blocked_by
        changes["source_changed_at"] = context.source_changed_at
        # Another account file may leave out what it waits for.
        if entry is None or entry.needs != decision.needs or entry.settings != self._settings:
            self._ask_for(context, decision.needs)
        if entry is None or not entry.is_in_doubt:
            if (
                isinstance(context.evaluation.decision, Skip)
                and context.evaluation.decision.is_typed
            ):
                # Kept, so that the key is free for others once people take it away.
                changes["target_key"] = context.evaluation.decision.target_key
            held = self.record(
                context, State.HELD, decision.reason, decision.advice, decision.needs, **changes
            )
            if held is not None and entry is not None and ledger_needs(decision.needs, self._flows):
                note_left_out(self._ledger, held, self._flows, retry_at)
        elif (entry.state, entry.reason) != (State.HELD, decision.reason):
            # Only a worker who holds the claim may say something about a record that is in doubt.
            with suppress(ClaimLost):
                claimed = self._ledger.claim(
                    context.flow.name,
                    context.key,
                    run_id=context.run_id,
                    title=context.evaluation.title,
                )
                words: dict[str, Any] = {
                    "reason": decision.reason,
                    "advice": decision.advice,
                    "needs": decision.needs,
                }
                self._ledger.settle(
                    claimed, State.HELD, **words, **changes, settings=self._settings
                )

    def gone(self, context: RecordContext, decision: Skip) -> None:
        """Before the entry is closed: whoever dies in between leaves a marker too many, which costs
        one question.
        """
        if decision.is_gone:
            mark_gone(self._ledger, context.flow.name, context.key)

    def _ask_for(self, context: RecordContext, needs: Iterable[str]) -> None:
        """What a record waits for may never have been noticed itself, or be looked at only when it
        changes.
        """
        for flow, key in self._needed_by(context, needs):
            self._needed.ask(flow, key, f"{context.flow.name}/{context.key}", context.run_id)
        for flow, key in ledger_needs(needs, self._flows):
            if self._ledger.get(flow, key) is None:
                self._ledger.record(
                    flow,
                    key,
                    Judgement(State.HELD, f"{context.evaluation.title} waits for it", ASKED_FOR),
                    run_id=context.run_id,
                )

    def ask_in_memory(self, context: RecordContext, decision: Hold) -> None:
        """What a dry run would ask for."""
        for flow, key in self._needed_by(context, decision.needs):
            self._needed.ask_in_memory(flow, key)

    def _needed_by(self, context: RecordContext, needs: Iterable[str]) -> list[tuple[str, str]]:
        """What has to cross because of a record that waits for others; nothing where it waits for
        something else, for then it may never cross itself.
        """
        waits_for = ledger_needs(needs, self._flows)
        if not waits_for or not context.flow.description.makes_needed:
            return []
        return list(
            dict.fromkeys([*waits_for, *ledger_needs(context.evaluation.requires, self._flows)])
        )

    def record(
        self,
        context: RecordContext,
        state: State,
        reason: str,
        advice: str,
        needs: tuple[str, ...],
        **changes: object,
    ) -> Versioned | None:
        """Nothing is written while another worker has the record, or a write of it is in doubt."""
        return self._ledger.record(
            context.flow.name,
            context.key,
            Judgement(state, reason, advice, needs, context.evaluation.version),
            title=context.evaluation.title,
            run_id=context.run_id,
            etag=context.etag,
            **{
                "cause": "",
                "amount": context.amount,
                "hours": context.hours,
                "blocked_by": "",
                "settings": self._settings,
            }
            | changes,
        )

    def skip(self, context: RecordContext, decision: Skip) -> None:
        """The record is rightly left alone. What a setting caused is remembered, so that a change
        of it is not missed.
        """
        entry = context.entry
        self.record(
            context,
            State.SKIPPED,
            decision.reason,
            "",
            (),
            target_key=decision.target_key,
            notes=decision.notes,
        )
        is_known = (
            entry is not None and entry.state is State.SKIPPED and entry.reason == decision.reason
        )
        if decision.by_setting and not (is_known and entry and entry.settings):
            self._ledger.put_first(
                SkippedBySetting(decision.by_setting), context.flow.name, context.key
            )
        if decision.unless_needed and self._needed.has(context.flow.name, context.key):
            self._ask_anew(context)  # somebody asked between the look and this word

    def _ask_anew(self, context: RecordContext) -> None:
        held = self._ledger.get(context.flow.name, context.key)
        if held is not None and held.entry.state is State.SKIPPED:
            self._needed.look_again(held.entry, "a record that crosses", context.run_id)
