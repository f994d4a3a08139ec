"""The product's threads in an order that is the same each time.

Where the product asks for a pool of threads, it gets a `Crew`: greenlets of one thread, of which
one works until it has to wait for the others, as where documents of several records share one
message. So a history of three threads at once is played again by its seed.
"""

import threading
from _thread import allocate_lock
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from greenlet import getcurrent, greenlet

from st_spectrum.engine import engine
from st_spectrum.engine.steps import reservations, shared_keys
from st_spectrum.flows import stored_masters
from st_spectrum.flows.invoices import stored
from st_spectrum.flows.jobs import flow as jobs_flow
from st_spectrum.flows.jobs import other_numbers
from st_spectrum.ledger import damage
from st_spectrum.spectrum.rest import group

POOLED = (
    *(engine, reservations, shared_keys, damage),
    *(stored, stored_masters, jobs_flow, other_numbers),
)
"""Modules that ask for a pool of threads on the way of a record."""
ANOTHER_WORKER = 0.001
"""Seconds given to a worker in a thread of its own, should it be the one that holds a lock."""


class Crew(Executor):
    """So many at work at once, each until it gives way or is done."""

    def __init__(self, max_workers: int = 1, **_: Any) -> None:
        self._workers = max_workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        (done,) = self._run([lambda: fn(*args, **kwargs)])
        return done

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Iterator[Any]:
        """All of them are done when this answers; an exception comes at its place."""
        rows = list(zip(*iterables, strict=False))
        done = self._run([lambda row=row: fn(*row) for row in rows])
        return (future.result() for future in done)

    def _run(self, tasks: Iterable[Callable[[], Any]]) -> list[Future[Any]]:
        coming = deque((task, Future[Any]()) for task in tasks)
        futures = [future for _, future in coming]
        at_work: deque[greenlet] = deque()
        while coming or at_work:
            while coming and len(at_work) < self._workers:
                at_work.append(greenlet(_carried_out(*coming.popleft())))
            one = at_work.popleft()
            one.switch()
            if not one.dead:
                at_work.append(one)
        return futures


def _carried_out(task: Callable[[], Any], future: Future[Any]) -> Callable[[], None]:
    def work() -> None:
        try:
            future.set_result(task())
        except BaseException as error:  # noqa: BLE001 - whoever asks for the result is told
            future.set_exception(error)

    return work


def give_way() -> bool:
    """Let the others of the crew go on; False where there is none."""
    hub = getcurrent().parent
    if hub is None:
        return False
    hub.switch()
    return True


class _Signal:
    """Stands in for an event: whoever waits gives way until it is set."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def wait(self) -> None:
        while not self._is_set:
            assert give_way(), "nobody is left who could set it"


class _Lock:
    """A lock as the product's threads take it: whoever finds it taken lets the others go on, for
    the one that holds it may have given way to those who come to share its message.
    """

    def __init__(self) -> None:
        self._lock = allocate_lock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        is_taken = self._lock.acquire(blocking=False)
        while blocking and not is_taken:
            if not give_way():
                return self._lock.acquire(blocking, timeout)
            is_taken = self._lock.acquire(timeout=ANOTHER_WORKER)
        return is_taken

    def release(self) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class _Batch(group._Batch[Any, Any]):
    def __init__(self) -> None:
        super().__init__()
        self.is_done = _Signal()  # type: ignore[assignment]


def _gather(self: Any, batch: Any) -> None:
    """The leader lets the others come as far as they can, until nobody joins any more."""
    joined = 0
    while self._open is batch and joined < len(batch.items):
        joined = len(batch.items)
        if not give_way():
            return


@contextmanager
def in_order() -> Iterator[None]:
    """Inside, every pool of the product is a crew, and every lock made here one that a crew
    takes.
    """
    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(threading, "Lock", _Lock))
        for module in POOLED:
            patches.enter_context(mock.patch.object(module, "ThreadPoolExecutor", Crew))
        patches.enter_context(mock.patch.object(group, "_Batch", _Batch))
        patches.enter_context(mock.patch.object(group.Group, "_gather", _gather))
        yield
