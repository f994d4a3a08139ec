"""What every answer of the ServiceTrade stand-in has in common: envelope, budget, paging, names,
state.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from st_spectrum.sandbox.calls import Operation
from st_spectrum.sandbox.servicetrade.app import Switches, identify
from st_spectrum.sandbox.servicetrade.documents import FIRST_ID
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from st_spectrum.sandbox.servicetrade.shapes import EXTRA_KEY
from tests.sandbox.servicetrade_api import NOON, Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


def test_every_answer_wears_the_envelope(api: Api) -> None:
    body = api.http.get(f"company/{PRIME_COMPANY_ID}").json()
    assert body["messages"] == {"success": [], "error": []}
    assert body["data"]["uri"] == f"http://st.test/api/company/{PRIME_COMPANY_ID}"
    assert body["meta"]["stats"].keys() == {
        "requestDurationMs",
        "resourceUsageMs",
        "resourceBalanceMs",
    }
    assert body["data"][EXTRA_KEY]


def test_a_refused_body_is_told_by_field_too(api: Api) -> None:
    answer = api.http.post("company", json={"status": "sleeping"})

    messages = answer.json()["messages"]
    assert answer.status_code == 400
    assert messages["validation"].keys() >= {"status"}
    assert "sleeping" in messages["validation"]["status"]
    assert answer.json()["data"] is None


def test_lists_may_come_as_objects_with_numbered_keys(api: Api) -> None:
    """The vendor's PHP SDK sends every list so, and an empty one as an empty object."""
    job = api.job(visibility={"0": "tech", "1": "schedule"})
    line = {"description": "Seal", "quantity": 2, "price": 5}

    invoice = api.must("POST", "invoice", {"jobId": job["id"], "items": {"0": line, "1": line}})

    assert job["visibility"] == ["tech", "schedule"]
    assert len(invoice["items"]) == 2
    assert api.must("PUT", f"job/{job['id']}", {"visibility": {}})["visibility"] == []


def test_the_status_of_a_created_record_can_be_switched(api: Api) -> None:
    body = {"name": "A"}
    assert api.http.post("company", json=body).status_code == 200
    api.sandbox.switch("created_status", 201)
    assert api.http.post("company", json=body).status_code == 201


def test_unknown_addresses_ids_and_verbs_are_told_apart(api: Api) -> None:
    assert api.refused("GET", "purchaseorder")[0] == 404
    assert api.refused("GET", "job/12")[0] == 404
    assert api.refused("GET", "job/abc")[0] == 404
    assert api.refused("DELETE", f"company/{PRIME_COMPANY_ID}")[0] == 405
    assert api.refused("PATCH", f"company/{PRIME_COMPANY_ID}")[0] == 405
    job = api.job()
    assert api.refused("DELETE", f"job/{job['id']}")[0] == 405


def test_a_body_that_is_no_json_object_is_refused(api: Api) -> None:
    for content, kind in (
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"name=A", "text/plain"),
    ):
        answer = api.http.post("company", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 400, content


def test_the_compute_budget_falls_ends_in_429_and_is_refilled_each_minute(api: Api) -> None:
    api.sandbox.switch("budget_ms", 100)
    api.sandbox.switch("charge_ms", 60)
    api.at(65)
    left = [api.http.get("account").json()["meta"]["stats"]["resourceBalanceMs"] for _ in range(2)]
    assert left == [40, 0]
    answer = api.http.get("account")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "55")
    assert answer.json()["meta"]["stats"]["resourceUsageMs"] == 0
    api.at(120)
    assert api.http.get("account").json()["meta"]["stats"]["resourceBalanceMs"] == 40


def test_pages_cover_a_list_exactly_once(api: Api) -> None:
    made = [api.company(f"Company {index}")["id"] for index in range(7)]
    pages = [api.must("GET", "company", limit=3, page=page, isCustomer=1) for page in (1, 2, 3, 4)]
    assert [company["id"] for page in pages for company in page["companies"]] == made
    assert [
        {key: page[key] for key in ("totalPages", "page", "totalCount", "pageSize")}
        for page in pages
    ] == [{"totalPages": 3, "page": page, "totalCount": 7, "pageSize": 3} for page in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("path", "key", "size", "maximum"),
    [
        ("company", "companies", 2000, 2000),
        ("location", "locations", 10, 5000),
        ("contact", "contacts", 100, 2000),
        ("job", "jobs", 2000, 2000),
        ("user", "users", 2000, 2000),
        ("servicerequest", "serviceRequests", 5000, 5000),
        ("tag", "tags", 2000, 2000),
        ("serviceline", "servicelines", 2000, 2000),
        ("taxgroup", "taxGroups", 2000, 2000),
        ("paymentterms", "paymentTerms", 2000, 2000),
        ("account", "accounts", 2000, 2000),
    ],
)
def test_each_list_has_its_own_plural_default_and_maximum(
    api: Api, path: str, key: str, size: int, maximum: int
) -> None:
    page = api.must("GET", path)
    assert isinstance(page[key], list)
    assert page["pageSize"] == size
    assert api.must("GET", path, limit=maximum)["pageSize"] == maximum
    assert api.refused("GET", path, limit=maximum + 1)[0] == 400
    api.sandbox.switch("is_high_limit_refused", False)
    assert api.must("GET", path, limit=maximum + 1)["pageSize"] == maximum


