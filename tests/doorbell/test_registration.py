"""Our webhook in ServiceTrade is there once, whatever was there before."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.account.doorbell import Doorbell
from st_spectrum.domain.errors import AccessDenied
from st_spectrum.doorbell.registration import keep_registered, register, unregister
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from st_spectrum.sandbox.door import Door
from st_spectrum.servicetrade.client import ServiceTrade

SECRET = "s" * 40
BELL = Doorbell(url="https://hooks.example.com/northwind", secret=SECRET)
SOMEBODY = "https://hooks.example.com/northwind-of-others/x"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with Door(tmp_path) as door:
        yield door


@pytest.fixture
def client(door: Door) -> Iterator[ServiceTrade]:
    connection = ServiceTradeConnection(
        base_url=door.servicetrade_url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    with ServiceTrade(connection, transport=door.transports().servicetrade) as client:
        yield client


class OverAtItsSecondLook(threading.Event):
    """Lets nobody wait, and ends what waits twice."""

    waits = 0

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - of `Event`
        self.waits += 1
        return self.waits == 2


def addresses(client: ServiceTrade) -> list[str]:
    return [hook.hook_url for hook in client.webhooks.all()]


def writes(control: Control) -> list[str]:
    return [call.operation for call in control.calls(system="servicetrade", writes=True)]


def test_it_is_set_up_once_and_then_left_alone(door: Door, client: ServiceTrade) -> None:
    assert register(client.webhooks, BELL) == (
        "ServiceTrade's webhook for https://hooks.example.com/northwind is set up."
    )
    assert register(client.webhooks, BELL) == ""
    assert addresses(client) == [BELL.hook_url]
    assert writes(door.control) == ["POST /webhook"]


def test_webhooks_of_others_stay(client: ServiceTrade) -> None:
    client.webhooks.add(SOMEBODY)
    register(client.webhooks, BELL)
    assert sorted(addresses(client)) == sorted([SOMEBODY, BELL.hook_url])


def test_one_with_an_earlier_secret_goes_and_is_told(client: ServiceTrade) -> None:
    earlier = Doorbell(url=BELL.url, secret="t" * 40)
    register(client.webhooks, earlier)
    registered = register(client.webhooks, BELL)
    assert addresses(client) == [BELL.hook_url]
    assert "is set up, replaces webhook" in registered
    assert SECRET not in registered
    assert "t" * 40 not in registered


def test_a_second_one_goes(client: ServiceTrade) -> None:
    client.webhooks.add(BELL.hook_url)
    client.webhooks.add(BELL.hook_url)
    register(client.webhooks, BELL)
    assert addresses(client) == [BELL.hook_url]


def test_one_that_somebody_switched_off_or_narrowed_is_switched_on_for_everything(
    door: Door, client: ServiceTrade
) -> None:
    register(client.webhooks, BELL)
    [hook] = client.webhooks.all()
    changes: dict[str, Any] = {"enabled": False, "entityEvents": []}
    door.rig.inside("servicetrade").edit("webhook", hook.id, changes)
    assert "is switched on for everything" in register(client.webhooks, BELL)
    [hook] = client.webhooks.all()
    assert (hook.enabled, hook.is_filtered) == (True, False)


def test_an_answer_that_was_lost_makes_no_second_one(door: Door, client: ServiceTrade) -> None:
    door.control.add_fault(system="servicetrade", operation="POST /webhook", kind="drop_answer")
    said: list[str] = []
    keep_registered(client.webhooks, BELL, OverAtItsSecondLook(), said.append)
    assert addresses(client) == [BELL.hook_url]
    assert [line.partition(":")[0] for line in said] == ["The webhook could not be set up"]


def test_without_the_right_it_is_told_and_nothing_else_happens(
    door: Door, client: ServiceTrade
) -> None:
    door.control.switch("servicetrade", is_account_admin=False)
    with pytest.raises(AccessDenied):
        register(client.webhooks, BELL)


def test_whoever_does_without_leaves_none_behind(client: ServiceTrade) -> None:
    client.webhooks.add(SOMEBODY)
    register(client.webhooks, BELL)
    assert unregister(client.webhooks, BELL) == 1
    assert addresses(client) == [SOMEBODY]
