"""Notices which time was approved, changed or taken back, piece by piece, so that it goes to
payroll within seconds.

Cards and labor items are listed from their last change on, whatever day they tell of. Of clock
events only the time at which they happened can be asked for [ST 8.1], so those of today and
yesterday are read each time. What is corrected later than that, is deleted, or is an absence, whose
list knows no filter at all, is found by the nightly comparison of whole weeks.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import monotonic
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.calendar_days import day_begins
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.engine.looks.cursor import Listing, choose, window
from st_spectrum.flows.changes import too_long
from st_spectrum.flows.readers import Readers
from st_spectrum.flows.timecards.clock import STILL_IN, clock_entries
from st_spectrum.flows.timecards.done_cards import FLOW
from st_spectrum.flows.timecards.paid_hours import is_due
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.flows.timecards.pieces import card_entries, labor_entries
from st_spectrum.flows.timecards.row_days import DAY
from st_spectrum.flows.timecards.sources import CARD_DAYS, CLOCK_DAYS, unreadable_entry
from st_spectrum.flows.timecards.technician_zones import technician_zones
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import JobItem
from st_spectrum.servicetrade.models import Unreadable
from st_spectrum.servicetrade.time_models import TimeCard

CLOCKED_DAYS = 1
"""So many days before today are looked at for clock events at every tick."""

FIRST_LISTING_DAYS = 7
"""Without a cursor the list begins with the payroll week of so many days ago."""

AHEAD_DAYS = 14
"""Time may be written down for days to come, such as a holiday."""

COMPARED_WEEKS = 8
"""So many payroll weeks, the present one among them, are compared as a whole every night."""


@dataclass(frozen=True)
class Piece:
    """A time entry as the cursor sees it."""

    entry: TimeEntry

    @property
    def id(self) -> str:
        """The entry's key."""
        return self.entry.key

    @property
    def updated(self) -> int:
        """When its card, item or event changed last."""
        return self.entry.updated


def why_idle(account: Account) -> str:
    """Nothing is carried before somebody has said from which day on."""
    return account.timecards.why_idle


def notice(readers: Readers, cursor: Cursor, bounds: Bounds) -> Changes:
    """Time that was approved, changed or taken back since the cursor, as `notice_time` says."""
    return notice_time(
        readers.servicetrade,
        readers.ledger,
        readers.account,
        cursor,
        limit=bounds.limit,
        deadline=bounds.deadline,
    )


def notice_time(
    servicetrade: ServiceTrade,
    ledger: Ledger,
    account: Account,
    cursor: Cursor,
    *,
    limit: int | None = None,
    deadline: float | None = None,
) -> Changes:
    """Time that is new to the cursor and due, or that payroll may have and that changed since;
    `limit` counts pieces.

    Raises a `SyncFault` when a read failed: then the caller keeps its cursor.
    """
    pace, now = account.pace, servicetrade.now()
    entries, is_whole = _listed(servicetrade, account, window(cursor, pace, now), now, deadline)
    pieces = [Piece(entry) for entry in entries.values()]
    versions = {entry.key: entry.version for entry in entries.values()}
    is_window = account.timecards.adapter == "clock"
    listing = Listing(now, limit, is_whole, keeps_all=is_window)
    taken, after, is_complete = choose(pieces, versions, cursor, pace, listing)
    if not is_whole and not taken:
        raise too_long("time", pace)
    return Changes(
        tuple(_worth_asking([piece.entry for piece in taken], ledger, account)), after, is_complete
    )


def compared_weeks(account: Account, today: date) -> tuple[date, ...]:
    """The last days of the payroll weeks that the nightly comparison goes through, the oldest
    first; none without a first day.
    """
    starts_on, first_day = account.timecards.week_starts_on, account.timecards.first_day
    if not first_day:
        return ()
    newest = week_end(today, starts_on)
    ends = (newest - timedelta(weeks=back) for back in reversed(range(COMPARED_WEEKS)))
    return tuple(end for end in ends if end.isoformat() >= first_day)


