"""Reads: what is asked for, what is repeated, and that a failure is never an empty list."""

import pytest

from st_spectrum.domain.errors import (
    ContractBroken,
    SyncFault,
    Unavailable,
)
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.wire import JOB_STATUSES
from tests.servicetrade_client.servicetrade_standin import (
    COMPANY,
    HARBOR,
    ONE,
    Reply,
    StandIn,
    Trouble,
    envelope,
    refusal,
)


def pages(plural: str, *sizes: int) -> list[Reply]:
    total, replies, last = sum(sizes), [], 0
    for number, size in enumerate(sizes, 1):
        rows = [
            {"id": last + number + 1, "name": f"N{last + number + 1}"} for number in range(size)
        ]
        last += size
        data = {
            "page": number,
            "totalPages": len(sizes),
            "totalCount": total,
            "pageSize": 2,
            plural: rows,
        }
        replies.append(Reply(body=envelope(data)))
    return replies


def test_companies_come_from_all_pages_and_in_every_status(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", "/company", *pages("companies", 2, 2, 1))

    assert [company.id for company in servicetrade.companies(updated_after=1761955200)] == [
        1,
        2,
        3,
        4,
        5,
    ]

    asked = [request.query for request in standin.seen("GET", "/company")]
    assert [query["page"] for query in asked] == ["1", "2", "3"]
    assert all(
        query
        == {
            "status": "active,pending,inactive,on_hold",
            "updatedAfter": "1761955200",
            "limit": "2",
            "page": query["page"],
        }
        for query in asked
    )
    assert servicetrade.calls == {"POST /oauth2/token": 1, "GET /company": 3}


def test_jobs_are_asked_for_with_the_canceled_ones(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on(
        "GET",
        "/job",
        Reply(body=envelope({"totalPages": 1, "page": 1, "totalCount": 0, "jobs": []})),
    )

    assert list(servicetrade.jobs(created_after=5)) == []

    (request,) = standin.seen("GET", "/job")
    assert request.query["status"].split(",") == list(JOB_STATUSES)
    assert request.query["createdAfter"] == "5"
    assert "updatedAfter" not in request.query


def test_locations_are_asked_for_whatever_their_companys_status(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    rows = [{"id": 1, "name": "Harbor #3", "company": {"id": 2, "name": "Harbor"}}]
    standin.on("GET", "/location", Reply(body=envelope({"locations": rows})))

    assert [location.company.name for location in servicetrade.locations()] == ["Harbor"]

    (request,) = standin.seen("GET", "/location")
    assert request.query["isCustomer"] == "1"
    assert request.query["companyStatus"] == "active,pending,inactive,on_hold"


def test_a_record_that_is_not_there_is_none(servicetrade: ServiceTrade) -> None:
    assert servicetrade.company(5) is None
    assert servicetrade.location(5) is None
    assert servicetrade.job(5) is None
    assert servicetrade.user(5) is None
    assert servicetrade.external_id("job", 5) is None
    assert servicetrade.find_by_external_id("job", "10482") is None


def test_a_404_that_servicetrade_did_not_write_is_no_missing_record(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", COMPANY, Reply(404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}))

    with pytest.raises(ContractBroken, match="404"):
        servicetrade.company(2500000000001201)


def test_a_list_that_is_not_there_is_an_error(servicetrade: ServiceTrade) -> None:
    with pytest.raises(ContractBroken, match="knows no such list"):
        list(servicetrade.companies())


@pytest.mark.parametrize(
    "failure",
    [
        Reply(trouble=Trouble.SILENCE),
        Reply(body=envelope(HARBOR), trouble=Trouble.CUT),
        Reply(body=envelope(HARBOR), trouble=Trouble.HALF_JSON),
        Reply(500, refusal("Oops")),
        Reply(503, b"<html>Busy</html>"),
        Reply(429, refusal("Slow down"), {"Retry-After": "0"}),
    ],
    ids=["silence", "cut", "half json", "500", "503", "429"],
)
def test_a_read_that_fails_for_a_moment_is_repeated(
    standin: StandIn, servicetrade: ServiceTrade, failure: Reply
) -> None:
    standin.on("GET", COMPANY, failure, failure, ONE)

    company = servicetrade.company(2500000000001201)

    assert company is not None
    assert company.external_ids == {}
    assert servicetrade.calls["GET /company/{id}"] == 3


@pytest.mark.parametrize(
    "failure",
    [
        Reply(trouble=Trouble.SILENCE),
        Reply(500),
        Reply(ONE.status, ONE.body, trouble=Trouble.HALF_JSON),
    ],
)
def test_a_read_is_not_repeated_for_ever(
    standin: StandIn, servicetrade: ServiceTrade, failure: Reply
) -> None:
    standin.on("GET", COMPANY, failure)

    with pytest.raises(Unavailable):
        servicetrade.company(2500000000001201)
    assert len(standin.seen("GET", COMPANY)) == 3


def test_a_later_page_that_fails_fails_the_list(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    first, second, _ = pages("companies", 2, 2, 1)
    standin.on("GET", "/company", first, second, Reply(500))

    with pytest.raises(Unavailable):
        list(servicetrade.companies())


def test_a_later_page_that_fails_for_a_moment_costs_no_record(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    first, second, third = pages("companies", 2, 2, 1)
    standin.on(
        "GET",
        "/company",
        first,
        Reply(500),
        second,
        Reply(trouble=Trouble.CUT, body=third.body),
        third,
    )

    assert [company.id for company in servicetrade.companies()] == [1, 2, 3, 4, 5]


def test_a_page_of_html_is_said_in_one_sentence_and_not_repeated(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    html = Reply(
        200,
        b"<html><body>Down for\nmaintenance</body></html>",
        {"Content-Type": "text/html; charset=utf-8"},
    )
    standin.on("GET", "/job", html)

    with pytest.raises(ContractBroken) as caught:
        list(servicetrade.jobs())

    assert str(caught.value) == (
        "servicetrade GET /job: expected JSON and was given "
        "text/html that begins with '<html><body>Down for maintenance</body></html>'"
    )
    assert len(standin.seen("GET", "/job")) == 1


def test_a_record_that_cannot_be_read_is_named_with_its_field(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    standin.on("GET", COMPANY, Reply(body=envelope({"id": 2500000000001201, "name": None})))

    with pytest.raises(ContractBroken, match=r"Company 2500000000001201: name: "):
        servicetrade.company(2500000000001201)


def test_offices_are_the_locations_of_the_accounts_own_company(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    account = {
        "id": 1,
        "name": "Example",
        "timezone": "America/New_York",
        "primeCompany": {"id": 900, "name": "E"},
    }
    standin.on("GET", "/account", Reply(body=envelope({"accounts": [account]})))
    office = {"id": 901, "name": "Norfolk Office", "company": {"id": 900}}
    standin.on("GET", "/location", Reply(body=envelope({"locations": [office]})))

    assert [(place.id, place.name) for place in servicetrade.offices()] == [(901, "Norfolk Office")]
    assert {request.query["companyId"] for request in standin.seen("GET", "/location")} == {"900"}


def test_service_requests_of_a_job_carry_their_service_line(
    standin: StandIn, servicetrade: ServiceTrade
) -> None:
    row = {
        "id": 6001,
        "description": "Repair pump",
        "status": "open",
        "serviceLine": {"id": 12, "name": "Sprinkler"},
    }
    standin.on("GET", "/servicerequest", Reply(body=envelope({"serviceRequests": [row]})))

    (found,) = servicetrade.service_requests(2500000000010482)

    assert found.service_line is not None
    assert found.service_line.name == "Sprinkler"
    assert standin.seen("GET", "/servicerequest")[0].query == {
        "jobId": "2500000000010482",
        "limit": "2",
        "page": "1",
    }


def test_external_ids_are_looked_up_both_ways(standin: StandIn, servicetrade: ServiceTrade) -> None:
    standin.on("GET", "/externalid/job/7/spectrum", Reply(body=envelope({"value": "10482"})))
    standin.on(
        "GET",
        "/externalid/company/spectrum/C%20%7C1",
        Reply(body=envelope({"id": 1201, "name": "Harbor"})),
    )
    standin.on("GET", "/externalid/user/61/spectrum", Reply(body=envelope({"value": None})))

    assert servicetrade.external_id("job", 7) == "10482"
    assert servicetrade.external_id("user", 61) is None
    assert servicetrade.find_by_external_id("company", "C |1") == 1201
    assert servicetrade.calls["GET /externalid"] == 3


@pytest.mark.parametrize("value", ["A/1", ".", ".."])
def test_a_value_that_no_address_can_carry_is_not_taken_for_unknown(
    servicetrade: ServiceTrade, value: str
) -> None:
    with pytest.raises(ContractBroken, match="cannot be looked up"):
        servicetrade.find_by_external_id("job", value)


@pytest.mark.parametrize("data", [None, [], {"name": "no id"}, {"id": "7"}])
def test_a_look_up_that_cannot_be_understood_is_not_a_no(
    standin: StandIn, servicetrade: ServiceTrade, data: object
) -> None:
    standin.on("GET", "/externalid/job/spectrum/7", Reply(body=envelope(data)))

    with pytest.raises(SyncFault):
        servicetrade.find_by_external_id("job", "7")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b" " * 50_000_001, "larger than 50 MB"),
        (b"[" * 100_000, "GET /company"),
        (b'{"data": ' * 100_000, "GET /comp"),
    ],
    ids=["huge", "deep list", "deep object"],
)
def test_a_monstrous_answer_is_one_sentence(
    standin: StandIn, servicetrade: ServiceTrade, body: bytes, text: str
) -> None:
    standin.on("GET", COMPANY, Reply(200, body))

    with pytest.raises(SyncFault, match=text) as raised:
        servicetrade.company(int(COMPANY.rpartition("/")[2]))

    assert "\n" not in str(raised.value)
