"""Invoices beside a ledger that was put back from a copy: what stands in Spectrum is asked for
before anything is sent.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from st_spectrum.engine.reservations import owner_of
from st_spectrum.engine.round import run_round
from st_spectrum.flows.invoices.voids import UNSEEN
from st_spectrum.ledger.documents.invoices import PostedInvoice
from tests.flows.desk import Desk
from tests.flows.test_invoice_refusals import another_customer

Restore = Callable[[], None]


@pytest.fixture
def copied(desk: Desk, tmp_path: Path) -> Restore:
    """A copy of the ledger as it is now; calling it puts the copy back, and nothing outside tells
    that it is one.
    """
    state = desk.contractor.state_dir
    desk.round()
    for file in state.glob("ledger.sqlite*"):
        shutil.copy2(file, tmp_path / file.name)

    def restore() -> None:
        for file in state.glob("ledger.sqlite*"):
            file.unlink()
        for witness in state.glob("witness-*.json"):
            witness.unlink()
        for file in tmp_path.glob("ledger.sqlite*"):
            shutil.copy2(file, state / file.name)
        desk.control.clear_calls()

    return restore


def test_invoices_posted_since_the_copy_and_voided_meanwhile_are_offset(
    desk: Desk, copied: Restore
) -> None:
    keys = [desk.invoice({"price": 100}, {"price": -50}, name=f"Work {n}") for n in range(2)]
    keys.append(desk.invoice(name="Work 2"))
    desk.round()
    copied()
    for key in keys:
        desk.change(key, status="void")

    desk.quiet()

    assert [desk.net(key) for key in keys] == [0, 0, 0]
    assert [desk.entry(key).state for key in keys] == ["voided"] * 3
    assert [len(desk.documents(key)) for key in keys] == [4, 4, 2]
    assert sorted(desk.entry(keys[0]).target_key.split("|")) == sorted(
        desk.number(keys[0]) + suffix for suffix in ("", "C", "V", "W")
    )


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_void_that_nobody_can_vouch_for_is_not_left_alone_without_a_word(
    desk: Desk, copied: Restore, *, has_infolink: bool
) -> None:
    if not has_infolink:
        desk.contractor.overrides["spectrum"] = {"infolink": None}
    key, never_posted = desk.invoice(name="Work"), desk.invoice(name="Draft", status="draft")
    desk.round()
    copied()
    for invoice in (key, never_posted):
        desk.change(invoice, status="void")

    desk.quiet()

    notes = () if has_infolink else (UNSEEN,)
    assert desk.entry(key).state == ("voided" if has_infolink else "skipped")
    assert [desk.entry(invoice).notes for invoice in (key, never_posted)] == [notes, notes]
    desk.contractor.overrides.clear()
    desk.ask(key)
    assert (desk.entry(key).state, desk.net(key)) == ("voided", 0)


def test_invoices_voided_and_offset_since_the_copy_are_not_offset_twice(
    desk: Desk, copied: Restore
) -> None:
    key = desk.invoice(name="Work")
    desk.round()
    desk.change(key, status="void")
    desk.quiet()
    copied()

    desk.quiet()

    assert desk.net(key) == 0
    assert desk.sent() == 0
    assert "offset in Spectrum already" in desk.entry(key).reason


def test_a_void_that_somebody_typed_into_spectrum_by_hand_is_held_aloud(desk: Desk) -> None:
    key = desk.invoice(name="Work", status="draft")
    desk.foreign(desk.number(key), "100.00")
    desk.change(key, status="void")

    desk.round()

    entry = desk.entry(key)
    assert entry.state == "held"
    assert f"invoice {desk.number(key)} of customer" in entry.reason
    assert desk.sent() == 0
    desk.control.ar_document(desk.number(key), "post")
    desk.control.ar_document(desk.number(key), "reverse")
    desk.ask(key)
    assert desk.entry(key).state == "skipped"


def test_an_invoice_that_stands_in_spectrum_is_taken_over_and_closed_and_its_void_offsets_exactly_it(
    desk: Desk, copied: Restore
) -> None:
    key = desk.invoice({"price": 100}, {"price": -50}, name="Work")
    desk.round()
    copied()
    desk.control.edit("invoice", int(key), status="pending_accounting")
    with desk.contractor.session() as session:
        plan = run_round(session, ("invoices",), "test", is_dry_run=True)["invoices"]

    report = desk.round()

    assert any(
        "stands in Spectrum already" in note for outcome in plan.outcomes for note in outcome.notes
    )
    assert desk.sent() == 0
    assert (desk.seen(key)["status"], desk.entry(key).state) == ("processed", "confirmed")
    assert report.money_agrees()
    desk.change(key, status="void")
    desk.quiet()
    assert desk.net(key) == 0
    assert len(desk.documents(key)) == 4


def test_a_rebuilt_ledger_sends_nothing_of_an_invoice_that_stands_there_and_waits_in_the_queue(
    desk: Desk,
) -> None:
    key = desk.invoice({"price": 100}, {"price": -50}, name="Work")
    desk.round()
    desk.control.edit("invoice", int(key), status="pending_accounting")
    for file in desk.contractor.state_dir.glob("ledger.sqlite*"):
        file.unlink()
    desk.control.clear_calls()

    desk.quiet()

    assert desk.sent() == 0
    assert desk.seen(key)["status"] == "processed"
    assert desk.net(key) == 50


def test_of_an_invoice_that_stands_there_in_part_only_the_rest_is_posted(
    desk: Desk, copied: Restore
) -> None:
    key = desk.invoice({"price": 100}, {"price": -50}, name="Work")
    number = desk.number(key)
    desk.foreign(number, "100.00")

    desk.quiet()

    assert [desk.sent(document) for document in (number, f"{number}C")] == [0, 1]
    assert desk.net(key) == 50
    copied()
    desk.quiet()
    assert desk.net(key) == 50


def test_what_stands_there_with_another_amount_is_held_and_not_posted_beside(
    desk: Desk, copied: Restore
) -> None:
    key = desk.invoice(name="Work")
    desk.round()
    copied()
    desk.control.edit("invoice", int(key), status="pending_accounting")
    desk.correct(key, price=120)

    desk.round()

    assert desk.entry(key).state == "held"
    assert "100.00 before tax, and the invoice says 120.00" in desk.entry(key).reason
    assert desk.sent() == 0


def test_what_another_customer_has_under_the_number_is_held_although_spectrum_would_take_ours(
    desk: Desk,
) -> None:
    another_customer(desk)
    key = desk.invoice({"price": 8})
    desk.foreign(desk.number(key), "9.00", place=-1)

    outcome = desk.ask(key)[key]

    assert outcome.result == "held"
    assert f"invoice {desk.number(key)} of customer" in desk.entry(key).reason
    assert desk.sent() == 0


def test_while_info_link_cannot_be_read_invoices_and_voids_wait_by_name_and_go_on_afterwards(
    desk: Desk, copied: Restore, tmp_path: Path
) -> None:
    known, unknown = desk.invoice(name="Work"), desk.invoice(name="Work")
    desk.ask(known)
    posted = desk.invoice(name="Work")
    desk.ask(posted)
    with desk.contractor.session() as session:
        session.ledger.discard(PostedInvoice, posted)
    copied()
    desk.ask(known)
    for key in (known, posted):
        desk.change(key, status="void")
    desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = (
        f"sqlite:///{tmp_path}/nowhere/infolink.sqlite"
    )

    outcomes = desk.ask(known, unknown, posted)

    assert [outcomes[key].result for key in (unknown, posted)] == ["held", "held"]
    assert all("Info-Link cannot be read" in outcomes[key].reason for key in (unknown, posted))
    assert desk.sent() == 0
    desk.find_again()
    desk.ask(known, unknown, posted)
    assert [desk.net(key) for key in (known, unknown, posted)] == [0, 100, 0]


def test_what_the_ledger_gave_to_another_record_is_no_evidence_of_ours(desk: Desk) -> None:
    clerks = desk.invoice({"price": -50}, invoiceNumber="SG-1C")
    desk.round()
    split = desk.invoice({"price": 100}, {"price": -50}, invoiceNumber="SG-1", status="void")

    desk.quiet()

    assert desk.entry(split).state == "skipped"
    assert desk.net(clerks) == -50
    with desk.contractor.session() as session:
        assert owner_of(session.ledger, "invoices", "SG-1C") == clerks


def test_one_statement_asks_for_all_numbers_of_a_batch(desk: Desk) -> None:
    keys = [desk.invoice(name=f"Work {n}") for n in range(12)]
    with desk.contractor.session() as session:
        session.engine.run("invoices", keys, run_id="test")
        asked = session.spectrum.calls["infolink.invoices"]
    assert asked == 1
    assert all(desk.net(key) == 100 for key in keys)