def test_a_location_list_without_limit_holds_ten(api: Api) -> None:
    company = api.company()
    for _ in range(11):
        api.location(company)
    page = api.must("GET", "location")
    assert (len(page["locations"]), page["totalPages"]) == (10, 2)


def test_paging_and_filters_that_make_no_sense_are_refused(api: Api) -> None:
    for query in (
        {"limit": 0},
        {"limit": "x"},
        {"page": 0},
        {"page": -1},
        {"sort": "colour"},
        {"sortOrder": "up"},
        {"updatedAfter": "2025-11-05"},
        {"status": "activ"},
        {"status": ""},
        {"isCustomer": "true"},
        {"updateAfter": "1"},
    ):
        status, text = api.refused("GET", "company", **query)
        assert status == 400
        assert next(iter(query)) in text


def test_lists_can_be_sorted(api: Api) -> None:
    names = [api.company(name)["name"] for name in ("Beta", "Gamma", "Alpha")]
    page = api.must("GET", "company", isCustomer=1, sort="name", sortOrder="desc")
    assert [company["name"] for company in page["companies"]] == sorted(names, reverse=True)


def test_change_filters_include_both_bounds(api: Api) -> None:
    company = api.company()
    api.at(100)
    api.must("PUT", f"company/{company['id']}", {"phoneNumber": "757-555-0100"})
    for name, moment in (("created", NOON), ("updated", NOON + 100)):
        for bound, steps in (
            ("After", {-1: True, 0: True, 1: False}),
            ("Before", {-1: False, 0: True, 1: True}),
        ):
            for step, is_in in steps.items():
                found = api.ids("company", isCustomer=1, **{name + bound: moment + step})
                assert (company["id"] in found) is is_in, (name + bound, step)


def test_ids_are_beyond_what_a_float_or_int32_field_was_made_for(api: Api) -> None:
    company = api.company()
    assert company["id"] > FIRST_ID > 2**51
    assert api.must("GET", f"company/{company['id']}")["id"] == company["id"]


def test_an_empty_map_of_external_ids_is_now_and_then_a_list(api: Api) -> None:
    made = [api.company(f"Company {index}") for index in range(14)]
    assert [record["id"] for record in made if record["externalIds"] == []] == [
        e["id"] for e in made if e["id"] % 7 == 0
    ]
    assert sum(record["externalIds"] == [] for record in made) == 2
    assert all(record["externalIds"] == {} for record in made if record["id"] % 7)


def test_whole_amounts_come_as_integers_on_every_second_record(api: Api) -> None:
    location = api.location()
    prices = [api.job(location, estimatedPrice=1800)["estimatedPrice"] for _ in range(2)]
    assert {type(price) for price in prices} == {int, float}
    assert prices == [1800, 1800]


def test_a_compound_answer_has_bare_ids_and_their_targets_beside_data(api: Api) -> None:
    location = api.location()
    job = api.job(location, status="scheduled")
    api.sandbox.switch("compound_references", True)
    body = api.http.get(f"job/{job['id']}").json()
    assert body["data"]["location"] == location["id"]
    assert [shown["id"] for shown in body["locations"]] == [location["id"]]
    assert {company["name"] for company in body["companies"]} == {
        "Harbor Foods LLC",
        "Example Fire & Mechanical",
    }
    page = api.http.get("job").json()
    assert page["meta"]["totalRecords"] == 1
    assert page["data"].keys() == {"jobs"}
    api.sandbox.switch("compound_references", False)
    assert (
        api.http.get("job", params={"_sideload": "job.location"}).json()["meta"]["totalRecords"]
        == 1
    )
    assert api.must("GET", "job")["totalCount"] == 1


def test_a_switch_that_does_not_exist_or_fit_is_refused(api: Api) -> None:
    for name, value in (
        ("colour", 1),
        ("charge_ms", True),
        ("compound_references", 1),
        ("budget_ms", "9"),
        ("listed_item_ids", "sometimes"),
    ):
        with pytest.raises(ValueError, match=name):
            api.sandbox.switch(name, value)


