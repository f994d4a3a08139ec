"""Days and weeks of payroll in the account's zone: where a day begins, its week and batch code."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from st_spectrum.account.types import Weekday

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
"""Monday first, as `date.weekday` counts."""

BATCH_LENGTH = 8
"""Batch_Code of a pre-time card [SP 13.1]."""


def day_of(at: int, zone: ZoneInfo) -> date:
    """The date that a calendar on the wall shows at an instant, given in epoch seconds."""
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date()


def day_begins(day: date, zone: ZoneInfo) -> int:
    """The instant, in epoch seconds, from which on the wall shows `day`, and for good.

    Where clocks skip midnight, the day begins with its first second that exists; where they show a
    minute of it and go back to the evening before, it begins when that evening ends again. A day
    that a zone skipped begins where the next one does.
    """
    midnight = datetime.combine(day, time())
    first, second = sorted(
        int(midnight.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)
    )
    if datetime.fromtimestamp(first, UTC).astimezone(zone).replace(tzinfo=None, fold=0) == midnight:
        return second if day_of(second - 1, zone) < day else first
    return first + bisect_left(range(first, second), day, key=lambda at: day_of(at, zone))


def split_by_day(start: int, end: int, zone: ZoneInfo) -> tuple[tuple[date, int], ...]:
    """The seconds from `start` to `end` that fall on each day, in order; their sum is `end -
    start`, whatever clocks do.
    """
    parts = []
    day = day_of(start, zone)
    while start < end:
        day += timedelta(days=1)
        until = min(end, day_begins(day, zone))
        if until > start:
            parts.append((day - timedelta(days=1), until - start))
            start = until
    return tuple(parts)


def week_end(day: date, starts_on: Weekday) -> date:
    """The last day of the payroll week that `day` belongs to."""
    return day + timedelta(days=(WEEKDAYS.index(starts_on) - 1 - day.weekday()) % 7)


def week_from(text: str) -> date:
    """The week's last day from `CCYYMMDD`, as keys bear it; raises `ValueError`."""
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day, no instant


def week_window(end: date, zone: ZoneInfo) -> tuple[int, int]:
    """First second of the week that ends with `end`, and first second after it."""
    return day_begins(end - timedelta(days=6), zone), day_begins(end + timedelta(days=1), zone)


def batch_code(end: date, prefix: str) -> str:
    """The account's prefix and the end of the week as YYMMDD: one batch for each payroll week."""
    return f"{prefix}{end:%y%m%d}"[:BATCH_LENGTH]
