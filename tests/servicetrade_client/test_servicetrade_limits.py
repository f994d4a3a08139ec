"""How long the client waits, how many requests it makes at once, and whom it does not call at
all.
"""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import (
    RateLimited,
    SettingsInvalid,
    Unavailable,
)
from st_spectrum.servicetrade.client import ServiceTrade
from tests.servicetrade_client.servicetrade_standin import (
    COMPANY,
    HARBOR,
    ONE,
    Reply,
    StandIn,
    envelope,
    refusal,
)


def test_a_server_that_is_not_there_is_unavailable(connection: ServiceTradeConnection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nowhere = connection.model_copy(update={"base_url": f"http://127.0.0.1:{port}/api"})

    with (
        ServiceTrade(nowhere) as client,
        pytest.raises(Unavailable, match=f"127.0.0.1:{port} cannot be reached"),
    ):
        client.company(1)
    assert client.calls == {"POST /oauth2/token": 3}


def test_a_slow_server_is_waited_for_only_so_long(
    standin: StandIn, connection: ServiceTradeConnection
) -> None:
    standin.on("GET", COMPANY, Reply(body=ONE.body, delay=0.6))
    impatient = connection.model_copy(update={"timeout_seconds": 0.2, "read_attempts": 2})

    with ServiceTrade(impatient) as client:
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="timed out"):
            client.company(2500000000001201)
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    "url", ["api.servicetrade.com/api", "ftp://x/api", "http://", "http://[::1"]
)
def test_an_odd_address_is_found_before_anything_is_called(
    connection: ServiceTradeConnection, url: str
) -> None:
    with pytest.raises(SettingsInvalid, match=r"servicetrade\.base_url"):
        ServiceTrade(connection.model_copy(update={"base_url": url}))


def test_no_more_requests_run_at_once_than_allowed(
    standin: StandIn, connection: ServiceTradeConnection
) -> None:
    standin.on("GET", COMPANY, Reply(body=ONE.body, delay=0.03))

    with (
        ServiceTrade(connection.model_copy(update={"parallel_requests": 2})) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        found = list(threads.map(client.company, [2500000000001201] * 24))

    assert all(found)
    assert standin.is_busy_at_most == 2
    assert client.calls["GET /company/{id}"] == 24


def test_after_a_429_all_threads_stay_away_until_then(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", COMPANY, Reply(429, refusal("Slow down"), {"Retry-After": "1"}), ONE)
    standin.on(
        "GET", "/user/61", Reply(body=envelope({"id": 61, "externalIds": {"spectrum": "E1007"}}))
    )

    with ThreadPoolExecutor(4) as threads:
        company = threads.submit(servicetrade.company, 2500000000001201)
        while not standin.seen("GET", COMPANY):
            time.sleep(0.005)
        time.sleep(0.1)
        users = [threads.submit(servicetrade.user, 61) for _ in range(3)]
        assert company.result() is not None
        assert all(user.result() is not None for user in users)

    refused, *later = [request for request in standin.requests if request.path != "/oauth2/token"]
    assert len(later) == 4
    assert min(request.at for request in later) - refused.at >= 0.95


def test_a_budget_that_runs_low_slows_the_next_request(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", COMPANY, ONE, Reply(body=envelope(HARBOR, balance_ms=4_500)), ONE)

    for _ in range(3):
        servicetrade.company(2500000000001201)

    first, second, third = (request.at for request in standin.seen("GET", COMPANY))
    assert second - first < 0.4
    assert third - second >= 0.45


def test_a_wait_beyond_our_patience_is_not_begun(
    standin: StandIn, connection: ServiceTradeConnection
) -> None:
    standin.on("GET", COMPANY, Reply(429, refusal("Slow down"), {"Retry-After": "120"}))

    with ServiceTrade(connection, patience_seconds=5) as client:
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                client.company(2500000000001201)
            assert 110 < caught.value.retry_after <= 120
    assert len(standin.seen("GET", COMPANY)) == 1
