"""Approved time and pre-time cards of both systems, read and compared some payroll weeks at a time.

What was sent is told by the markers of done cards; the ledger's record of a piece is read only where
there is none, or where the time is another one now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Create, Hold
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.equation import Line
from st_spectrum.domain.progress import NEW
from st_spectrum.domain.standing import NOTHING
from st_spectrum.domain.three_values import compare
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.allowance import allowed
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.source_lists import SourceLists
from st_spectrum.flows.context import Context
from st_spectrum.flows.timecards.cards_compared import (
    ZERO,
    CardRows,
    TimePiece,
    both_sides,
    by_token,
    nobodys,
    time_title,
)
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.codes_now import CodesNow
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard, done_card, done_cards
from st_spectrum.flows.timecards.hours_compared import equation_of, totals_of
from st_spectrum.flows.timecards.kept import accepted_version, readable_card
from st_spectrum.flows.timecards.paid_hours import is_due
from st_spectrum.flows.timecards.rebuild import SPAN_WEEKS, weeks_since_first_day
from st_spectrum.flows.timecards.rules import TAKEN_BACK, version_of
from st_spectrum.flows.timecards.standing_twice import TOKEN
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.models import Unreadable

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink import InfoLinkReader


LINES: Mapping[State, Line] = {
    State.REJECTED: Line.REFUSED,
    State.SKIPPED: Line.LEFT_OUT,
    State.UNKNOWN: Line.IN_DOUBT,
}


@dataclass(frozen=True)
class _Week:
    """A payroll week: its time as ServiceTrade lists it, and its done cards by key."""

    end: date
    entries: Mapping[str, TimeEntry]
    done: Mapping[str, DoneCard]


@dataclass
class TimeSides:
    """The time of one account; `month` such as 2026-03 narrows it to the payroll weeks that end in it."""

    context: Context
    flow: Flow
    lists: SourceLists
    reader: "InfoLinkReader"
    month: str = ""
    _codes: CodesNow = field(init=False)

    def __post_init__(self) -> None:
        self._codes = CodesNow(self.context, self.lists)

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
        return _together(spans)

    def _span(self, ends: Sequence[date], known: set[str]) -> FlowCompared:
        """Some weeks that follow one another: four statements, and four for each 500 cards that
        stand on other days.
        """
        unreadable: list[Unreadable] = []
        # Of what is sent meanwhile the ledger knows less than payroll, never more.
        done = {end: done_cards(self.context.ledger, f"{end:%Y%m%d}") for end in ends}
        listed = self.context.time_sources.weeks_with_other_cards(ends, unreadable.append)
        weeks = [_Week(end, {entry.key: entry for entry in listed[end]}, done[end]) for end in ends]
        gone = [key for week in weeks for key in week.done if key not in week.entries]
        gone = self._not_told(gone) if gone else gone
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
        return _together([*parts, FlowCompared(FLOW, 0, tuple(compare([], strays)))])

    def _stored(self, ends: Sequence[date], weeks: Sequence[_Week]) -> dict[str, CardRows]:
        from st_spectrum.spectrum.compared_cards import our_rows, rows_of_tokens

        stored = by_token(our_rows(self.reader, ends[0] - timedelta(days=6), ends[-1]))
        sent = {token_of(key) for week in weeks for key in week.done}
        if elsewhere := sent - stored.keys():
            stored |= by_token(rows_of_tokens(self.reader, elsewhere))
        return stored

    def _too_much(self, gone: Sequence[str], *, is_whole: bool) -> str:
        """Why nothing is concluded from what is not listed."""
        if gone and not is_whole:
            return (
                f"{len(gone)} pieces of time that were sent are not listed, and ServiceTrade has time"
                " that cannot be read: nothing is said to be missing or extra in payroll."
            )
        if len(gone) > (most := self.context.account.timecards.most_vanished_at_once):
            return (
                f"{len(gone)} pieces of time that ServiceTrade had are not listed any more, and at"
                f" most {most} may be: nothing is said to be missing or extra in payroll."
            )
        return ""

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
                pieces.append(self._sent_piece(key, entry, card))
            elif entry is not None and is_due(entry, self.context.account):
                held = self.context.ledger.get(FLOW, key)
                if held is None and token_of(key) not in stored:
                    found += self._never_sent(entry)
                pieces.append(self._open_piece(entry, held.entry if held else None))
        expected, there = both_sides(pieces, stored)
        found += compare(expected, there)
        equation = equation_of(week.end, pieces, stored)
        totals = totals_of(week.end, pieces, stored)
        return FlowCompared(
            FLOW, len(expected), tuple(found), "", (equation,) if pieces else (), totals
        )

    def _sent_piece(self, key: str, entry: TimeEntry | None, card: DoneCard) -> TimePiece:
        ledger, account = self.context.ledger, self.context.account
        is_as_sent = entry is not None and entry.version == card.version
        sent = entry if is_as_sent else readable_card(ledger, key)[0]
        wanted = entry if entry is not None and is_due(entry, account) else None
        is_settled = not is_as_sent and accepted_version(ledger, key) == version_of(entry)
        known = sent or entry
        day = known.work_date if known else card.sent_at.date()
        return TimePiece(
            key,
            time_title(entry or sent, key),
            wanted.hours if wanted else ZERO,
            wanted.work_date if wanted else day,
            self._codes.of(wanted, card) if wanted else None,
            card,
            day,
            *self._line(key, is_as_sent=is_as_sent, is_settled=is_settled),
            is_settled,
        )

    def _line(self, key: str, *, is_as_sent: bool, is_settled: bool) -> tuple[Line, str]:
        """Where hours are that were sent and do not stand there, or stand there and are too much."""
        if is_settled:
            return Line.BY_HAND, "changed after it was sent, and set right by a person"
        held = None if is_as_sent else self.context.ledger.get(FLOW, key)
        if held is not None and held.entry.state is not State.CONFIRMED:
            return Line.WAITING, held.entry.reason
        return Line.DIFFERENCE, "ServiceTrade and Spectrum differ"

    def _open_piece(self, entry: TimeEntry, held: Entry | None) -> TimePiece:
        """Time that is due and of which no card is marked as done."""
        key = entry.key
        card = None
        if held is not None and held.state is State.CONFIRMED and not held.is_handled:
            sent, fields = readable_card(self.context.ledger, key)
            card = (
                done_card(held, sent, fields) if sent else None
            )  # its worker died before the mark
        if card is not None:
            return self._sent_piece(key, entry, card)
        line, reason = _line_of(held)
        return TimePiece(
            key, time_title(entry, key), entry.hours, entry.work_date, None, None, entry.work_date,
            line, reason,
        )  # fmt: skip

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
            )


def _together(parts: Sequence[FlowCompared]) -> FlowCompared:
    return FlowCompared(
        FLOW,
        sum(part.compared for part in parts),
        tuple(one for part in parts for one in part.differences),
        equations=tuple(one for part in parts for one in part.equations),
        totals=tuple(one for part in parts for one in part.totals),
    )


def _line_of(held: Entry | None) -> tuple[Line, str]:
    if held is None:
        return Line.WAITING, "not noticed yet"
    if held.is_handled:
        return Line.BY_HAND, held.reason
    if held.is_in_doubt:
        return Line.IN_DOUBT, held.reason
    if held.state is State.CONFIRMED:
        return Line.DIFFERENCE, "it was confirmed, and what was sent is not known"
    return LINES.get(held.state, Line.WAITING), held.reason
