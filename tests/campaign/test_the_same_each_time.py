"""A history depends on what it is made of alone: played again, each call goes out in the same order
and ends in the same way.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.campaign.happenings import Interleaved
from tests.campaign.in_order import Crew, give_way
from tests.campaign.people import ByHand
from tests.campaign.running import one_block
from tests.campaign.trial import outcome_of
from tests.campaign.whole import EVERY_CASE
from tests.histories.events import Fault, Make, Work
from tests.histories.place import Place

HAPPENED = [
    *[Make()] * 9,
    Fault("spectrum", "*", "drop_answer", count=3, skip=2),
    Fault("servicetrade", "*", "status", count=2, skip=9),
    Interleaved(3, 5),
    ByHand("invoices", "is reversed at the screen", 0),
    Work(dies_at=11),
]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_history_that_is_played_again_makes_the_same_calls(place: Place, workers: int) -> None:
    seen = []
    for _ in range(2):
        with place.history(EVERY_CASE["all six by REST"], workers=workers) as history:
            outcome = outcome_of(history, HAPPENED)
            calls = place.door.rig.calls.entries()
            seen.append(
                (outcome, [(call.operation, call.key, call.is_committed) for call in calls])
            )
    assert seen[0] == seen[1]


def test_a_block_of_a_seed_has_the_same_figures_each_time() -> None:
    first, again = (one_block("product", "time by REST", 8, 4) for _ in range(2))
    first.seconds = again.seconds = 0.0
    assert first == again


@pytest.mark.timeout(20)
def test_one_of_a_crew_that_gives_way_with_a_lock_in_hand_gets_on() -> None:
    lock, ended = threading.Lock(), list[str]()

    def read(name: str) -> None:
        with lock:
            give_way()
            ended.append(name)

    list(Crew(3).map(read, "abc"))
    assert sorted(ended) == ["a", "b", "c"] and not lock.locked()


def test_a_lock_that_a_thread_of_its_own_holds_is_waited_for() -> None:
    lock, is_held = threading.Lock(), threading.Event()
    may_end = threading.Event()

    def hold() -> None:
        with lock:
            is_held.set()
            may_end.wait(10)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        assert is_held.wait(10) and not lock.acquire(blocking=False)
        may_end.set()
        assert lock.acquire(timeout=10)
