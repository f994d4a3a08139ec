"""One bad record stops only itself, loudly; one dead system stops the run."""

import json
import sqlite3
from typing import Any

import httpx
import pytest

from st_spectrum.domain.errors import SyncFault, Unavailable
from st_spectrum.engine.report import Result
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.transports import Transports
from tests.world.contractor import Contractor, output_of


def held(contractor: Contractor, flow: str, key: object) -> str:
    """Why a record waits, as the ledger says it."""
    entry = contractor.entry_of(flow, int(str(key)))
    assert entry.state is State.HELD, entry
    return entry.reason


@pytest.mark.parametrize("changes", [{"name": None}, {"address": 7}, {"tagIds": "none"}])
def test_a_company_that_cannot_be_read_is_held_with_the_field_and_the_others_cross(
    contractor: Contractor, changes: dict[str, Any]
) -> None:
    bad, good = contractor.dispatcher.company("Bad"), contractor.dispatcher.company("Good")
    site = contractor.dispatcher.location(bad)
    contractor.edit("company", bad, **changes)

    first = contractor.round()
    second = contractor.round()

    assert not any(report.stopped_by for report in (*first.values(), *second.values()))
    assert contractor.dispatcher.external_id("company", good)
    reason = held(contractor, "customers", bad)
    assert str(bad) in reason
    assert "name" in reason or "address" in reason or "tags" in reason
    assert [outcome.key for outcome in second["customers"].outcomes if outcome.reason] == [
        str(bad)
    ], "it is told each round"
    assert str(bad) in held(contractor, "sites", site)
    contractor.edit("company", bad, name="Bad", address=contractor.address(good), tagIds=[])
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_a_job_without_customer_is_held_and_the_others_cross(contractor: Contractor) -> None:
    company, location, bad = contractor.dispatcher.chain()
    good = contractor.dispatcher.job(location)
    contractor.edit("job", bad, customerId=None)

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("job", good)
    assert "customer" in held(contractor, "jobs", bad)
    contractor.edit("job", bad, customerId=company)
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_a_page_that_fails_in_the_middle_leaves_the_cursor_alone(contractor: Contractor) -> None:
    contractor.overrides = {"servicetrade": {"page_limit": 2, "read_attempts": 1}}
    for _ in range(5):
        contractor.dispatcher.company()
    contractor.fault(system="servicetrade", operation="GET /company", kind="fail_before", skip=1)

    assert isinstance(contractor.round()["customers"].stopped_by, Unavailable)

    assert contractor.customers() == {}
    with contractor.session() as session:
        assert not session.ledger.has(Cursor, "customers")
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_a_pause_longer_than_we_wait_stops_the_run_and_loses_nothing(
    contractor: Contractor,
) -> None:
    contractor.overrides = {"servicetrade": {"read_attempts": 1}}
    _, _, job = contractor.dispatcher.chain()
    contractor.account_uses_service_lines()
    contractor.fault(
        system="servicetrade",
        operation="GET /servicerequest",
        kind="rate_limit",
        count=9,
        retry_after=600,
    )

    reports = contractor.round()

    assert reports["jobs"].stopped_by is not None
    contractor.control.clear_faults()
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("job", job)


def test_a_record_that_servicetrade_never_answers_waits_and_the_others_go_on(
    contractor: Contractor,
) -> None:
    contractor.overrides = {
        "servicetrade": {"read_attempts": 1},
        "pace": {"retry_held_after_seconds": 0.001},
    }
    company = contractor.dispatcher.company()
    never = contractor.dispatcher.location(company, addressState="ZZ")
    contractor.round()
    contractor.dispatcher.change("location", never, addressState="VA")
    later, job = contractor.dispatcher.location(company), 0
    job = contractor.dispatcher.job(later)
    contractor.fault(
        system="servicetrade",
        operation="GET /location/{id}",
        key=str(never),
        kind="fail_before",
        count=99,
    )

    with contractor.session() as session:
        session.ledger.put(session.ledger.document(Cursor, "sites") or Cursor(), "sites")
    reports = [contractor.round() for _ in range(3)]

    assert not any(report.stopped_by for by_flow in reports for report in by_flow.values())
    assert contractor.dispatcher.external_id("job", job)
    contractor.control.clear_faults()
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


@pytest.mark.parametrize(
    "rule", [{"kind": "status", "status": 404}, {"kind": "status", "status": 418}]
)
def test_a_record_that_spectrum_turns_away_in_an_odd_way_waits_and_the_others_go_on(
    contractor: Contractor, rule: dict[str, Any]
) -> None:
    contractor.overrides = {"pace": {"retry_held_after_seconds": 0.001, "workers": 1}}
    companies = [contractor.dispatcher.company() for _ in range(6)]
    contractor.fault(system="spectrum", operation="AddCustomer", key="C00002", count=99, **rule)

    reports = [contractor.round() for _ in range(3)]

    assert reports[0]["customers"].stopped_by is not None, (
        "it may be the system, so nothing more is put in doubt"
    )
    assert not any(report.stopped_by for by_flow in reports[1:] for report in by_flow.values()), (
        "and it was the record"
    )
    assert (
        sum(bool(contractor.dispatcher.external_id("company", company)) for company in companies)
        == 5
    )
    contractor.control.clear_faults()
    contractor.rounds_until_quiet()
    contractor.assert_exact({})
    assert contractor.doubled() == []


