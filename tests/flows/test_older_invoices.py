"""Invoices from before go-live: each waits for a person, and so does its void."""

from datetime import UTC, datetime

import pytest

from st_spectrum.ledger.entry import State
from tests.flows.before_go_live import BEFORE, counts, invoice
from tests.world.contractor import Contractor

SINCE = int(datetime(2026, 2, 2, 12, tzinfo=UTC).timestamp())


def test_an_older_invoice_that_is_submitted_late_waits_for_a_person(contractor: Contractor) -> None:
    job = contractor.dispatcher.chain()[2]
    contractor.round()
    key = invoice(contractor, job, transactionDate=BEFORE)
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.HELD
    assert "before go-live" in entry.reason
    assert f"ledger resolve invoices {key} --there" in entry.advice
    said = contractor.command("ledger", "resolve", "invoices", str(key), "--not-there")
    assert said.returncode == 0, said.stdout
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.CONFIRMED and entry.target_key


def test_an_older_invoice_that_was_typed_by_hand_is_closed_and_its_void_waits(
    contractor: Contractor,
) -> None:
    job = contractor.dispatcher.chain()[2]
    contractor.round()
    key = invoice(contractor, job, transactionDate=BEFORE)
    contractor.rounds_until_quiet()
    assert contractor.command("ledger", "resolve", "invoices", str(key), "--there").returncode == 0
    report = contractor.round()["invoices"]
    assert report.counts()["created"] == 1 and report.money_agrees()
    contractor.rounds_until_quiet()
    assert contractor.office.get(f"/invoice/{key}")["status"] == "processed"
    assert not contractor.posted_twice()
    assert contractor.control.calls(operation="POST /customer/invoice") == []
    contractor.a_minute_passes_in_servicetrade()
    contractor.dispatcher.change("invoice", key, status="void")
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.HELD
    assert "take it back there" in entry.reason
    assert contractor.command("ledger", "resolve", "invoices", str(key), "--there").returncode == 0
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("invoices", key)
    assert entry.state is not State.HELD


@pytest.mark.parametrize("has_infolink", [True, False], ids=["seen", "unseen"])
def test_a_void_of_an_older_invoice(contractor: Contractor, has_infolink: bool) -> None:
    """Where Spectrum can be asked, one of which nothing stands there needs nobody."""
    if not has_infolink:
        contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    job = contractor.dispatcher.chain()[2]
    key = invoice(contractor, job, transactionDate=BEFORE, status="draft")
    contractor.dispatcher.change("invoice", key, status="void")
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("invoices", key)
    assert entry.state is (State.SKIPPED if has_infolink else State.HELD)


def test_an_invoice_that_was_voided_before_go_live_is_history(contractor: Contractor) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    job = contractor.dispatcher.chain()[2]
    key = invoice(contractor, job, transactionDate=BEFORE, status="draft")
    contractor.control.switch("servicetrade", frozen_time=BEFORE)
    contractor.dispatcher.change("invoice", key, status="void")
    contractor.control.switch("servicetrade", frozen_time=0)
    reports = contractor.round()
    assert counts(reports, "before_go_live") == {"invoices": 1}


def test_a_void_of_an_older_invoice_that_stands_in_spectrum_is_never_credited_by_itself(
    contractor: Contractor,
) -> None:
    job = contractor.dispatcher.chain()[2]
    contractor.round()
    key = invoice(contractor, job, transactionDate=BEFORE, status="draft")
    number = str(contractor.office.get(f"/invoice/{key}")["invoiceNumber"])
    code = contractor.dispatcher.external_id(
        "company", contractor.office.get(f"/job/{job}")["customer"]["id"]
    )
    contractor.controller.spectrum.write(
        "AddARInvoice", GL_Date="06/02/2025", Invoice_Date="06/02/2025", Batch_Code="HAND",
        Transaction_Type="I", Customer_Code=code, Invoice_Or_Transaction=number,
        Line_Extension="100.00", GL_Account="4010",
        Remarks=contractor.office.get(f"/invoice/{key}")["name"],
    )  # fmt: skip
    contractor.control.clear_calls()
    contractor.dispatcher.change("invoice", key, status="void")
    contractor.rounds_until_quiet()
    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.HELD
    assert contractor.control.calls(system="spectrum", writes=True) == []
