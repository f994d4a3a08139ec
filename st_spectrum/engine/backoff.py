"""When an entry that could not go out is due again."""

from datetime import datetime, timedelta

LONGEST_WAIT_SECONDS = 3600.0


def next_try(now: datetime, attempts: int, first: float) -> datetime:
    """Doubles with each attempt, from `first` seconds after `now` to an hour, or to `first` where that is longer."""
    longest = max(first, LONGEST_WAIT_SECONDS)
    return now + timedelta(seconds=min(longest, first * 2 ** min(max(attempts - 1, 0), 20)))
