"""The other time of a person's day, read once for a week: what ServiceTrade has to be paid, and
what was sent and changed since.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from st_spectrum.account import Account
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.done_cards import done_cards
from st_spectrum.flows.timecards.doubles import SameDayPiece
from st_spectrum.flows.timecards.kept import accepted_version, kept_card
from st_spectrum.flows.timecards.paid_hours import is_due
from st_spectrum.flows.timecards.rules import version_of
from st_spectrum.flows.timecards.sources import Reading, TimeSources
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.ledger import Ledger

Day = tuple[int, date]


@dataclass(frozen=True)
class _Week:
    read_at: float
    days: dict[Day, tuple[SameDayPiece, ...]]
    people: frozenset[int]


class SameDayTime:
    """The days of an account's people. Safe for threads, which share one reading of a week."""

    def __init__(self, account: Account, times: TimeSources, ledger: Ledger) -> None:
        self._account = account
        self._times = times
        self._ledger = ledger
        self._weeks: dict[str, _Week] = {}
        self._lock = threading.Lock()

    def of(self, entry: TimeEntry) -> tuple[SameDayPiece, ...]:
        """The other pieces of the entry's person and day. Raises a `SyncFault`."""
        found = self._week(entry.week).days.get((entry.user_id, entry.work_date), ())
        return tuple(piece for piece in found if piece.entry.key != entry.key)

    def people(self, week: str) -> frozenset[int]:
        """Ids of all who have time of that week in ServiceTrade or in payroll."""
        return self._week(week).people

    def _week(self, name: str) -> _Week:
        reading = self._times.reading(name)
        with self._lock:
            known = self._weeks.get(name)
            if known is None or known.read_at != reading.read_at:
                days: defaultdict[Day, list[SameDayPiece]] = defaultdict(list)
                for piece in self._pieces(name, reading):
                    days[piece.entry.user_id, piece.entry.work_date].append(piece)
                people = frozenset(user_id for user_id, _ in days)
                known = _Week(
                    reading.read_at, {day: tuple(found) for day, found in days.items()}, people
                )
                self._weeks[name] = known
            return known

    def _pieces(self, name: str, reading: Reading) -> Iterator[SameDayPiece]:
        done = done_cards(self._ledger, name)
        for key, card in done.items():
            now = reading.entries.get(key)
            if now is not None and now.version == card.version:
                yield SameDayPiece(now, is_sent=True)
                continue
            try:
                sent, _ = kept_card(self._ledger, key)
            except DamagedDocument:
                sent = now  # something of it was sent, and most likely this
            # What a person has set right in payroll stands there as ServiceTrade has it, or no
            # more.
            is_right = accepted_version(self._ledger, key) == version_of(now)
            paid = now if is_right else sent
            if paid is not None and (not is_right or is_due(paid, self._account)):
                yield SameDayPiece(paid, is_sent=True)
        for key, entry in reading.entries.items():
            if key not in done and is_due(entry, self._account) and not entry.waits:
                yield SameDayPiece(entry)
