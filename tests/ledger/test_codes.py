"""Codes that the ledger gives out: each once, whoever asks, and a reserved one is found again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from st_spectrum.ledger.ledger import Ledger
from tests.ledger.watched import Watched, die


def test_a_code_is_given_out_once_however_many_ask(ledger: Ledger, other: Ledger) -> None:
    start = threading.Barrier(8)

    def ask(worker: int) -> list[str | None]:
        start.wait()
        mine = ledger if worker % 2 else other
        return [mine.reserve("customers", f"{worker}-{number}", _codes()) for number in range(5)]

    with ThreadPoolExecutor(8) as pool:
        given = [code for codes in pool.map(ask, range(8)) for code in codes]
    assert len(set(given)) == 40
    assert ledger.reserved("customers") == set(given)
    assert ledger.reserve("customers", "3-2", _codes()) == other.reserve(
        "customers", "3-2", _codes()
    )


def test_codes_without_a_rival_leave_no_gap(ledger: Ledger) -> None:
    assert [ledger.reserve("customers", str(n), _codes()) for n in range(3)] == [
        "C00001",
        "C00002",
        "C00003",
    ]


@pytest.mark.parametrize(
    "moment", [("create", "codes/customers/C00001"), ("create", "codes-of/customers/1201")]
)
def test_a_code_reserved_by_a_worker_that_died_is_found_again(
    ledger: Ledger, other: Ledger, watched: Watched, moment: tuple[str, str]
) -> None:
    watched.steps_in[moment] = die
    with pytest.raises(KeyboardInterrupt):
        ledger.reserve("customers", "1201", _codes())
    assert other.reserve("customers", "1201", _codes()) == "C00001"
    assert other.reserve("customers", "1202", _codes()) == "C00002"


@pytest.mark.parametrize(
    "moment", [("create", "codes/customers/C00009"), ("create", "codes-of/customers/1201")]
)
def test_a_worker_that_died_while_it_took_a_code_over_leaves_no_code_without_its_note(
    ledger: Ledger, other: Ledger, watched: Watched, moment: tuple[str, str]
) -> None:
    watched.steps_in[moment] = die
    with pytest.raises(KeyboardInterrupt):
        ledger.take_code("customers", "1201", "C00009")
    if other.taker("customers", "C00009") == "1201":
        assert other.reserve("customers", "1201", _codes()) == "C00009"
    assert other.take_code("customers", "1201", "C00009")
    assert other.reserve("customers", "1201", _codes()) == "C00009"


def test_a_code_of_another_record_is_not_taken_over(ledger: Ledger) -> None:
    ledger.take_code("customers", "1201", "C00009")
    assert ledger.reserve("customers", "1202", _codes()) == "C00001"
    assert not ledger.take_code("customers", "1202", "C00009")
    assert ledger.reserve("customers", "1202", _codes()) == "C00001"


def test_a_code_that_the_target_uses_already_is_passed_over(ledger: Ledger) -> None:
    ledger.mark_taken("customers", "C00001")
    ledger.mark_taken("customers", "C00001")
    assert ledger.reserve("customers", "1201", _codes()) == "C00002"


def test_a_reserved_code_that_turns_out_to_be_taken_is_given_up(ledger: Ledger) -> None:
    assert ledger.reserve("customers", "1201", _codes()) == "C00001"
    ledger.mark_taken("customers", "C00001")
    assert ledger.reserve("customers", "1201", _codes()) == "C00002"
    assert ledger.reserve("customers", "1201", _codes()) == "C00002"


def test_when_all_codes_are_taken_there_is_none(ledger: Ledger) -> None:
    assert ledger.reserve("sites", "1", iter(["S1"])) == "S1"
    assert ledger.reserve("sites", "2", iter(["S1"])) is None


def _codes() -> Iterator[str]:
    return (f"C{number:05d}" for number in count(1))
