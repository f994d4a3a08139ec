"""A void beside a reversal at the Spectrum screen, in all orders and races: with one number for
both the customer is credited once; with two, once or a person is told.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.engine.guards.doubles import kept_doubles
from st_spectrum.flows.session import Session
from st_spectrum.sandbox.callers import CallRefused
from st_spectrum.sandbox.control_client import ControlRefused
from tests.world.ar_clerk import POST, ArClerk
from tests.world.ledger_file import copy_ledger, lose_ledger, put_back
from tests.world.stores import Interrupted

FAULTS = {
    "lost answer": "drop_answer",
    "lost request": "fail_before",
    "cut answer": "truncate",
    "refused": "refuse",
}
LEDGER = ("ledger lost", "ledger copied", "ledger put back")
BY_HAND = ("partly by hand", "reversed twice", "void taken back")
MOVES = ("round", "void", "reverse", "blind", "two workers", "race", "other setting", *FAULTS)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

a_dozen = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

moves = st.lists(
    st.one_of(st.sampled_from(MOVES), st.tuples(st.just("race"), st.integers(1, 8))), max_size=7
)


@pytest.mark.parametrize("is_same", [True, False], ids=["one number", "two numbers"])
@pytest.mark.parametrize("target", ["rest", "soap"])
@a_dozen
@example(moves=["void", ("race", 3)], has_credit=False)
@example(moves=["void", "lost request", "blind", "reverse"], has_credit=False)
@example(moves=["void", "lost answer", "blind", "reverse"], has_credit=True)
@given(moves=moves, has_credit=st.booleans())
def test_whoever_takes_an_invoice_back_and_however_the_customer_is_credited_once_or_it_is_told(
    ar_clerk: ArClerk, target: str, moves: list[Any], *, is_same: bool, has_credit: bool
) -> None:
    office = BothEnds(ar_clerk, target, is_same=is_same)
    key = office.plays(moves, has_credit=has_credit)

    if office.is_same_throughout:
        assert ar_clerk.net(key) == 0
    assert ar_clerk.net(key) == 0 or is_told(ar_clerk, key)
    assert no_document_stands_twice(ar_clerk, key)


whatever = st.lists(
    st.one_of(
        st.sampled_from((*LEDGER, *BY_HAND)),
        st.sampled_from(MOVES),
        st.tuples(st.just("race"), st.integers(1, 8)),
    ),
    max_size=7,
)


@pytest.mark.parametrize("is_same", [True, False], ids=["one number", "two numbers"])
@pytest.mark.parametrize("target", ["rest", "soap"])
@a_dozen
@example(moves=["ledger copied", "void", "round", "ledger put back"], has_credit=False)
@example(moves=["ledger lost", "reverse"], has_credit=False)
@example(moves=["void", "lost answer", "blind", "ledger lost"], has_credit=True)
@example(moves=["partly by hand"], has_credit=False)
@example(moves=["void", "round", "partly by hand"], has_credit=False)
@example(moves=["reversed twice", "ledger lost"], has_credit=True)
@example(moves=["void", "round", "void taken back"], has_credit=False)
@given(moves=whatever, has_credit=st.booleans())
def test_whatever_becomes_of_the_ledger_and_is_done_by_hand_it_is_credited_once_or_told(
    ar_clerk: ArClerk, target: str, moves: list[Any], *, is_same: bool, has_credit: bool
) -> None:
    office = BothEnds(ar_clerk, target, is_same=is_same)
    key = office.plays(moves, has_credit=has_credit)

    assert ar_clerk.net(key) == 0 or is_told(ar_clerk, key), ar_clerk.entry(key)
    assert no_document_stands_twice(ar_clerk, key)


def no_document_stands_twice(ar_clerk: ArClerk, key: str) -> bool:
    documents = [(kind, suffix) for kind, suffix, *_ in ar_clerk.documents(key)]
    return len(documents) == len(set(documents))


class BothEnds:
    """Both ends of the integration, and the trouble between them."""

    def __init__(self, ar_clerk: ArClerk, target: str, *, is_same: bool) -> None:
        ar_clerk.reset()
        ar_clerk.contractor.retry_at_once()
        self._clerk = ar_clerk
        self._copy: Path | None = None
        self._target = target
        self._posting = POST if target == "rest" else "AddARInvoice"
        self._is_same = is_same
        self.is_same_throughout = is_same
        self._configure()

    def plays(self, moves: list[Any], *, has_credit: bool) -> str:
        """An invoice that was posted, these moves, then a void and calm: its key."""
        key = self._clerk.invoice({"price": 100}, *([{"price": -30}] if has_credit else []))
        self._clerk.round()
        for move in (*moves, "void", "round"):
            self.does(move, key)
        self.settles(key)
        return key

    def does(self, move: Any, key: str) -> None:
        ar_clerk = self._clerk
        match move:
            case "round":
                ar_clerk.ask(key)
            case "blind":
                ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
                ar_clerk.ask(key)
                ar_clerk.find_again()
            case "void":
                with suppress(Exception):
                    ar_clerk.change(key, status="void")
            case "reverse":
                self._reverse(key)
            case "two workers":
                workers = [Thread(target=ar_clerk.ask, args=(key,)) for _ in range(2)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
            case "race" | ("race", _):
                place = move[1] if isinstance(move, tuple) else 3
                with self._reversal_at(place, key) as session:
                    session.engine.run("invoices", [key], run_id="race")
            case "ledger lost" | "ledger copied" | "ledger put back":
                self._of_the_ledger(move)
            case "partly by hand":
                with suppress(
                    CallRefused, httpx.HTTPError
                ):  # trouble on the way meets people as well
                    ar_clerk.contractor.controller.add_document(
                        ar_clerk.number(key), "40.00", kind="C"
                    )
            case "reversed twice":
                for _ in range(2):
                    self._reverse(key)
            case "void taken back":
                ar_clerk.control.edit("invoice", int(key), status="processed")
            case "other setting":
                self._is_same = not self._is_same
                self.is_same_throughout = False
                self._configure()
            case _:
                ar_clerk.control.add_fault(
                    system="spectrum", operation=self._posting, kind=FAULTS[move], count=1
                )

    def settles(self, key: str) -> None:
        """Nothing breaks any more, and whatever waits is asked for again."""
        self._clerk.control.clear_faults()
        for _ in range(4):
            self._clerk.ask(key)

    def _configure(self) -> None:
        rule = InvoiceNumbers(is_same_for_offset=self._is_same)
        self._clerk.contractor.overrides["invoices"] = {"number": rule, "target": self._target}

    def _of_the_ledger(self, move: str) -> None:
        """It is gone, or a copy of it is made or put back: the newest one, if there is one."""
        contractor = self._clerk.contractor
        if move == "ledger copied":
            self._copy = copy_ledger(contractor)
        elif move == "ledger lost":
            lose_ledger(contractor)
        elif self._copy is not None:
            put_back(contractor, self._copy)

    def _reverse(self, key: str) -> None:
        """Spectrum refuses what cannot be reversed any more, or was taken back under its number."""
        if any(suffix == "V" for _, suffix, *_ in self._clerk.documents(key)):
            return  # whoever sees the void in Spectrum does not reverse its invoice besides
        for action in ("post", "reverse"):
            with suppress(ControlRefused):
                self._clerk.control.ar_document(self._clerk.number(key), action)

    @contextmanager
    def _reversal_at(self, place: int, key: str) -> Iterator[Session]:
        """The clerk reverses the invoice while a worker is at one of its writes to the ledger."""
        racing = Interrupted({place: lambda: self._reverse(key)}, {"create", "replace"})
        with self._clerk.contractor.session(racing) as session:
            yield session


def is_told(ar_clerk: ArClerk, key: str) -> bool:
    """The record waits with its reason, or what stands twice is found at night."""
    if ar_clerk.entry(key).state not in ("voided", "skipped", "confirmed"):
        return True
    ar_clerk.night()
    with ar_clerk.contractor.session() as session:
        doubles = kept_doubles(session.ledger, "invoices")
    return any(double.key.endswith(f" {ar_clerk.number(key)}") for double in doubles)
