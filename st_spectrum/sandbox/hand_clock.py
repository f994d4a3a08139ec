"""A clock that a test moves on by hand, and what is to happen when it does: hours pass without
anybody waiting.
"""

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import RLock

TICK_SECONDS = 0.00001
"""So small that the looks of a whole trial come to less than a second."""


class HandClock:
    """The time of this machine and whatever was added by hand; safe to use from many threads.

    Made with a `start`, it stands still there but for what is added, and for a tick at each look,
    so that what happens later is later: a trial is then the same on every day and on a slow
    machine.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start.timestamp() if start else None
        self._looks = itertools.count()
        self._lock = RLock()
        self._ahead = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._turns = itertools.count()

    def __call__(self) -> datetime:
        """Now, as engine and ledger ask for it."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        """Now, in seconds since 1970."""
        if self._start is None:
            return time.time() + self._ahead
        return self._start + self._ahead + next(self._looks) * TICK_SECONDS

    def move(self, seconds: float) -> None:
        """Let time pass. What becomes due on the way happens now, the earliest first, in this
        thread.
        """
        with self._lock:
            end = self.seconds() + seconds
            while self._due and self._due[0][0] <= end:
                at, _, act = heapq.heappop(self._due)
                self._ahead += max(0.0, at - self.seconds())
                act()
            self._ahead += max(0.0, end - self.seconds())

    def put_to(self, moment: datetime) -> None:
        """Make it this moment, be it long past: a world that was kept goes on as of then. Nothing
        becomes due by it.
        """
        with self._lock:
            self._ahead += moment.timestamp() - self.seconds()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """`act` happens once so much time has passed by hand."""
        with self._lock:
            heapq.heappush(self._due, (self.seconds() + seconds, next(self._turns), act))

    def waiting(self) -> int:
        """How much is still to happen."""
        with self._lock:
            return len(self._due)

    def forget(self) -> None:
        """Nothing of what was to happen happens any more, and nothing is added to the time."""
        with self._lock:
            self._due.clear()
            self._ahead = 0.0
            self._looks = itertools.count()
