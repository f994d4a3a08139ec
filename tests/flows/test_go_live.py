"""The day of going live: what was before it crosses once it is needed, and nothing waits for
ever.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from st_spectrum.domain.not_live import NotLive
from st_spectrum.engine.retries.redrive import due
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.live import NO_DAY
from st_spectrum.ledger.documents.records import NeededRecord
from st_spectrum.ledger.entry import State
from tests.flows.before_go_live import BEFORE, BUSINESS, counts, invoice, old_chain
from tests.world.contractor import ACCOUNT_FILE, Contractor
from tests.world.ledger_file import lose_ledger
from tests.world.stores import Overtaken

SINCE = int(datetime(2026, 2, 2, 12, tzinfo=UTC).timestamp())
VISIT = {"id": 77, "status": "completed"}


def test_what_was_before_go_live_stays_where_it_is_and_is_counted(contractor: Contractor) -> None:
    old_chain(contractor)
    reports = contractor.round()
    assert counts(reports, "before_go_live") == {"customers": 1, "sites": 1, "jobs": 1}
    assert contractor.writes() == 0
    again = contractor.round()
    assert counts(again, "before_go_live") == {}  # nobody asks for it again
    assert contractor.writes() == 0


def test_a_plan_lists_what_is_left_out_under_a_line_of_its_own(contractor: Contractor) -> None:
    old_chain(contractor)
    shown = contractor.command("plan").stdout
    assert "before go-live" in re.sub(r"\s+", " ", shown)


def test_the_ledger_lists_what_is_left_out(contractor: Contractor) -> None:
    company, _, _ = old_chain(contractor)
    contractor.round()
    counted = contractor.command("ledger", "left-out").stdout
    assert [line.split(":")[0] for line in counted.splitlines()] == ["customers", "sites", "jobs"]
    named = contractor.command("ledger", "left-out", "customers").stdout
    assert "1 left out: made before go-live on 2026-01-04" in named
    assert f"{company}  Company" in named


def test_an_invoice_brings_its_old_job_site_and_customer_in_one_round(
    contractor: Contractor,
) -> None:
    company, location, job = old_chain(contractor)
    contractor.round()
    key = invoice(contractor, job, transactionDate=SINCE)
    reports = contractor.round()
    assert counts(reports, "created") == dict.fromkeys(BUSINESS, 1), reports["invoices"].as_json()
    assert contractor.dispatcher.external_id("company", company)
    assert contractor.dispatcher.external_id("location", location)
    assert contractor.dispatcher.external_id("job", job)
    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.CONFIRMED


def test_a_plan_shows_what_would_be_carried_because_it_is_needed(contractor: Contractor) -> None:
    _, _, job = old_chain(contractor)
    invoice(contractor, job, transactionDate=SINCE)
    with contractor.session() as session:
        reports = run_round(session, FLOWS, "plan", is_dry_run=True)
        assert not session.ledger.keys("customers")
    assert counts(reports, "created") == {"customers": 1}
    assert counts(reports, "before_go_live") == {}
    assert counts(reports, "held") == {"sites": 1, "jobs": 1, "invoices": 1}


def test_a_new_location_of_an_old_company_brings_the_company(contractor: Contractor) -> None:
    company = contractor.dispatcher.company()
    contractor.edit("company", company, created=BEFORE)
    contractor.round()
    assert not contractor.dispatcher.external_id("company", company)
    location = contractor.dispatcher.location(company)
    contractor.round()
    assert contractor.dispatcher.external_id("company", company)
    assert contractor.dispatcher.external_id("location", location)


def test_the_sensors_ask_for_what_is_needed_and_then_for_what_waited(
    contractor: Contractor,
) -> None:
    company, location, job = old_chain(contractor)
    contractor.round()
    key = str(invoice(contractor, job, transactionDate=SINCE))
    with contractor.session() as session:
        run_batch(session, "invoices", [key], "sensor")
    for _ in range(8):
        for flow in BUSINESS:
            with contractor.session() as session:
                if keys := due(session.ledger, flow, FLOWS, datetime.now(UTC)):
                    run_batch(session, flow, keys, "redrive")
    entry = contractor.entry_of("invoices", int(key))
    assert entry.state is State.CONFIRMED
    assert contractor.dispatcher.external_id("job", job) and contractor.dispatcher.external_id(
        "location", location
    )
    assert contractor.dispatcher.external_id("company", company)


def test_a_record_asked_for_while_it_is_being_left_out_is_looked_at_again(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company()
    contractor.edit("company", company, created=BEFORE)
    key = str(company)
    with contractor.session() as other:
        asked_behind_our_back = Overtaken(
            NeededRecord.path("customers", key),
            lambda: other.needed.ask("customers", key, "sites/1", "other"),
        )
        with contractor.session(asked_behind_our_back) as session:
            session.engine.run("customers", [key], run_id="one")
            held = session.ledger.get("customers", key)
            assert held is not None and held.entry.state is State.HELD
    contractor.round()
    assert contractor.dispatcher.external_id("company", company)


@pytest.mark.parametrize("rule", ["all", "never"])
def test_the_account_file_may_say_all_or_never(contractor: Contractor, rule: str) -> None:
    contractor.overrides |= {name: {"before_go_live": rule} for name in ("customers", "sites")}
    company, location, job = old_chain(contractor)
    contractor.round()
    assert bool(contractor.dispatcher.external_id("company", company)) is (rule == "all")
    assert bool(contractor.dispatcher.external_id("location", location)) is (rule == "all")
    assert not contractor.dispatcher.external_id("job", job)


def test_what_needs_one_that_never_crosses_says_so_and_goes_once_its_key_is_typed(
    contractor: Contractor,
) -> None:
    contractor.overrides["customers"] = {"before_go_live": "never"}
    company = contractor.dispatcher.company()
    contractor.edit("company", company, created=BEFORE)
    location = contractor.dispatcher.location(company)
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("sites", location)
    assert "never carried across" in entry.reason
    assert "external id" in entry.advice
    contractor.dispatcher.set_external_id("company", company, "OLD1")
    contractor.controller.spectrum.write(
        "AddCustomer", Customer_Code="OLD1", Name="Old", Sales_Tax_Code="VA", Terms_Code="3"
    )
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("location", location)


@pytest.mark.parametrize(
    "since",
    [
        {"completedOn": SINCE},
        {"status": "scheduled"},
        {"created": SINCE},
        {"latestClockIn": SINCE},
        {"appointments": [VISIT | {"windowStart": BEFORE, "windowEnd": SINCE}]},
        {"appointments": [VISIT | {"status": "scheduled", "windowStart": SINCE}]},
    ],
    ids=["completed", "open", "made", "clocked in for", "visited", "to be visited"],
)
def test_a_job_that_was_at_work_at_go_live_crosses(
    contractor: Contractor, since: dict[str, Any]
) -> None:
    _, _, job = old_chain(contractor, **since)
    contractor.round()
    assert contractor.dispatcher.external_id("job", job)


def test_a_visit_that_was_called_off_is_no_work(contractor: Contractor) -> None:
    visit = VISIT | {"status": "canceled_by_customer", "windowStart": SINCE, "windowEnd": SINCE}
    _, _, job = old_chain(contractor, appointments=[visit])
    contractor.round()
    assert not contractor.dispatcher.external_id("job", job)


def test_an_old_job_whose_invoice_is_not_submitted_yet_crosses_with_it_and_not_before(
    contractor: Contractor,
) -> None:
    _, _, job = old_chain(contractor, status="pending_invoice")
    key = invoice(contractor, job, transactionDate=SINCE, status="draft")
    contractor.control.clear_calls()
    contractor.rounds_until_quiet()
    assert contractor.writes() == 0
    assert contractor.entry("invoices", key) is None
    contractor.a_minute_passes_in_servicetrade()
    contractor.dispatcher.change("invoice", key, status="pending_accounting")
    reports = contractor.round()
    assert counts(reports, "created") == dict.fromkeys(BUSINESS, 1)
    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.CONFIRMED


def test_a_job_never_crosses_because_of_updated(contractor: Contractor) -> None:
    _, _, job = old_chain(contractor)
    contractor.round()
    contractor.a_minute_passes_in_servicetrade()
    contractor.dispatcher.change("job", job, description="somebody looked at it again")
    contractor.rounds_until_quiet()
    assert not contractor.dispatcher.external_id("job", job)


def test_an_old_job_that_is_opened_again_crosses(contractor: Contractor) -> None:
    _, _, job = old_chain(contractor)
    contractor.round()
    contractor.a_minute_passes_in_servicetrade()
    contractor.dispatcher.change("job", job, status="scheduled")
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("job", job)


def test_work_on_an_old_job_that_the_list_of_changes_does_not_show_is_found_at_night(
    contractor: Contractor,
) -> None:
    _, _, job = old_chain(contractor)
    contractor.round()
    contractor.edit("job", job, completedOn=SINCE)
    with contractor.session() as session:
        list(run_reconciliation(session, FLOWS, "night"))
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("job", job)


def test_an_earlier_day_brings_what_was_left_out(contractor: Contractor) -> None:
    company, _, job = old_chain(contractor)
    contractor.round()
    contractor.overrides["go_live"] = "2025-01-01"
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id(
        "company", company
    ) and contractor.dispatcher.external_id("job", job)


def test_a_later_day_does_not_strand_what_waits(contractor: Contractor) -> None:
    """A site waits for its company, which lacks a state; then the day is moved behind both."""
    company = contractor.dispatcher.company(addressState="TX")
    location = contractor.dispatcher.location(company)
    contractor.rounds_until_quiet()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    contractor.ahead = timedelta(days=3)
    contractor.edit("location", location, created=int((tomorrow + timedelta(days=1)).timestamp()))
    contractor.overrides["go_live"] = tomorrow.date().isoformat()
    contractor.a_minute_passes_in_servicetrade()
    contractor.dispatcher.change("company", company, addressState="VA")
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("company", company)
    assert contractor.dispatcher.external_id("location", location)


@pytest.mark.parametrize("command", ["sync", "plan", "reconcile"])
def test_without_the_day_a_new_ledger_carries_nothing_and_the_command_ends_with_2(
    contractor: Contractor, tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    contractor.dispatcher.chain()
    contractor.control.clear_calls()
    text = ACCOUNT_FILE.read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("account") / "sandbox.yaml"
    file.write_text(re.sub(r"^go_live: \S+", "go_live:", text, flags=re.MULTILINE))
    ended = contractor.process_on(file, command)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith(NO_DAY)
    assert len(ended.stderr.splitlines()) == 1
    assert contractor.writes() == 0


def test_a_ledger_with_records_goes_on_without_the_day(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    contractor.round()
    contractor.overrides |= {"go_live": ""}
    company = contractor.dispatcher.company()
    contractor.edit("company", company, created=BEFORE)
    contractor.round()
    assert contractor.dispatcher.external_id("company", company)


def test_before_the_day_nothing_is_carried_and_every_way_says_so(contractor: Contractor) -> None:
    contractor.overrides["go_live"] = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    contractor.dispatcher.chain()
    contractor.control.clear_calls()
    with contractor.session() as session:
        with pytest.raises(NotLive, match="goes live"):
            run_round(session, FLOWS, "early")
        with pytest.raises(NotLive):
            list(run_reconciliation(session, FLOWS, "early"))
    assert contractor.writes() == 0


def test_a_lost_ledger_finds_an_old_customer_again_that_was_half_way(
    contractor: Contractor,
) -> None:
    """It crossed because something needed it; who asked for it went with the ledger."""
    company = contractor.dispatcher.company("Harbor Foods LLC")
    contractor.edit("company", company, created=BEFORE)
    contractor.dispatcher.location(company)
    contractor.fault(system="servicetrade", operation="PUT /externalid", kind="refuse")
    contractor.rounds_until_quiet(8)
    lose_ledger(contractor)
    contractor.control.clear_faults()
    assert contractor.command("ledger", "rebuild").returncode == 0
    contractor.ahead = timedelta(days=2)
    contractor.rounds_until_quiet(8)
    assert list(contractor.customers().values()).count("Harbor Foods LLC") == 1
    assert contractor.dispatcher.external_id("company", company)
