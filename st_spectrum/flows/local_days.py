"""Which day an instant means that was written as somebody's midnight: the account's, an office's, a
technician's.

ServiceTrade keeps days as epoch seconds [ST 1]. Its users' time zones are known [ST 9.1], those of
its offices are not, so the account file names them. Whoever counts a day as 86,400 seconds is an
hour off after clocks have changed.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.calendar_days import day_begins, day_of

NEAR_SECONDS = 2 * 3600
"""So far from a midnight an instant still means the day that begins there."""
DAY_SECONDS, HOUR_SECONDS, QUARTER_SECONDS = 86_400, 3600, 900
NOON = 12

NO_MIDNIGHT = "its day is not certain"
"""How a piece of time waits whose instant is no midnight of anybody."""

ZoneOf = Callable[[int], str]
"""A user's time zone by ServiceTrade's id, an IANA name; "" where it is not known."""


def no_zone(_: int) -> str:
    """Nobody's time zone is known."""
    return ""


def zones_of(
    account: Account, user_id: int | None = None, zone_of: ZoneOf = no_zone
) -> Iterator[ZoneInfo]:
    """The account's zone, its offices', then the technician's, read only if asked for."""
    yield ZoneInfo(account.timezone)
    yield from map(ZoneInfo, account.office_timezones)
    if user_id is not None and (zone := _zone(zone_of(user_id))) is not None:
        yield zone


def day_of_midnight(at: int, zones: Iterable[ZoneInfo]) -> date | None:
    """The day that `at`, in epoch seconds, was written for; None when it is no midnight of any of
    the zones.

    Two zones show one instant as the midnight of one and the same day, so the first that fits is
    right.
    """
    tried: list[ZoneInfo] = []
    for zone in zones:
        day, distance = _nearest(at, zone)
        if distance == 0 or (not tried and distance <= NEAR_SECONDS):
            return day
        tried.append(zone)
    near = (
        day for day, distance in (_nearest(at, zone) for zone in tried) if distance <= NEAR_SECONDS
    )
    return next(near, None)


def calendar_day(at: int, zones: Iterable[ZoneInfo]) -> date:
    """The day of an instant that may be any time of the day: as the first zone shows it, unless it
    is midnight in another.

    Only an evening of the first zone can be the midnight of another day, so the others are asked
    for nothing else.
    """
    others = iter(zones)
    first = next(others)
    shown = datetime.fromtimestamp(at, UTC).astimezone(first)
    if at % QUARTER_SECONDS or shown.hour < NOON:
        return shown.date()
    exact = (day for day, distance in (_nearest(at, zone) for zone in others) if distance == 0)
    return next(exact, shown.date())


def date_of(at: int, zones: Iterable[ZoneInfo]) -> date:
    """The same of a date that people choose: then a full hour shortly before midnight is a midnight
    that was missed by it.
    """
    first, *others = zones
    day, distance = _nearest(at, first)
    return (
        day
        if at % HOUR_SECONDS == 0 and distance <= NEAR_SECONDS
        else calendar_day(at, (first, *others))
    )


def whole_days(start: int, end: int, zones: Iterable[ZoneInfo]) -> tuple[int, int, ZoneInfo]:
    """A span of time with its zone; whole days that were counted as 86,400 seconds made whole."""
    first, *others = zones
    for zone in (first, *others):
        if _nearest(start, zone)[1] == 0 and (
            _nearest(end, zone)[1] == 0 or _nearest(end + 1, zone)[1] == 0
        ):
            return start, end, zone
    (begin, off), (until, late) = _nearest(start, first), _nearest(end, first)
    if (end - start) % DAY_SECONDS == 0 and max(off, late) <= NEAR_SECONDS:
        return day_begins(begin, first), day_begins(until, first), first
    return start, end, first


def uncertain_day(at: int, account: Account) -> str:
    """Why a row waits whose day nobody can tell."""
    shown = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(account.timezone))
    return (
        f"{NO_MIDNIGHT}: {shown:%m/%d/%Y %H:%M %Z} is no midnight where the office or the"
        " technician is"
    )


def _nearest(at: int, zone: ZoneInfo) -> tuple[date, int]:
    """The day whose beginning is nearest, and how many seconds away that is."""
    today = day_of(at, zone)
    days = (today, today + timedelta(days=1))
    return min(((day, abs(at - day_begins(day, zone))) for day in days), key=lambda found: found[1])


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
