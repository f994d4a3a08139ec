"""Logging in to the ServiceTrade stand-in, and what becomes of a login."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from st_spectrum.sandbox.credentials import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME
from st_spectrum.sandbox.servicetrade.app import Sandbox, Switches, build
from st_spectrum.sandbox.servicetrade.logins import SESSIONS_KEPT, SESSIONS_MOST

CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
GRANT = {"grant_type": "client_credentials", **CLIENT}
NOON = 1_762_300_800


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    client = TestClient(build(tmp_path, Switches(frozen_time=NOON)), base_url="http://st.test/api")
    yield client
    client.app.state.sandbox.close()


@pytest.fixture
def sandbox(client: TestClient) -> Sandbox:
    return client.app.state.sandbox


def bearer(tokens: dict) -> dict:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def status(client: TestClient, tokens: dict) -> int:
    return client.get("account", headers=bearer(tokens)).status_code


def tokens_of(client: TestClient, **body: str) -> dict:
    answer = client.post("oauth2/token", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("way", ["json", "data"])
def test_client_credentials_give_a_token_that_opens_the_api(client: TestClient, way: str) -> None:
    answer = client.post("oauth2/token", **{way: GRANT})
    assert answer.json().keys() == {"access_token", "refresh_token", "expires_in", "token_type"}
    assert answer.json()["expires_in"] == 86_400
    assert status(client, answer.json()) == 200


def test_without_a_login_every_resource_answers_401_in_the_envelope(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
        answer = client.get("company", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["data"] is None
        assert answer.json()["messages"]["error"]
        assert "stats" in answer.json()["meta"]


def test_a_wrong_secret_or_grant_is_refused(client: TestClient) -> None:
    assert client.post("oauth2/token", json=GRANT | {"client_secret": "no"}).status_code == 401
    assert client.post("oauth2/token", json=GRANT | {"grant_type": "password"}).status_code == 400


def test_a_refresh_token_works_once_and_brings_its_successor(client: TestClient) -> None:
    first = tokens_of(client, **GRANT)
    second = tokens_of(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert status(client, second) == 200
    old = {
        "grant_type": "refresh_token",
        "refresh_token": first["refresh_token"],
        "client_id": CLIENT_ID,
    }
    assert client.post("oauth2/token", json=old).status_code == 400
    tokens_of(client, grant_type="refresh_token", refresh_token=second["refresh_token"])


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(client: TestClient) -> None:
    tokens = tokens_of(client, **GRANT)
    swapped = {"grant_type": "refresh_token", "refresh_token": tokens["access_token"]}
    assert client.post("oauth2/token", json=swapped).status_code == 400
    assert status(client, {"access_token": tokens["refresh_token"]}) == 401


def test_a_token_expires_when_its_time_is_over(client: TestClient, sandbox: Sandbox) -> None:
    sandbox.switch("token_seconds", 60)
    tokens = tokens_of(client, **GRANT)
    sandbox.switch("frozen_time", NOON + 59)
    assert status(client, tokens) == 200
    sandbox.switch("frozen_time", NOON + 60)
    assert status(client, tokens) == 401
    fresh = tokens_of(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert status(client, fresh) == 200


@pytest.mark.parametrize("is_python_sdk", [True, False])
def test_a_revoked_grant_opens_nothing_any_more(client: TestClient, is_python_sdk: bool) -> None:
    tokens = tokens_of(client, **GRANT)
    if is_python_sdk:
        answer = client.post("oauth2/revoke", data={"token": tokens["access_token"]})
    else:
        answer = client.post(
            "oauth2/revoke", json={"refresh_token": tokens["refresh_token"], **CLIENT}
        )
    assert answer.status_code == 200
    assert status(client, tokens) == 401


def test_userinfo_names_account_company_user_and_time_zone(client: TestClient) -> None:
    info = client.get("oauth2/userinfo", headers=bearer(tokens_of(client, **GRANT))).json()["data"]
    assert info["user"]["username"] == USERNAME
    assert info["timezone"] == "America/New_York"
    assert info["company"]["name"] == info["account"]["name"]
    assert client.get("oauth2/userinfo").status_code == 401


def test_a_session_lives_from_post_to_delete(client: TestClient) -> None:
    assert client.get("auth").status_code == 404
    answer = client.post("auth", json={"username": USERNAME, "password": PASSWORD})
    assert answer.cookies["PHPSESSID"] == answer.json()["data"]["authToken"]
    assert client.get("auth").status_code == 200
    assert client.get("company").status_code == 200
    assert client.delete("auth").status_code == 204
    assert client.delete("auth").status_code == 404
    assert client.get("company").status_code == 401


def test_a_session_login_tells_missing_from_wrong(client: TestClient) -> None:
    assert client.post("auth", json={"username": USERNAME}).status_code == 400
    assert client.post("auth", data={"username": USERNAME, "password": "no"}).status_code == 403
    assert (
        client.post("auth", params={"username": USERNAME, "password": PASSWORD}).status_code == 200
    )


def test_too_many_sessions_prune_the_oldest(client: TestClient, sandbox: Sandbox) -> None:
    tokens = [sandbox.logins.open_session() for _ in range(SESSIONS_MOST)]
    assert sandbox.logins.user_of_session(tokens[0])
    tokens.append(sandbox.logins.open_session())
    alive = [token for token in tokens if sandbox.logins.user_of_session(token)]
    assert alive == tokens[-SESSIONS_KEPT:]


def test_the_expire_token_fault_ends_every_login_and_the_call(client: TestClient) -> None:
    tokens = tokens_of(client, **GRANT)
    client.post("auth", json={"username": USERNAME, "password": PASSWORD})
    app = client.app

    async def faulty(scope, receive, send) -> None:
        await app({**scope, "sandbox.fault": "expire_token"}, receive, send)

    assert (
        TestClient(faulty, base_url="http://st.test/api")
        .get("company", headers=bearer(tokens))
        .status_code
        == 401
    )
    assert status(client, tokens) == 401
    assert client.get("auth").status_code == 404
    assert status(client, tokens_of(client, **GRANT)) == 200


def test_logins_outlive_a_restart_but_not_a_reset(
    client: TestClient, sandbox: Sandbox, tmp_path: Path
) -> None:
    tokens = tokens_of(client, **GRANT)
    again = TestClient(build(tmp_path, Switches(frozen_time=NOON)), base_url="http://st.test/api")
    assert status(again, tokens) == 200
    again.app.state.sandbox.reset()
    assert status(again, tokens) == 401
    again.app.state.sandbox.close()
