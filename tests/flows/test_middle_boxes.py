"""A firewall, a proxy or a web server answers in a system's place: that proves nothing, and it
costs one record.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.engine.report import Result
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.ar_clerk import POST, ArClerk
from tests.world.contractor import Contractor
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper

pytestmark = pytest.mark.slow

SERVICES = {"soap": "PreTimeCard", "rest": "POST /timecard/timecards"}


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """One technician and last week's time, all of it approved."""
    return build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=1), technicians=1
    )


@pytest.mark.parametrize("protocol", SERVICES)
def test_time_that_was_stored_behind_a_firewalls_page_is_paid_once(
    timekeeper: Timekeeper, protocol: str
) -> None:
    timekeeper.set_rules(target=protocol)
    for status in (401, 403, 404, 429, 502):
        timekeeper.control.add_fault(
            system="spectrum",
            operation=SERVICES[protocol],
            kind="middle_box",
            status=status,
            retry_after=3600,
        )

    for _ in range(3):
        timekeeper.carry()

    timekeeper.assert_exact()
    assert timekeeper.contractor.committed_twice() == []


@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.parametrize("protocol", SERVICES)
def test_the_first_firewalls_page_leaves_one_call_in_doubt_and_all_other_time_untouched(
    timekeeper: Timekeeper, protocol: str, status: int
) -> None:
    timekeeper.set_rules(target=protocol)
    timekeeper.contractor.overrides |= {"spectrum": {"infolink": None}, "pace": {"workers": 1}}
    control = timekeeper.control
    service = SERVICES[protocol]
    control.add_fault(
        system="spectrum", operation=service, kind="middle_box_before", status=status, count=99
    )

    report = timekeeper.carry()

    assert isinstance(report.stopped_by, ForeignAnswer)
    assert [
        outcome.result for outcome in report.outcomes if outcome.result is not Result.SKIPPED
    ] == [Result.HELD]
    assert len(control.calls("spectrum", service)) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_that_does_not_reach_its_system_leaves_one_record_in_doubt(
    contractor: Contractor, status: int
) -> None:
    contractor.overrides = {"pace": {"workers": 1}}
    companies = [contractor.dispatcher.company() for _ in range(4)]
    contractor.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="middle_box_before",
        status=status,
        count=99,
    )

    report = contractor.round()["customers"]

    assert isinstance(report.stopped_by, ForeignAnswer)
    assert len(contractor.control.calls("servicetrade", "PUT /externalid")) == 1
    contractor.control.clear_faults()
    contractor.rounds_until_quiet()
    assert all(contractor.dispatcher.external_id("company", company) for company in companies)
    assert contractor.committed_twice() == []


def test_an_invoice_that_was_posted_behind_a_firewalls_page_stands_once(ar_clerk: ArClerk) -> None:
    keys = [ar_clerk.invoice() for _ in range(2)]
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="middle_box", status=403)

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.complaints(*keys) == []
    posted = [
        number
        for call in ar_clerk.control.calls("spectrum", POST)
        for number in call.key.split(",")
    ]
    assert len(posted) == len(set(posted)) == 2


def test_a_login_that_the_web_server_turns_away_costs_no_write(contractor: Contractor) -> None:
    contractor.overrides = {"pace": {"workers": 1}}
    for _ in range(4):
        contractor.dispatcher.company()
    contractor.fault(
        system="spectrum", operation="*", kind="middle_box_before", status=401, count=999
    )

    report = contractor.round()["customers"]

    assert report.stopped_by is not None
    assert contractor.control.calls("spectrum", "AddCustomer") == []
    with contractor.session() as session:
        assert not any(
            held.entry.started_steps for _, held in session.ledger.open_entries("customers") if held
        )
    contractor.control.clear_faults()
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


@pytest.mark.parametrize("status", [403, 504])
@pytest.mark.parametrize("kind", ["middle_box", "middle_box_before"])
def test_a_link_that_a_firewall_answers_for_is_looked_up_and_set_once(
    contractor: Contractor, kind: str, status: int
) -> None:
    company = contractor.dispatcher.company()
    contractor.fault(system="servicetrade", operation="PUT /externalid", kind=kind, status=status)

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("company", company)
    assert contractor.committed_twice() == []
    contractor.assert_exact({})


def test_a_pause_of_an_hour_is_asked_for_once_and_ends_the_run(contractor: Contractor) -> None:
    contractor.overrides = {"pace": {"workers": 1}}
    companies = [contractor.dispatcher.company() for _ in range(3)]
    contractor.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="rate_limit",
        retry_after=3600,
        count=9,
    )
    begun = datetime.now().astimezone()

    report = contractor.round()["customers"]

    assert report.stopped_by is not None
    assert len(contractor.control.calls("servicetrade", "PUT /externalid")) == 1
    entries = [contractor.entry("customers", company) for company in companies]
    (retry_at,) = [entry.retry_at for entry in entries if entry and entry.retry_at]
    assert timedelta(minutes=59) < retry_at - begun < timedelta(minutes=62)


@pytest.mark.parametrize("protocol", SERVICES)
def test_a_firewall_that_stays_puts_a_few_cards_before_a_person_and_the_others_wait_unsent(
    timekeeper: Timekeeper, protocol: str
) -> None:
    timekeeper.set_rules(target=protocol)
    made, control = timekeeper.contractor, timekeeper.control
    made.overrides |= {"spectrum": {"infolink": None}, "pace": {"workers": 1}}
    control.add_fault(
        system="spectrum",
        operation=SERVICES[protocol],
        kind="middle_box_before",
        status=403,
        count=99,
    )

    reports = [timekeeper.carry() for _ in range(6)]

    assert len(control.calls("spectrum", SERVICES[protocol])) == 3
    assert "calls before it did not get through" in " ".join(reports[-1].holds_by_cause())
    made.ahead = timedelta(minutes=6)
    timekeeper.carry()
    timekeeper.carry()
    assert len(control.calls("spectrum", SERVICES[protocol])) == 4, "one is tried"
    control.clear_faults()
    made.ahead = timedelta(minutes=20)
    assert timekeeper.carry().counts()["created"] == len(timekeeper.keys()) - 4


@pytest.mark.parametrize("protocol", SERVICES)
def test_after_a_page_that_asks_for_an_hour_nothing_is_sent_within_it(
    timekeeper: Timekeeper, protocol: str
) -> None:
    timekeeper.set_rules(target=protocol)
    made, control = timekeeper.contractor, timekeeper.control
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
    timekeeper.assert_exact()
    assert made.committed_twice() == []


def test_within_a_pause_of_an_hour_no_other_record_asks(contractor: Contractor) -> None:
    companies = [contractor.dispatcher.company() for _ in range(3)]
    contractor.overrides = {"pace": {"workers": 1}}
    contractor.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="rate_limit",
        retry_after=3600,
        count=9,
    )

    reports = [contractor.round()["customers"] for _ in range(3)]

    assert len(contractor.control.calls("servicetrade", "PUT /externalid")) == 1
    assert reports[-1].waits == len(companies)
    contractor.control.clear_faults()
    contractor.ahead = timedelta(minutes=62)
    contractor.rounds_until_quiet()
    contractor.assert_exact({})