def local_day(account: Account, now: datetime | None = None) -> date:
    """The account's day."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo(account.timezone)).date()


def _worth_asking(entries: Iterable[TimeEntry], ledger: Ledger, account: Account) -> Iterator[str]:
    """What is due; and of the rest what the ledger knows, whose card may be in payroll."""
    known: dict[str, frozenset[str]] = {}
    for entry in entries:
        if entry.waits == STILL_IN:
            continue  # its clock-out will be news
        if not is_due(entry, account):
            if entry.week not in known:
                known[entry.week] = frozenset(ledger.keys(FLOW, entry.week))
            if entry.key not in known[entry.week]:
                continue
        yield entry.key


def _listed(
    servicetrade: ServiceTrade,
    account: Account,
    since: int | None,
    now: int,
    deadline: float | None,
) -> tuple[dict[str, TimeEntry], bool]:
    today = local_day(account, datetime.fromtimestamp(now, UTC))
    lister = {"timecard": _cards, "jobitem": _items, "clock": _events}[account.timecards.adapter]
    found: dict[str, TimeEntry] = {}
    for entry in lister(servicetrade, account, since, today):
        found[entry.key] = entry
        if deadline is not None and monotonic() > deadline:
            return found, False
    return found, True


def _cards(
    servicetrade: ServiceTrade, account: Account, since: int | None, today: date
) -> Iterator[TimeEntry]:
    unreadable: list[Unreadable] = []
    lister: Callable[..., Iterable[TimeCard]] = partial(
        servicetrade.time_cards, on_unreadable=unreadable.append
    )
    start = _first_listing(account, today) - CARD_DAYS * DAY
    for card in lister(start) if since is None else lister(updated_after=since):
        yield from card_entries(card, account, technician_zones(servicetrade))
    yield from _unreadable(unreadable, account, today)


def _items(
    servicetrade: ServiceTrade, account: Account, since: int | None, today: date
) -> Iterator[TimeEntry]:
    unreadable: list[Unreadable] = []
    zone = ZoneInfo(account.timezone)
    start = (
        _first_listing(account, today) if since is None else day_begins(_first_day(account), zone)
    )
    end = day_begins(today + timedelta(days=AHEAD_DAYS), zone)
    items: Iterable[JobItem] = servicetrade.labor_items(
        start, end, updated_after=since, on_unreadable=unreadable.append
    )
    for item in items:
        yield from labor_entries([item], account, technician_zones(servicetrade))
    yield from _unreadable(unreadable, account, today)


def _events(
    servicetrade: ServiceTrade, account: Account, _: int | None, today: date
) -> Iterator[TimeEntry]:
    zone, first = ZoneInfo(account.timezone), today - timedelta(days=CLOCKED_DAYS)
    start = day_begins(first - timedelta(days=CLOCK_DAYS), zone)
    events = servicetrade.clock_events(start, day_begins(today + timedelta(days=2), zone))
    yield from (
        entry for entry in clock_entries(events, account).entries if entry.work_date >= first
    )


def _unreadable(
    records: Iterable[Unreadable], account: Account, today: date
) -> Iterator[TimeEntry]:
    """Nobody knows their week, so they are asked for in both that are still likely."""
    for record in records:
        for day in (today - timedelta(days=7), today):
            yield unreadable_entry(
                record, week_end(day, account.timecards.week_starts_on), account.timecards.adapter
            )


def _first_listing(account: Account, today: date) -> int:
    starts_on = account.timecards.week_starts_on
    begin = week_end(today - timedelta(days=FIRST_LISTING_DAYS), starts_on) - timedelta(days=6)
    return day_begins(max(begin, _first_day(account)), ZoneInfo(account.timezone))


def _first_day(account: Account) -> date:
    return date.fromisoformat(account.timecards.first_day)
