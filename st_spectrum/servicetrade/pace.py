"""How fast ServiceTrade is asked: so many requests at once, slower when the compute budget runs
low, not at all after a 429.

The budget is server time per minute and user, not a number of requests [ST 1.5].
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from st_spectrum.domain.errors import RateLimited
from st_spectrum.servicetrade.wire import SYSTEM, Budget

LOW_SHARE = 0.10
"""Below this share of the full budget requests slow down; assumed [ST 1.5]."""
REFILL_SECONDS = 60.0
"""The budget is full again after this long [ST 1.5]; an older reading says nothing any more."""
PAUSE_MAXIMUM = 2.0
"""Seconds that a request waits at most for the budget; the nearer to nothing, the closer."""


class Pace:
    """One per client, shared by its threads.

    `parallel` requests run at once. A wait that would be longer than `patience` seconds is not
    begun: `RateLimited` says when to come back instead. `clock` and `sleep` are in seconds.
    """

    def __init__(
        self,
        parallel: int,
        patience: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._slots = threading.BoundedSemaphore(parallel)
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._blocked_until = 0.0
        self._full_ms = 0
        self._balance_ms = 0
        self._seen_at = -REFILL_SECONDS

    @contextmanager
    def slot(self, operation: str) -> Iterator[None]:
        """Holds one of the places for the length of one request, after any wait."""
        with self._slots:
            self._wait_until_allowed(operation)
            self._sleep_if_low()
            yield

    def observe(self, budget: Budget | None) -> None:
        """Notes what an answer said is left; the largest balance ever seen is the full budget."""
        if budget is None:
            return
        with self._lock:
            self._full_ms = max(self._full_ms, budget.balance_ms + budget.usage_ms)
            self._balance_ms = budget.balance_ms
            self._seen_at = self._clock()

    def block(self, seconds: float) -> None:
        """No thread starts a request for so long; a shorter block does not lift a longer one."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    def pause(self) -> float:
        """Seconds that the next request should wait for budget; 0 while enough is left."""
        with self._lock:
            low_ms = self._full_ms * LOW_SHARE
            if (
                low_ms <= 0
                or self._balance_ms >= low_ms
                or self._clock() - self._seen_at >= REFILL_SECONDS
            ):
                return 0.0
            return PAUSE_MAXIMUM * min(1.0, 1.0 - self._balance_ms / low_ms)

    def _wait_until_allowed(self, operation: str) -> None:
        # A block may be made longer by another thread while this one sleeps.
        while (left := self._seconds_blocked()) > 0:
            if left > self._patience:
                raise RateLimited(
                    f"the compute budget is used up for another {left:.0f} s",
                    retry_after=left,
                    system=SYSTEM,
                    operation=operation,
                )
            self._sleep(left)

    def _seconds_blocked(self) -> float:
        with self._lock:
            return self._blocked_until - self._clock()

    def _sleep_if_low(self) -> None:
        if (seconds := self.pause()) > 0:
            self._sleep(seconds)
