"""Webhooks of the ServiceTrade stand-in: set up, told, lost."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.sandbox.servicetrade.seed import API_USER_ID
from tests.sandbox.receiver import Receiver
from tests.sandbox.servicetrade_api import NOON, Api

ELSEWHERE = "https://hooks.example.com/secret"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path, webhook_retry_ms=1)
    yield api
    api.sandbox.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def events_sent(api: Api, receiver: Receiver) -> list[tuple[str, str]]:
    api.sandbox.deliveries.wait_until_sent()
    return receiver.events()


def test_a_webhook_is_made_listed_changed_and_removed(api: Api) -> None:
    made = api.must("POST", "webhook", {"hookUrl": ELSEWHERE})
    assert (made["hookUrl"], made["enabled"], made["includeChangesets"], made["entityEvents"]) == (
        ELSEWHERE,
        True,
        False,
        None,
    )
    assert [hook["id"] for hook in api.must("GET", "webhook")["webhooks"]] == [made["id"]]
    wanted = [{"entityType": 3, "actions": ["created"]}]
    changed = api.must("PUT", f"webhook/{made['id']}", {"enabled": False, "entityEvents": wanted})
    assert (changed["enabled"], changed["entityEvents"]) == (False, wanted)
    api.must("DELETE", f"webhook/{made['id']}")
    assert api.must("GET", "webhook")["webhooks"] == []


def test_the_address_of_a_webhook_never_changes(api: Api) -> None:
    made = api.must("POST", "webhook", {"hookUrl": ELSEWHERE})
    status, _ = api.refused("PUT", f"webhook/{made['id']}", {"hookUrl": ELSEWHERE + "2"})
    assert status == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"hookUrl": "http://hooks.example.com/secret"},
        {"hookUrl": "nonsense"},
        {"hookUrl": ELSEWHERE, "entityEvents": [{"entityType": 3, "actions": ["seen"]}]},
        {"hookUrl": ELSEWHERE, "entityEvents": [{"entityType": 999, "actions": ["created"]}]},
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused(api: Api, body: dict) -> None:
    assert api.refused("POST", "webhook", body)[0] == 400


def test_only_an_administrator_sees_webhooks(api: Api) -> None:
    api.sandbox.switch("is_account_admin", False)
    assert api.refused("GET", "webhook")[0] == 403
    assert api.refused("POST", "webhook", {"hookUrl": ELSEWHERE})[0] == 403


def test_a_message_names_kind_id_and_address_and_nothing_of_the_record(
    api: Api, receiver: Receiver
) -> None:
    api.must("POST", "webhook", {"hookUrl": receiver.url})
    api.sandbox.deliveries.wait_until_sent()
    company = api.company("Harbor Foods LLC")
    api.sandbox.deliveries.wait_until_sent()
    assert receiver.messages == [
        {
            "messageId": receiver.messages[0]["messageId"],
            "timestamp": str(NOON),
            "data": [
                {
                    "action": "created",
                    "timestamp": NOON,
                    "userId": API_USER_ID,
                    "entity": {"type": "company", "id": company["id"], "uri": company["uri"]},
                }
            ],
        }
    ]
    assert not {"authorization", "x-signature", "cookie"} & set(receiver.headers[0])


def test_one_call_that_touches_two_records_is_one_message(api: Api, receiver: Receiver) -> None:
    job = api.job()
    api.must("POST", "webhook", {"hookUrl": receiver.url})
    api.must("POST", "jobitem", {"name": "Pump", "jobId": job["id"]})
    assert sorted(events_sent(api, receiver)) == [("created", "jobitem"), ("updated", "job")]
    assert len(receiver.messages) == 1


def test_what_the_office_changes_at_its_screen_is_told_without_a_user(
    api: Api, receiver: Receiver
) -> None:
    company = api.company()
    api.must("POST", "webhook", {"hookUrl": receiver.url})
    api.sandbox.edit("company", company["id"], {"name": "Harbor"})
    assert events_sent(api, receiver) == [("updated", "company")]
    assert receiver.messages[0]["data"][0]["userId"] is None


def test_kinds_that_send_nothing_send_nothing(api: Api, receiver: Receiver) -> None:
    job = api.job()
    api.must("POST", "webhook", {"hookUrl": receiver.url})
    line = api.must("GET", "serviceline")["servicelines"][0]["id"]
    api.sandbox.switch("is_parent_touched", False)
    api.must(
        "POST",
        "servicerequest",
        {"jobId": job["id"], "description": "Look", "serviceLineId": line},
    )
    assert events_sent(api, receiver) == []


def test_a_filter_lets_through_what_it_names(api: Api, receiver: Receiver) -> None:
    wanted = [{"entityType": 11, "actions": ["updated"]}]
    api.must("POST", "webhook", {"hookUrl": receiver.url, "entityEvents": wanted})
    location = api.location()
    api.must("PUT", f"location/{location['id']}", {"storeNumber": "7"})
    assert events_sent(api, receiver) == [("updated", "location")]


def test_a_changeset_names_the_status_of_a_job_and_of_no_invoice(
    api: Api, receiver: Receiver
) -> None:
    job = api.job()
    api.must("POST", "webhook", {"hookUrl": receiver.url, "includeChangesets": True})
    api.must("PUT", f"job/{job['id']}", {"status": "canceled"})
    api.sandbox.deliveries.wait_until_sent()
    assert receiver.messages[0]["data"][0]["changeset"] == [
        {"field": "status", "oldValue": job["status"], "newValue": "canceled"}
    ]


def test_a_webhook_that_is_switched_off_is_told_nothing(api: Api, receiver: Receiver) -> None:
    hook = api.must("POST", "webhook", {"hookUrl": receiver.url})
    api.must("PUT", f"webhook/{hook['id']}", {"enabled": False})
    api.company()
    assert events_sent(api, receiver) == []


@pytest.mark.parametrize(
    ("statuses", "attempts"),
    [((500, 503), 3), ((500, 500, 500), 3), ((404,), 1), ((302,), 1)],
)
def test_a_server_error_is_tried_three_times_and_nothing_else_is(
    api: Api, statuses: tuple[int, ...], attempts: int
) -> None:
    with Receiver(*statuses) as receiver:
        api.must("POST", "webhook", {"hookUrl": receiver.url})
        api.company()
        events_sent(api, receiver)
    assert len(receiver.messages) == attempts
    assert len({message["messageId"] for message in receiver.messages}) == 1


def test_nobody_at_the_address_keeps_no_call_waiting(api: Api) -> None:
    api.must("POST", "webhook", {"hookUrl": "http://127.0.0.1:9/nobody"})
    started = time.monotonic()
    for _ in range(20):
        api.company()
    assert time.monotonic() - started < 2
    api.sandbox.deliveries.wait_until_sent()
    assert len(api.sandbox.deliveries.attempts) == 60
    assert not any(attempt.is_delivered for attempt in api.sandbox.deliveries.attempts)


@pytest.mark.parametrize("copies", [0, 1, 2])
def test_messages_are_lost_or_doubled_where_a_test_wants_it(
    api: Api, receiver: Receiver, copies: int
) -> None:
    api.must("POST", "webhook", {"hookUrl": receiver.url})
    api.sandbox.switch("webhook_copies", copies)
    api.company()
    assert events_sent(api, receiver) == [("created", "company")] * copies
