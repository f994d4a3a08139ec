"""Logging in: one login for all threads, refreshed in time, and never a secret in a text."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import AccessDenied, ContractBroken, Unavailable
from st_spectrum.servicetrade.auth import OAuth2Login
from st_spectrum.servicetrade.client import ServiceTrade
from tests.servicetrade_client.servicetrade_standin import (
    CLIENT_SECRET,
    PASSWORD,
    USERNAME,
    Reply,
    StandIn,
    envelope,
    refusal,
)

USER = Reply(body=envelope({"id": 61, "name": "Ty Tech"}))
ALL_SECRETS = ("access-value", "refresh-value", "session-value", CLIENT_SECRET, PASSWORD)


@pytest.fixture
def by_session(connection: ServiceTradeConnection) -> ServiceTradeConnection:
    return connection.model_copy(
        update={
            "auth": "session",
            "username": USERNAME,
            "password": SecretStr(PASSWORD),
            "client_id": "",
        }
    )


def test_many_threads_log_in_once(standin: StandIn, servicetrade: ServiceTrade) -> None:
    standin.on("GET", "/user/61", USER)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(servicetrade.user, [61] * 20))

    assert standin.logins("client_credentials") == 1
    assert standin.seen("GET", "/user/61")[0].headers["Authorization"] == "Bearer access-value-1"


def test_a_401_is_answered_by_one_refresh_for_all_threads(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", "/user/61", Reply(USER.status, USER.body, delay=0.02))
    servicetrade.user(61)
    standin.expire_access()

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(servicetrade.user, [61] * 12))

    assert (standin.logins("client_credentials"), standin.logins("refresh_token")) == (1, 1)


def test_each_refresh_uses_the_newest_refresh_token(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", "/user/61", USER)
    for _ in range(4):
        assert servicetrade.user(61)
        standin.expire_access()

    assert (standin.logins("client_credentials"), standin.logins("refresh_token")) == (1, 3)


def test_a_dead_refresh_token_is_followed_by_a_full_login(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", "/user/61", USER)
    servicetrade.user(61)
    standin.expire_all()

    assert servicetrade.user(61)
    assert (standin.logins("client_credentials"), standin.logins("refresh_token")) == (2, 0)


def test_a_refreshed_token_that_is_refused_too_is_followed_by_a_full_login_and_then_by_the_truth(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", "/user/61", Reply(401, refusal("Never you")))

    with pytest.raises(AccessDenied, match="Never you"):
        servicetrade.user(61)
    assert (standin.logins("client_credentials"), standin.logins("refresh_token")) == (2, 1)
    assert len(standin.seen("GET", "/user/61")) == 3


def test_a_wrong_secret_is_said_without_the_secret(connection: ServiceTradeConnection) -> None:
    wrong = connection.model_copy(update={"client_secret": SecretStr("wrong-secret-value")})

    with ServiceTrade(wrong) as client, pytest.raises(AccessDenied) as caught:
        client.user(61)
    assert "client id or client secret is refused (HTTP 401)" in str(caught.value)
    assert "wrong-secret-value" not in str(caught.value)
    assert client.calls == {"POST /oauth2/token": 1}


def test_a_session_is_opened_once_and_carried_as_a_cookie(
    standin: StandIn, by_session: ServiceTradeConnection
) -> None:
    standin.on("GET", "/user/61", USER)

    with ServiceTrade(by_session) as client:
        assert client.user(61)
        standin.expire_all()
        assert client.user(61)

    assert standin.logins("session") == 2
    assert [request.headers["Cookie"] for request in standin.seen("GET", "/user/61")] == [
        "PHPSESSID=session-value-1",
        "PHPSESSID=session-value-1",
        "PHPSESSID=session-value-2",
    ]


def test_a_cookie_that_nobody_asked_for_is_not_sent_back(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on(
        "GET", "/user/61", Reply(200, USER.body, {"Set-Cookie": "PHPSESSID=uninvited; path=/"})
    )

    servicetrade.user(61)
    servicetrade.user(61)

    assert "Cookie" not in standin.seen("GET", "/user/61")[1].headers


def test_a_wrong_password_is_said_without_the_password(by_session: ServiceTradeConnection) -> None:
    wrong = by_session.model_copy(update={"password": SecretStr("wrong-password-value")})

    with ServiceTrade(wrong) as client, pytest.raises(AccessDenied) as caught:
        client.user(61)
    assert "user name or password is refused (HTTP 403)" in str(caught.value)
    assert "wrong-password-value" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [{}, {"data": {"access_token": "x"}}, {"access_token": ""}, b"<html>", []]
)
def test_a_login_without_a_token_is_said_plainly(
    standin: StandIn, servicetrade: ServiceTrade, body: object
) -> None:
    standin.on("POST", "/oauth2/token", *[Reply(body=body)] * 3)

    with pytest.raises(ContractBroken):
        servicetrade.user(61)


@pytest.mark.parametrize("kind", ["oauth2", "session"])
def test_no_log_line_holds_a_secret(
    standin: StandIn,
    connection: ServiceTradeConnection,
    by_session: ServiceTradeConnection,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    standin.on("GET", "/user/61", Reply(500, refusal("access-value-1")), USER, Reply(418))

    with ServiceTrade(by_session if kind == "session" else connection) as client:
        assert client.user(61)
        standin.expire_all()
        with pytest.raises(ContractBroken):
            client.user(61)
        assert not any(secret in repr(vars(client)) for secret in ALL_SECRETS)

    written = "\n".join(record.getMessage() for record in caplog.records) + caplog.text
    assert "/user/61" in written
    assert not [secret for secret in ALL_SECRETS if secret in written]


class Hours:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def issuing(
    answers: list[Mapping[str, object] | Exception],
) -> tuple[Callable[..., Mapping[str, object]], list[str]]:
    asked: list[str] = []

    def exchange(path: str, form: Mapping[str, str]) -> Mapping[str, object]:
        asked.append(form.get("refresh_token", form["grant_type"]))
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return exchange, asked


def test_a_token_is_refreshed_when_under_five_minutes_are_left() -> None:
    clock = Hours()
    day = {"access_token": "a1", "refresh_token": "r1", "expires_in": 86_400}
    exchange, asked = issuing([day, {**day, "access_token": "a2"}])
    login = OAuth2Login("id", "secret", exchange, clock)

    assert login.token() == "a1"
    clock.now += 86_400 - 301
    assert login.token() == "a1"
    clock.now += 2
    assert login.token() == "a2"
    assert asked == ["client_credentials", "r1"]


def test_a_token_that_lives_for_minutes_is_not_refreshed_before_every_call() -> None:
    exchange, asked = issuing([{"access_token": "a1", "refresh_token": "r1", "expires_in": "120"}])
    login = OAuth2Login("id", "secret", exchange, Hours())

    assert [login.token() for _ in range(5)] == ["a1"] * 5
    assert asked == ["client_credentials"]


def test_an_early_refresh_that_fails_leaves_the_token_that_still_works() -> None:
    clock = Hours()
    exchange, asked = issuing(
        [
            {"access_token": "a1", "refresh_token": "r1", "expires_in": 3600},
            Unavailable("down"),
            {"access_token": "a2", "expires_in": 3600},
        ]
    )
    login = OAuth2Login("id", "secret", exchange, clock)

    login.token()
    clock.now += 3500
    assert login.token() == "a1"
    # The refresh token may have been used up by the answer that was lost.
    assert login.token() == "a2"
    assert asked == ["client_credentials", "r1", "client_credentials"]


def test_a_refresh_token_that_is_not_replaced_stays_in_use() -> None:
    clock = Hours()
    exchange, asked = issuing(
        [
            {"access_token": "a1", "refresh_token": "r1", "expires_in": 3600},
            {"access_token": "a2"},
            {"access_token": "a3"},
        ]
    )
    login = OAuth2Login("id", "secret", exchange, clock)

    login.token()
    clock.now += 3600
    assert login.token() == "a2"
    clock.now += 86_400
    assert login.token() == "a3"
    assert asked == ["client_credentials", "r1", "r1"]
