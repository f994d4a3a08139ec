"""Two processes change one document of the ledger at the same moment: neither's word is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from st_spectrum.alerts.failures import failures, note_failure
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.engine.allowance import allow, allowed, forget_what_came_back
from st_spectrum.flows.purchase_orders.notice import remember
from st_spectrum.ledger.documents.invoices import SumsSeen
from st_spectrum.ledger.documents.mails import FailedRun
from st_spectrum.ledger.documents.orders import SeenOrders
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.reconcile.found_differences import keep_differences, kept_differences
from st_spectrum.reconcile.invoice_sums import compare_sums
from tests.world.stores import Meanwhile, opened

FLOW = "timecards"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def say(*keys: str) -> Callable[[Ledger], None]:
    """A person says that these records are gone."""
    return lambda ledger: allow(ledger, FLOW, keys)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("still_away", [(), ("1",)], ids=["none", "one"])
def test_what_a_person_says_while_a_run_forgets_what_came_back_stays(
    still_away: tuple[str, ...],
) -> None:
    store = MemoryStore()
    say("1", "2")(opened(store))
    run = opened(Meanwhile(say("8", "9")).over(store))

    forget_what_came_back(run, FLOW, still_away, read_at=now())

    assert allowed(opened(store), FLOW) == {"8", "9"}


def test_a_word_of_a_later_reading_is_not_judged_by_an_earlier_one() -> None:
    store = MemoryStore()
    read_at = now() - timedelta(minutes=1)
    say("8", "9")(opened(store))

    forget_what_came_back(opened(store), FLOW, (), read_at=read_at)

    assert allowed(opened(store), FLOW) == {"8", "9"}


def test_a_word_ends_with_the_records_that_came_back() -> None:
    ledger = opened(MemoryStore())
    say("1", "2")(ledger)

    forget_what_came_back(ledger, FLOW, ("2", "3"), read_at=now())
    assert allowed(ledger, FLOW) == {"2"}

    forget_what_came_back(ledger, FLOW, (), read_at=now())
    assert allowed(ledger, FLOW) == frozenset()


def test_what_two_processes_carried_of_the_orders_is_all_remembered() -> None:
    store = MemoryStore()
    remember(opened(store), {"1": "old", "2": "old"})
    other = Meanwhile(lambda ledger: remember(ledger, {"2": "new", "3": "new"}))

    remember(opened(other.over(store)), {"1": "new"})

    seen = opened(store).document(SeenOrders)
    assert seen and seen.digests == {"1": "new", "2": "new", "3": "new"}


def failed(number: int) -> FailedRun:
    at = NOON + timedelta(minutes=number)
    return FailedRun("customers_job", f"run-{number}", at, "down", "it is down", "wait")


@pytest.mark.parametrize("known", [0, 1], ids=["the first ones", "more of them"])
def test_two_failed_runs_noted_at_once_are_both_counted(known: int) -> None:
    store = MemoryStore()
    for number in range(known):
        note_failure(opened(store), failed(number))
    other = Meanwhile(lambda ledger: note_failure(ledger, failed(8)))

    note_failure(opened(other.over(store)), failed(9))

    (kept,) = failures(opened(store)).values()
    assert (kept.count, set(kept.run_ids) >= {"run-8", "run-9"}) == (known + 2, True)


def test_an_invoice_that_another_look_finds_wrong_meanwhile_stays_named() -> None:
    store = MemoryStore()
    for key in ("1", "2"):
        ledger = opened(store)
        claimed = ledger.claim("invoices", key, run_id="run")
        ledger.settle(claimed, State.CONFIRMED, target_key=key, amount="5.00")
    other = Meanwhile(lambda ledger: compare_sums(ledger, first=["2"], most=1))

    compare_sums(opened(other.over(store)), first=["1"], most=1)

    seen = opened(store).document(SumsSeen, "invoices")
    assert seen and set(seen.wrong) == {"1", "2"}


def unequal(key: str) -> Difference:
    return Difference("sites", key, f"Site {key}", f"S{key}", Verdict.EXTRA)


def test_a_difference_that_another_comparison_keeps_meanwhile_is_not_forgotten_unproven() -> None:
    """The other one saw site 2 and named it; this one could not see it, so its word stands."""
    store = MemoryStore()
    named = FlowCompared("sites", 2, (unequal("2"),))
    other = Meanwhile(lambda ledger: keep_differences(ledger, named, []))
    partly = FlowCompared(
        "sites", 1, (unequal("1"),), unproven="not whole", unproven_keys=frozenset({"2"})
    )

    keep_differences(opened(other.over(store)), partly, [])

    kept = kept_differences(opened(store), "sites")
    assert kept
    assert ([one.key for one in kept.first], kept.count) == (["1", "2"], 2)
