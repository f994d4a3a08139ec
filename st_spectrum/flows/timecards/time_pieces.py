"""Pieces of time for a comparison of both sides: what was sent, what is asked for now, and where
hours are that do not stand in payroll.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from st_spectrum.domain.equation import Line
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.context import Context
from st_spectrum.flows.timecards.cards_compared import ZERO, TimePiece, time_title
from st_spectrum.flows.timecards.codes_now import CodesNow
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard, done_card
from st_spectrum.flows.timecards.kept import accepted_version, readable_card
from st_spectrum.flows.timecards.paid_hours import is_due
from st_spectrum.flows.timecards.rules import version_of
from st_spectrum.ledger.entry import Entry, State

LINES: Mapping[State, Line] = {
    State.REJECTED: Line.REFUSED,
    State.SKIPPED: Line.LEFT_OUT,
    State.UNKNOWN: Line.IN_DOUBT,
}


SETTLED = "changed after it was sent, and set right by a person"
MOVED = "moved to another week after it was sent, and paid by its card, as a person said"


@dataclass
class TimePieces:
    """Those of one account."""

    context: Context
    codes: CodesNow

    def sent(self, key: str, entry: TimeEntry | None, card: DoneCard) -> TimePiece:
        """Time whose card was confirmed."""
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
            self.codes.of(wanted, card) if wanted else None,
            card,
            day,
            *self._line(key, is_as_sent=is_as_sent, is_settled=is_settled),
            is_settled,
        )

    def _line(self, key: str, *, is_as_sent: bool, is_settled: bool) -> tuple[Line, str]:
        """Where hours are that were sent and do not stand there, or stand there too much."""
        if is_settled:
            return Line.BY_HAND, SETTLED
        held = None if is_as_sent else self.context.ledger.get(FLOW, key)
        if held is not None and held.entry.state is not State.CONFIRMED:
            return Line.WAITING, held.entry.reason
        return Line.DIFFERENCE, "ServiceTrade and Spectrum differ"

    def unsent(self, entry: TimeEntry, held: Entry | None) -> TimePiece:
        """Time that is due and of which no card is marked as done."""
        key = entry.key
        card = None
        if held is not None and held.state is State.CONFIRMED and not held.is_handled:
            sent, fields = readable_card(self.context.ledger, key)
            card = (
                done_card(held, sent, fields) if sent else None
            )  # its worker died before the mark
        if card is not None:
            return self.sent(key, entry, card)
        line, reason = _line_of(held)
        if line is Line.LEFT_OUT and accepted_version(self.context.ledger, key) == entry.version:
            line = Line.BY_HAND  # its hours stand there on the card of another week
        return TimePiece(
            key, time_title(entry, key), entry.hours, entry.work_date, None, None, entry.work_date,
            line, reason,
        )  # fmt: skip


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
