"""A number belongs to the record for which the ledger reserved it, also one that was made from
another.
"""

from typing import Any

from st_spectrum.ledger.documents.records import NumbersReserved, ReservedNumber
from tests.flows.desk import Desk

BOTH_SIGNS: tuple[dict[str, Any], ...] = ({"price": 100}, {"description": "Credit", "price": -50})


def test_a_clerks_own_invoice_under_the_number_of_our_credit_memo_is_not_taken_for_posted(
    desk: Desk,
) -> None:
    split = desk.invoice(*BOTH_SIGNS, invoiceNumber="A9-1")
    desk.round()
    clerks = desk.invoice({"price": -50}, invoiceNumber="A9-1C")
    before = desk.sent()

    desk.round()

    entry = desk.entry(clerks)
    assert entry.state == "held"
    assert f"A9-1C was given to ServiceTrade record {split} (Invoice A9-1 " in entry.reason
    assert f"record {clerks}" in entry.reason
    assert "number of its own" in entry.advice
    assert desk.seen(clerks)["status"] == "pending_accounting"
    assert desk.sent() == before
    desk.change(clerks, invoiceNumber="A9-11")
    desk.is_impatient()
    desk.quiet()
    assert desk.net(clerks) == -50


def test_a_credit_memo_whose_number_a_clerks_own_invoice_has_is_held_before_anything_is_sent(
    desk: Desk,
) -> None:
    desk.invoice({"price": -50}, invoiceNumber="A9-2C")
    desk.round()
    split = desk.invoice(*BOTH_SIGNS, invoiceNumber="A9-2")

    desk.round()

    assert desk.entry(split).state == "held"
    assert "A9-2C" in desk.entry(split).reason
    assert desk.sent("A9-2") == 0


def test_numbers_of_invoices_posted_before_all_were_reserved_are_theirs_too(desk: Desk) -> None:
    split = desk.invoice(*BOTH_SIGNS, invoiceNumber="A9-3")
    desk.round()
    with desk.contractor.session() as session:
        session.ledger.discard(ReservedNumber, "invoices", "A9-3C")
        session.ledger.discard(NumbersReserved, "invoices")
    clerks = desk.invoice({"price": -50}, invoiceNumber="A9-3C")

    desk.round()

    assert desk.entry(clerks).state == "held"
    assert f"record {split}" in desk.entry(clerks).reason


def test_a_clerks_own_invoice_under_the_number_of_a_void_is_not_taken_for_posted(
    desk: Desk,
) -> None:
    key = desk.invoice(invoiceNumber="A9-4")
    desk.round()
    desk.change(key, status="void")
    desk.quiet()
    clerks = desk.invoice({"price": -100}, invoiceNumber="A9-4V")

    desk.round()

    assert desk.entry(clerks).state == "held"
    assert f"record {key}" in desk.entry(clerks).reason


def test_a_void_whose_number_a_clerks_own_invoice_has_is_told_and_not_taken_for_offset(
    desk: Desk,
) -> None:
    key = desk.invoice(invoiceNumber="A9-5")
    clerks = desk.invoice({"price": -100}, invoiceNumber="A9-5V")
    desk.round()
    desk.change(key, status="void")

    desk.round()

    assert desk.entry(key).state == "held"
    assert f"record {clerks}" in desk.entry(key).reason
    assert "by hand" in desk.entry(key).advice
    assert desk.net(key) == 0
    assert desk.seen(clerks)["status"] == "processed"


def test_a_record_keeps_its_numbers_however_often_it_is_asked_for(desk: Desk) -> None:
    desk.close_period()
    key = desk.invoice(*BOTH_SIGNS, invoiceNumber="A9-6")
    for _ in range(2):
        desk.ask(key)
    desk.open_period()

    desk.ask(key)

    assert desk.seen(key)["status"] == "processed"
    assert desk.net(key) == 50
