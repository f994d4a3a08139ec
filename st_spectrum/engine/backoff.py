"""When an entry that could not go out is due again."""

from datetime import datetime, timedelta

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import RateLimited

LONGEST_WAIT_SECONDS = 3600.0

LONGEST_PAUSE_SECONDS = 65.0
"""A system that asks for a longer pause ends the run; the records that met it are due again when the pause is over."""


def next_try(now: datetime, attempts: int, first: float) -> datetime:
    """Doubles with each attempt, from `first` seconds after `now` to an hour, or to `first` where that is longer."""
    longest = max(first, LONGEST_WAIT_SECONDS)
    return now + timedelta(seconds=min(longest, first * 2 ** min(max(attempts - 1, 0), 20)))


def pause_of(problem: Exception) -> float:
    """Seconds that a system, or something in its place, asked for; 0 for none."""
    return (problem.retry_after or 0.0) if isinstance(problem, RateLimited | ForeignAnswer) else 0.0


def after_pause(problem: Exception, now: datetime, usual: datetime | None) -> datetime | None:
    """When a record is tried again that met `problem`: not before the pause is over that was asked for."""
    asked = now + timedelta(seconds=pause_of(problem))
    if isinstance(problem, RateLimited):
        return asked
    return max(usual, asked) if usual else usual
