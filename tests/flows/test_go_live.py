"""The day of going live: what was before it crosses once it is needed, and nothing waits for ever."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from st_spectrum.domain.errors import NotLive
from st_spectrum.engine.carrying import run_batch
from st_spectrum.engine.reconciliation import run_reconciliation
from st_spectrum.engine.redrive import due
from st_spectrum.engine.report import Report
from st_spectrum.engine.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.live import NO_DAY
from st_spectrum.ledger.entry import State
from tests.flows.little import Little

BEFORE = int(datetime(2025, 6, 2, 12, tzinfo=UTC).timestamp())
"""Months before the sandbox's account goes live, which is on 2026-01-04."""
SINCE = int(datetime(2026, 2, 2, 12, tzinfo=UTC).timestamp())
BUSINESS = ("customers", "sites", "jobs", "invoices")


def old_chain(world: Little, **job: Any) -> tuple[int, int, int]:
    """A company, its location and a job on it, all from before go-live; the job is done."""
    company, location, made = world.chain()
    world.change("job", made, status="completed")
    for kind, record in (("company", company), ("location", location), ("job", made)):
        world.edit(kind, record, created=BEFORE)
    world.edit("job", made, **({"completedOn": BEFORE} | job))
    world.sandbox.control.clear_calls()
    return company, location, made


def invoice(world: Little, job: int, **values: Any) -> int:
    """An approved invoice of 100."""
    lines = [{"description": "Labor", "quantity": 1, "price": 100}]
    wanted = {"jobId": job, "status": "pending_accounting", "items": lines}
    return int(world.servicetrade.post("/invoice", **(wanted | values))["id"])


def counts(reports: Mapping[str, Report], result: str) -> dict[str, int]:
    return {name: found for name in BUSINESS if (found := reports[name].counts()[result])}


def test_what_was_before_go_live_stays_where_it_is_and_is_counted(little: Little) -> None:
    old_chain(little)
    reports = little.round()
    assert counts(reports, "before_go_live") == {"customers": 1, "sites": 1, "jobs": 1}
    assert little.writes() == 0
    again = little.round()
    assert counts(again, "before_go_live") == {}  # nobody asks for it again
    assert little.writes() == 0


def test_a_plan_lists_what_is_left_out_under_a_line_of_its_own(little: Little) -> None:
    old_chain(little)
    shown = little.command("plan").stdout
    assert "before go-live" in re.sub(r"\s+", " ", shown)


def test_an_invoice_brings_its_old_job_site_and_customer_in_one_round(little: Little) -> None:
    company, location, job = old_chain(little)
    little.round()
    key = invoice(little, job, transactionDate=SINCE)
    reports = little.round()
    assert counts(reports, "created") == dict.fromkeys(BUSINESS, 1), reports["invoices"].as_json()
    assert little.carried("company", company)
    assert little.carried("location", location)
    assert little.carried("job", job)
    entry = little.entry("invoices", key)
    assert entry is not None and entry.state is State.CONFIRMED


def test_a_plan_shows_what_would_be_carried_because_it_is_needed(little: Little) -> None:
    _, _, job = old_chain(little)
    invoice(little, job, transactionDate=SINCE)
    with little.session() as session:
        reports = run_round(session, FLOWS, "plan", is_dry_run=True)
        assert not session.ledger.keys("customers")
    assert counts(reports, "created") == {"customers": 1}
    assert counts(reports, "before_go_live") == {}
    assert counts(reports, "held") == {"sites": 1, "jobs": 1, "invoices": 1}


def test_a_new_location_of_an_old_company_brings_the_company(little: Little) -> None:
    company = little.company()
    little.edit("company", company, created=BEFORE)
    little.round()
    assert not little.carried("company", company)
    location = little.location(company)
    little.round()
    assert little.carried("company", company)
    assert little.carried("location", location)


def test_the_sensors_ask_for_what_is_needed_and_then_for_what_waited(little: Little) -> None:
    company, location, job = old_chain(little)
    little.round()
    key = str(invoice(little, job, transactionDate=SINCE))
    with little.session() as session:
        run_batch(session, "invoices", [key], "sensor")
    for _ in range(8):
        for flow in BUSINESS:
            with little.session() as session:
                if keys := due(session.ledger, flow, FLOWS, datetime.now(UTC)):
                    run_batch(session, flow, keys, "redrive")
    entry = little.entry("invoices", int(key))
    assert entry is not None and entry.state is State.CONFIRMED
    assert little.carried("job", job) and little.carried("location", location)
    assert little.carried("company", company)


def test_a_record_asked_for_while_it_is_being_left_out_is_looked_at_again(little: Little) -> None:
    company = little.company()
    little.edit("company", company, created=BEFORE)
    key = str(company)
    with little.session() as session:
        customers, has = session.flows["customers"], session.needed.has
        seen: list[bool] = []

        def asked_behind_our_back(flow: str, record: str) -> bool:
            """Somebody asks just after the rule has looked for the marker."""
            answer = has(flow, record)
            if not seen:
                session.needed.ask(flow, record, "sites/1", "other")
            seen.append(answer)
            return answer

        session.needed.has = asked_behind_our_back  # type: ignore[method-assign]
        session.engine.run("customers", [key], run_id="one")
        held = session.ledger.get("customers", key)
        assert held is not None and held.entry.state is State.HELD
        assert customers.name in FLOWS
    little.round()
    assert little.carried("company", company)


