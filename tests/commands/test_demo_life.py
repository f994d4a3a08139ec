"""What the demo says of a record that has not crossed after a minute."""

from collections.abc import Iterator

import pytest

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.commands.demo_life import documents_in_words, why_not_yet
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.ledger.memory import MemoryStore


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    ledger = open_ledger(LedgerSettings(), store=MemoryStore())
    yield ledger
    ledger.close()


def hold(ledger: Ledger, flow: str, key: str, reason: str, advice: str) -> None:
    held = ledger.claim(flow, key, run_id="r1", title="Harbor Foods LLC")
    ledger.settle(held, State.HELD, reason=reason, advice=advice)


def test_a_record_that_waits_says_for_what_and_what_to_do(ledger: Ledger) -> None:
    hold(ledger, "sites", "71", "company 12 is inactive", "Make it active.")
    hold(ledger, "timecards", "9.71", "Ana Barnes has no employee code.", "Enter it.")
    hold(ledger, "jobs", "72", "another reason", "Another advice.")

    assert why_not_yet(ledger, frozenset({"71"})) == (
        "waits: company 12 is inactive. Make it active. Ana Barnes has no employee code. Enter it."
    )


def test_a_record_that_nothing_is_known_of_is_on_its_way(ledger: Ledger) -> None:
    assert why_not_yet(ledger, frozenset({"71"})) == "is still on its way"


def test_documents_of_an_invoice_are_named_as_people_name_them() -> None:
    assert documents_in_words("10054-1") == "AR invoice 10054-1"
    assert documents_in_words("10054-1|10054-1C") == "AR documents 10054-1 and 10054-1C"
    assert documents_in_words("") == ""
