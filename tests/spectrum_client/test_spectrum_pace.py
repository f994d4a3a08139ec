"""How often a read is asked again, how long it waits, and that a write never is."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from st_spectrum.domain.errors import (
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.pace import Pace


class FailsAtFirst:
    """Raises `fault` the first `times`, then returns how often it was called."""

    def __init__(self, fault: SyncFault, times: int = 99) -> None:
        self.fault, self.times, self.calls = fault, times, 0

    def __call__(self) -> int:
        self.calls += 1
        if self.calls <= self.times:
            raise self.fault
        return self.calls


def test_a_read_is_repeated_only_while_the_system_is_unavailable() -> None:
    pace = Pace(read_attempts=3, first_wait=0.001)
    assert pace.read("r", FailsAtFirst(Unavailable("x"), 2)) == 3
    for fault, expected in (
        (Unavailable("x"), 3),
        (ContractBroken("x"), 1),
        (Rejected([]), 1),
        (OutcomeUnknown("x"), 1),
    ):
        act = FailsAtFirst(fault)
        with pytest.raises(type(fault)):
            pace.read("r", act)
        assert act.calls == expected


@pytest.mark.parametrize(
    "fault", [Unavailable("x"), RateLimited("x", retry_after=0), OutcomeUnknown("x")]
)
def test_a_write_is_never_repeated(fault: SyncFault) -> None:
    pace, act = Pace(read_attempts=9, first_wait=0.001), FailsAtFirst(fault)
    with pytest.raises(type(fault)):
        pace.write("w", act)
    assert act.calls == 1
    assert pace.calls == {"w": 1}


def test_a_named_time_is_waited_for() -> None:
    began = time.monotonic()
    assert Pace(first_wait=0.0).read("r", FailsAtFirst(RateLimited("x", retry_after=0.15), 1)) == 2
    assert time.monotonic() - began >= 0.15


def test_the_slot_is_free_while_a_read_waits_for_its_next_attempt() -> None:
    pace = Pace(parallel_reads=1, first_wait=0.0)
    has_failed = threading.Event()

    def fail_once() -> str:
        if has_failed.is_set():
            return "late"
        has_failed.set()
        raise RateLimited("x", retry_after=0.5)

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(pace.read, "slow", fail_once)
        has_failed.wait(5)
        began = time.monotonic()
        assert pace.read("quick", lambda: "now") == "now"
        assert time.monotonic() - began < 0.4
        assert waiting.result() == "late"


def test_counts_are_exact_with_many_threads() -> None:
    pace = Pace(parallel_reads=8)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.read("r", int), range(2000)))
    assert pace.calls == {"r": 2000}
