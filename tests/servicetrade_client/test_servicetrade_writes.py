"""Writes go out once. What is not known afterwards is said to be not known."""

import logging
import socket
from collections.abc import Callable

import pytest

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncFault,
    Unavailable,
)
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import ENTITY_TYPES
from tests.servicetrade_client.servicetrade_standin import (
    CLIENT_ID,
    CLIENT_SECRET,
    Reply,
    StandIn,
    Trouble,
    envelope,
    refusal,
)

PATH = "/externalid/company/2500000000001201/spectrum"
KEPT = Reply(body=envelope({"value": "C00001"}))


def link(client: ServiceTrade) -> None:
    client.set_external_id("company", 2500000000001201, "C00001")


def test_an_external_id_is_put_where_it_belongs(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, KEPT)

    link(servicetrade)

    (request,) = standin.seen("PUT", PATH)
    assert request.json == {"value": "C00001"}
    assert request.headers["Content-Type"] == "application/json"
    assert servicetrade.calls["PUT /externalid"] == 1


@pytest.mark.parametrize(
    "lost",
    [
        Reply(trouble=Trouble.SILENCE),
        Reply(body=KEPT.body, trouble=Trouble.CUT),
        Reply(body=KEPT.body, trouble=Trouble.HALF_JSON),
        Reply(body=KEPT.body, delay=2.3),
        Reply(500, refusal("Oops")),
        Reply(502, b"<html>Bad gateway</html>"),
        Reply(200, b"<html>Welcome</html>", {"Content-Type": "text/html"}),
        Reply(200, b""),
    ],
    ids=["silence", "cut", "half json", "too slow", "500", "502", "html", "empty"],
)
def test_a_write_whose_answer_is_lost_is_unknown_and_not_repeated(
    standin: StandIn, servicetrade: ServiceTrade, lost: Reply
) -> None:
    standin.on("PUT", PATH, lost, KEPT)

    with pytest.raises(OutcomeUnknown) as caught:
        link(servicetrade)

    assert caught.value.operation == "PUT /externalid"
    assert len(standin.seen("PUT", PATH)) == 1


def test_a_reset_after_the_write_was_sent_is_unknown(
    connection: ServiceTradeConnection, standin: StandIn
) -> None:
    standin.on("PUT", PATH, KEPT)
    with ServiceTrade(connection) as client:
        link(client)
        standin.on("PUT", PATH, Reply(trouble=Trouble.SILENCE))
        with pytest.raises(OutcomeUnknown, match="the answer was lost"):
            link(client)


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_refused_write_is_a_rejection_in_servicetrades_words(
    standin: StandIn, servicetrade: ServiceTrade, status: int
) -> None:
    standin.on(
        "PUT", PATH, Reply(status, refusal("The value C00001 is used by company 17 already"))
    )

    with pytest.raises(Rejected, match="used by company 17 already"):
        link(servicetrade)
    assert len(standin.seen("PUT", PATH)) == 1


def test_the_id_by_which_support_finds_a_refused_request_is_logged(
    standin: StandIn, servicetrade: ServiceTrade, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "st_spectrum")
    standin.on("PUT", PATH, Reply(400, refusal("No."), {"x-request-id": "abc-123"}))

    with pytest.raises(Rejected):
        link(servicetrade)

    assert "PUT /externalid: HTTP 400, request abc-123" in caplog.text


def test_a_refusal_that_hides_in_a_success_is_a_rejection(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, Reply(200, refusal("Value is taken")))

    with pytest.raises(Rejected, match="Value is taken"):
        link(servicetrade)


def test_an_external_id_that_was_kept_differently_is_noticed(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, Reply(body=envelope({"value": "C00099"})))

    with pytest.raises(ContractBroken, match="'C00001' and is called 'C00099'"):
        link(servicetrade)


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Reply(403, refusal("Not allowed")), AccessDenied),
        (Reply(405, refusal("No such verb")), ContractBroken),
        (Reply(429, refusal("Slow down"), {"Retry-After": "0"}), RateLimited),
    ],
)
def test_other_refusals_have_their_family_and_are_not_repeated(
    standin: StandIn, servicetrade: ServiceTrade, reply: Reply, family: type[SyncFault]
) -> None:
    standin.on("PUT", PATH, reply, KEPT)

    with pytest.raises(family):
        link(servicetrade)
    assert len(standin.seen("PUT", PATH)) == 1


