"""Threads that share one message: nothing lost, nothing sent twice, nobody gets another's
answer.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from st_spectrum.domain.errors import (
    OutcomeUnknown,
    Problem,
    RateLimited,
    Rejected,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.rest.group import Group


class Sender:
    """Notes every batch. Odd items are refused; `failure` fails the whole send; the first send
    waits for `may_go`.
    """

    def __init__(self, failure: Exception | None = None) -> None:
        self.batches: list[Sequence[int]] = []
        self.failure = failure
        self.may_go = threading.Event()
        self.may_go.set()
        self._lock = threading.Lock()

    def __call__(self, items: Sequence[int]) -> list[str | Exception]:
        with self._lock:
            self.batches.append(items)
        self.may_go.wait(5)
        if self.failure:
            raise self.failure
        return [
            Rejected([Problem("I", f"no {item}")]) if item % 2 else f"yes {item}" for item in items
        ]

    @property
    def sent(self) -> list[int]:
        return sorted(item for batch in self.batches for item in batch)


def outcome(group: Group[int, str], item: int) -> str:
    try:
        return group.call(item)
    except SyncFault as fault:
        return fault.message


def until(condition: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.001)


def in_threads(group: Group[int, str], items: Sequence[int], threads: int) -> list[str]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda item: outcome(group, item), items))


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 40),
    threads=st.integers(1, 12),
    most=st.integers(1, 9),
    wait=st.sampled_from([0, 0.002]),
)
def test_no_item_is_lost_sent_twice_or_answered_with_anothers_result(
    count: int, threads: int, most: int, wait: float
) -> None:
    sender = Sender()

    results = in_threads(Group(sender, most, wait), range(count), threads)

    assert results == [f"no {item}" if item % 2 else f"yes {item}" for item in range(count)]
    assert sender.sent == list(range(count))
    assert all(1 <= len(batch) <= most for batch in sender.batches)


def test_a_thread_that_is_alone_does_not_wait() -> None:
    group = Group(Sender(), most=50, wait_seconds=5.0)
    began = time.monotonic()

    assert [group.call(item) for item in (0, 2, 4)] == ["yes 0", "yes 2", "yes 4"]
    assert time.monotonic() - began < 1


def test_those_who_come_while_another_is_sending_go_out_together_and_never_too_many() -> None:
    sender = Sender()
    sender.may_go.clear()
    group = Group(sender, most=3, wait_seconds=30.0)
    with ThreadPoolExecutor(7) as pool:
        calls = [pool.submit(group.call, 0)]
        until(lambda: len(sender.batches) == 1)
        calls += [pool.submit(group.call, item) for item in (2, 4, 6, 8, 10, 12)]
        # Full, so nobody waits for the thirty seconds to pass.
        until(lambda: len(sender.batches) == 3)
        sender.may_go.set()
        assert [call.result() for call in calls] == [
            f"yes {item}" for item in (0, 2, 4, 6, 8, 10, 12)
        ]
    assert [len(batch) for batch in sender.batches] == [1, 3, 3]


def test_a_leader_stops_waiting_when_its_time_is_over() -> None:
    sender = Sender()
    sender.may_go.clear()
    group = Group(sender, most=50, wait_seconds=0.05)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(group.call, 0)]
        until(lambda: len(sender.batches) == 1)
        calls.append(pool.submit(group.call, 2))
        until(lambda: len(sender.batches) == 2)
        sender.may_go.set()
        assert [call.result() for call in calls] == ["yes 0", "yes 2"]


def test_a_leader_stops_waiting_when_the_last_other_thread_leaves() -> None:
    sender = Sender()
    sender.may_go.clear()
    group = Group(sender, most=50, wait_seconds=30.0)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.call, 0)
        until(lambda: len(sender.batches) == 1)
        second = pool.submit(group.call, 2)
        until(lambda: group._open is not None)
        sender.may_go.set()
        assert [first.result(), second.result()] == ["yes 0", "yes 2"]
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "failure",
    [
        OutcomeUnknown(
            "the answer was lost", system="spectrum", operation="POST /customer/invoice"
        ),
        RateLimited("slow down", retry_after=7.0, system="spectrum"),
        Rejected([Problem("I", "no", "Company_Code")], system="spectrum"),
        RuntimeError("odd"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_send_that_fails_fails_for_everybody_with_an_exception_of_their_own(
    failure: Exception,
) -> None:
    sender = Sender(failure)
    sender.may_go.clear()
    group = Group(sender, most=4, wait_seconds=5.0)
    caught: list[Exception] = []

    def call(item: int) -> None:
        try:
            group.call(item)
        except Exception as error:  # noqa: BLE001
            caught.append(error)

    with ThreadPoolExecutor(5) as pool:
        pool.submit(call, 0)
        until(lambda: len(sender.batches) == 1)
        for item in (2, 4, 6, 8):
            pool.submit(call, item)
        until(lambda: len(sender.batches) == 2)
        sender.may_go.set()

    assert sender.sent == [0, 2, 4, 6, 8]
    assert {type(error) for error in caught} == {type(failure)}
    assert {str(error) for error in caught} == {str(failure)}
    assert len({id(error) for error in caught}) == 5
    assert [vars(error) for error in caught] == [vars(failure)] * 5


def test_results_that_do_not_fit_the_items_leave_everybody_in_the_dark() -> None:
    with pytest.raises(OutcomeUnknown, match="1 items were sent and 2 results came back"):
        Group[int, str](lambda _: ["yes", "yes"], 5, 0).call(1)


def test_nobody_waits_for_ever_when_the_sending_thread_is_interrupted() -> None:
    began, may_go = threading.Event(), threading.Event()

    def interrupted(items: Sequence[int]) -> list[str | Exception]:
        if items[0] == 0:
            began.set()
            may_go.wait(5)
            return ["yes 0"]
        raise KeyboardInterrupt

    group = Group(interrupted, most=2, wait_seconds=5.0)
    ended: list[type[BaseException]] = []

    def call(item: int) -> None:
        try:
            group.call(item)
        except BaseException as error:  # noqa: BLE001
            ended.append(type(error))

    threads = [threading.Thread(target=call, args=(item,)) for item in range(3)]
    threads[0].start()
    assert began.wait(5)
    for thread in threads[1:]:
        thread.start()
    threads[1].join(5)
    threads[2].join(5)
    may_go.set()
    threads[0].join(5)

    assert not any(thread.is_alive() for thread in threads)
    assert sorted(kind.__name__ for kind in ended) == ["KeyboardInterrupt", "OutcomeUnknown"]


def test_a_leader_interrupted_before_it_sent_says_that_nothing_was_sent() -> None:
    sender = Sender()
    is_joined = threading.Event()

    def interrupted() -> float:
        assert is_joined.wait(5)
        raise KeyboardInterrupt

    group = Group(sender, most=50, wait_seconds=5.0, clock=interrupted)
    ended: list[BaseException] = []

    def call(item: int) -> None:
        try:
            group.call(item)
        except BaseException as error:  # noqa: BLE001
            ended.append(error)

    first = threading.Thread(target=call, args=(0,))
    first.start()
    until(lambda: group._open is not None)
    second = threading.Thread(target=call, args=(2,))
    second.start()
    until(lambda: group._open is not None and len(group._open.items) == 2)
    is_joined.set()
    first.join(5)
    second.join(5)

    assert sorted(type(error).__name__ for error in ended) == ["KeyboardInterrupt", "Unavailable"]
    assert Unavailable in {type(error) for error in ended}
    assert sender.sent == []
