"""A clock and a store that a test has in its hands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from st_spectrum.ledger.store import Store
from tests.world.stores import Counted

LEASE = 300
"""Seconds for which a claim of the two workers holds."""


class StillClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def die() -> None:
    """What a worker does that is ended from outside."""
    raise KeyboardInterrupt


class Watched(Counted):
    """A real store that counts its calls and lets a test step in before one of them."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.steps_in: dict[tuple[str, str], Callable[[], object]] = {}
        self.over(store)

    def before(self, verb: str, key: str, /) -> None:
        super().before(verb, key)
        if step_in := self.steps_in.pop((verb, key), None):
            step_in()
