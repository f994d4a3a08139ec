"""Clients that outlive a tick: a log-in, a connection or a test of the bucket costs more than what
a tick does with it.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """What can be kept."""

    def close(self) -> None:
        """Give the connections back."""


C = TypeVar("C", bound=Closable)


@dataclass
class _Kept(Generic[C]):
    client: C
    settings: Hashable
    users: int = 0


class KeptClient(Generic[C]):
    """At most one client, for the settings that were asked for last. It lives as long as the loaded
    definitions that it was made for, and opens nothing before it is asked.

    Ticks run in threads and share it. When the settings have changed, the former client is closed
    by the last one who uses it.
    """

    def __init__(self) -> None:
        self._kept: _Kept[C] | None = None
        self._lock = Lock()

    @contextmanager
    def lend(self, settings: Hashable, connect: Callable[[], C]) -> Iterator[C]:
        """The client for these settings, made by `connect` if not here; whatever that raises."""
        kept = self._taken(settings)
        if kept is None:
            # Outside of the lock: while a system is away, ticks must not wait for one another.
            kept = self._put(settings, connect())
        try:
            yield kept.client
        finally:
            self._give_back(kept)

    def close(self) -> None:
        """Forget it; where somebody uses it, it is closed when it comes back."""
        with self._lock:
            kept, self._kept = self._kept, None
            if kept is not None and not kept.users:
                kept.client.close()

    def _taken(self, settings: Hashable) -> _Kept[C] | None:
        with self._lock:
            if self._kept is None or self._kept.settings != settings:
                return None
            self._kept.users += 1
            return self._kept

    def _put(self, settings: Hashable, client: C) -> _Kept[C]:
        with self._lock:
            former = self._kept
            self._kept = _Kept(client, settings, users=1)
            if former is not None and not former.users:
                former.client.close()
            return self._kept

    def _give_back(self, kept: _Kept[C]) -> None:
        with self._lock:
            kept.users -= 1
            if self._kept is not kept and not kept.users:
                kept.client.close()


class KeptClients(Generic[C]):
    """One for each account of a code location."""

    def __init__(self) -> None:
        self._of: dict[str, KeptClient[C]] = {}
        self._lock = Lock()

    def of(self, account: str) -> KeptClient[C]:
        """Of the account with this name."""
        with self._lock:
            return self._of.setdefault(account, KeptClient())
