"""Time cards, clock events, absences and labor on the ServiceTrade stand-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.sandbox.servicetrade import clock
from st_spectrum.sandbox.servicetrade.app import BULK
from tests.sandbox.servicetrade_api import NOON, Api

HOUR = 3600
WEEK = {"periodStart": NOON, "periodEnd": NOON + 7 * 86_400 - 1}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


def technician(api: Api, name: str = "Ty") -> int:
    body = {
        "firstName": name,
        "lastName": "Tech",
        "username": f"{name}@example.com",
        "isTech": True,
    }
    number: int = api.must("POST", "user", body)["id"]
    return number


def card(api: Api, user: int, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    rows = rows or ({"date": NOON, "type": "labor", "quantity": 5, "duration": 5 * HOUR},)
    made: dict[str, Any] = api.must(
        "POST", "timecard", {"userId": user, "dayLogs": list(rows), **WEEK, **more}
    )
    return made


def test_a_card_shows_its_technician_with_external_ids_and_each_row_with_its_job(api: Api) -> None:
    user, job = technician(api), api.job()
    api.must("PUT", f"externalid/user/{user}/spectrum", {"value": "E1007"})
    item = api.must("POST", "libitem", {"name": "Labor", "type": "labor", "code": "LAB-REG"})
    row = {
        "date": NOON,
        "type": "labor",
        "jobId": job["id"],
        "libItemId": item["id"],
        "quantity": 7.25,
    }
    made = card(api, user, row, {"date": NOON, "type": "other", "name": "PTO", "quantity": 8})
    for shown in (
        made,
        api.must("GET", f"timecard/{made['id']}"),
        api.must("GET", "timecard")["timeCards"][0],
    ):
        assert shown["user"]["externalIds"] == {"spectrum": "E1007"}
        work, off = shown["dayLogs"]
        assert (work["job"]["number"], work["libItem"]["code"], work["quantity"]) == (
            job["number"],
            "LAB-REG",
            7.25,
        )
        assert (off["name"], off["job"], off["type"]) == ("PTO", None, "other")
    assert len({row["id"] for row in made["dayLogs"]}) == 2


def test_approval_is_stamped_and_can_be_taken_back(api: Api) -> None:
    made = card(api, technician(api))
    assert (made["status"], made["approvedOn"], made["approvedBy"]) == ("open", None, None)
    api.at(60)
    approved = api.must("PUT", f"timecard/{made['id']}", {"status": "approved"})
    assert (approved["approvedOn"], approved["submittedOn"]) == (NOON + 60, NOON + 60)
    assert approved["approvedBy"]["name"] == "Sync User"
    api.at(120)
    again = api.must("PUT", f"timecard/{made['id']}", {"status": "open"})
    assert (again["approvedOn"], again["approvedBy"], again["updated"]) == (None, None, NOON + 120)


def test_a_corrected_row_keeps_its_id_when_it_is_sent_along(api: Api) -> None:
    made = card(api, technician(api))
    number = made["dayLogs"][0]["id"]
    rows = [
        {"id": number, "date": NOON, "type": "labor", "quantity": 6},
        {"date": NOON, "type": "other", "name": "Sick"},
    ]
    changed = api.must("PUT", f"timecard/{made['id']}", {"dayLogs": rows})["dayLogs"]
    assert (changed[0]["id"], changed[0]["quantity"]) == (number, 6)
    assert changed[1]["id"] not in (number, None)


def test_cards_are_found_by_week_status_and_technician(api: Api) -> None:
    one, two = technician(api), technician(api, "Ann")
    first = card(api, one, status="approved")
    second = card(api, two, periodStart=NOON + 7 * 86_400, periodEnd=NOON + 14 * 86_400 - 1)
    assert api.ids("timecard", periodStartAfter=NOON, periodStartBefore=NOON + 1) == [first["id"]]
    assert api.ids("timecard", status="open,submitted") == [second["id"]]
    assert api.ids("timecard", userIds=f"{two}") == [second["id"]]
    assert api.refused("GET", "timecard", week="1")[0] == 400


def test_a_row_that_cannot_be_is_refused_by_its_place(api: Api) -> None:
    rows = [{"date": NOON, "type": "labor"}, {"date": NOON, "type": "lunch", "jobId": 1}]
    status, text = api.refused(
        "POST", "timecard", {"userId": technician(api), "dayLogs": rows, **WEEK}
    )
    assert status == 400
    assert "row 2" in text
    assert "lunch" in text
    assert "there is no job 1" in text


def test_clocking_in_and_out_makes_a_pair_and_an_open_one_has_no_end(api: Api) -> None:
    job = api.job()
    api.must("POST", f"job/{job['id']}/clockin", {"lat": 36.85, "lon": -76.29})
    api.at(5 * HOUR)
    api.must("POST", f"job/{job['id']}/clockout")
    api.must("POST", f"job/{job['id']}/clockin", {"activity": "enroute"})
    found = api.must("GET", f"job/{job['id']}/clockevent")
    closed, still_open = sorted(found["pairedEvents"], key=lambda pair: pair["start"]["eventTime"])
    assert (closed["start"]["eventType"], closed["end"]["eventType"], closed["elapsedTime"]) == (
        "in",
        "out",
        5 * HOUR,
    )
    assert "end" not in still_open
    assert found["activityTime"] == {"onsite": 5 * HOUR, "enroute": 0, "offsite": 0, "onbreak": 0}
    assert api.must("GET", f"job/{job['id']}/clockevent", activity="enroute")["pairedEvents"] == [
        still_open
    ]


def test_clock_events_are_found_by_time_user_and_whether_they_are_open(api: Api) -> None:
    user, job = technician(api), api.job()
    event = {"userId": user, "jobId": job["id"], "eventType": "in"}
    first = api.must("POST", "clock", {**event, "eventTime": NOON})
    api.must("POST", "clock", {**event, "eventTime": NOON + HOUR, "eventType": "out"})
    last = api.must("POST", "clock", {**event, "eventTime": NOON + 2 * HOUR})
    assert api.ids("clock", startTime=NOON, endTime=NOON) == [first["id"]]
    assert api.ids("clock", openClockEvents=1, userIds=user) == [last["id"]]
    assert api.refused("GET", "clock", openClockEvents=1) == (
        400,
        "openClockEvents: needs userId or userIds",
    )
    assert api.refused("GET", "clock", appointmentId=1) == (400, "appointmentId: needs jobId")


def test_an_administrator_corrects_and_removes_clock_events(api: Api) -> None:
    made = api.must(
        "POST", "clock", {"userId": technician(api), "eventTime": NOON, "eventType": "in"}
    )
    assert (
        api.must("PUT", f"clock/{made['id']}", {"eventTime": NOON - 900})["eventTime"] == NOON - 900
    )
    api.must("DELETE", f"clock/{made['id']}")
    assert api.ids("clock") == []


def test_absences_are_listed_beside_users_and_read_forwards(api: Api) -> None:
    user = technician(api)
    made = api.must(
        "POST",
        "user/absence",
        {"userId": user, "windowStart": NOON, "windowEnd": NOON + HOUR, "name": "PTO"},
    )
    (shown,) = api.must("GET", "user/absence")["userAbsences"]
    assert (shown["id"], shown["user"]["id"], shown["windowEnd"] - shown["windowStart"]) == (
        made["id"],
        user,
        HOUR,
    )
    assert api.must("GET", f"user/{user}")["id"] == user
    backwards = {"userId": user, "windowStart": NOON, "windowEnd": NOON}
    assert api.refused("POST", "user/absence", backwards)[0] == 400
    api.must("DELETE", f"user/absence/{made['id']}")
    assert api.ids("user/absence") == []


def test_labor_is_told_from_parts_by_its_library_item(api: Api) -> None:
    user, job = technician(api), api.job()
    labor = api.must("POST", "libitem", {"name": "Labor", "type": "labor", "code": "LAB-REG"})["id"]
    part = api.must("POST", "libitem", {"name": "Seal", "type": "part"})["id"]
    source = {"type": "tech", "userId": user}
    item = {
        "name": "Labor",
        "jobId": job["id"],
        "libItemId": labor,
        "quantity": 2.5,
        "usedOn": NOON,
        "source": source,
    }
    hours = api.must("POST", "jobitem", item)
    api.must(
        "POST", "jobitem", {"name": "Seal", "jobId": job["id"], "libItemId": part, "usedOn": NOON}
    )
    assert api.ids("jobitem", libItemType="labor", usedOnAfter=NOON, usedOnBefore=NOON) == [
        hours["id"]
    ]
    assert (hours["source"], hours["quantity"], hours["libItem"]["code"]) == (
        source,
        2.5,
        "LAB-REG",
    )


@given(
    events=st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(1, 3),
            st.sampled_from(clock.TYPES),
            st.sampled_from(clock.ACTIVITIES),
        )
    )
)
def test_whatever_is_clocked_an_end_closes_one_beginning_of_its_own_kind(
    events: list[tuple[int, int, str, str]],
) -> None:
    made = [
        {
            "id": number,
            "eventTime": at,
            "userId": user,
            "jobId": None,
            "eventType": kind,
            "activity": activity,
        }
        for number, (at, user, kind, activity) in enumerate(events)
    ]
    pairs = clock.pairs(made)
    assert sorted(start["id"] for start, _ in pairs) == [
        event["id"] for event in made if event["eventType"] == "in"
    ]
    ends = [end["id"] for _, end in pairs if end is not None]
    assert len(ends) == len(set(ends))
    for start, end in pairs:
        if end is not None:
            assert end["eventTime"] >= start["eventTime"]
            assert (end["userId"], end["activity"]) == (start["userId"], start["activity"])


def test_thousands_of_records_are_added_at_once_and_read_like_any_other(api: Api) -> None:
    user, job = technician(api), api.job()
    labor = api.must("POST", "libitem", {"name": "Labor", "type": "labor"})["id"]
    item = {
        "name": "Labor",
        "jobId": job["id"],
        "libItemId": labor,
        "usedOn": NOON,
        "quantity": 1.5,
    }
    numbers = api.sandbox.add(
        "jobitem", [item | {"source": {"type": "tech", "userId": user}}] * 5_000
    )
    assert len(set(numbers)) == 5_000
    assert api.must("GET", "jobitem", libItemType="labor", limit=2000)["totalPages"] == 3
    rows = [
        {
            "date": NOON,
            "type": "labor",
            "jobItemId": numbers[0],
            "jobId": job["id"],
            "quantity": 1.5,
        }
    ]
    (added,) = api.sandbox.add(
        "timecard", [{"userId": user, "dayLogs": rows, "status": "approved", **WEEK}]
    )
    shown = api.must("GET", f"timecard/{added}")
    assert (shown["status"], shown["dayLogs"][0]["jobItem"]["id"]) == ("approved", numbers[0])
    with pytest.raises(KeyError, match="absence, clockevent, jobitem, timecard"):
        api.sandbox.add("company", [{}])
    assert set(BULK) == {"absence", "clockevent", "jobitem", "timecard"}
