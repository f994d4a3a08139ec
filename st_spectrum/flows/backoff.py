"""When an entry that could not go out is due again."""

from datetime import datetime, timedelta

FIRST_WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 3600.0


def next_try(
    now: datetime, attempts: int, first: float = FIRST_WAIT_SECONDS, longest: float = LONGEST_WAIT_SECONDS
) -> datetime:
    """Doubles with each attempt from `first` to `longest` seconds after `now`."""
    return now + timedelta(seconds=min(longest, first * 2 ** min(max(attempts - 1, 0), 20)))