@pytest.mark.parametrize("rule", ["all", "never"])
def test_the_account_file_may_say_all_or_never(little: Little, rule: str) -> None:
    little.overrides |= {name: {"before_go_live": rule} for name in ("customers", "sites")}
    company, location, job = old_chain(little)
    little.round()
    assert bool(little.carried("company", company)) is (rule == "all")
    assert bool(little.carried("location", location)) is (rule == "all")
    assert not little.carried("job", job)


def test_what_needs_one_that_never_crosses_says_so_and_goes_once_its_key_is_typed(
    little: Little,
) -> None:
    little.overrides["customers"] = {"before_go_live": "never"}
    company = little.company()
    little.edit("company", company, created=BEFORE)
    location = little.location(company)
    little.rounds_until_quiet()
    entry = little.entry("sites", location)
    assert entry is not None and "never carried across" in entry.reason
    assert "external id" in entry.advice
    little.give("company", company, "OLD1")
    little.spectrum.write(
        "AddCustomer", Customer_Code="OLD1", Name="Old", Sales_Tax_Code="VA", Terms_Code="3"
    )
    little.rounds_until_quiet()
    assert little.carried("location", location)


@pytest.mark.parametrize(
    "since",
    [{"completedOn": SINCE}, {"status": "scheduled"}, {"created": SINCE}],
    ids=["completed since", "still open", "made since"],
)
def test_a_job_that_was_at_work_at_go_live_crosses(little: Little, since: dict[str, Any]) -> None:
    _, _, job = old_chain(little, **since)
    little.round()
    assert little.carried("job", job)


def test_a_job_never_crosses_because_of_updated(little: Little) -> None:
    _, _, job = old_chain(little)
    little.round()
    little.a_minute_passes_in_servicetrade()
    little.change("job", job, description="somebody looked at it again")
    little.rounds_until_quiet()
    assert not little.carried("job", job)


def test_an_old_job_that_is_opened_again_crosses(little: Little) -> None:
    _, _, job = old_chain(little)
    little.round()
    little.a_minute_passes_in_servicetrade()
    little.change("job", job, status="scheduled")
    little.rounds_until_quiet()
    assert little.carried("job", job)


def test_work_on_an_old_job_that_the_list_of_changes_does_not_show_is_found_at_night(
    little: Little,
) -> None:
    _, _, job = old_chain(little)
    little.round()
    little.edit("job", job, completedOn=SINCE)
    with little.session() as session:
        list(run_reconciliation(session, FLOWS, "night"))
    little.rounds_until_quiet()
    assert little.carried("job", job)


def test_an_earlier_day_brings_what_was_left_out(little: Little) -> None:
    company, _, job = old_chain(little)
    little.round()
    little.overrides["go_live"] = "2025-01-01"
    little.rounds_until_quiet()
    assert little.carried("company", company) and little.carried("job", job)


def test_a_later_day_does_not_strand_what_waits(little: Little) -> None:
    """A site waits for its company, which lacks a state; then the day is moved behind both."""
    company = little.company(addressState="TX")
    location = little.location(company)
    little.rounds_until_quiet()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    little.ahead = timedelta(days=3)
    little.edit("location", location, created=int((tomorrow + timedelta(days=1)).timestamp()))
    little.overrides["go_live"] = tomorrow.date().isoformat()
    little.a_minute_passes_in_servicetrade()
    little.change("company", company, addressState="VA")
    little.rounds_until_quiet()
    assert little.carried("company", company)
    assert little.carried("location", location)


def test_an_older_invoice_that_is_submitted_late_waits_for_a_person(little: Little) -> None:
    job = little.chain()[2]
    little.round()
    key = invoice(little, job, transactionDate=BEFORE)
    little.rounds_until_quiet()
    entry = little.entry("invoices", key)
    assert entry is not None and entry.state is State.HELD
    assert "before go-live" in entry.reason
    assert f"ledger resolve invoices {key} --there" in entry.advice
    said = little.command("ledger", "resolve", "invoices", str(key), "--not-there")
    assert said.returncode == 0, said.stdout
    little.rounds_until_quiet()
    entry = little.entry("invoices", key)
    assert entry is not None and entry.state is State.CONFIRMED and entry.target_key


def test_an_older_invoice_that_was_typed_by_hand_is_closed_and_its_void_waits(
    little: Little,
) -> None:
    job = little.chain()[2]
    little.round()
    key = invoice(little, job, transactionDate=BEFORE)
    little.rounds_until_quiet()
    assert little.command("ledger", "resolve", "invoices", str(key), "--there").returncode == 0
    report = little.round()["invoices"]
    assert report.counts()["created"] == 1 and report.money_agrees()
    little.rounds_until_quiet()
    assert little.servicetrade.get(f"/invoice/{key}")["status"] == "processed"
    assert not little.posted_twice()
    assert little.sandbox.control.calls(operation="POST /customer/invoice") == []
    little.a_minute_passes_in_servicetrade()
    little.change("invoice", key, status="void")
    little.rounds_until_quiet()
    entry = little.entry("invoices", key)
    assert entry is not None and entry.state is State.HELD
    assert "take it back there" in entry.reason
    assert little.command("ledger", "resolve", "invoices", str(key), "--there").returncode == 0
    little.rounds_until_quiet()
    entry = little.entry("invoices", key)
    assert entry is not None and entry.state is not State.HELD


