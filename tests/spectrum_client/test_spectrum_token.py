"""Enhanced authentication: one token for many calls, replaced in time, and a new one when it is
refused.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.rest.transport import TokenSource

from .conftest import connection_to
from .stand_in import Answer, SpectrumStandIn
from .test_spectrum_transport import PHASE, TAKEN

BEARER = {"auth": "bearer", "client_id": "Spectrum-1", "client_secret": SecretStr("ROTATING")}


def grant(token: str, seconds: float | None = 3600) -> Answer:
    return Answer(
        json.dumps({"access_token": token, "expires_in": seconds, "token_type": "Bearer"}).encode()
    )


@pytest.fixture
def bearer(server: SpectrumStandIn, tmp_path: Path, no_waiting: None) -> Iterator[Spectrum]:
    server.token_reply, server.otherwise = grant("first"), TAKEN
    with Spectrum(connection_to(server.url, **BEARER), tmp_path) as spectrum:
        yield spectrum


def shown(server: SpectrumStandIn, path: str = "/ws/AddPhase") -> list[str]:
    return [headers.get("authorization", "") for _, seen, headers, _ in server.seen if seen == path]


def test_one_token_serves_all_threads_and_the_authorization_id_stays_in_the_message(
    server: SpectrumStandIn, bearer: Spectrum
) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: bearer.write("AddPhase", PHASE), range(6)))
    assert bearer.calls == {"token": 1, "wsdl": 1, "AddPhase": 6}
    assert shown(server) == ["Bearer first"] * 6
    assert server.elements()["Authorization_ID"] == "TOP-SECRET-ID"
    asked = next(body for _, path, _, body in server.seen if path == "/connect/token")
    assert parse_qs(asked.decode()) == {
        "client_id": ["Spectrum-1"],
        "client_secret": ["ROTATING"],
        "scope": ["spectrumapi"],
        "grant_type": ["client_credentials"],
    }


def test_a_write_that_met_a_dead_token_is_not_sent_again_and_the_next_one_has_a_new_token(
    server: SpectrumStandIn, bearer: Spectrum
) -> None:
    bearer.write("AddPhase", PHASE)
    server.token_reply = grant("second")
    server.replies.append(Answer(b"", status=401))
    with pytest.raises(OutcomeUnknown):
        bearer.write("AddPhase", PHASE)
    bearer.write("AddPhase", PHASE)
    assert shown(server) == ["Bearer first", "Bearer first", "Bearer second"]
    assert bearer.calls["AddPhase"] == 3


def test_a_read_that_met_a_dead_token_is_asked_again_and_a_second_refusal_is_believed(
    server: SpectrumStandIn, bearer: Spectrum
) -> None:
    server.otherwise = Answer(b"", status=401)
    with pytest.raises(AccessDenied):
        bearer.test_connection()
    assert len(shown(server, "/ws/WSTestConnection")) == 2


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Answer(b'{"error":"invalid_client"}', status=400), AccessDenied),
        (Answer(b"", status=401), AccessDenied),
        (Answer(b"", status=429, headers={"Retry-After": "90"}), RateLimited),
        (Answer(b"", status=502), Unavailable),
        (Answer(cut_after=0), Unavailable),
        (Answer(b"<html>"), ContractBroken),
        (Answer(b"[]"), ContractBroken),
        (Answer(b'{"token": 1}'), ContractBroken),
        (Answer(b"", status=404), ContractBroken),
    ],
)
def test_without_a_token_nothing_is_sent(
    server: SpectrumStandIn, bearer: Spectrum, reply: Answer, family: type[SyncFault]
) -> None:
    server.token_reply = reply
    with pytest.raises(family) as raised:
        bearer.write("AddPhase", PHASE)
    assert shown(server) == []
    assert "ROTATING" not in str(raised.value)


def test_a_token_is_replaced_before_its_end(server: SpectrumStandIn) -> None:
    clock = [0.0]
    source = TokenSource(connection_to(server.url, **BEARER), lambda _: None, lambda: clock[0])
    server.token_reply = grant("first", 100)
    assert source.token() == "first"
    server.token_reply = grant("second", None)
    clock[0] = 89
    assert source.token() == "first"
    clock[0] = 91
    assert source.token() == "second"
    server.token_reply = grant("third")
    assert source.renew("first") == "second", "another thread has fetched the new one already"
    assert source.renew("second") == "third"
    source.close()
