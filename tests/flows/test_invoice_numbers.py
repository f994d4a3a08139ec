"""A number belongs to the record for which the ledger reserved it, also one that was made from
another.
"""

from typing import Any

from st_spectrum.ledger.documents.records import NumbersReserved, ReservedNumber
from tests.world.ar_clerk import ArClerk

BOTH_SIGNS: tuple[dict[str, Any], ...] = ({"price": 100}, {"description": "Credit", "price": -50})


def test_a_clerks_own_invoice_under_the_number_of_our_credit_memo_is_not_taken_for_posted(
    ar_clerk: ArClerk,
) -> None:
    split = ar_clerk.invoice(*BOTH_SIGNS, invoiceNumber="A9-1")
    ar_clerk.round()
    clerks = ar_clerk.invoice({"price": -50}, invoiceNumber="A9-1C")
    before = ar_clerk.sent()

    ar_clerk.round()

    entry = ar_clerk.entry(clerks)
    assert entry.state == "held"
    assert f"A9-1C was given to ServiceTrade record {split} (Invoice A9-1 " in entry.reason
    assert f"record {clerks}" in entry.reason
    assert "number of its own" in entry.advice
    assert ar_clerk.seen(clerks)["status"] == "pending_accounting"
    assert ar_clerk.sent() == before
    ar_clerk.change(clerks, invoiceNumber="A9-11")
    ar_clerk.contractor.retry_at_once()
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.net(clerks) == -50


def test_a_credit_memo_whose_number_a_clerks_own_invoice_has_is_held_before_anything_is_sent(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.invoice({"price": -50}, invoiceNumber="A9-2C")
    ar_clerk.round()
    split = ar_clerk.invoice(*BOTH_SIGNS, invoiceNumber="A9-2")

    ar_clerk.round()

    assert ar_clerk.entry(split).state == "held"
    assert "A9-2C" in ar_clerk.entry(split).reason
    assert ar_clerk.sent("A9-2") == 0


def test_numbers_of_invoices_posted_before_all_were_reserved_are_theirs_too(
    ar_clerk: ArClerk,
) -> None:
    split = ar_clerk.invoice(*BOTH_SIGNS, invoiceNumber="A9-3")
    ar_clerk.round()
    with ar_clerk.contractor.session() as session:
        session.ledger.discard(ReservedNumber, "invoices", "A9-3C")
        session.ledger.discard(NumbersReserved, "invoices")
    clerks = ar_clerk.invoice({"price": -50}, invoiceNumber="A9-3C")

    ar_clerk.round()

    assert ar_clerk.entry(clerks).state == "held"
    assert f"record {split}" in ar_clerk.entry(clerks).reason


def test_a_clerks_own_invoice_under_the_number_of_a_void_is_not_taken_for_posted(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice(invoiceNumber="A9-4")
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    clerks = ar_clerk.invoice({"price": -100}, invoiceNumber="A9-4V")

    ar_clerk.round()

    assert ar_clerk.entry(clerks).state == "held"
    assert f"record {key}" in ar_clerk.entry(clerks).reason


def test_a_void_whose_number_a_clerks_own_invoice_has_is_told_and_not_taken_for_offset(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice(invoiceNumber="A9-5")
    clerks = ar_clerk.invoice({"price": -100}, invoiceNumber="A9-5V")
    ar_clerk.round()
    ar_clerk.change(key, status="void")

    ar_clerk.round()

    assert ar_clerk.entry(key).state == "held"
    assert f"record {clerks}" in ar_clerk.entry(key).reason
    assert "by hand" in ar_clerk.entry(key).advice
    assert ar_clerk.net(key) == 0
    assert ar_clerk.seen(clerks)["status"] == "processed"


def test_a_record_keeps_its_numbers_however_often_it_is_asked_for(ar_clerk: ArClerk) -> None:
    ar_clerk.contractor.controller.close_period()
    key = ar_clerk.invoice(*BOTH_SIGNS, invoiceNumber="A9-6")
    for _ in range(2):
        ar_clerk.ask(key)
    ar_clerk.contractor.controller.open_period()

    ar_clerk.ask(key)

    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.net(key) == 50
