"""Time of a payroll week, whichever resource of ServiceTrade the account reads it from [ST 8.3]:
three adapters, one seam.

Single pieces cannot be read, for what is paid depends on the others of that day; so a week is read
at once and shared.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.time_entries import Source, TimeEntry, entry_key, origin_of_key, week_of_key
from st_spectrum.flows.timecards.clock import clock_entries
from st_spectrum.flows.timecards.payroll_week import week_end, week_from, week_window
from st_spectrum.flows.timecards.pieces import absence_entries, card_entries, labor_entries
from st_spectrum.flows.timecards.row_days import DAY, OTHER_CARD_DAYS
from st_spectrum.flows.timecards.technician_zones import technician_zones
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import OnUnreadable, Unreadable

CARD_DAYS = 13
"""A card's period, normally a week [ST 8.4], may begin so many days before the payroll week and
still reach into it.
"""

CLOCK_DAYS = 2
"""Clock events are read for so many days around the week, so that a pair over its edge is whole."""

ZONES_APART = 6 * 3600
"""From one coast to Hawaii: so much earlier than the account's a day may begin in another office.
"""

FRESH_SECONDS = 30.0

FRESH_READINGS = 9
"""A week is used so many times as long as it took to read: reading never takes most of a run."""

UNREADABLE_ID = "unreadable-"
UNREADABLE = {"timecard": "time card", "jobitem": "job item", "absence": "absence"}
"""What a record that cannot be read is called; clock events are all read, or none."""

Adapter = Callable[[ServiceTrade, Account, int, int, OnUnreadable], Iterable[TimeEntry]]


def unreadable_entry(record: Unreadable, end: date, source: Source) -> TimeEntry:
    """What stands for a record of the week that ends with `end` and cannot be read: it waits, and
    the others go on.
    """
    entry = TimeEntry(
        key=entry_key(end, source, f"{UNREADABLE_ID}{record.id}"),
        source=source,
        kind="labor",
        user_id=0,
        user_name=f"{UNREADABLE[source]} {record.id}",
        work_date=end,
        hours=Decimal("0.00"),
        is_approved=True,
        updated=record.updated,
        waits=f"it cannot be read: {record.problem}",
    )
    return entry.versioned(record.content)


def _from_cards(
    servicetrade: ServiceTrade, account: Account, start: int, end: int, on_unreadable: OnUnreadable
) -> Iterable[TimeEntry]:
    cards = servicetrade.time_cards(start - CARD_DAYS * DAY, end, on_unreadable=on_unreadable)
    for card in cards:
        yield from card_entries(card, account, technician_zones(servicetrade))


def _from_items(
    servicetrade: ServiceTrade, account: Account, start: int, end: int, on_unreadable: OnUnreadable
) -> Iterable[TimeEntry]:
    # The midnight of an office further east lies before that of the account.
    items = servicetrade.labor_items(start - ZONES_APART, end, on_unreadable=on_unreadable)
    yield from labor_entries(items, account, technician_zones(servicetrade))


def _from_clock(
    servicetrade: ServiceTrade, account: Account, start: int, end: int, _: OnUnreadable
) -> Iterable[TimeEntry]:
    # An event that cannot be read would turn its neighbours into a pair that was never worked: then
    # nothing is known.
    margin = CLOCK_DAYS * DAY
    yield from clock_entries(
        servicetrade.clock_events(start - margin, end + margin), account
    ).entries


ADAPTERS: dict[str, Adapter] = {
    "timecard": _from_cards,
    "jobitem": _from_items,
    "clock": _from_clock,
}


@dataclass(frozen=True)
class Reading:
    """All time of a payroll week by key, as one reading showed it; `read_at` tells it apart."""

    entries: Mapping[str, TimeEntry]
    read_at: float
    is_readable: bool


@dataclass(frozen=True)
class _Week:
    entries: dict[str, TimeEntry]
    read_at: float
    is_readable: bool
    seconds: float = 0.0

    def is_fresh(self, now: float) -> bool:
        """Whether it may still be used; it took `seconds` to read."""
        return now - self.read_at < max(FRESH_SECONDS, FRESH_READINGS * self.seconds)


def _each_once(found: Iterable[TimeEntry]) -> dict[str, TimeEntry]:
    """By key. Two that claim one key would be paid once in silence, so they wait as one."""
    by_key: dict[str, TimeEntry] = {}
    for entry in found:
        twin = by_key.setdefault(entry.key, entry)
        if twin.version != entry.version:
            names = " and ".join(
                sorted({one.user_name or f"user {one.user_id}" for one in (twin, entry)})
            )
            story = f"row {entry.origin} stands twice with different contents, for {names}"
            by_key[entry.key] = replace(twin, waits=story, is_approved=True).versioned(
                twin.version, entry.version
            )
    return by_key


class TimeSources:
    """An account's time by payroll week. Safe for threads, which share one reading of a week."""

    def __init__(
        self,
        account: Account,
        servicetrade: ServiceTrade,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._servicetrade = servicetrade
        self._clock = clock
        self._weeks: dict[str, _Week] = {}
        self._wider_weeks: dict[str, _Week] = {}
        self._lock = threading.Lock()

    def week(self, end: date) -> tuple[TimeEntry, ...]:
        """All time of the payroll week that ends with `end`, approved or not, read anew. Raises a
        `SyncFault`.
        """
        with self._lock:
            return tuple(self._read(f"{end:%Y%m%d}").entries.values())

    def week_with_other_cards(self, end: date) -> tuple[TimeEntry, ...]:
        """The same with rows that stand on cards of other weeks: for what may miss nothing and is
        done once.
        """
        name = f"{end:%Y%m%d}"
        with self._lock:
            others = (
                self._read_wider(name).entries
                if self._account.timecards.adapter == "timecard"
                else {}
            )
            return tuple((others | self._read(name).entries).values())

    def weeks_with_other_cards(
        self, ends: Sequence[date], on_unreadable: OnUnreadable = None
    ) -> dict[date, tuple[TimeEntry, ...]]:
        """The same for payroll weeks that follow one another, by the end of each, in one reading
        instead of two a week.

        Records that cannot be read are left out, and told to `on_unreadable`. Raises a `SyncFault`.
        """
        rules, zone = self._account.timecards, ZoneInfo(self._account.timezone)
        margin = OTHER_CARD_DAYS * DAY if rules.adapter == "timecard" else 0
        start, end = week_window(ends[0], zone)[0], week_window(ends[-1], zone)[1]
        note = on_unreadable or list[Unreadable]().append
        adapter = ADAPTERS[rules.adapter]
        found = list(adapter(self._servicetrade, self._account, start - margin, end + margin, note))
        if rules.absences.are_paid:
            for absence in self._servicetrade.absences(start, end, on_unreadable=note):
                found += absence_entries(
                    absence, self._account, technician_zones(self._servicetrade)
                )
        by_week: dict[str, list[TimeEntry]] = {}
        for entry in found:
            by_week.setdefault(entry.week, []).append(entry)
        return {day: tuple(_each_once(by_week.get(f"{day:%Y%m%d}", ())).values()) for day in ends}

    def entry(self, key: str) -> TimeEntry | None:
        """One piece of time; None when its week does not hold it any more. Half a minute old at
        most, unless the week is huge.
        """
        with self._lock:
            return self._found(key)[0]

    def forget(self) -> None:
        """Read every week anew from here on."""
        with self._lock:
            self._weeks.clear()

    def is_gone(self, key: str) -> bool:
        """Whether it is certain that ServiceTrade has it no more: not where a record that cannot be
        read may hold it.
        """
        with self._lock:
            entry, is_readable = self._found(key)
            return entry is None and (is_readable or UNREADABLE_ID in key)

    def is_read(self, key: str) -> bool:
        """Whether the account file has the key's resource read now, in weeks such as the key's."""
        rules, end = self._account.timecards, week_from(week_of_key(key))
        source = origin_of_key(key).partition(".")[0]
        is_chosen = source == rules.adapter or (source == "absence" and rules.absences.are_paid)
        return is_chosen and week_end(end, rules.week_starts_on) == end

    def reading(self, name: str) -> Reading:
        """The week that ends with `name` (`CCYYMMDD`), as `entry` uses it. Raises a `SyncFault`."""
        with self._lock:
            week = self._fresh(name)
            return Reading(week.entries, week.read_at, week.is_readable)

    def keys_on_other_cards(self, name: str) -> frozenset[str]:
        """Keys of that week which stand on cards of other weeks. Raises a `SyncFault`."""
        with self._lock:
            is_cards = self._account.timecards.adapter == "timecard"
            return (
                frozenset(self._wider_week(name, self._fresh(name)).entries)
                if is_cards
                else frozenset()
            )

    def _found(self, key: str) -> tuple[TimeEntry | None, bool]:
        name = week_of_key(key)
        week = self._fresh(name)
        if (
            key not in week.entries
            and self._account.timecards.adapter == "timecard"
            and UNREADABLE_ID not in key
        ):
            wider = self._wider_week(name, week)
            return wider.entries.get(key), wider.is_readable and week.is_readable
        return week.entries.get(key), week.is_readable

    def _fresh(self, name: str) -> _Week:
        week = self._weeks.get(name)
        return week if week is not None and week.is_fresh(self._clock()) else self._read(name)

    def _wider_week(self, name: str, week: _Week) -> _Week:
        wider = self._wider_weeks.get(name)
        if wider is None or wider.read_at < week.read_at:
            wider = self._wider_weeks[name] = self._read_wider(name)
        return wider

    def _read_wider(self, name: str) -> _Week:
        """The week once more, with cards whose period lies elsewhere."""
        read_at, unreadable = self._clock(), list[Unreadable]()
        start, end = week_window(week_from(name), ZoneInfo(self._account.timezone))
        margin = OTHER_CARD_DAYS * DAY
        found = _from_cards(
            self._servicetrade, self._account, start - margin, end + margin, unreadable.append
        )
        entries = _each_once(entry for entry in found if entry.week == name)
        return _Week(entries, read_at, is_readable=not unreadable)

    def _read(self, name: str) -> _Week:
        read_at = self._clock()
        start, end = week_window(week_from(name), ZoneInfo(self._account.timezone))
        unreadable: list[Unreadable] = []
        source = self._account.timecards.adapter
        found = list(
            ADAPTERS[source](self._servicetrade, self._account, start, end, unreadable.append)
        )
        # A card that began before the last of these weeks is told with that week.
        listed = (
            record for record in unreadable if not record.begins or record.begins >= start - 6 * DAY
        )
        found += [unreadable_entry(record, week_from(name), source) for record in listed]
        if self._account.timecards.absences.are_paid:
            found += self._absences(name, start, end)
        entries = _each_once(entry for entry in found if entry.week == name)
        week = _Week(entries, read_at, is_readable=not unreadable, seconds=self._clock() - read_at)
        self._weeks[name] = week
        return week

    def _absences(self, name: str, start: int, end: int) -> Iterator[TimeEntry]:
        unreadable: list[Unreadable] = []
        for absence in self._servicetrade.absences(start, end, on_unreadable=unreadable.append):
            yield from absence_entries(absence, self._account, technician_zones(self._servicetrade))
        for record in unreadable:
            # The list is that of all times; the week in which it was written down says it.
            if start <= (record.created or record.updated or start) < end:
                yield unreadable_entry(record, week_from(name), "absence")
