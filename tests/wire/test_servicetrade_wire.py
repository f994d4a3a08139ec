"""Queries, envelopes and refusals of ServiceTrade, without a network."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.answers import RETRY_AFTER_MAXIMUM, ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncFault,
    Unavailable,
)
from st_spectrum.servicetrade import wire


def refusal(*texts: str) -> dict[str, object]:
    return {"data": None, "messages": {"success": [], "error": list(texts)}}


def test_a_query_writes_booleans_as_digits_and_lists_with_commas() -> None:
    assert wire.query(
        limit=1000,
        page=2,
        isCustomer=True,
        isVendor=False,
        status=("active", "on_hold"),
        updatedAfter=1761955200,
    ) == {
        "limit": "1000",
        "page": "2",
        "isCustomer": "1",
        "isVendor": "0",
        "status": "active,on_hold",
        "updatedAfter": "1761955200",
    }


def test_a_filter_that_is_not_set_is_not_sent_but_zero_is() -> None:
    assert wire.query(updatedAfter=None, createdAfter=0) == {"createdAfter": "0"}


def test_jobs_are_asked_for_in_every_status_with_the_canceled_ones() -> None:
    assert ",".join(wire.JOB_STATUSES) == (
        "new,scheduled,canceled,bidding,completed,pending_invoice,sending_invoice,closed"
    )


def test_a_page_is_never_asked_to_be_larger_than_the_resource_allows() -> None:
    assert wire.page_limit("job", 5000) == 2000
    assert wire.page_limit("company", 5000) == 1000
    assert wire.page_limit("job", 50) == 50


@pytest.mark.parametrize(
    ("body", "inner"),
    [({"data": {"id": 1}}, {"id": 1}), ({"data": None}, None), ({"id": 1}, {"id": 1}), ([1], [1])],
)
def test_the_envelope_is_taken_off_where_there_is_one(body: object, inner: object) -> None:
    assert wire.unwrap(body) == inner


@pytest.mark.parametrize(
    ("status", "method", "family"),
    [
        (400, "PUT", Rejected),
        (404, "PUT", Rejected),
        (409, "POST", Rejected),
        (400, "GET", ContractBroken),
        (401, "GET", AccessDenied),
        (403, "PUT", AccessDenied),
        (405, "GET", ContractBroken),
        (405, "PUT", ContractBroken),
        (418, "PUT", ContractBroken),
        (302, "GET", ContractBroken),
        (429, "GET", RateLimited),
        (429, "PUT", RateLimited),
        (500, "GET", Unavailable),
        (503, "GET", Unavailable),
        (500, "PUT", OutcomeUnknown),
        (504, "POST", OutcomeUnknown),
        (408, "PUT", OutcomeUnknown),
    ],
)
def test_every_status_has_its_family(status: int, method: str, family: type[SyncFault]) -> None:
    fault = wire.choose_error(status, {}, refusal("No."), method, f"{method} /company")

    assert type(fault) is family
    assert fault.system == "servicetrade"
    assert fault.operation == f"{method} /company"


def test_a_rejection_repeats_what_servicetrade_said() -> None:
    body = {
        "data": None,
        "messages": {"error": ["Location is required"], "validation": {"type": ["is not known"]}},
    }

    fault = wire.choose_error(400, {}, body, "POST", "POST /job")

    assert isinstance(fault, Rejected)
    assert [(problem.code, problem.field, problem.text) for problem in fault.problems] == [
        ("400", "", "Location is required"),
        ("400", "type", "is not known"),
    ]


@pytest.mark.parametrize("text", ["Location is required", "locationId: Location is required"])
def test_what_is_said_of_a_field_and_of_the_whole_is_told_once_with_the_field(text: str) -> None:
    messages = {"error": [text], "validation": {"locationId": "Location is required"}}

    reason = wire.problems(400, {"data": None, "messages": messages})

    assert list(map(str, reason)) == ["locationId: Location is required"]


def test_texts_may_also_come_as_a_plain_array() -> None:
    assert [problem.text for problem in wire.problems(400, {"messages": ["One", "Two"]})] == [
        "One",
        "Two",
    ]


def test_a_rejection_without_a_reason_still_says_something() -> None:
    fault = wire.choose_error(
        409, {}, {"data": None, "messages": {"error": []}}, "PUT", "PUT /externalid"
    )

    assert isinstance(fault, Rejected)
    assert "409 Conflict" in str(fault)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 409, 418, 422, 429])
@pytest.mark.parametrize("body", [None, {}, [], {"error": "forbidden"}, {"data": None}])
def test_whatever_status_a_write_gets_without_servicetrades_envelope_nobody_knows_what_became_of_it(
    status: int, body: object
) -> None:
    fault = wire.choose_error(status, {"Retry-After": "600"}, body, "PUT", "PUT /externalid")

    assert type(fault) is ForeignAnswer
    assert fault.retry_after == 600


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("100000", RETRY_AFTER_MAXIMUM),
        ("inf", RETRY_AFTER_MAXIMUM),
        ("nan", wire.RETRY_AFTER_DEFAULT),
        ("soon", wire.RETRY_AFTER_DEFAULT),
        ("", wire.RETRY_AFTER_DEFAULT),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date_and_bounded(
    value: str, seconds: float
) -> None:
    now = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)

    assert wire.retry_after({"retry-after": value}, now) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_makes_us_wait_for_ever(value: str) -> None:
    assert 0 <= wire.retry_after({"Retry-After": value}) <= RETRY_AFTER_MAXIMUM


def test_a_rate_limit_says_when_to_come_back() -> None:
    fault = wire.choose_error(429, {"Retry-After": "9"}, None, "GET", "GET /job")

    assert isinstance(fault, RateLimited)
    assert fault.retry_after == 9.0


def test_the_budget_is_read_where_it_is_reported() -> None:
    stats = {"requestDurationMs": 212, "resourceUsageMs": 18, "resourceBalanceMs": 59840}

    assert wire.budget({"data": {}, "meta": {"stats": stats}}) == wire.Budget(18, 59840)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"meta": []}, {"meta": {"stats": None}}, {"meta": {"stats": {}}}]
)
def test_a_missing_budget_is_no_fault(body: object) -> None:
    assert wire.budget(body) is None


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cr3t.t0ken-x",
        "Cookie: PHPSESSID=s3cr3t.t0ken-x; path=/",
        '{"access_token": "s3cr3t.t0ken-x"}',
        "client_secret=s3cr3t.t0ken-x&grant_type=client_credentials",
        '{"password":"s3cr3t.t0ken-x"}',
        "{'refresh_token': 's3cr3t.t0ken-x'}",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    cleaned = wire.redact(text)

    assert "s3cr3t" not in cleaned
    assert "t0ken" not in cleaned
    assert "***" in cleaned


def test_named_secrets_are_taken_out_wherever_they_stand() -> None:
    assert wire.redact("odd place for hunter2 here", ["hunter2", ""]) == "odd place for *** here"


def test_a_vendor_text_cannot_carry_a_token_into_an_error() -> None:
    fault = wire.choose_error(401, {}, refusal("Bearer abc.def.ghi has expired"), "GET", "GET /job")

    assert "abc.def" not in str(fault)
