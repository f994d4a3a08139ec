"""Days in a time zone: which one an instant belongs to, and where a day begins."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


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
