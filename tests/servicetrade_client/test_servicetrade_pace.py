"""How requests wait for the compute budget, with a clock that sleeping moves."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import RateLimited
from st_spectrum.servicetrade.pace import PAUSE_MAXIMUM, REFILL_SECONDS, Pace
from st_spectrum.servicetrade.wire import Budget


class Night:
    """A clock that moves by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def night() -> Night:
    return Night()


@pytest.fixture
def pace(night: Night) -> Pace:
    return Pace(2, 65, clock=night.clock, sleep=night.sleep)


def ask(pace: Pace) -> None:
    with pace.slot("GET /job"):
        pass


def test_nothing_waits_while_nothing_is_known(pace: Pace, night: Night) -> None:
    ask(pace)

    assert night.naps == []


def test_requests_slow_down_below_a_tenth_of_the_full_budget(pace: Pace, night: Night) -> None:
    pace.observe(Budget(20, 59_980))
    pace.observe(Budget(20, 6_000))
    ask(pace)
    assert night.naps == []

    pace.observe(Budget(20, 3_000))
    ask(pace)
    assert night.naps == [pytest.approx(PAUSE_MAXIMUM / 2)]


def test_a_reading_from_before_the_refill_slows_nothing(pace: Pace, night: Night) -> None:
    pace.observe(Budget(0, 60_000))
    pace.observe(Budget(20, 0))
    night.now += REFILL_SECONDS

    ask(pace)

    assert night.naps == []


@given(st.integers(0, 10**6), st.integers(-(10**6), 10**6), st.integers(0, 10**6))
def test_no_budget_makes_a_request_wait_long(full: int, balance: int, usage: int) -> None:
    pace = Pace(1, 65, clock=lambda: 0.0)
    pace.observe(Budget(0, full))
    pace.observe(Budget(usage, balance))

    assert 0 <= pace.pause() <= PAUSE_MAXIMUM


def test_a_block_holds_the_next_request_until_it_is_over(pace: Pace, night: Night) -> None:
    pace.block(9)
    pace.block(3)

    ask(pace)
    ask(pace)

    assert night.naps == [9]


def test_a_block_that_is_made_longer_meanwhile_is_waited_for_too() -> None:
    night = Night()

    def sleep(seconds: float) -> None:
        if not night.naps:
            pace.block(12)
        night.sleep(seconds)

    pace = Pace(1, 65, clock=night.clock, sleep=sleep)
    pace.block(5)

    ask(pace)

    assert night.now == 12


def test_a_block_longer_than_our_patience_says_when_to_come_back(pace: Pace, night: Night) -> None:
    pace.block(120)
    night.now += 20

    with pytest.raises(RateLimited) as caught:
        ask(pace)

    assert caught.value.retry_after == 100
    assert night.naps == []


def test_no_more_than_the_places_are_taken_at_once() -> None:
    pace = Pace(2, 65)
    busy: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with pace.slot("GET /job"):
            busy.append(number)
            most.append(len(busy))
            time.sleep(0.005)
            busy.remove(number)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(24)))

    assert max(most) == 2


def test_a_request_that_fails_gives_its_place_back(pace: Pace) -> None:
    for _ in range(5):
        with pytest.raises(ValueError), pace.slot("GET /job"):
            raise ValueError
    ask(pace)
