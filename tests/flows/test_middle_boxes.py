"""A firewall, a proxy or a web server answers in a system's place: that proves nothing, and it
costs one record.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.engine.report import Result
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.desk import POST, Desk
from tests.flows.little import Little
from tests.flows.timekeeper import Timekeeper, timekeeper

pytestmark = pytest.mark.slow

TODAY = datetime.now(ZONE).date()
SUNDAY = TODAY - timedelta(days=(TODAY.weekday() + 1) % 7 + 7)
SERVICES = {"soap": "PreTimeCard", "rest": "POST /timecard/timecards"}


@pytest.fixture
def keeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """One technician and last week's time, all of it approved."""
    return timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=1), technicians=1
    )


@pytest.mark.parametrize("protocol", SERVICES)
def test_time_that_was_stored_behind_a_firewalls_page_is_paid_once(
    keeper: Timekeeper, protocol: str
) -> None:
    keeper.set(target=protocol)
    for status in (401, 403, 404, 429, 502):
        keeper.contractor.sandbox.control.add_fault(
            system="spectrum",
            operation=SERVICES[protocol],
            kind="middle_box",
            status=status,
            retry_after=3600,
        )

    for _ in range(3):
        keeper.carry()

    keeper.assert_exact()
    assert keeper.contractor.committed_twice() == []


@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.parametrize("protocol", SERVICES)
def test_the_first_firewalls_page_leaves_one_call_in_doubt_and_all_other_time_untouched(
    keeper: Timekeeper, protocol: str, status: int
) -> None:
    keeper.set(target=protocol)
    keeper.contractor.overrides |= {"spectrum": {"infolink": None}, "pace": {"workers": 1}}
    control = keeper.contractor.sandbox.control
    service = SERVICES[protocol]
    control.add_fault(
        system="spectrum", operation=service, kind="middle_box_before", status=status, count=99
    )

    report = keeper.carry()

    assert isinstance(report.stopped_by, ForeignAnswer)
    assert [
        outcome.result for outcome in report.outcomes if outcome.result is not Result.SKIPPED
    ] == [Result.HELD]
    assert len(control.calls("spectrum", service)) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_that_does_not_reach_its_system_leaves_one_record_in_doubt(
    little: Little, status: int
) -> None:
    little.overrides = {"pace": {"workers": 1}}
    companies = [little.company() for _ in range(4)]
    little.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="middle_box_before",
        status=status,
        count=99,
    )

    report = little.round()["customers"]

    assert isinstance(report.stopped_by, ForeignAnswer)
    assert len(little.sandbox.control.calls("servicetrade", "PUT /externalid")) == 1
    little.sandbox.control.clear_faults()
    little.rounds_until_quiet()
    assert all(little.carried("company", company) for company in companies)
    assert little.committed_twice() == []


def test_an_invoice_that_was_posted_behind_a_firewalls_page_stands_once(desk: Desk) -> None:
    keys = [desk.invoice() for _ in range(2)]
    desk.control.add_fault(system="spectrum", operation=POST, kind="middle_box", status=403)

    desk.quiet()

    assert desk.complaints(*keys) == []
    posted = [
        number for call in desk.control.calls("spectrum", POST) for number in call.key.split(",")
    ]
    assert len(posted) == len(set(posted)) == 2


def test_a_login_that_the_web_server_turns_away_costs_no_write(little: Little) -> None:
    little.overrides = {"pace": {"workers": 1}}
    for _ in range(4):
        little.company()
    little.fault(system="spectrum", operation="*", kind="middle_box_before", status=401, count=999)

    report = little.round()["customers"]

    assert report.stopped_by is not None
    assert little.sandbox.control.calls("spectrum", "AddCustomer") == []
    with little.session() as session:
        assert not any(
            held.entry.started_steps for _, held in session.ledger.open_entries("customers") if held
        )
    little.sandbox.control.clear_faults()
    little.rounds_until_quiet()
    little.assert_exact({})


