"""A void in ServiceTrade beside a reversal at the Spectrum screen: the customer is credited once,
or a person is told.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.desk import POST, Desk


def reverse(desk: Desk, key: str) -> None:
    """The AR clerk updates the invoice and reverses it."""
    desk.control.ar_document(desk.number(key), "post")
    desk.control.ar_document(desk.number(key), "reverse")


def test_an_invoice_that_was_reversed_at_the_screen_is_not_credited_again_by_its_void(
    desk: Desk,
) -> None:
    key = desk.invoice()
    desk.round()
    reverse(desk, key)
    desk.control.clear_calls()
    desk.change(key, status="void")

    report = desk.round()

    assert desk.net(key) == 0
    assert desk.sent() == 0
    assert report.counts()["voided"] == 1
    entry = desk.entry(key)
    assert (entry.state, entry.target_key) == ("voided", desk.number(key))
    assert any("was reversed at the Spectrum screen" in note for note in entry.notes)


def test_of_a_split_invoice_whose_invoice_was_reversed_only_the_credit_memo_is_offset(
    desk: Desk,
) -> None:
    key = desk.invoice({"price": 100}, {"price": -30})
    desk.round()
    reverse(desk, key)
    desk.change(key, status="void")

    desk.quiet()

    assert desk.net(key) == 0
    assert [(kind, suffix) for kind, suffix, _, _ in desk.documents(key)] == [
        ("C", ""), ("C", "C"), ("I", ""), ("I", "W"),
    ]  # fmt: skip


def test_a_credit_memo_of_the_same_number_for_another_amount_is_put_before_a_person(
    desk: Desk,
) -> None:
    key = desk.invoice()
    desk.round()
    desk.foreign(desk.number(key), "40.00", kind="C")
    desk.change(key, status="void")

    desk.round()

    assert desk.entry(key).state == "held"
    assert "for 40.00 before tax" in desk.entry(key).reason
    assert desk.sent() == 0


def test_an_invoice_reversed_while_its_offset_was_on_its_way_is_put_before_a_person(
    desk: Desk,
) -> None:
    key = desk.invoice()
    desk.round()
    desk.change(key, status="void")
    desk.lose("drop_answer")
    desk.ask(key)
    desk.find_again()
    reverse(desk, key)

    desk.ask(key)

    outcome = desk.ask(key)[key]
    assert "was taken back twice" in outcome.reason
    assert outcome.result == "held"
    assert desk.entry(key).state != "voided"


MOVES = ("round", "reverse", "void", "lost answer", "lost request")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.permutations(("reverse", "void")), before=st.lists(st.sampled_from(MOVES), max_size=3)
)
def test_in_whatever_order_an_invoice_is_voided_and_reversed_it_is_credited_once_or_told(
    desk: Desk, moves: list[str], before: list[str]
) -> None:
    desk.freshen()
    desk.is_impatient()
    key = desk.invoice()
    desk.round()
    is_void = is_reversed = was_closed = False
    for move in (*before, *moves):
        if move == "round":
            desk.round()
        elif move.startswith("lost"):
            kind = "drop_answer" if move == "lost answer" else "fail_before"
            desk.control.add_fault(system="spectrum", operation=POST, kind=kind, count=1)
        elif move == "void" and not is_void:
            desk.change(key, status="void")
            is_void = True
        elif move == "reverse" and not is_reversed:
            was_closed = desk.entry(key).state == "voided"
            if (
                not was_closed
            ):  # whoever sees the void in Spectrum does not reverse its invoice besides
                reverse(desk, key)
                is_reversed = True
    desk.control.clear_faults()
    for _ in range(3):
        desk.ask(key)

    assert desk.net(key) == 0 or desk.entry(key).state not in ("voided", "skipped", "confirmed")


@pytest.mark.parametrize("target", ["soap"])
def test_by_soap_too_a_reversal_at_the_screen_is_the_void(desk: Desk, target: str) -> None:
    desk.contractor.overrides["invoices"] = {"target": target}
    key = desk.invoice()
    desk.round()
    reverse(desk, key)
    desk.change(key, status="void")

    desk.round()

    assert desk.net(key) == 0
    assert desk.entry(key).state == "voided"
