"""When a record that could not go out is tried again, and whether its pause is over. Pure.

A breaker has pauses of its own, for all records that would meet its cause: see `breaker`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from st_spectrum.account import Pace
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import RateLimited
from st_spectrum.ledger.entry import Entry, State

LONGEST_WAIT_SECONDS = 3600.0

LONGEST_PAUSE_SECONDS = 65.0
"""A system that asks for a longer pause ends the run; its records are due after the pause."""

ANSWERS_AGAIN = "answers again"
"""How the need of a record ends that met the fault of a system."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""An entry written later than this from now has a wrong clock's time; its pause means nothing."""


@dataclass(frozen=True)
class Backoff:
    """The pauses of an account. `attempts` are those since the record was closed last, with this
    one.

    None means that it is due at once: a system that was down is no reason to make a record wait,
    the next round tries it.
    """

    pace: Pace

    def after_hold(self, needs: Iterable[str], attempts: int, now: datetime) -> datetime | None:
        """For a record that waits for something, without having been sent."""
        return None if is_for_a_system(needs) else self._doubled(State.HELD, attempts, now)

    def after_lost_claim(self, attempts: int, now: datetime) -> datetime:
        """For a record that another worker keeps from going on."""
        return self._doubled(State.HELD, attempts, now)

    def after_problem(
        self, problem: Exception, state: State, attempts: int, now: datetime, *, is_own: bool
    ) -> datetime | None:
        """For a record whose write met a problem, `is_own` where that concerns it alone; not before
        the pause is over that a system asked for.
        """
        due_at = now + timedelta(seconds=pause_of(problem))
        if isinstance(problem, RateLimited):
            return due_at
        return max(due_at, self._doubled(state, attempts, now)) if is_own else None

    def _doubled(self, state: State, attempts: int, now: datetime) -> datetime:
        """Doubles each time, from the first wait to an hour, or stays there where it is longer."""
        first = self._first_wait(state)
        longest = max(first, LONGEST_WAIT_SECONDS)
        return now + timedelta(seconds=min(longest, first * 2 ** min(max(attempts - 1, 0), 20)))

    def _first_wait(self, state: State) -> float:
        """Asking again for what was refused is a write each time; else it costs reads only."""
        is_refused = state is State.REJECTED
        return (
            self.pace.retry_rejected_after_seconds
            if is_refused
            else self.pace.retry_held_after_seconds
        )


def is_for_a_system(needs: Iterable[str]) -> bool:
    """Whether a record waits because a system was down."""
    return any(need.endswith(f" {ANSWERS_AGAIN}") for need in needs)


def is_pause_over(entry: Entry, now: datetime) -> bool:
    """Whether a record may be tried again as far as its own pause goes."""
    was_clock_wrong = entry.changed_at > now + CLOCKS_DIFFER
    return entry.retry_at is None or entry.retry_at <= now or was_clock_wrong


def pause_of(problem: Exception) -> float:
    """Seconds that a system, or something in its place, asked for; 0 for none."""
    return (problem.retry_after or 0.0) if isinstance(problem, RateLimited | ForeignAnswer) else 0.0
