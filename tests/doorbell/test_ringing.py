"""From rings to runs: lost, doubled, forged, late or far too many, nothing changes but the
delay.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from st_spectrum.doorbell.dagster_api import DagsterSilent
from st_spectrum.doorbell.ringing import BellPace, Bells
from st_spectrum.flows import FLOWS
from tests.doorbell.stand_in import DagsterStandIn

SOON = 5.0
QUICK = BellPace(gather=0.02, again=0.02)


@pytest.fixture
def dagster() -> DagsterStandIn:
    return DagsterStandIn()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def bells(dagster: DagsterStandIn, said: list[str]) -> Iterator[Bells]:
    bells = Bells(FLOWS, dagster, said.append, QUICK)
    yield bells
    bells.stop()


def message_about(*kinds: str) -> bytes:
    return json.dumps({"data": [{"entity": {"type": kind, "id": 1}} for kind in kinds]}).encode()


def soon(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_ring_has_what_the_sensor_asks_for_launched(
    dagster: DagsterStandIn, bells: Bells, said: list[str]
) -> None:
    dagster.due = {"jobs": 1}
    assert bells.ring(message_about("job"))
    soon(lambda: said)
    assert dagster.launched == ["jobs-1"]
    assert said == ["jobs: rung; run 01234567 carries 1."]
    soon(lambda: dagster.kept == [("jobs", "asked")])


def test_a_forged_ring_costs_a_look_and_nothing_else(
    dagster: DagsterStandIn, bells: Bells, said: list[str]
) -> None:
    bells.ring(message_about("invoice"))
    soon(lambda: dagster.evaluated)
    time.sleep(0.05)
    assert (dagster.launched, dagster.kept, said) == ([], [], [])


def test_a_ring_twice_is_one_run(dagster: DagsterStandIn, bells: Bells) -> None:
    dagster.due = {"jobs": 1}
    for _ in range(2):
        bells.ring(message_about("job"))
        soon(lambda: dagster.launched)
        time.sleep(0.1)
    assert dagster.launched == ["jobs-1"]


def test_a_flood_is_a_few_looks(dagster: DagsterStandIn, bells: Bells) -> None:
    ends = time.monotonic() + 1
    while time.monotonic() < ends:
        bells.ring(message_about("job", "company"))
    assert set(dagster.evaluated) == {"customers", "jobs"}
    assert len(dagster.evaluated) < 20
    assert threading.active_count() < 50


def test_looks_in_vain_grow_rarer_until_they_are_as_rare_as_ticks() -> None:
    pauses = [BellPace().pause(looks) for looks in (0, 1, 2, 3, 4, 5, 6, 1000)]
    assert pauses == [0, 0, 0.5, 1, 2, 4, 5, 5]


def test_after_a_flood_what_is_new_is_asked_for(dagster: DagsterStandIn, bells: Bells) -> None:
    for _ in range(5):
        bells.ring(message_about("job"))
        time.sleep(0.05)
    dagster.due = {"jobs": 1}
    bells.ring(message_about("job"))
    soon(lambda: dagster.launched == ["jobs-1"])


def test_what_comes_while_a_run_is_going_is_asked_for_at_its_end(
    dagster: DagsterStandIn, bells: Bells
) -> None:
    dagster.due, dagster.going = {"jobs": 1}, {"jobs"}
    bells.ring(message_about("job"))
    soon(lambda: dagster.looked > 2)
    assert dagster.launched == []
    dagster.going = set()
    soon(lambda: dagster.launched == ["jobs-1"])


def test_a_run_that_never_ends_is_left_to_the_sensor(
    dagster: DagsterStandIn, said: list[str]
) -> None:
    bells = Bells(FLOWS, dagster, said.append, replace(QUICK, patience=0.05))
    dagster.going = {"jobs"}
    bells.ring(message_about("job"))
    soon(lambda: said)
    bells.stop()
    assert said == ["jobs: a run is going for long; what is new waits for the sensor."]


@pytest.mark.parametrize("change", [{"is_on": False}, {"cursor": None}])
def test_a_sensor_that_is_off_or_has_never_ticked_is_not_overtaken(
    dagster: DagsterStandIn, bells: Bells, said: list[str], change: dict
) -> None:
    vars(dagster).update(change, due={"jobs": 1})
    bells.ring(message_about("job"))
    soon(lambda: said)
    assert dagster.evaluated == []


@pytest.mark.parametrize("fault", [DagsterSilent("it does not answer"), RuntimeError("odd")])
def test_without_dagster_a_ring_is_dropped_with_one_line_and_the_next_one_is_heard(
    dagster: DagsterStandIn, bells: Bells, said: list[str], fault: Exception
) -> None:
    dagster.fault = fault
    for _ in range(3):
        bells.ring(message_about("job"))
        time.sleep(0.06)
    soon(lambda: said)
    assert len(said) == 1
    dagster.fault, dagster.due = None, {"jobs": 1}
    bells.ring(message_about("job"))
    soon(lambda: dagster.launched == ["jobs-1"])


def test_unknown_kinds_and_nonsense_ring_for_nobody(dagster: DagsterStandIn, bells: Bells) -> None:
    assert bells.ring(message_about("quote", "unheard_of"))
    assert not bells.ring(b"nonsense")
    time.sleep(0.1)
    assert dagster.looked == 0


def test_ringing_never_waits(dagster: DagsterStandIn, bells: Bells) -> None:
    dagster.going = {"jobs"}
    started = time.monotonic()
    for _ in range(200):
        bells.ring(message_about("job"))
    assert time.monotonic() - started < 1
