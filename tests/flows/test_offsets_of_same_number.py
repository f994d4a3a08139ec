"""An offset that bears the number of what it takes back: Spectrum itself refuses a second one."""

from collections.abc import Iterator
from typing import Any

import pytest

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.sandbox.control_client import ControlRefused
from tests.flows.desk import POST, Desk

SAME = InvoiceNumbers(is_same_for_offset=True)


@pytest.fixture
def same(desk: Desk) -> Iterator[Desk]:
    """The desk of an account whose offsets bear the invoice's own number."""
    bear_same_number(desk)
    yield desk


def bear_same_number(desk: Desk, **more: Any) -> None:
    desk.contractor.overrides["invoices"] = {"number": SAME, **more}


def reverse(desk: Desk, key: str) -> None:
    """The AR clerk updates the invoice and reverses it."""
    desk.control.ar_document(desk.number(key), "post")
    desk.control.ar_document(desk.number(key), "reverse")


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_a_void_is_a_credit_memo_of_the_same_number_and_is_seen_as_any_other(
    same: Desk, target: str
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


def test_both_halves_of_a_split_invoice_are_taken_back_under_their_numbers(same: Desk) -> None:
    key = same.invoice({"price": 100}, {"price": -30})
    same.round()
    same.change(key, status="void")

    same.quiet()

    assert same.net(key) == 0
    assert [(kind, suffix) for kind, suffix, *_ in same.documents(key)] == [
        ("C", ""), ("C", "C"), ("I", ""), ("I", "C"),
    ]  # fmt: skip


def test_after_our_offset_the_screen_refuses_a_reversal(same: Desk) -> None:
    key = same.invoice()
    same.round()
    same.change(key, status="void")
    same.quiet()

    with pytest.raises(ControlRefused, match="already"):
        reverse(same, key)

    assert same.net(key) == 0


def test_a_reversal_at_the_screen_is_the_void(same: Desk) -> None:
    key = same.invoice()
    same.round()
    reverse(same, key)
    same.control.clear_calls()
    same.change(key, status="void")

    same.round()

    assert (same.net(key), same.sent(), same.entry(key).state) == (0, 0, "voided")
    assert any("was reversed at the Spectrum screen" in note for note in same.entry(key).notes)


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
def test_an_offset_whose_answer_was_lost_is_found_there_whoever_made_it(
    same: Desk, kind: str
) -> None:
    same.is_impatient()
    key = same.invoice()
    same.round()
    same.change(key, status="void")
    same.lose(kind)
    same.ask(key)
    same.find_again()
    if kind == "fail_before":
        reverse(same, key)

    same.quiet()

    assert (same.net(key), same.entry(key).state) == (0, "voided")


def test_where_nobody_can_look_a_number_that_is_taken_waits_for_a_person(same: Desk) -> None:
    same.is_impatient()
    key = same.invoice()
    same.round()
    reverse(same, key)
    same.change(key, status="void")
    same.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""

    same.ask(key)

    entry = same.entry(key)
    assert (entry.state, same.net(key)) == ("held", 0)
    assert "under its own number" in entry.reason
    assert "nothing may be credited besides" in entry.advice


def test_where_spectrum_takes_no_such_number_the_setting_is_turned_off_and_the_void_goes_out(
    same: Desk,
) -> None:
    same.is_impatient()
    same.control.switch("spectrum", has_unique_invoice_numbers=True)
    key = same.invoice()
    same.round()
    same.change(key, status="void")
    same.round()
    waits = same.entry(key)
    same.contractor.overrides.pop("invoices")

    same.quiet()

    assert waits.state == "held"
    assert "set invoices.number.is_same_for_offset to false" in waits.advice
    assert (same.net(key), same.entry(key).state) == (0, "voided")


def test_an_offset_that_was_begun_under_one_number_is_not_made_again_under_another(
    desk: Desk,
) -> None:
    desk.is_impatient()
    for before, after in (({}, {"number": SAME}), ({"number": SAME}, {})):
        desk.contractor.overrides["invoices"] = before
        key = desk.invoice()
        desk.round()
        desk.change(key, status="void")
        desk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=1)
        desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
        desk.ask(key)
        desk.find_again()
        desk.contractor.overrides["invoices"] = after

        desk.quiet()

        assert (desk.net(key), desk.entry(key).state) == (0, "voided")


def test_a_new_ledger_finds_what_was_credited_under_either_number(desk: Desk) -> None:
    keys = []
    for rule in ({}, {"number": SAME}):
        desk.contractor.overrides["invoices"] = rule
        keys.append(desk.invoice())
        desk.round()
        desk.change(keys[-1], status="void")
        desk.quiet()
    for rule in ({}, {"number": SAME}):
        desk.contractor.overrides["invoices"] = rule
        for path in desk.contractor.state_dir.glob("ledger*"):
            path.unlink()
        desk.control.clear_calls()

        desk.ask(*keys)

        assert [desk.net(key) for key in keys] == [0, 0]
        assert {desk.entry(key).state for key in keys} <= {"voided", "skipped"}
        assert desk.sent() == 0