def test_a_write_to_a_server_that_is_not_there_was_certainly_not_carried_out(
    connection: ServiceTradeConnection,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nowhere = connection.model_copy(update={"base_url": f"http://127.0.0.1:{port}/api"})

    with ServiceTrade(nowhere) as client, pytest.raises(Unavailable) as caught:
        link(client)
    assert type(caught.value) is Unavailable


def test_a_server_that_goes_away_between_login_and_write_was_not_written_to(
    connection: ServiceTradeConnection,
) -> None:
    with StandIn() as server:
        server.on("GET", "/company/1", Reply(body=envelope({"id": 1, "name": "A"})))
        client = ServiceTrade(connection.model_copy(update={"base_url": server.url}))
        client.company(1)
        server.on(
            "GET",
            "/company/1",
            Reply(body=envelope({"id": 1, "name": "A"}), headers={"Connection": "close"}),
        )
        client.company(1)
    with client, pytest.raises(Unavailable):
        link(client)
    assert client.calls["PUT /externalid"] == 1


def test_a_write_that_was_turned_away_with_401_is_not_sent_again_and_the_next_one_has_a_new_login(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, KEPT)
    link(servicetrade)
    standin.expire_all()

    with pytest.raises(Unavailable, match="token is not valid; the next call has another"):
        link(servicetrade)
    assert len(standin.seen("PUT", PATH)) == 2
    link(servicetrade)

    assert len(standin.seen("PUT", PATH)) == 3
    assert standin.logins("client_credentials") == 2


PAGE = b"<html><body>Blocked by policy</body></html>"


STATUSES = (302, 400, 401, 403, 404, 407, 429)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PAGE), *((status, body) for status in STATUSES for body in (PAGE, {"error": "no"}))],
)
def test_what_a_middle_box_answers_to_a_write_proves_nothing_and_nothing_is_sent_again(
    standin: StandIn, servicetrade: ServiceTrade, status: int, body: object
) -> None:
    standin.on("PUT", PATH, Reply(status, body, {"Retry-After": "0"}), KEPT)

    with pytest.raises(ForeignAnswer):
        link(servicetrade)
    assert len(standin.seen("PUT", PATH)) == 1


@pytest.mark.parametrize(
    "login",
    [Reply(500), Reply(trouble=Trouble.SILENCE), Reply(429, refusal("x"), {"Retry-After": "0"})],
    ids=["500", "silence", "429"],
)
def test_a_login_that_fails_for_a_moment_costs_no_write(
    standin: StandIn, servicetrade: ServiceTrade, login: Reply
) -> None:
    standin.on("POST", "/oauth2/token", login)
    standin.on("PUT", PATH, KEPT)

    link(servicetrade)

    assert len(standin.seen("PUT", PATH)) == 1


def test_a_login_that_keeps_failing_means_that_nothing_was_written(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("POST", "/oauth2/token", *[Reply(500)] * 9)

    with pytest.raises(Unavailable):
        link(servicetrade)
    assert not standin.seen("PUT", PATH)


def test_a_comment_is_for_the_office_only(standin: StandIn, servicetrade: ServiceTrade) -> None:
    standin.on("POST", "/comment", Reply(201, envelope({"id": 1})))

    servicetrade.comment(
        ENTITY_TYPES["job"], 2500000000010482, "Spectrum has no cost center for this office."
    )

    (request,) = standin.seen("POST", "/comment")
    assert request.json == {
        "entityType": 3,
        "entityId": 2500000000010482,
        "content": "Spectrum has no cost center for this office.",
        "visibility": ["schedule", "billing"],
    }


def test_a_success_without_a_body_is_a_success(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("PUT", PATH, Reply(204))

    link(servicetrade)


LEAKS: list[Callable[[str], Reply]] = [
    lambda secret: Reply(400, refusal(f"Cannot use {secret}")),
    lambda secret: Reply(500, f"<html>{secret}</html>".encode()),
    lambda secret: Reply(200, f"Hello {secret}".encode()),
    lambda secret: Reply(418, refusal(secret)),
]


@pytest.mark.parametrize("leak", LEAKS)
def test_no_error_repeats_a_secret_that_the_server_sent_back(
    standin: StandIn, servicetrade: ServiceTrade, leak: Callable[[str], Reply]
) -> None:
    # The first login of the stand-in gives out exactly this token.
    for secret in ("access-value-1", "refresh-value-1", CLIENT_SECRET):
        standin.on("PUT", PATH, leak(secret))
        with pytest.raises(SyncFault) as caught:
            link(servicetrade)
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)
    assert CLIENT_ID not in str(caught.value)
