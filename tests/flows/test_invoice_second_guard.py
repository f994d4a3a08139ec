"""Invoices beside a ledger that was put back from a copy: what stands in Spectrum is asked for
before anything is sent.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from st_spectrum.engine.rounds.round import run_round
from st_spectrum.engine.steps.reservations import owner_of
from st_spectrum.flows.invoices.voids import UNSEEN
from st_spectrum.ledger.documents.invoices import PostedInvoice
from tests.flows.test_invoice_refusals import another_customer
from tests.world.ar_clerk import ArClerk
from tests.world.ledger_file import copy_ledger, lose_ledger, lose_witness, put_back

Restore = Callable[[], None]


@pytest.fixture
def copied(ar_clerk: ArClerk) -> Restore:
    """A copy of the ledger as it is now; calling it puts the copy back, and nothing outside tells
    that it is one.
    """
    ar_clerk.round()
    copy = copy_ledger(ar_clerk.contractor)

    def restore() -> None:
        lose_witness(ar_clerk.contractor)
        put_back(ar_clerk.contractor, copy)
        ar_clerk.control.clear_calls()

    return restore


def test_invoices_posted_since_the_copy_and_voided_meanwhile_are_offset(
    ar_clerk: ArClerk, copied: Restore
) -> None:
    keys = [ar_clerk.invoice({"price": 100}, {"price": -50}, name=f"Work {n}") for n in range(2)]
    keys.append(ar_clerk.invoice(name="Work 2"))
    ar_clerk.round()
    copied()
    for key in keys:
        ar_clerk.change(key, status="void")

    ar_clerk.rounds_until_quiet()

    assert [ar_clerk.net(key) for key in keys] == [0, 0, 0]
    assert [ar_clerk.entry(key).state for key in keys] == ["voided"] * 3
    assert [len(ar_clerk.documents(key)) for key in keys] == [4, 4, 2]
    assert sorted(ar_clerk.entry(keys[0]).target_key.split("|")) == sorted(
        ar_clerk.number(keys[0]) + suffix for suffix in ("", "C", "V", "W")
    )


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_void_that_nobody_can_vouch_for_is_not_left_alone_without_a_word(
    ar_clerk: ArClerk, copied: Restore, *, has_infolink: bool
) -> None:
    if not has_infolink:
        ar_clerk.contractor.overrides["spectrum"] = {"infolink": None}
    key, never_posted = (
        ar_clerk.invoice(name="Work"),
        ar_clerk.invoice(name="Draft", status="draft"),
    )
    ar_clerk.round()
    copied()
    for invoice in (key, never_posted):
        ar_clerk.change(invoice, status="void")

    ar_clerk.rounds_until_quiet()

    notes = () if has_infolink else (UNSEEN,)
    assert ar_clerk.entry(key).state == ("voided" if has_infolink else "skipped")
    assert [ar_clerk.entry(invoice).notes for invoice in (key, never_posted)] == [notes, notes]
    ar_clerk.contractor.overrides.clear()
    ar_clerk.ask(key)
    assert (ar_clerk.entry(key).state, ar_clerk.net(key)) == ("voided", 0)


def test_invoices_voided_and_offset_since_the_copy_are_not_offset_twice(
    ar_clerk: ArClerk, copied: Restore
) -> None:
    key = ar_clerk.invoice(name="Work")
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    copied()

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.net(key) == 0
    assert ar_clerk.sent() == 0
    assert "offset in Spectrum already" in ar_clerk.entry(key).reason


def test_a_void_that_somebody_typed_into_spectrum_by_hand_is_held_aloud(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice(name="Work", status="draft")
    ar_clerk.contractor.controller.add_document(ar_clerk.number(key), "100.00")
    ar_clerk.change(key, status="void")

    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert entry.state == "held"
    assert f"invoice {ar_clerk.number(key)} of customer" in entry.reason
    assert ar_clerk.sent() == 0
    ar_clerk.reverse(key)
    ar_clerk.ask(key)
    assert ar_clerk.entry(key).state == "skipped"


def test_an_invoice_that_stands_in_spectrum_is_taken_over_and_closed_and_its_void_offsets_exactly_it(
    ar_clerk: ArClerk, copied: Restore
) -> None:
    key = ar_clerk.invoice({"price": 100}, {"price": -50}, name="Work")
    ar_clerk.round()
    copied()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    with ar_clerk.contractor.session() as session:
        plan = run_round(session, ("invoices",), "test", is_dry_run=True)["invoices"]

    report = ar_clerk.round()

    assert any(
        "stands in Spectrum already" in note for outcome in plan.outcomes for note in outcome.notes
    )
    assert ar_clerk.sent() == 0
    assert (ar_clerk.seen(key)["status"], ar_clerk.entry(key).state) == ("processed", "confirmed")
    assert report.money_agrees()
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.net(key) == 0
    assert len(ar_clerk.documents(key)) == 4


def test_a_rebuilt_ledger_sends_nothing_of_an_invoice_that_stands_there_and_waits_in_the_queue(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 100}, {"price": -50}, name="Work")
    ar_clerk.round()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    lose_ledger(ar_clerk.contractor)
    ar_clerk.control.clear_calls()

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.sent() == 0
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.net(key) == 50


def test_of_an_invoice_that_stands_there_in_part_only_the_rest_is_posted(
    ar_clerk: ArClerk, copied: Restore
) -> None:
    key = ar_clerk.invoice({"price": 100}, {"price": -50}, name="Work")
    number = ar_clerk.number(key)
    ar_clerk.contractor.controller.add_document(number, "100.00")

    ar_clerk.rounds_until_quiet()

    assert [ar_clerk.sent(document) for document in (number, f"{number}C")] == [0, 1]
    assert ar_clerk.net(key) == 50
    copied()
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.net(key) == 50


def test_what_stands_there_with_another_amount_is_held_and_not_posted_beside(
    ar_clerk: ArClerk, copied: Restore
) -> None:
    key = ar_clerk.invoice(name="Work")
    ar_clerk.round()
    copied()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    ar_clerk.correct(key, price=120)

    ar_clerk.round()

    assert ar_clerk.entry(key).state == "held"
    assert "100.00 before tax, and the invoice says 120.00" in ar_clerk.entry(key).reason
    assert ar_clerk.sent() == 0


def test_what_another_customer_has_under_the_number_is_held_although_spectrum_would_take_ours(
    ar_clerk: ArClerk,
) -> None:
    another_customer(ar_clerk)
    key = ar_clerk.invoice({"price": 8})
    ar_clerk.contractor.controller.add_document(ar_clerk.number(key), "9.00", place=-1)

    outcome = ar_clerk.ask(key)[key]

    assert outcome.result == "held"
    assert f"invoice {ar_clerk.number(key)} of customer" in ar_clerk.entry(key).reason
    assert ar_clerk.sent() == 0


def test_while_info_link_cannot_be_read_invoices_and_voids_wait_by_name_and_go_on_afterwards(
    ar_clerk: ArClerk, copied: Restore, tmp_path: Path
) -> None:
    known, unknown = ar_clerk.invoice(name="Work"), ar_clerk.invoice(name="Work")
    ar_clerk.ask(known)
    posted = ar_clerk.invoice(name="Work")
    ar_clerk.ask(posted)
    with ar_clerk.contractor.session() as session:
        session.ledger.discard(PostedInvoice, posted)
    copied()
    ar_clerk.ask(known)
    for key in (known, posted):
        ar_clerk.change(key, status="void")
    ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = (
        f"sqlite:///{tmp_path}/nowhere/infolink.sqlite"
    )

    outcomes = ar_clerk.ask(known, unknown, posted)

    assert [outcomes[key].result for key in (unknown, posted)] == ["held", "held"]
    assert all("Info-Link cannot be read" in outcomes[key].reason for key in (unknown, posted))
    assert ar_clerk.sent() == 0
    ar_clerk.find_again()
    ar_clerk.ask(known, unknown, posted)
    assert [ar_clerk.net(key) for key in (known, unknown, posted)] == [0, 100, 0]


def test_what_the_ledger_gave_to_another_record_is_no_evidence_of_ours(ar_clerk: ArClerk) -> None:
    clerks = ar_clerk.invoice({"price": -50}, invoiceNumber="SG-1C")
    ar_clerk.round()
    split = ar_clerk.invoice({"price": 100}, {"price": -50}, invoiceNumber="SG-1", status="void")

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.entry(split).state == "skipped"
    assert ar_clerk.net(clerks) == -50
    with ar_clerk.contractor.session() as session:
        assert owner_of(session.ledger, "invoices", "SG-1C") == clerks


def test_one_statement_asks_for_all_numbers_of_a_batch(ar_clerk: ArClerk) -> None:
    keys = [ar_clerk.invoice(name=f"Work {n}") for n in range(12)]
    with ar_clerk.contractor.session() as session:
        session.engine.run("invoices", keys, run_id="test")
        asked = session.spectrum.calls["infolink.invoices"]
    assert asked == 1
    assert all(ar_clerk.net(key) == 100 for key in keys)