@pytest.mark.parametrize("has_infolink", [True, False], ids=["seen", "unseen"])
def test_a_void_of_an_older_invoice(little: Little, has_infolink: bool) -> None:
    """Where Spectrum can be asked, one of which nothing stands there needs nobody."""
    if not has_infolink:
        little.environ["SPECTRUM_INFOLINK_URL"] = ""
    job = little.chain()[2]
    key = invoice(little, job, transactionDate=BEFORE, status="draft")
    little.change("invoice", key, status="void")
    little.rounds_until_quiet()
    entry = little.entry("invoices", key)
    assert entry is not None
    assert entry.state is (State.SKIPPED if has_infolink else State.HELD)


def test_an_invoice_that_was_voided_before_go_live_is_history(little: Little) -> None:
    little.environ["SPECTRUM_INFOLINK_URL"] = ""
    job = little.chain()[2]
    key = invoice(little, job, transactionDate=BEFORE, status="draft")
    little.sandbox.control.switch("servicetrade", frozen_time=BEFORE)
    little.change("invoice", key, status="void")
    little.sandbox.control.switch("servicetrade", frozen_time=0)
    reports = little.round()
    assert counts(reports, "before_go_live") == {"invoices": 1}


def test_a_void_of_an_older_invoice_that_stands_in_spectrum_is_never_credited_by_itself(
    little: Little,
) -> None:
    job = little.chain()[2]
    little.round()
    key = invoice(little, job, transactionDate=BEFORE, status="draft")
    number = str(little.servicetrade.get(f"/invoice/{key}")["invoiceNumber"])
    code = little.carried("company", little.servicetrade.get(f"/job/{job}")["customer"]["id"])
    little.spectrum.write(
        "AddARInvoice", GL_Date="06/02/2025", Invoice_Date="06/02/2025", Batch_Code="HAND",
        Transaction_Type="I", Customer_Code=code, Invoice_Or_Transaction=number,
        Line_Extension="100.00", GL_Account="4010",
        Remarks=little.servicetrade.get(f"/invoice/{key}")["name"],
    )  # fmt: skip
    little.sandbox.control.clear_calls()
    little.change("invoice", key, status="void")
    little.rounds_until_quiet()
    entry = little.entry("invoices", key)
    assert entry is not None and entry.state is State.HELD
    assert little.sandbox.control.calls(system="spectrum", writes=True) == []


@pytest.mark.parametrize("command", ["sync", "plan", "reconcile"])
def test_without_the_day_a_new_ledger_carries_nothing_and_the_command_ends_with_2(
    little: Little, tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    from tests.flows.contractor import ACCOUNT_FILE

    little.chain()
    little.sandbox.control.clear_calls()
    text = ACCOUNT_FILE.read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("account") / "sandbox.yaml"
    file.write_text(re.sub(r"^go_live: \S+", "go_live:", text, flags=re.MULTILINE))
    ended = little.process_on(file, command)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith(NO_DAY)
    assert len(ended.stderr.splitlines()) == 1
    assert little.writes() == 0


def test_a_ledger_with_records_goes_on_without_the_day(little: Little) -> None:
    little.chain()
    little.round()
    little.overrides |= {"go_live": ""}
    company = little.company()
    little.edit("company", company, created=BEFORE)
    little.round()
    assert little.carried("company", company)


def test_before_the_day_nothing_is_carried_and_every_way_says_so(little: Little) -> None:
    little.overrides["go_live"] = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    little.chain()
    little.sandbox.control.clear_calls()
    with little.session() as session:
        with pytest.raises(NotLive, match="goes live"):
            run_round(session, FLOWS, "early")
        with pytest.raises(NotLive):
            list(run_reconciliation(session, FLOWS, "early"))
    assert little.writes() == 0


def test_a_lost_ledger_finds_an_old_customer_again_that_was_half_way(little: Little) -> None:
    """It crossed because something needed it; who asked for it went with the ledger."""
    company = little.company("Harbor Foods LLC")
    little.edit("company", company, created=BEFORE)
    little.location(company)
    little.fault(system="servicetrade", operation="PUT /externalid", kind="refuse")
    little.rounds_until_quiet(8)
    for file in little.state_dir.glob("ledger.sqlite*"):
        file.unlink()
    little.sandbox.control.clear_faults()
    assert little.command("ledger", "rebuild").returncode == 0
    little.ahead = timedelta(days=2)
    little.rounds_until_quiet(8)
    assert list(little.customers().values()).count("Harbor Foods LLC") == 1
    assert little.carried("company", company)
