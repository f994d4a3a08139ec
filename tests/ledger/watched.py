"""A clock and a store that a test has in its hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from st_spectrum.ledger.store import Store, Stored

LEASE = 300
"""Seconds for which a claim of the two workers holds."""


class Clock:
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


class Watched:
    """A real store that counts its calls and lets a test step in before one of them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: list[tuple[str, str]] = []
        self.before: dict[tuple[str, str], Callable[[], object]] = {}

    def get(self, key: str) -> Stored | None:
        self._called("get", key)
        return self._store.get(key)

    def create(self, key: str, body: str) -> str:
        self._called("create", key)
        return self._store.create(key, body)

    def replace(self, key: str, body: str, etag: str) -> str:
        self._called("replace", key)
        return self._store.replace(key, body, etag)

    def list(self, prefix: str) -> Iterator[str]:
        self._called("list", prefix)
        return self._store.list(prefix)

    def discard(self, key: str) -> None:
        self._called("discard", key)
        self._store.discard(key)

    def close(self) -> None:
        self._store.close()

    def _called(self, verb: str, key: str) -> None:
        self.calls.append((verb, key))
        if step_in := self.before.pop((verb, key), None):
            step_in()

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] not in ("get", "list")]
