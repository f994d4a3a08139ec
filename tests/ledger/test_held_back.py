"""Records beyond a limit are kept by name, and two processes that keep some lose none."""

from collections.abc import Callable

import pytest

from st_spectrum.account import Pace
from st_spectrum.engine.rounds.held_back import (
    BeyondLimits,
    held_back,
    hold_back,
    let_go,
    still_held_back,
)
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from tests.world.stores import Meanwhile, opened

BEYOND = BeyondLimits("too many", advice="look", cause="more than `limits`")


def keep(ledger: Ledger, *keys: str) -> None:
    hold_back(ledger, "customers", keys, BEYOND, "file", Pace())


def kept(ledger: Ledger) -> set[str]:
    found = held_back(ledger, "customers")
    return set(found.keys) if found else set()


@pytest.mark.parametrize(
    ("acts", "left"),
    [
        (lambda ledger: keep(ledger, "1", "9"), {"9"}),
        (lambda ledger: still_held_back(ledger, "customers", ("8",), "file"), {"8"}),
        (lambda ledger: let_go(ledger, "customers", ("1",)), set()),
    ],
    ids=["judged", "added", "taken"],
)
def test_what_another_process_holds_back_while_a_run_lets_go_stays(
    acts: Callable[[Ledger], object], left: set[str]
) -> None:
    store = MemoryStore()
    keep(opened(store), "1", "2")

    let_go(opened(Meanwhile(acts).over(store)), "customers", ("1", "2"))

    assert kept(opened(store)) == left


def test_what_two_processes_add_at_once_is_all_there() -> None:
    store = MemoryStore()
    keep(opened(store), "1")
    other = Meanwhile(lambda ledger: still_held_back(ledger, "customers", ("2",), "file"))

    assert still_held_back(opened(other.over(store)), "customers", ("3",), "file")

    assert kept(opened(store)) == {"1", "2", "3"}


def test_what_was_let_go_begins_anew_when_it_is_held_back_again() -> None:
    ledger = opened(MemoryStore())
    keep(ledger, "1")
    keep(ledger, "1")
    let_go(ledger, "customers", ("1",))
    assert held_back(ledger, "customers") is None

    keep(ledger, "2")

    found = held_back(ledger, "customers")
    assert found and (found.keys, found.times) == (("2",), 1)
