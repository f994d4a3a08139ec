"""How many calls run at once, how often a read is asked again, and the count of what was sent.

The one layer in which reads of Spectrum are retried; writes pass through it once, whatever happens.
"""

import threading
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import stamina

from st_spectrum.domain.errors import RateLimited, Unavailable

T = TypeVar("T")

LONGEST_PATIENCE_SECONDS = 30.0
"""A system that asks us to stay away longer than this ends the round instead of holding a thread.
"""


class Pace:
    """Bounds for one installation, shared by SOAP, token and Info-Link calls; safe to use from many
    threads.

    Spectrum is known to fault under parallel load [SP 1.7]. `first_wait` is the base of the growing
    pause between two attempts of a read, in seconds; as much again is added at random.
    """

    def __init__(
        self,
        *,
        parallel_reads: int = 3,
        parallel_writes: int = 2,
        read_attempts: int = 4,
        first_wait: float = 0.4,
    ) -> None:
        self._reads = threading.BoundedSemaphore(parallel_reads)
        self._writes = threading.BoundedSemaphore(parallel_writes)
        self._read_attempts = read_attempts
        self._first_wait = first_wait
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    @property
    def calls(self) -> Counter[str]:
        """Requests so far by operation, every attempt counted; a copy."""
        with self._lock:
            return Counter(self._calls)

    def count(self, operation: str) -> None:
        """Note one request."""
        with self._lock:
            self._calls[operation] += 1

    def retry(self, act: Callable[[], T]) -> T:
        """Do something that may be repeated freely; asked again while the system is unavailable,
        then the fault is raised.
        """
        attempts = stamina.retry_context(
            on=_pause_after,
            attempts=self._read_attempts,
            timeout=None,
            wait_initial=self._first_wait,
            wait_jitter=self._first_wait,
            wait_max=self._first_wait * 10,
        )
        for attempt in attempts:
            with attempt:
                return act()
        raise AssertionError("the last attempt either returns or raises")

    def read(self, operation: str, act: Callable[[], T]) -> T:
        """One counted, bounded and retried read. The slot is given back while waiting for the next
        attempt.
        """

        def once() -> T:
            with self._reads:
                self.count(operation)
                return act()

        return self.retry(once)

    def write(self, operation: str, act: Callable[[], T]) -> T:
        """One counted and bounded write; never repeated here."""
        with self._writes:
            self.count(operation)
            return act()


def _pause_after(error: Exception) -> bool | float:
    """Whether to ask again, or after how many seconds when the system named a time."""
    if isinstance(error, RateLimited):
        return error.retry_after if error.retry_after <= LONGEST_PATIENCE_SECONDS else False
    return isinstance(error, Unavailable)
