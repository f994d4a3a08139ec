"""Approved time and pre-time cards of both systems, read and compared some payroll weeks at a time.

What was sent is told by the markers of done cards; the ledger's record of a piece is read only
where there is none, or where the time is another one now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create, Hold
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.equation import Line
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.domain.three_values import compare
from st_spectrum.domain.time_entries import TimeEntry, origin_of_key
from st_spectrum.engine.allowance import allowed
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.flows.timecards.cards_compared import (
    CardRows,
    both_sides,
    by_token,
    nobodys,
)
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.codes_now import CodesNow
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard, done_cards
from st_spectrum.flows.timecards.hours_compared import equation_of, totals_of
from st_spectrum.flows.timecards.kept import accepted_version
from st_spectrum.flows.timecards.paid_hours import is_due
from st_spectrum.flows.timecards.rebuild import SPAN_WEEKS, weeks_since_first_day
from st_spectrum.flows.timecards.rules import TAKEN_BACK
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.flows.timecards.time_pieces import MOVED, TimePieces
from st_spectrum.ledger.entry import State
from st_spectrum.servicetrade.models import Unreadable
from st_spectrum.spectrum.timecards import TOKEN

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader


@dataclass(frozen=True)
class _Week:
    """A payroll week: its time as ServiceTrade lists it, and its done cards by key; `moved` are
    those of which a person said that they pay time of another week.
    """

    end: date
    entries: Mapping[str, TimeEntry]
    done: Mapping[str, DoneCard]
    moved: frozenset[str] = frozenset()


@dataclass
class TimeSides:
    """The time of one account; `month` such as 2026-03 narrows it to weeks that end in it."""

    context: TimeContext
    flow: Flow
    lists: SourceLists
    reader: "InfoLinkReader"
    month: str = ""
    _pieces: TimePieces = field(init=False)

    def __post_init__(self) -> None:
        self._pieces = TimePieces(self.context, CodesNow(self.context, self.lists))

    def compare(self) -> FlowCompared:
        """Every payroll week since the first day, or those of a month. Raises a `SyncFault`."""
        ends = [
            end
            for end in weeks_since_first_day(self.context)
            if not self.month or f"{end:%Y-%m}" == self.month
        ]
        known = {token_of(key) for key in self.context.ledger.keys(FLOW)}
        spans = [
            self._span(ends[first : first + SPAN_WEEKS], known)
            for first in range(0, len(ends), SPAN_WEEKS)
        ]
        unseen = next((span.unseen for span in spans if span.unseen), "")
        if unseen:
            return FlowCompared(FLOW, unseen=unseen)
        return FlowCompared.together(FLOW, spans)

    def _span(self, ends: Sequence[date], known: set[str]) -> FlowCompared:
        """Some weeks that follow one another: four statements, and four for each 500 cards that
        stand on other days.
        """
        unreadable: list[Unreadable] = []
        # Of what is sent meanwhile the ledger knows less than payroll, never more.
        done = {end: done_cards(self.context.ledger, f"{end:%Y%m%d}") for end in ends}
        listed = self.context.times.weeks_with_other_cards(ends, unreadable.append)
        every = {entry.key: entry for end in ends for entry in listed[end]}
        gone = [key for week in done.values() for key in week if key not in every]
        moved = self._moved(gone, every) if gone else frozenset()
        weeks = [
            _Week(end, {entry.key: entry for entry in listed[end]}, done[end], moved)
            for end in ends
        ]
        gone = self._not_told([key for key in gone if key not in moved]) if gone else gone
        if sentence := self._too_much(gone, is_whole=not unreadable):
            return FlowCompared(FLOW, unseen=sentence)
        known |= {token_of(key) for week in weeks for key in week.entries}
        stored = self._stored(ends, weeks)
        parts = [self._week(week, stored) for week in weeks]
        strays = [
            nobodys(token, card)
            for token, card in stored.items()
            if token not in known and TOKEN.fullmatch(token)
        ]
        stray = FlowCompared(FLOW, 0, tuple(compare([], strays)))
        return FlowCompared.together(FLOW, [*parts, stray])

    def _stored(self, ends: Sequence[date], weeks: Sequence[_Week]) -> dict[str, CardRows]:
        from st_spectrum.spectrum.infolink.compared_cards import our_rows, rows_of_tokens

        stored = by_token(our_rows(self.reader, ends[0] - timedelta(days=6), ends[-1]))
        sent = {token_of(key) for week in weeks for key in week.done}
        if elsewhere := sent - stored.keys():
            stored |= by_token(rows_of_tokens(self.reader, elsewhere))
        return stored

    def _too_much(self, gone: Sequence[str], *, is_whole: bool) -> str:
        """Why nothing is concluded from what is not listed."""
        if gone and not is_whole:
            return (
                f"{len(gone)} pieces of time that were sent are not listed, and ServiceTrade has"
                " time that cannot be read: nothing is said to be missing or extra in payroll."
            )
        if len(gone) > (most := self.context.account.timecards.most_vanished_at_once):
            return (
                f"{len(gone)} pieces of time that ServiceTrade had are not listed any more, and at"
                f" most {most} may be: nothing is said to be missing or extra in payroll."
            )
        return ""

    def _moved(self, gone: Sequence[str], every: Mapping[str, TimeEntry]) -> frozenset[str]:
        """Of cards whose time is not listed under their key, those that pay it under another."""
        wanted = {origin_of_key(key): key for key in gone}
        return frozenset(
            wanted[entry.origin]
            for key, entry in every.items()
            if entry.origin in wanted
            and accepted_version(self.context.ledger, key) == entry.version
        )

    def _not_told(self, gone: Sequence[str]) -> list[str]:
        """Of what ServiceTrade shows no more, what people do not know of yet."""
        ledger = self.context.ledger
        known = allowed(ledger, FLOW)
        return [key for key in gone if key not in known and not self._is_told(key)]

    def _is_told(self, key: str) -> bool:
        held = self.context.ledger.get(FLOW, key)
        state = (held.entry.state, held.entry.cause) if held else None
        is_accepted = accepted_version(self.context.ledger, key) is not None
        return is_accepted or state == (State.HELD, TAKEN_BACK)

    def _week(self, week: _Week, stored: Mapping[str, CardRows]) -> FlowCompared:
        found: list[Difference] = []
        pieces = []
        for key in sorted({*week.entries, *week.done}):
            entry, card = week.entries.get(key), week.done.get(key)
            if card is not None:
                piece = self._pieces.sent(key, entry, card)
                if key in week.moved:
                    piece = replace(piece, line=Line.BY_HAND, reason=MOVED, is_moved=True)
                pieces.append(piece)
            elif entry is not None and is_due(entry, self.context.account):
                held = self.context.ledger.get(FLOW, key)
                if held is None and token_of(key) not in stored:
                    found += self._never_sent(entry)
                pieces.append(self._pieces.unsent(entry, held.entry if held else None))
        expected, there = both_sides(pieces, stored)
        found += compare(expected, there)
        equation = equation_of(week.end, pieces, stored)
        totals = totals_of(week.end, pieces, stored)
        return FlowCompared(
            FLOW, len(expected), tuple(found), "", (equation,) if pieces else (), totals
        )

    def _never_sent(self, entry: TimeEntry) -> Iterator[Difference]:
        evaluation = self.flow.evaluate(entry.key, NEW, NOTHING)
        if isinstance(evaluation.decision, Create | Hold):
            yield Difference(
                FLOW,
                entry.key,
                evaluation.title,
                "",
                Verdict.MISSING,
                is_repairable=isinstance(evaluation.decision, Create),
                changed_at=moment_of(entry.updated),
            )
