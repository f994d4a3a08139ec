"""Sums of confirmed invoices against the documents kept for them, a bounded part at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.flows.invoices.kept import keep_posted
from st_spectrum.ledger.documents.invoices import PostedInvoice, SumsSeen
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.owner import new_owner
from st_spectrum.ledger.sqlite import SqliteStore
from st_spectrum.reconcile.invoice_sums import compare_sums
from tests.ledger.texts import put_text


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(SqliteStore(tmp_path / "ledger.sqlite", 20), new_owner(), 300) as ledger:
        yield ledger


def document(kind: str, extension: str, tax: str = "0.00", number: str = "1") -> ArDocument:
    header = {"Invoice_Or_Transaction": number, "Transaction_Type": kind, "Sales_Tax_Amount": tax}
    return ArDocument(header, ({"Line_Extension": extension},), number)


def post(
    ledger: Ledger, key: str, amount: str, *documents: ArDocument, state: State = State.CONFIRMED
) -> None:
    """An invoice of `amount` for which these documents went out."""
    ledger.settle(
        ledger.claim("invoices", key, run_id="test", title=f"Invoice {key}"), state, amount=amount
    )
    if documents:
        keep_posted(ledger, key, documents)


def test_an_invoice_and_its_credit_memo_net_to_what_was_approved(ledger: Ledger) -> None:
    post(ledger, "1", "54.90", document("I", "60.00", "4.90"), document("C", "10.00", number="1C"))
    post(ledger, "2", "-10.60", document("C", "10.00", "0.60"))
    post(ledger, "3", "0.00")
    comparison = compare_sums(ledger)
    assert (len(comparison.sums), comparison.wrong) == (3, ())


@pytest.mark.parametrize("amount", ["54.89", "54.91", "-54.90", "", "much"])
def test_a_cent_too_much_or_too_little_is_found_with_both_sums(ledger: Ledger, amount: str) -> None:
    post(ledger, "1", amount, document("I", "50.00", "4.90"))
    post(ledger, "2", "54.90", document("I", "50.00", "4.90"))
    (wrong,) = compare_sums(ledger).wrong
    assert wrong.key == "1"
    assert str(wrong.documents) == "54.90"
    assert str(wrong.amount) == (amount if amount[-1:].isdigit() else "None")


def test_lost_or_damaged_documents_are_found(ledger: Ledger) -> None:
    post(ledger, "1", "5.00")
    post(ledger, "2", "5.00", document("I", "5.00"))
    put_text(ledger, '[{"base": "1"}]', PostedInvoice, "2")
    assert [(invoice.key, invoice.documents) for invoice in compare_sums(ledger).wrong] == [
        ("1", 0),
        ("2", None),
    ]


@pytest.mark.parametrize("state", [State.HELD, State.REJECTED, State.UNKNOWN, State.VOIDED])
def test_what_is_not_posted_completely_or_was_taken_back_is_not_compared(
    ledger: Ledger, state: State
) -> None:
    post(ledger, "1", "5.00", document("I", "4.00"), state=state)
    comparison = compare_sums(ledger)
    assert (comparison.sums, comparison.seen) == ((), 1)


def test_every_invoice_has_its_turn_and_none_comes_twice_before(ledger: Ledger) -> None:
    keys = [str(number) for number in (8, 9, 10, 11, 101, 102, 1000)]
    for key in keys:
        post(ledger, key, "5.00", document("I", "5.00"))
    seen = [invoice.key for _ in range(4) for invoice in compare_sums(ledger, most=2).sums]
    assert seen == [*keys, "8"]


def test_the_records_of_a_run_come_first_and_do_not_move_the_turn_of_the_others(
    ledger: Ledger,
) -> None:
    for key in ("1", "2", "3", "4"):
        post(ledger, key, "5.00", document("I", "5.00"))
    assert [invoice.key for invoice in compare_sums(ledger, ["4", "99"], most=3).sums] == [
        "4",
        "1",
        "2",
    ]
    assert [invoice.key for invoice in compare_sums(ledger, most=1).sums] == ["3"]


def test_what_is_wrong_stays_found_until_it_is_right(ledger: Ledger) -> None:
    post(ledger, "1", "5.00", document("I", "5.01"))
    for key in ("2", "3", "4"):
        post(ledger, key, "5.00", document("I", "5.00"))
    for _ in range(4):
        assert [invoice.key for invoice in compare_sums(ledger, most=2).wrong] == ["1"]
    keep_posted(ledger, "1", [document("I", "5.00")])
    assert compare_sums(ledger, most=2).wrong == ()


def test_a_lost_memory_begins_anew(ledger: Ledger) -> None:
    post(ledger, "1", "5.00", document("I", "5.00"))
    put_text(ledger, "rubbish", SumsSeen, "invoices")
    assert len(compare_sums(ledger).sums) == 1


def test_no_more_time_than_given_but_something_each_time(ledger: Ledger) -> None:
    for key in ("1", "2", "3"):
        post(ledger, key, "5.00", document("I", "5.00"))
    assert [compare_sums(ledger, seconds=-1).sums[0].key for _ in range(3)] == ["1", "2", "3"]
