"""Time cards, clock events, labor and absences through the client, against the sandbox's
ServiceTrade.
"""

import json
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import ContractBroken, Unavailable
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.dialect import DialectTransport
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Unreadable
from tests.world.dispatcher import Dispatcher

MONDAY = 1_777_867_200
"""2026-05-04 00:00 in New York."""
HOUR, DAY = 3_600, 86_400
WEEK = {"periodStart": MONDAY - DAY, "periodEnd": MONDAY + 6 * DAY - 1}


@pytest.fixture
def connection_to_sandbox(sandbox: Sandbox) -> ServiceTradeConnection:
    return ServiceTradeConnection(
        base_url=sandbox.servicetrade_url,
        client_id=credentials.CLIENT_ID,
        client_secret=SecretStr(credentials.CLIENT_SECRET),
        external_system=credentials.EXTERNAL_SYSTEM,
        read_attempts=3,
        page_limit=3,
    )


@pytest.fixture
def client(connection_to_sandbox: ServiceTradeConnection) -> Iterator[ServiceTrade]:
    with ServiceTrade(connection_to_sandbox) as servicetrade:
        yield servicetrade


def test_a_week_of_cards_comes_with_hours_jobs_and_employee_ids(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    user, job = dispatcher.technician("Ty", "E-Ty"), dispatcher.chain()[2]
    item = dispatcher.office.post("/libitem", name="Labor", type="labor", code="LAB-REG")["id"]
    work = {
        "date": MONDAY,
        "type": "labor",
        "jobId": job,
        "libItemId": item,
        "quantity": 7.35,
        "duration": 26_460,
    }
    off = {"date": MONDAY + DAY, "type": "other", "name": "PTO", "quantity": 8}
    made = dispatcher.office.post(
        "/timecard", userId=user, dayLogs=[work, off], status="approved", **WEEK
    )
    later = {"periodStart": WEEK["periodStart"] + 7 * DAY, "periodEnd": WEEK["periodEnd"] + 7 * DAY}
    dispatcher.office.post("/timecard", userId=user, **later)

    (card,) = client.time_cards(WEEK["periodStart"], WEEK["periodStart"] + 7 * DAY)

    assert (card.id, card.status, card.user.external_ids) == (
        made["id"],
        "approved",
        {"spectrum": "E-Ty"},
    )
    labor, pto = card.day_logs
    assert labor.job is not None
    assert labor.lib_item is not None
    assert (labor.quantity, labor.duration, labor.lib_item.code) == (
        Decimal("7.35"),
        26_460,
        "LAB-REG",
    )
    assert (labor.job.id, labor.job.type) == (job, "repair")
    assert (pto.name, pto.job, pto.quantity, pto.type) == ("PTO", None, Decimal(8), "other")
    assert client.time_card(card.id) == card
    assert client.time_card(card.id + 999) is None


def test_cards_are_asked_for_by_status_and_by_change(
    dispatcher: Dispatcher, client: ServiceTrade, sandbox: Sandbox
) -> None:
    user = dispatcher.technician("Ty", "E-Ty")
    sandbox.control.switch("servicetrade", frozen_time=MONDAY)
    card = dispatcher.office.post("/timecard", userId=user, status="approved", **WEEK)["id"]
    assert [found.id for found in client.time_cards(status="approved", updated_after=MONDAY)] == [
        card
    ]
    sandbox.control.switch("servicetrade", frozen_time=MONDAY + 60)
    dispatcher.office.put(f"/timecard/{card}", status="open")
    (changed,) = client.time_cards(updated_after=MONDAY + 60)
    assert (changed.status, changed.approved_on, changed.updated) == ("open", 0, MONDAY + 60)
    assert list(client.time_cards(status="approved")) == []


def test_every_page_of_clock_events_is_read_and_the_end_does_not_belong(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    user, job = dispatcher.technician("Ty", "E-Ty"), dispatcher.chain()[2]
    times = [
        MONDAY - 1,
        MONDAY,
        MONDAY + HOUR,
        MONDAY + 2 * HOUR,
        MONDAY + 3 * HOUR,
        MONDAY + DAY - 1,
        MONDAY + DAY,
    ]
    for place, at in enumerate(times):
        kind = "out" if place % 2 == 0 else "in"
        dispatcher.office.post(
            "/clock", userId=user, jobId=job, eventTime=at, eventType=kind, activity="enroute"
        )
    events = list(client.clock_events(MONDAY, MONDAY + DAY))
    assert [event.event_time for event in events] == times[1:-1]
    first = events[0]
    assert first.job is not None
    assert (first.is_in, first.activity, first.user.id, first.job.id) == (
        True,
        "enroute",
        user,
        job,
    )
    assert client.calls["GET /clock"] == 2


def test_labor_is_read_by_day_of_use_with_its_technician_and_parts_are_not(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    user, job = dispatcher.technician("Ty", "E-Ty"), dispatcher.chain()[2]
    labor = dispatcher.office.post("/libitem", name="Labor", type="labor", code="LAB-REG")["id"]
    part = dispatcher.office.post("/libitem", name="Seal", type="part")["id"]
    source = {"type": "tech", "userId": user}
    for at in (MONDAY - 1, MONDAY, MONDAY + DAY - 1, MONDAY + DAY):
        dispatcher.office.post(
            "/jobitem",
            name="Labor",
            jobId=job,
            libItemId=labor,
            quantity=2.25,
            usedOn=at,
            source=source,
        )
    dispatcher.office.post("/jobitem", name="Seal", jobId=job, libItemId=part, usedOn=MONDAY)
    dispatcher.office.post("/jobitem", name="Labor", jobId=job, libItemId=labor, quantity=1)
    found = list(client.labor_items(MONDAY, MONDAY + DAY))
    assert [item.used_on for item in found] == [MONDAY, MONDAY + DAY - 1]
    assert found[0].source is not None
    assert (found[0].source.user_id, found[0].quantity) == (user, Decimal("2.25"))


def test_absences_count_when_they_touch_the_time(
    dispatcher: Dispatcher, client: ServiceTrade
) -> None:
    user = dispatcher.technician("Ty", "E-Ty")
    spans = {
        "before": (-DAY, 0),
        "into": (-DAY, 1),
        "inside": (0, DAY),
        "around": (-DAY, 9 * DAY),
        "after": (DAY, DAY + 1),
    }
    for name, (start, end) in spans.items():
        dispatcher.office.post(
            "/user/absence",
            userId=user,
            windowStart=MONDAY + start,
            windowEnd=MONDAY + end,
            name=name,
        )
    found = {absence.name: absence for absence in client.absences(MONDAY, MONDAY + DAY)}
    assert set(found) == {"into", "inside", "around"}
    assert (found["inside"].user.id, found["inside"].window_end) == (user, MONDAY + DAY)


def test_a_failed_page_is_an_error_and_never_a_short_week(
    dispatcher: Dispatcher, client: ServiceTrade, sandbox: Sandbox
) -> None:
    user = dispatcher.technician("Ty", "E-Ty")
    for place in range(4):
        dispatcher.office.post("/clock", userId=user, eventTime=MONDAY + place, eventType="in")
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /clock", kind="fail_before", skip=1, count=9
    )
    with pytest.raises(Unavailable):
        list(client.clock_events(MONDAY, MONDAY + DAY))


def test_a_card_that_does_not_say_which_week_it_is_of_is_not_read(
    dispatcher: Dispatcher, client: ServiceTrade, sandbox: Sandbox
) -> None:
    card = dispatcher.office.post("/timecard", userId=dispatcher.technician("Ty", "E-Ty"), **WEEK)[
        "id"
    ]
    sandbox.control.edit("timecard", card, periodStart=None)
    with pytest.raises(ContractBroken, match="periodStart"):
        client.time_card(card)


def test_accounts_that_answer_with_bare_ids_are_read_too(
    dispatcher: Dispatcher, client: ServiceTrade, sandbox: Sandbox
) -> None:
    user, job = dispatcher.technician("Ty", "E-Ty"), dispatcher.chain()[2]
    dispatcher.office.post("/clock", userId=user, jobId=job, eventTime=MONDAY, eventType="in")
    dispatcher.office.post(
        "/timecard",
        userId=user,
        dayLogs=[{"date": MONDAY, "type": "labor", "jobId": job, "quantity": 1}],
        **WEEK,
    )
    sandbox.control.switch("servicetrade", compound_references=True)
    (event,), (card,) = client.clock_events(MONDAY, MONDAY + 1), client.time_cards()
    assert event.job is not None
    assert card.day_logs[0].job is not None
    assert (event.user.id, event.job.id, card.day_logs[0].job.id) == (user, job, job)
    assert event.job.number is not None


def week(place: int) -> dict[str, int]:
    return {name: at + place * 7 * DAY for name, at in WEEK.items()}


def without_rows(request: httpx.Request, content: bytes) -> bytes:
    """A list that leaves the rows of its cards to the reading of one."""
    if not request.url.path.endswith("/timecard"):
        return content
    answer = json.loads(content)
    for card in answer["data"]["timeCards"]:
        del card["dayLogs"]
    return json.dumps(answer).encode()


def test_rows_that_the_list_leaves_out_are_read_with_each_card(
    dispatcher: Dispatcher, sandbox: Sandbox, connection_to_sandbox: ServiceTradeConnection
) -> None:
    user = dispatcher.technician("Ty", "E-Ty")
    row = {"date": MONDAY, "type": "other", "name": "PTO", "quantity": 8}
    whole, broken, gone = (
        dispatcher.office.post("/timecard", userId=user, dayLogs=[row], **week(place))["id"]
        for place in range(3)
    )
    sandbox.control.edit("timecard", broken, periodStart=None)
    sandbox.control.add_fault(
        system="servicetrade",
        operation="GET /timecard/{id}",
        key=str(gone),
        kind="status",
        status=404,
    )
    unreadable: list[Unreadable] = []
    with (
        httpx.HTTPTransport() as network,
        ServiceTrade(
            connection_to_sandbox, transport=DialectTransport(network, without_rows)
        ) as client,
    ):
        cards = list(client.time_cards(on_unreadable=unreadable.append))

    assert [(card.id, [log.name for log in card.day_logs]) for card in cards] == [(whole, ["PTO"])]
    assert {record.id for record in unreadable} == {broken, gone}
