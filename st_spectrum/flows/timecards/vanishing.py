"""Whether more time has vanished from ServiceTrade's lists than people delete: then nobody is told
that it was deleted.

A list of time cards that answers with nothing in it looks like a week in which everybody's time was
deleted, and the advice would be to take it out of payroll. Counted are the pieces that the ledger
knows and the list does not show, over all weeks looked at.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.time_entries import origin_of_key, week_of_key
from st_spectrum.engine.allowance import Vanished, allowed
from st_spectrum.flows.timecards.compared_weeks import weeks_of_a_night
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard, done_cards
from st_spectrum.flows.timecards.kept import accepted_version, readable_card
from st_spectrum.flows.timecards.notice import local_day
from st_spectrum.flows.timecards.payroll_week import week_from
from st_spectrum.flows.timecards.pieces import is_row_read
from st_spectrum.flows.timecards.rules import CHANGED_IN_DOUBT, GONE, TAKEN_BACK
from st_spectrum.flows.timecards.sources import UNREADABLE_ID, Reading, TimeSources
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger

TOGETHER_SECONDS = 900.0
"""What vanished from several weeks within so long counts together."""

FEW = 5
"""So many pieces of one technician may be all that a list had."""


@dataclass(frozen=True)
class _Week:
    """What one reading of a week does not show. `is_empty` says that it shows nothing of a kind
    that it should show.
    """

    read_at: float
    looked_at: float
    keys: frozenset[str]
    is_empty: bool


class VanishedTime:
    """The vanished time of an account, by payroll week. Safe for several threads."""

    def __init__(self, account: Account, times: TimeSources, ledger: Ledger) -> None:
        self._account = account
        self._times = times
        self._ledger = ledger
        self._weeks: dict[str, _Week] = {}
        self._done: dict[str, dict[str, DoneCard]] = {}
        self._lock = threading.Lock()

    def refuse(self, weeks: Iterable[str]) -> None:
        """Raise `UnsafePlan` where these weeks, with all that were looked at just before, have lost
        too much; or a `SyncFault`.
        """
        vanished = self.of(weeks)
        if vanished.is_suspicious:
            raise vanished.fault()

    def of(self, weeks: Iterable[str]) -> Vanished:
        """What these weeks have lost, with all that were looked at just before. Raises a
        `SyncFault` when one cannot be read.
        """
        with self._lock:
            for week in weeks:
                self._read_if_newer(week)
            since = time.monotonic() - TOGETHER_SECONDS
            self._weeks = {
                week: found for week, found in self._weeks.items() if found.looked_at >= since
            }
            keys = sorted(key for found in self._weeks.values() for key in found.keys)
            allowed_keys = allowed(self._ledger, FLOW) if keys else frozenset()
            doubtful = [key for key in keys if key not in allowed_keys]
            is_empty = any(
                found.is_empty and found.keys - allowed_keys for found in self._weeks.values()
            )
        most = self._account.timecards.most_vanished_at_once
        reason = _sentence(doubtful or keys)
        if is_empty:
            reason += ", and nothing else of that kind is listed there"
        elif len(doubtful) > most:
            reason += f", and at most {most} may be"
        return Vanished(
            FLOW,
            "servicetrade",
            tuple(keys),
            reason,
            is_suspicious=is_empty or len(doubtful) > most,
        )

    def take_done_cards(self, week: str) -> dict[str, DoneCard]:
        """The week's done cards as the look at it listed them, once; whoever asks again has them
        listed anew.
        """
        with self._lock:
            listed = self._done.pop(week, None)
        return done_cards(self._ledger, week) if listed is None else listed

    def _read_if_newer(self, week: str) -> None:
        reading = self._times.reading(week)
        known = self._weeks.get(week)
        if known is None or known.read_at != reading.read_at:
            keys, is_empty = self._missing(week, reading)
            self._weeks[week] = _Week(reading.read_at, time.monotonic(), keys, is_empty)

    def _missing(self, week: str, reading: Reading) -> tuple[frozenset[str], bool]:
        if not reading.is_readable:
            return frozenset(), False  # then nothing is concluded from what is not there
        done = self._done[week] = done_cards(self._ledger, week)
        waiting = (key for key in self._ledger.open_keys(FLOW) if week_of_key(key) == week)
        missing = {
            key
            for key in (*done, *waiting)
            if key not in reading.entries and self._should_be_listed(key)
        }
        if missing:
            missing -= self._times.keys_on_other_cards(week)
        missing = {key for key in missing if not self._is_concluded(key)}
        listed = Counter(_source_of(key) for key in reading.entries)
        unseen = [key for key in missing if not listed[_source_of(key)]]
        people = {done[key].employee for key in unseen if key in done}
        return frozenset(missing), len(people) > 1 or len(unseen) > FEW

    def _should_be_listed(self, key: str) -> bool:
        return UNREADABLE_ID not in key and self._times.is_read(key)

    def _is_concluded(self, key: str) -> bool:
        """Whether people have been told of it, or have dealt with it; or the account reads rows of
        its kind no more.
        """
        held = self._ledger.get(FLOW, key)
        if held is None:
            return True
        if held.entry.state is State.HELD and held.entry.cause in (TAKEN_BACK, CHANGED_IN_DOUBT):
            return True
        sent, _ = readable_card(self._ledger, key)
        is_unread = sent is not None and not is_row_read(sent, self._account)
        return is_unread or accepted_version(self._ledger, key) == GONE


def weeks_known(account: Account, ledger: Ledger) -> tuple[str, ...]:
    """The weeks whose time may be found to have vanished: those that are compared, and those in
    which something waits.
    """
    compared = (
        f"{end:%Y%m%d}"
        for end in weeks_of_a_night(account, ledger, local_day(account, ledger.now()))
    )
    waiting = (week_of_key(key) for key in ledger.open_keys(FLOW))
    return tuple(sorted({*compared, *waiting}))


def _source_of(key: str) -> str:
    return origin_of_key(key).partition(".")[0]


def _sentence(keys: Iterable[str]) -> str:
    weeks = Counter(week_of_key(key) for key in keys)
    counts = ", ".join(
        f"{count} of the week to {week_from(week):%m/%d/%Y}"
        for week, count in sorted(weeks.items())
    )
    return (
        f"{sum(weeks.values())} pieces of time that ServiceTrade had are not listed any more"
        f" ({counts})"
    )
