"""Threads that have something to send at about the same time share one message, which may hold many
documents [SP 12.2].
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from st_spectrum.domain.errors import OutcomeUnknown, Unavailable

T = TypeVar("T")
R = TypeVar("R")


class _Batch(Generic[T, R]):
    """Items that go out together, and later what became of each, in the same order."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self.results: Sequence[R | Exception] = ()
        self.failure: Exception | None = None
        self.is_done = threading.Event()


class Group(Generic[T, R]):
    """Calls `send` for several callers at once; safe to use from many threads.

    The first caller of a batch leads: it waits for others, at most `wait_seconds` and until there
    are `most` items, and not at all while it is the only thread in here. Then it sends for all of
    them. Batches may be sent side by side. Nothing is ever sent twice, whatever happens.
    """

    def __init__(
        self,
        send: Callable[[Sequence[T]], Sequence[R | Exception]],
        most: int,
        wait_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`send` answers as many results as it was given items, in their order; an `Exception` is
        raised to its caller.
        """
        self._send = send
        self._most = most
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._condition = threading.Condition()
        self._inside = 0
        self._open: _Batch[T, R] | None = None

    def call(self, item: T) -> R:
        """The result of this one item; raises its exception, or an own copy of the failure of the
        whole send.
        """
        with self._condition:
            self._inside += 1
        try:
            return self._joined(item)
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    def _joined(self, item: T) -> R:
        with self._condition:
            batch, is_leader = self._open, False
            if batch is None:
                batch, is_leader = _Batch(), True
                self._open = batch
            place = len(batch.items)
            batch.items.append(item)
            if len(batch.items) >= self._most:
                self._open = None
            self._condition.notify_all()
        if is_leader:
            self._lead(batch)
        else:
            batch.is_done.wait()
        if batch.failure is not None:
            raise _own(batch.failure)
        result = batch.results[place]
        if isinstance(result, Exception):
            raise result
        return result

    def _lead(self, batch: _Batch[T, R]) -> None:
        """Gather and send. The others are released with a result or a failure even if this thread
        is interrupted.
        """
        batch.failure = Unavailable(
            "the thread that was to send was interrupted before it did", system="spectrum"
        )
        try:
            try:
                self._gather(batch)
            finally:
                self._close(batch)
            batch.failure = OutcomeUnknown(
                "the thread that sent was interrupted", system="spectrum"
            )
            results = self._send(tuple(batch.items))
            if len(results) == len(batch.items):
                batch.results, batch.failure = results, None
            else:
                text = f"{len(batch.items)} items were sent and {len(results)} results came back"
                batch.failure = OutcomeUnknown(text, system="spectrum")
        except Exception as error:  # noqa: BLE001 (handed to every caller)
            batch.failure = error
        finally:
            batch.is_done.set()

    def _gather(self, batch: _Batch[T, R]) -> None:
        ends_at = self._clock() + self._wait_seconds
        with self._condition:
            while (
                self._open is batch and self._inside > 1 and (left := ends_at - self._clock()) > 0
            ):
                self._condition.wait(left)

    def _close(self, batch: _Batch[T, R]) -> None:
        with self._condition:
            if self._open is batch:
                self._open = None


def _own(failure: Exception) -> Exception:
    """A copy that a thread may raise: raising one object in several threads would mix up their
    tracebacks.
    """
    copy = type(failure).__new__(type(failure))
    copy.args = failure.args
    copy.__dict__.update(failure.__dict__)
    return copy.with_traceback(failure.__traceback__)
