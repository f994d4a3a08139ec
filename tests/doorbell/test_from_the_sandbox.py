"""What ServiceTrade sends on its own comes through the door and rings: once, twice, late or not at
all.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.doorbell.door import build_door, open_door
from st_spectrum.doorbell.ringing import BellPace, Bells
from st_spectrum.flows import FLOWS
from st_spectrum.serving.ports import free_port, is_answering
from tests.doorbell.stand_in import DagsterStandIn
from tests.sandbox.servicetrade_api import Api

PATH = "/bell/" + "s" * 40


@pytest.fixture
def dagster() -> DagsterStandIn:
    return DagsterStandIn()


@pytest.fixture
def api(tmp_path: Path, dagster: DagsterStandIn) -> Iterator[Api]:
    """ServiceTrade, with a webhook that leads to the bells."""
    port, bells = free_port(), Bells(FLOWS, dagster, print, BellPace(gather=0.02, again=0.02))
    server = open_door(build_door(PATH, bells.ring), "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not is_answering("127.0.0.1", port):
        time.sleep(0.01)
    api = Api(tmp_path)
    api.must("POST", "webhook", {"hookUrl": f"http://127.0.0.1:{port}{PATH}"})
    yield api
    api.sandbox.close()
    server.should_exit = True
    thread.join()
    bells.stop()


def enter(api: Api, dagster: DagsterStandIn) -> None:
    dagster.due = {"customers": dagster.due.get("customers", 0) + 1}
    api.company()


def launched(dagster: DagsterStandIn, count: int) -> list[str]:
    deadline = time.monotonic() + 5
    while len(dagster.launched) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    return dagster.launched


@pytest.mark.parametrize("copies", [1, 2])
def test_a_message_once_or_twice_is_one_run(api: Api, dagster: DagsterStandIn, copies: int) -> None:
    api.sandbox.switch("webhook_copies", copies)
    enter(api, dagster)
    assert launched(dagster, 1) == ["customers-1"]
    assert all(attempt.status == 200 for attempt in api.sandbox.deliveries.attempts)


def test_a_lost_message_is_made_good_by_the_next_one(api: Api, dagster: DagsterStandIn) -> None:
    api.sandbox.switch("webhook_copies", 0)
    enter(api, dagster)
    assert launched(dagster, 0) == []
    api.sandbox.switch("webhook_copies", 1)
    enter(api, dagster)
    assert launched(dagster, 1) == ["customers-2"]


def test_a_late_message_is_late_and_no_more(api: Api, dagster: DagsterStandIn) -> None:
    api.sandbox.switch("webhook_delay_ms", 300)
    enter(api, dagster)
    assert dagster.launched == []
    assert launched(dagster, 1) == ["customers-1"]