def test_switches_can_be_changed_from_outside_through_the_object_given_to_the_app(
    tmp_path: Path,
) -> None:
    api = Api(tmp_path)
    switches: Switches = api.sandbox.switches
    switches.compound_references = True
    assert "totalRecords" in api.http.get("account").json()["meta"]
    api.sandbox.close()


def test_a_killed_sandbox_keeps_records_external_ids_and_numbers(tmp_path: Path) -> None:
    first = Api(tmp_path)
    job = first.job()
    gone = first.location()
    first.must("DELETE", f"location/{gone['id']}")
    first.must("PUT", f"externalid/job/{job['id']}/spectrum", {"value": "10001"})
    again = Api(tmp_path)  # the first one never got to close its file
    assert again.must("GET", "externalid/job/spectrum/10001")["id"] == job["id"]
    assert again.sandbox.counts() == first.sandbox.counts()
    following = again.job()
    assert following["number"] == job["number"] + 1
    assert following["id"] > gone["id"]
    again.sandbox.close()
    first.sandbox.close()


def test_a_reset_leaves_the_fixed_set_up_only(api: Api) -> None:
    before = api.sandbox.counts()
    api.job()
    assert api.sandbox.counts()["job"] == 1
    api.sandbox.reset()
    assert api.sandbox.counts() == before
    assert [record["id"] for record in api.sandbox.records("company")] == [PRIME_COMPANY_ID]
    with pytest.raises(KeyError):
        api.sandbox.records("customers")


def test_calls_from_many_threads_lose_nothing(api: Api) -> None:
    location = api.location()
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: api.job(location), range(80)))
    assert len({job["id"] for job in jobs}) == len({job["number"] for job in jobs}) == 80


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "expected"),
    [
        ("GET", "/api/company/25", "", b"", Operation("GET /company/{id}", "25", False)),
        ("GET", "/api/job", "status=all", b"", Operation("GET /job", "status=all", False)),
        (
            "POST",
            "/api/company",
            "",
            b'{"name": "Harbor"}',
            Operation("POST /company", "Harbor", True),
        ),
        ("PUT", "/api/job/7", "", b"{}", Operation("PUT /job/{id}", "7", True)),
        (
            "PUT",
            "/api/externalid/job/7/spectrum",
            "",
            b'{"value": "10001"}',
            Operation("PUT /externalid", "job|7|spectrum|10001", True),
        ),
        (
            "GET",
            "/api/externalid/job/7/spectrum",
            "",
            b"",
            Operation("GET /externalid", "job|7|spectrum", False),
        ),
        (
            "GET",
            "/api/externalid/job/spectrum/A",
            "",
            b"",
            Operation("GET /externalid", "job|spectrum|A", False),
        ),
        (
            "POST",
            "/api/comment",
            "",
            b'{"entityId": 7, "entityType": 3}',
            Operation("POST /comment", "3|7", True),
        ),
        (
            "POST",
            "/api/oauth2/token",
            "",
            b"grant_type=refresh_token",
            Operation("POST /oauth2/token", "refresh_token", False),
        ),
        ("DELETE", "/api/auth", "", b"", Operation("DELETE /auth", "", False)),
        ("POST", "/api/nothing", "", b"not json", Operation("POST /nothing", "", True)),
        ("POST", "/api/company", "", b"not json", Operation("POST /company", "", True)),
    ],
)
def test_calls_are_named_by_route_and_natural_key(
    method: str, path: str, query: str, body: bytes, expected: Operation
) -> None:
    assert identify(method, path, query, body) == expected


def test_a_thousand_jobs_go_in_and_come_out_fast(api: Api) -> None:
    location = api.location()
    body = {
        "locationId": location["id"],
        "vendorId": PRIME_COMPANY_ID,
        "type": "repair",
        "status": "scheduled",
    }

    async def load() -> tuple[float, float]:
        transport = httpx.ASGITransport(app=api.app)
        headers = {"Authorization": api.http.headers["Authorization"]}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://st.test/api/", headers=headers
        ) as client:
            started = time.perf_counter()
            for _ in range(1000):
                assert (await client.post("job", json=body)).status_code == 200
            filled = time.perf_counter()
            page = await client.get("job", params={"limit": 1000})
            assert len(page.json()["data"]["jobs"]) == 1000
            return filled - started, page.json()["meta"]["stats"]["requestDurationMs"] / 1000

    posts, listing = asyncio.run(load())
    assert posts < 10
    assert listing < 0.5
