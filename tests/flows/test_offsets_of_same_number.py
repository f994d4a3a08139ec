"""An offset that bears the number of what it takes back: Spectrum itself refuses a second one."""

from collections.abc import Iterator
from typing import Any

import pytest

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.sandbox.control_client import ControlRefused
from tests.world.ar_clerk import POST, ArClerk
from tests.world.ledger_file import lose_ledger

SAME = InvoiceNumbers(is_same_for_offset=True)


@pytest.fixture
def same(ar_clerk: ArClerk) -> Iterator[ArClerk]:
    """The clerk of an account whose offsets bear the invoice's own number."""
    bear_same_number(ar_clerk)
    yield ar_clerk


def bear_same_number(ar_clerk: ArClerk, **more: Any) -> None:
    ar_clerk.contractor.overrides["invoices"] = {"number": SAME, **more}


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_a_void_is_a_credit_memo_of_the_same_number_and_is_seen_as_any_other(
    same: ArClerk, target: str
) -> None:
    bear_same_number(same, target=target)
    key = same.invoice()
    same.round()
    owed = same.net(key)
    same.change(key, status="void")

    report = same.round()

    assert (owed > 0, same.net(key)) == (True, 0)
    assert [(kind, suffix) for kind, suffix, *_ in same.documents(key)] == [("C", ""), ("I", "")]
    assert report.money()["voided"] == owed
    entry = same.entry(key)
    assert (entry.state, entry.target_key) == ("voided", same.number(key))
    assert not any("reversed at the Spectrum screen" in note for note in entry.notes)
    assert same.complaints(key) == []


def test_both_halves_of_a_split_invoice_are_taken_back_under_their_numbers(same: ArClerk) -> None:
    key = same.invoice({"price": 100}, {"price": -30})
    same.round()
    same.change(key, status="void")

    same.rounds_until_quiet()

    assert same.net(key) == 0
    assert [(kind, suffix) for kind, suffix, *_ in same.documents(key)] == [
        ("C", ""), ("C", "C"), ("I", ""), ("I", "C"),
    ]  # fmt: skip


def test_after_our_offset_the_screen_refuses_a_reversal(same: ArClerk) -> None:
    key = same.invoice()
    same.round()
    same.change(key, status="void")
    same.rounds_until_quiet()

    with pytest.raises(ControlRefused, match="already"):
        same.reverse(key)

    assert same.net(key) == 0


def test_a_reversal_at_the_screen_is_the_void(same: ArClerk) -> None:
    key = same.invoice()
    same.round()
    same.reverse(key)
    same.control.clear_calls()
    same.change(key, status="void")

    same.round()

    assert (same.net(key), same.sent(), same.entry(key).state) == (0, 0, "voided")
    assert any("was reversed at the Spectrum screen" in note for note in same.entry(key).notes)


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
def test_an_offset_whose_answer_was_lost_is_found_there_whoever_made_it(
    same: ArClerk, kind: str
) -> None:
    same.contractor.retry_at_once()
    key = same.invoice()
    same.round()
    same.change(key, status="void")
    same.lose(kind)
    same.ask(key)
    same.find_again()
    if kind == "fail_before":
        same.reverse(key)

    same.rounds_until_quiet()

    assert (same.net(key), same.entry(key).state) == (0, "voided")


def test_where_nobody_can_look_a_number_that_is_taken_waits_for_a_person(same: ArClerk) -> None:
    same.contractor.retry_at_once()
    key = same.invoice()
    same.round()
    same.reverse(key)
    same.change(key, status="void")
    same.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""

    same.ask(key)

    entry = same.entry(key)
    assert (entry.state, same.net(key)) == ("held", 0)
    assert "under its own number" in entry.reason
    assert "nothing may be credited besides" in entry.advice


def test_where_spectrum_takes_no_such_number_the_setting_is_turned_off_and_the_void_goes_out(
    same: ArClerk,
) -> None:
    same.contractor.retry_at_once()
    same.control.switch("spectrum", has_unique_invoice_numbers=True)
    key = same.invoice()
    same.round()
    same.change(key, status="void")
    same.round()
    waits = same.entry(key)
    same.contractor.overrides.pop("invoices")

    same.rounds_until_quiet()

    assert waits.state == "held"
    assert "set invoices.number.is_same_for_offset to false" in waits.advice
    assert (same.net(key), same.entry(key).state) == (0, "voided")


def test_an_offset_that_was_begun_under_one_number_is_not_made_again_under_another(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    for before, after in (({}, {"number": SAME}), ({"number": SAME}, {})):
        ar_clerk.contractor.overrides["invoices"] = before
        key = ar_clerk.invoice()
        ar_clerk.round()
        ar_clerk.change(key, status="void")
        ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=1)
        ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
        ar_clerk.ask(key)
        ar_clerk.find_again()
        ar_clerk.contractor.overrides["invoices"] = after

        ar_clerk.rounds_until_quiet()

        assert (ar_clerk.net(key), ar_clerk.entry(key).state) == (0, "voided")


def test_a_new_ledger_finds_what_was_credited_under_either_number(ar_clerk: ArClerk) -> None:
    keys = []
    for rule in ({}, {"number": SAME}):
        ar_clerk.contractor.overrides["invoices"] = rule
        keys.append(ar_clerk.invoice())
        ar_clerk.round()
        ar_clerk.change(keys[-1], status="void")
        ar_clerk.rounds_until_quiet()
    for rule in ({}, {"number": SAME}):
        ar_clerk.contractor.overrides["invoices"] = rule
        lose_ledger(ar_clerk.contractor)
        ar_clerk.control.clear_calls()

        ar_clerk.ask(*keys)

        assert [ar_clerk.net(key) for key in keys] == [0, 0]
        assert {ar_clerk.entry(key).state for key in keys} <= {"voided", "skipped"}
        assert ar_clerk.sent() == 0