@pytest.mark.parametrize("status", [403, 504])
@pytest.mark.parametrize("kind", ["middle_box", "middle_box_before"])
def test_a_link_that_a_firewall_answers_for_is_looked_up_and_set_once(
    little: Little, kind: str, status: int
) -> None:
    company = little.company()
    little.fault(system="servicetrade", operation="PUT /externalid", kind=kind, status=status)

    little.rounds_until_quiet()

    assert little.carried("company", company)
    assert little.committed_twice() == []
    little.assert_exact({})


def test_a_pause_of_an_hour_is_asked_for_once_and_ends_the_run(little: Little) -> None:
    little.overrides = {"pace": {"workers": 1}}
    companies = [little.company() for _ in range(3)]
    little.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="rate_limit",
        retry_after=3600,
        count=9,
    )
    begun = datetime.now().astimezone()

    report = little.round()["customers"]

    assert report.stopped_by is not None
    assert len(little.sandbox.control.calls("servicetrade", "PUT /externalid")) == 1
    entries = [little.entry("customers", company) for company in companies]
    (retry_at,) = [entry.retry_at for entry in entries if entry and entry.retry_at]
    assert timedelta(minutes=59) < retry_at - begun < timedelta(minutes=62)


@pytest.mark.parametrize("protocol", SERVICES)
def test_a_firewall_that_stays_puts_a_few_cards_before_a_person_and_the_others_wait_unsent(
    keeper: Timekeeper, protocol: str
) -> None:
    keeper.set(target=protocol)
    made, control = keeper.contractor, keeper.contractor.sandbox.control
    made.overrides |= {"spectrum": {"infolink": None}, "pace": {"workers": 1}}
    control.add_fault(
        system="spectrum",
        operation=SERVICES[protocol],
        kind="middle_box_before",
        status=403,
        count=99,
    )

    reports = [keeper.carry() for _ in range(6)]

    assert len(control.calls("spectrum", SERVICES[protocol])) == 3
    assert "calls before it did not get through" in " ".join(reports[-1].holds_by_cause())
    made.ahead = timedelta(minutes=6)
    keeper.carry()
    keeper.carry()
    assert len(control.calls("spectrum", SERVICES[protocol])) == 4, "one is tried"
    control.clear_faults()
    made.ahead = timedelta(minutes=20)
    assert keeper.carry().counts()["created"] == len(keeper.keys()) - 4


@pytest.mark.parametrize("protocol", SERVICES)
def test_after_a_page_that_asks_for_an_hour_nothing_is_sent_within_it(
    keeper: Timekeeper, protocol: str
) -> None:
    keeper.set(target=protocol)
    made, control = keeper.contractor, keeper.contractor.sandbox.control
    made.overrides["pace"] = {"workers": 1}
    control.add_fault(
        system="spectrum",
        operation=SERVICES[protocol],
        kind="rate_limit",
        retry_after=3600,
        count=999,
    )

    for minutes in (0, 1, 20, 55):
        made.ahead = timedelta(minutes=minutes)
        made.round()
    assert len(control.calls("spectrum", SERVICES[protocol])) == 1

    control.clear_faults()
    for minutes in (61, 62):
        made.ahead = timedelta(minutes=minutes)
        made.round()
    keeper.assert_exact()
    assert made.committed_twice() == []


def test_within_a_pause_of_an_hour_no_other_record_asks(little: Little) -> None:
    companies = [little.company() for _ in range(3)]
    little.overrides = {"pace": {"workers": 1}}
    little.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="rate_limit",
        retry_after=3600,
        count=9,
    )

    reports = [little.round()["customers"] for _ in range(3)]

    assert len(little.sandbox.control.calls("servicetrade", "PUT /externalid")) == 1
    assert reports[-1].waits == len(companies)
    little.sandbox.control.clear_faults()
    little.ahead = timedelta(minutes=62)
    little.rounds_until_quiet()
    little.assert_exact({})
