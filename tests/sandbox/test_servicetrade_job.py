"""Jobs, service requests, users, tags, comments and external ids of the ServiceTrade stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.sandbox.credentials import USERNAME
from st_spectrum.sandbox.servicetrade.job import STATUSES
from st_spectrum.sandbox.servicetrade.seed import API_USER_ID, PRIME_COMPANY_ID
from tests.sandbox.servicetrade_api import NOON, Api

JOB_TAG = 3


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


def test_number_and_name_of_a_job_are_assigned(api: Api) -> None:
    location = api.location()
    jobs = [
        api.job(location),
        api.job(location, type="service_call"),
        api.job(location, customName="Pump room"),
    ]
    assert [job["number"] for job in jobs] == [10001, 10002, 10003]
    assert [job["name"] for job in jobs] == [
        "Repair Job #10001",
        "Service Call Job #10002",
        "Pump room",
    ]
    assert jobs[0]["customer"]["id"] == location["company"]["id"]
    assert jobs[0]["vendor"]["id"] == PRIME_COMPANY_ID
    assert api.refused("PUT", f"job/{jobs[0]['id']}", {"number": 5})[0] == 400


def test_a_job_needs_location_vendor_and_type_and_keeps_them(api: Api) -> None:
    status, text = api.refused("POST", "job", {"description": "x"})
    assert status == 400
    assert all(f"{name} is required" in text for name in ("locationId", "vendorId", "type"))
    job = api.job()
    for name, value in (
        ("type", "inspection"),
        ("vendorId", PRIME_COMPANY_ID),
        ("locationId", job["location"]["id"]),
    ):
        assert api.refused("PUT", f"job/{job['id']}", {name: value})[0] == 400
    assert api.refused("PUT", f"job/{job['id']}", {"customerPo": "P" * 41})[0] == 400
    assert api.must("PUT", f"job/{job['id']}", {"customerPo": "P" * 40})["customerPo"] == "P" * 40


def test_the_office_of_a_job_comes_from_its_location(api: Api) -> None:
    offices = [
        api.location({"id": PRIME_COMPANY_ID}, name=name)["id"] for name in ("Norfolk", "Richmond")
    ]
    location = api.location(officeIds=offices)
    assert api.job(location)["assignedOffice"]["name"] == "Norfolk"
    assert api.job(location, assignedOfficeId=offices[1])["assignedOffice"]["name"] == "Richmond"
    assert api.job()["assignedOffice"] is None


def test_a_job_list_shows_only_scheduled_jobs_unless_asked(api: Api) -> None:
    location = api.location()
    by_status = {status: api.job(location, status=status) for status in STATUSES}
    ids = {status: job["id"] for status, job in by_status.items()}
    assert api.ids("job") == [ids["scheduled"]]
    assert api.ids("job", updatedAfter=0) == [ids["scheduled"]]
    assert api.ids("job", status="all") == [
        id_ for status, id_ in ids.items() if status != "canceled"
    ]
    assert api.ids("job", status="canceled") == [ids["canceled"]]
    assert api.ids("job", status=",".join(STATUSES)) == list(ids.values())
    assert api.refused("GET", "job", status="*")[0] == 400
    assert api.refused("GET", "job", status="cancelled")[0] == 400
    numbers = f"{by_status['canceled']['number']},{by_status['new']['number']}"
    assert api.ids("job", number=numbers) == [ids["new"], ids["canceled"]]
    assert api.ids("job", number=numbers, status="new") == [ids["new"]]
    assert api.refused("GET", "job", number="J1")[0] == 400


def test_jobs_are_found_by_what_they_refer_to(api: Api) -> None:
    user = api.must("POST", "user", {"firstName": "Sal", "lastName": "Es", "username": "sal"})["id"]
    office = api.location({"id": PRIME_COMPANY_ID})["id"]
    location = api.location(officeIds=[office])
    job = api.job(location, status="scheduled", salesId=user, dueBy=NOON, estimatedPrice=10.5)["id"]
    api.job(status="scheduled")
    for query in (
        {"locationId": location["id"]},
        {"customerId": location["company"]["id"]},
        {"salesId": user},
        {"officeIds": office},
        {"id": job},
        {"jobIds": job},
        {"dueByBegin": NOON, "dueByEnd": NOON},
        {"noDueBy": 0},
        {"estimatedPriceFrom": 10},
    ):
        assert api.ids("job", **query) == [job], query
    assert len(api.ids("job", vendorId=PRIME_COMPANY_ID, type="repair,survey")) == 2
    assert api.refused("GET", "job", appointmentStatus="scheduled")[0] == 400


def test_a_completed_job_is_reopened_before_it_can_be_canceled(api: Api) -> None:
    job = api.job(status="scheduled")["id"]
    assert api.must("PUT", f"job/{job}", {"status": "completed"})["completedOn"] == NOON
    status, text = api.refused("PUT", f"job/{job}", {"status": "canceled"})
    assert (status, "reopen" in text) == (400, True)
    assert api.must("PUT", f"job/{job}", {"status": "scheduled"})["completedOn"] is None
    assert api.must("PUT", f"job/{job}", {"status": "canceled"})["displayStatus"] == "Canceled"


def test_only_the_detail_of_a_job_has_notes_and_service_requests(api: Api) -> None:
    line = api.must("GET", "serviceline")["servicelines"][0]
    assert line.keys() == {"id", "name", "trade", "abbr", "icon"}
    job = api.job(status="scheduled")["id"]
    request = api.must(
        "POST", "servicerequest", {"jobId": job, "description": "Seal", "serviceLineId": line["id"]}
    )
    api.must(
        "POST",
        "comment",
        {"entityId": job, "entityType": 3, "content": "Call first", "visibility": ["schedule"]},
    )
    only_detail = {"notes", "schedulingComments", "serviceRequests"}
    listed = api.must("GET", "job")["jobs"][0]
    detail = api.must("GET", f"job/{job}")
    assert detail.keys() - listed.keys() == only_detail
    assert detail["serviceRequests"] == [
        {key: request[key] for key in ("id", "uri", "description", "status")}
    ]
    assert [note["content"] for note in detail["notes"]] == ["Call first"]


def test_every_job_says_the_same_old_service_line_whatever_its_work_is(api: Api) -> None:
    lines = api.must("GET", "serviceline")["servicelines"]
    for line in lines[:2]:
        job = api.job(status="scheduled")["id"]
        api.must(
            "POST",
            "servicerequest",
            {"jobId": job, "description": "Seal", "serviceLineId": line["id"]},
        )

    texts = {job["serviceLine"] for job in api.must("GET", "job")["jobs"]}

    assert len(texts) == 1
    assert not texts & {line["name"] for line in lines}


def test_service_requests_carry_the_service_line_and_are_listed_by_job(api: Api) -> None:
    lines = api.must("GET", "serviceline")["servicelines"]
    job = api.job()
    made = [
        api.must(
            "POST",
            "servicerequest",
            {"jobId": job["id"], "description": "x", "serviceLineId": line["id"]},
        )
        for line in lines[:2]
    ]
    assert [request["serviceLine"] for request in made] == lines[:2]
    assert made[0]["location"]["id"] == job["location"]["id"]
    assert api.ids("servicerequest", jobId=job["id"]) == [request["id"] for request in made]
    assert api.ids("servicerequest", jobId=1) == []
    assert api.ids("job", serviceLineIds=lines[1]["id"], status="all") == [job["id"]]
    api.must("PUT", f"servicerequest/{made[0]['id']}", {"status": "closed"})
    assert api.ids("servicerequest", jobId=job["id"], status="open") == [made[1]["id"]]
    body = {"description": "x", "serviceLineId": lines[0]["id"]}
    assert api.refused("POST", "servicerequest", body)[0] == 400
    assert api.refused("GET", "servicerequest", updatedAfter=1)[0] == 400


def test_a_job_can_take_service_requests_of_its_location(api: Api) -> None:
    line = api.must("GET", "serviceline")["servicelines"][0]["id"]
    location = api.location()
    body = {"locationId": location["id"], "description": "x", "serviceLineId": line}
    request = api.must("POST", "servicerequest", body)
    job = api.job(location, serviceRequestIds=[request["id"]])
    assert [shown["id"] for shown in job["serviceRequests"]] == [request["id"]]


@pytest.mark.parametrize("is_parent_touched", [True, False])
def test_whether_tags_and_service_requests_move_updated_is_a_switch(
    api: Api, is_parent_touched: bool
) -> None:
    api.sandbox.switch("is_parent_touched", is_parent_touched)
    line = api.must("GET", "serviceline")["servicelines"][0]["id"]
    tagged, worked = api.job()["id"], api.job()["id"]
    api.at(60)
    api.must("POST", "tag", {"name": "pm-jsmith", "entityId": tagged, "entityType": JOB_TAG})
    api.must("POST", "servicerequest", {"jobId": worked, "description": "x", "serviceLineId": line})
    expected = NOON + 60 if is_parent_touched else NOON
    assert {api.must("GET", f"job/{job_id}")["updated"] for job_id in (tagged, worked)} == {
        expected
    }


def test_a_tag_is_made_once_and_used_again(api: Api) -> None:
    location = api.location()
    one, two = (api.job(location, status="scheduled")["id"] for _ in range(2))
    tags = [
        api.must("POST", "tag", {"name": name, "entityId": job, "entityType": JOB_TAG})
        for name, job in (("pm-jsmith", one), ("PM-JSmith", two), ("pm-jsmith", two), ("rush", two))
    ]
    assert len({tag["id"] for tag in tags}) == 2
    assert tags[2]["counts"]["job"] == 2
    assert [tag["name"] for tag in api.must("GET", f"job/{two}")["tags"]] == ["pm-jsmith", "rush"]
    assert api.ids("job", tag="pm-jsmith") == [one, two]
    assert api.ids("job", tag="pm-jsmith,rush") == [two]
    pointer = {"entityId": two, "entityType": JOB_TAG}
    api.must("DELETE", f"tag/{tags[0]['id']}", **pointer)
    assert api.ids("job", tag="pm-jsmith") == [one]
    api.must("DELETE", f"tag/{tags[0]['id']}")
    assert api.must("GET", f"job/{one}")["tags"] == []
    assert api.ids("tag") == [tags[3]["id"]]
    assert api.refused("POST", "tag", {"name": "x", "entityId": 1, "entityType": JOB_TAG})[0] == 400
    assert (
        api.refused("POST", "tag", {"name": "x", "entityId": API_USER_ID, "entityType": 4})[0]
        == 400
    )


def test_companies_and_locations_can_be_tagged_as_well(api: Api) -> None:
    location = api.location()
    api.must("POST", "tag", {"name": "vip", "entityId": location["id"], "entityType": "11"})
    api.must("POST", "tag", {"name": "vip", "entityId": location["company"]["id"], "entityType": 5})
    assert api.ids("location", tag="vip") == [location["id"]]
    assert api.ids("company", tag="vip") == [location["company"]["id"]]


def test_users_are_listed_by_role_and_change_their_name(api: Api) -> None:
    tech = api.must(
        "POST", "user", {"firstName": "Ty", "lastName": "Tech", "username": "ty", "isTech": True}
    )
    assert (tech["name"], tech["roles"]) == ("Ty Tech", [{"id": 3, "name": "technician"}])
    assert tech["avatar"].keys() == {"small", "medium", "large"}
    assert api.ids("user", role="technician") == api.ids("user", isTech=1) == [tech["id"]]
    assert api.must("PUT", f"user/{tech['id']}", {"lastName": "Taylor"})["name"] == "Ty Taylor"
    assert api.ids("user", search="taylor") == [tech["id"]]
    body = {"firstName": "A", "lastName": "B", "username": USERNAME}
    assert api.refused("POST", "user", body)[0] == 400
    shown = api.job(ownerId=tech["id"])["owner"]
    assert list(shown) == ["id", "uri", "name", "status", "email", "avatar", "isTech", "isHelper"]


def test_comments_are_written_changed_and_deleted(api: Api) -> None:
    job = api.job()["id"]
    made = api.must(
        "POST",
        "comment",
        {"entityId": job, "entityType": 3, "content": "Held", "visibility": ["billing"]},
    )
    assert (made["author"]["id"], made["visibility"]) == (API_USER_ID, ["billing"])
    assert api.must("PUT", f"comment/{made['id']}", {"content": "Sent"})["content"] == "Sent"
    assert api.ids("comment", entityId=job, entityType=3) == [made["id"]]
    api.must("DELETE", f"comment/{made['id']}")
    assert api.ids("comment", entityId=job, entityType=3) == []
    assert api.refused("GET", "comment", entityId=job)[0] == 400
    for wrong in (
        {"entityType": 99},
        {"entityId": 1},
        {"entityType": 9001},
        {"visibility": ["all"]},
        {"content": ""},
    ):
        body = {"entityId": job, "entityType": 3, "content": "x"} | wrong
        assert api.refused("POST", "comment", body)[0] == 400, wrong


def test_an_invoice_is_commented_under_a_number_that_nobody_takes_for_real(api: Api) -> None:
    invoice = api.sandbox.documents.insert("invoice", {"name": "Invoice for Job #10001"})["id"]
    api.must("POST", "comment", {"entityId": invoice, "entityType": 9001, "content": "Posted"})
    assert len(api.ids("comment", entityId=invoice, entityType=9001)) == 1


def test_an_external_id_is_set_read_both_ways_and_removed(api: Api) -> None:
    company = api.company()["id"]
    path = f"externalid/company/{company}"
    assert api.must("GET", f"{path}/spectrum") == {"value": None}
    api.at(60)
    assert api.must("PUT", f"{path}/spectrum", {"value": "HARBOR|003"}) == {"value": "HARBOR|003"}
    shown = api.must("GET", f"company/{company}")
    assert (shown["externalIds"], shown["updated"]) == ({"spectrum": "HARBOR|003"}, NOON + 60)
    assert api.must("GET", path) == {"values": {"spectrum": "HARBOR|003"}}
    assert api.must("GET", "externalid/company/spectrum/HARBOR%7C003") == shown
    assert api.must("POST", f"{path}/spectrum", {"value": "A/1"}) == {"value": "A/1"}
    assert api.must("GET", "externalid/company/spectrum/A%2F1")["id"] == company
    assert api.refused("GET", "externalid/company/spectrum/HARBOR%7C003")[0] == 404
    api.must("PUT", f"{path}/spectrum", {"value": ""})
    assert api.must("GET", path) == {"values": {}}
    assert api.refused("GET", "externalid/company/spectrum/A%2F1")[0] == 404


def test_an_external_id_is_unique_per_system_and_kind_of_record(api: Api) -> None:
    one, two = api.company("One")["id"], api.company("Two")["id"]
    location = api.location()["id"]
    api.must("PUT", f"externalid/company/{one}/spectrum", {"value": "C1"})
    api.must("PUT", f"externalid/company/{one}/spectrum", {"value": "C1"})
    assert api.refused("PUT", f"externalid/company/{two}/spectrum", {"value": "C1"})[0] == 400
    assert api.must("GET", f"company/{two}")["externalIds"] in ({}, [])
    api.must("PUT", f"externalid/location/{location}/spectrum", {"value": "C1"})
    api.must("PUT", f"externalid/company/{one}/spectrum", {"value": "C2"})
    api.must("PUT", f"externalid/company/{two}/spectrum", {"value": "C1"})
    assert api.must("GET", "externalid/company/spectrum/C1")["id"] == two


def test_external_ids_refuse_unknown_systems_kinds_records_and_values(api: Api) -> None:
    company = api.company()["id"]
    assert api.refused("PUT", f"externalid/company/{company}/vista", {"value": "1"})[0] == 400
    assert api.refused("GET", "externalid/company/vista/1")[0] == 400
    assert api.refused("PUT", f"externalid/invoice/{company}/spectrum", {"value": "1"})[0] == 400
    assert api.refused("PUT", "externalid/company/12/spectrum", {"value": "1"})[0] == 404
    assert api.refused("PUT", f"externalid/job/{company}/spectrum", {"value": "1"})[0] == 404
    for body in ({}, {"value": 1}, {"value": None}):
        assert api.refused("PUT", f"externalid/company/{company}/spectrum", body)[0] == 400
    assert api.refused("DELETE", f"externalid/company/{company}/spectrum")[0] == 405


def test_a_person_in_the_office_may_change_what_the_api_does_not_offer(api: Api) -> None:
    job = api.job()["id"]
    api.at(60)
    api.sandbox.edit("job", job, {"type": "inspection"})
    changed = api.must("GET", f"job/{job}")
    assert (changed["type"], changed["updated"]) == ("inspection", NOON + 60)
