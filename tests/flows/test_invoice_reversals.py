"""A void in ServiceTrade beside a reversal at the Spectrum screen: the customer is credited once,
or a person is told.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world.ar_clerk import POST, ArClerk
from tests.world.ledger_file import lose_ledger


def test_an_invoice_that_was_reversed_at_the_screen_is_not_credited_again_by_its_void(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.reverse(key)
    ar_clerk.control.clear_calls()
    ar_clerk.change(key, status="void")

    report = ar_clerk.round()

    assert ar_clerk.net(key) == 0
    assert ar_clerk.sent() == 0
    assert report.counts()["voided"] == 1
    entry = ar_clerk.entry(key)
    assert (entry.state, entry.target_key) == ("voided", ar_clerk.number(key))
    assert any("was reversed at the Spectrum screen" in note for note in entry.notes)


def test_of_a_split_invoice_whose_invoice_was_reversed_only_the_credit_memo_is_offset(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 100}, {"price": -30})
    ar_clerk.round()
    ar_clerk.reverse(key)
    ar_clerk.change(key, status="void")

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.net(key) == 0
    assert [(kind, suffix) for kind, suffix, _, _ in ar_clerk.documents(key)] == [
        ("C", ""), ("C", "C"), ("I", ""), ("I", "W"),
    ]  # fmt: skip


def test_a_credit_memo_of_the_same_number_for_another_amount_is_put_before_a_person(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.contractor.controller.add_document(ar_clerk.number(key), "40.00", kind="C")
    ar_clerk.change(key, status="void")

    ar_clerk.round()

    assert ar_clerk.entry(key).state == "held"
    assert "for 40.00 before tax" in ar_clerk.entry(key).reason
    assert ar_clerk.sent() == 0


def test_an_invoice_reversed_while_its_offset_was_on_its_way_is_put_before_a_person(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    ar_clerk.lose("drop_answer")
    ar_clerk.ask(key)
    ar_clerk.find_again()
    ar_clerk.reverse(key)

    ar_clerk.ask(key)

    outcome = ar_clerk.ask(key)[key]
    assert "was taken back twice" in outcome.reason
    assert outcome.result == "held"
    assert ar_clerk.entry(key).state != "voided"


MOVES = ("round", "reverse", "void", "lost answer", "lost request")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.permutations(("reverse", "void")), before=st.lists(st.sampled_from(MOVES), max_size=3)
)
def test_in_whatever_order_an_invoice_is_voided_and_reversed_it_is_credited_once_or_told(
    ar_clerk: ArClerk, moves: list[str], before: list[str]
) -> None:
    ar_clerk.reset()
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    ar_clerk.round()
    is_void = is_reversed = was_closed = False
    for move in (*before, *moves):
        if move == "round":
            ar_clerk.round()
        elif move.startswith("lost"):
            kind = "drop_answer" if move == "lost answer" else "fail_before"
            ar_clerk.control.add_fault(system="spectrum", operation=POST, kind=kind, count=1)
        elif move == "void" and not is_void:
            ar_clerk.change(key, status="void")
            is_void = True
        elif move == "reverse" and not is_reversed:
            was_closed = ar_clerk.entry(key).state == "voided"
            if (
                not was_closed
            ):  # whoever sees the void in Spectrum does not reverse its invoice besides
                ar_clerk.reverse(key)
                is_reversed = True
    ar_clerk.control.clear_faults()
    for _ in range(3):
        ar_clerk.ask(key)

    assert ar_clerk.net(key) == 0 or ar_clerk.entry(key).state not in (
        "voided",
        "skipped",
        "confirmed",
    )


@pytest.mark.parametrize("target", ["soap"])
def test_by_soap_too_a_reversal_at_the_screen_is_the_void(ar_clerk: ArClerk, target: str) -> None:
    ar_clerk.contractor.overrides["invoices"] = {"target": target}
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.reverse(key)
    ar_clerk.change(key, status="void")

    ar_clerk.round()

    assert ar_clerk.net(key) == 0
    assert ar_clerk.entry(key).state == "voided"


def test_the_mark_of_a_reversal_alone_proves_no_credit(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.contractor.controller.mark_reversed(ar_clerk.number(key))
    ar_clerk.change(key, status="void")

    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert (entry.state, ar_clerk.sent()) == ("held", 1)
    assert "marked as reversed in Spectrum, where nothing of the other type" in entry.reason


def test_without_a_memory_neither_the_mark_nor_another_amount_proves_a_credit(
    ar_clerk: ArClerk,
) -> None:
    marked, partly = ar_clerk.invoice(), ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.contractor.controller.mark_reversed(ar_clerk.number(marked))
    ar_clerk.contractor.controller.mark_reversed(ar_clerk.number(partly))
    ar_clerk.contractor.controller.add_document(ar_clerk.number(partly), "40.00", kind="C")
    lose_ledger(ar_clerk.contractor)
    for key in (marked, partly):
        ar_clerk.change(key, status="void")

    ar_clerk.ask(marked, partly)

    assert {ar_clerk.entry(key).state for key in (marked, partly)} == {"held"}
