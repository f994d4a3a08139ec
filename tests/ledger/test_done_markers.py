"""Markers of what is done, by payroll week, on every kind of store."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.store import Store
from tests.world.stores import Counted

WEEK, NEXT = "20251108", "20251115"
KEY = "20251108.jobitem.71001"


def test_what_is_marked_is_found_in_its_week_alone(store: Store) -> None:
    ledger = Ledger(store, "owner", 300)
    ledger.mark_done("timecards", WEEK, KEY)
    ledger.mark_done("timecards", NEXT, "20251115.clock.5.1")
    ledger.mark_done("others", WEEK, "7")

    assert ledger.done("timecards", WEEK) == {KEY}
    assert ledger.done("timecards", NEXT) == {"20251115.clock.5.1"}
    assert ledger.done("timecards", "20251122") == frozenset()


def test_marking_again_changes_nothing(store: Store) -> None:
    ledger = Ledger(store, "owner", 300)
    for _ in range(3):
        ledger.mark_done("timecards", WEEK, KEY)

    assert ledger.done("timecards", WEEK) == {KEY}


def test_a_marker_is_neither_an_entry_nor_something_open(store: Store) -> None:
    ledger = Ledger(store, "owner", 300)
    ledger.mark_done("timecards", WEEK, KEY)

    assert ledger.get("timecards", KEY) is None
    assert ledger.keys("timecards") == ()
    assert ledger.open_keys("timecards") == ()


def test_a_week_is_told_by_one_listing_and_a_marker_costs_one_write(store: Store) -> None:
    counted = Counted().over(store)
    ledger = Ledger(counted, "owner", 300)
    for number in range(30):
        ledger.mark_done("timecards", WEEK, f"{WEEK}.jobitem.{number}")
    assert [verb for verb, _ in counted.calls] == ["create"] * 30
    counted.calls.clear()

    assert len(ledger.done("timecards", WEEK)) == 30
    assert [verb for verb, _ in counted.calls] == ["list"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    keys=st.sets(st.text(min_size=1, max_size=12, alphabet="ab./%-_ é@|"), max_size=6),
    week=st.integers(1, 10**6),
)
def test_any_key_comes_back_as_it_was(store: Store, keys: set[str], week: int) -> None:
    ledger = Ledger(store, "owner", 300)
    for key in keys:
        ledger.mark_done("any", f"{week}", key)

    assert keys <= ledger.done("any", f"{week}")