def test_a_damaged_entry_of_the_ledger_stops_only_its_record(contractor: Contractor) -> None:
    bad = contractor.dispatcher.company(addressState="ZZ")
    contractor.round()
    with sqlite3.connect(contractor.state_dir / "ledger.sqlite") as connection:
        connection.execute(
            "UPDATE documents SET body = 'rubbish' WHERE key = ?", (f"entries/customers/{bad}",)
        )
    connection.close()
    good = contractor.dispatcher.company()

    reports = contractor.round()

    assert contractor.dispatcher.external_id("company", good)
    (damaged,) = [outcome for outcome in reports["customers"].outcomes if outcome.key == str(bad)]
    assert "damaged" in damaged.reason
    assert not any(report.stopped_by for report in reports.values())


def test_a_mistake_of_ours_with_one_record_is_told_without_a_stack_and_stops_nothing(
    contractor: Contractor,
) -> None:
    with contractor.session() as session:
        session.ledger.record("customers", "no-number", Judgement(State.HELD, ""), run_id="")
    _, _, job = contractor.dispatcher.chain()

    result = contractor.command("sync", "--json")

    assert contractor.dispatcher.external_id("job", job)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr + result.stdout
    assert "no-number" in result.stderr
    (mistaken,) = [
        record
        for record in output_of(result)["flows"]["customers"]["records"]
        if record["key"] == "no-number"
    ]
    assert "unexpected ValueError" in mistaken["reason"]


def test_a_dead_system_stops_the_run_after_few_records(contractor: Contractor) -> None:
    contractor.overrides = {"servicetrade": {"read_attempts": 1}, "pace": {"workers": 1}}
    for _ in range(12):
        contractor.dispatcher.company()
    contractor.fault(system="servicetrade", operation="*", kind="refuse", count=999, skip=3)

    try:
        stopped = contractor.round()["customers"].stopped_by
    except SyncFault as fault:
        stopped = fault

    assert stopped is not None
    assert len(contractor.customers()) <= 4
    contractor.control.clear_faults()
    contractor.rounds_until_quiet()
    contractor.assert_exact({})
    assert contractor.doubled() == []


def test_a_servicetrade_that_is_suddenly_empty_changes_nothing_in_spectrum(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    waiting = contractor.dispatcher.company(addressState="ZZ")
    contractor.rounds_until_quiet()
    before = contractor.writes()
    contractor.forget_everything_in_servicetrade()

    reports = contractor.round()

    assert sum(report.writes for report in reports.values()) == 0
    assert contractor.writes() == before
    entry = contractor.entry_of("customers", waiting)
    assert entry.reason


def test_a_template_that_the_service_does_not_show_is_read_from_the_tables(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    contractor.fault(
        system="spectrum", operation="GetPhaseEnhanced", kind="status", status=404, count=99
    )

    contractor.rounds_until_quiet()

    contractor.control.clear_faults()
    contractor.assert_exact({})


def test_a_template_that_cannot_be_read_holds_the_jobs_and_says_why(contractor: Contractor) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.dispatcher.chain()
    contractor.fault(
        system="spectrum", operation="GetPhaseEnhanced", kind="status", status=404, count=99
    )

    result = contractor.command("sync", "--json")

    assert "Traceback" not in result.stderr
    (job,) = output_of(result)["flows"]["jobs"]["records"]
    assert job["result"] == "held"
    assert "GetPhaseEnhanced" in job["reason"]
    assert "unexpected" not in job["reason"]
    contractor.control.clear_faults()
    del contractor.environ["SPECTRUM_INFOLINK_URL"]
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


class WithOneMore(httpx.HTTPTransport):
    """Every list of a kind has one record more, which bears no id that could be one."""

    def __init__(self, kind: str, odd_id: object) -> None:
        super().__init__()
        self.kind, self.odd_id = kind, odd_id

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.url.path != f"/api/{self.kind}":
            return answer
        body = json.loads(answer.read())
        rows = next(value for value in body["data"].values() if isinstance(value, list))
        rows.append({"id": self.odd_id, "name": "Odd"})
        return httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("kind", "flow"), [("company", "customers"), ("location", "sites"), ("job", "jobs")]
)
def test_a_record_without_a_usable_id_is_told_and_the_others_cross(
    contractor: Contractor, kind: str, flow: str
) -> None:
    _, _, job = contractor.dispatcher.chain()
    reports = []
    for _ in range(2):
        transport = WithOneMore(kind, 12.5 if kind == "job" else None)
        with open_session(
            contractor.account, transports=Transports(servicetrade=transport)
        ) as session:
            reports.append(run_round(session, FLOWS, "odd"))

    assert not any(report.stopped_by for by_flow in reports for report in by_flow.values())
    assert contractor.dispatcher.external_id("job", job)
    for report in reports:
        (held,) = [outcome for outcome in report[flow].outcomes if outcome.key.startswith("-")]
        assert (held.result, "id" in held.reason) == (Result.HELD, True)
    with contractor.session() as session:
        assert [done.flow for done in run_reconciliation(session, [flow], "night")] == [flow]
    entry = contractor.entry_of(flow, int(held.key))
    assert entry.state is State.SKIPPED
    contractor.assert_exact({})
