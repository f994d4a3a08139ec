"""A stand-in and a client that talks to it; retries do not wait, but are as many as in real use."""

from collections.abc import Iterator

import pytest
import stamina
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from tests.servicetrade_client.servicetrade_standin import CLIENT_ID, CLIENT_SECRET, StandIn
from tests.world.dispatcher import Dispatcher


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@pytest.fixture(autouse=True)
def retries_do_not_wait() -> Iterator[None]:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture
def connection(standin: StandIn) -> ServiceTradeConnection:
    return ServiceTradeConnection(
        base_url=standin.url,
        client_id=CLIENT_ID,
        client_secret=SecretStr(CLIENT_SECRET),
        timeout_seconds=2,
        read_attempts=3,
        page_limit=2,
    )


@pytest.fixture
def servicetrade(connection: ServiceTradeConnection) -> Iterator[ServiceTrade]:
    with ServiceTrade(connection) as client:
        yield client


@pytest.fixture
def office(sandbox: Sandbox) -> Iterator[ServiceTradeCaller]:
    """ServiceTrade's stand-in, as people use it."""
    with ServiceTradeCaller(sandbox.servicetrade_url) as caller:
        yield caller


@pytest.fixture
def dispatcher(office: ServiceTradeCaller) -> Dispatcher:
    return Dispatcher(office)
