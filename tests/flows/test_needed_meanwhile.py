"""One worker leaves a record out while another needs it: whatever the order of their reads and
writes, the record is looked at again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Hold, Skip
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.retries.needed import NeededRecords
from st_spectrum.engine.steps.ledger_writer import LedgerWriter, RecordContext
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from tests.world.stores import Interrupted

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LEFT_OUT = Skip("made before go-live", by_setting="go_live", unless_needed=True)
WAITS = Hold("its company is not an AR customer yet", "See the company.", ("customers/5",))


def ledger_over(store: Any) -> Ledger:
    return Ledger(store, "me", 300, lambda: NOW)


def writer_over(ledger: Ledger) -> LedgerWriter:
    needed = NeededRecords(ledger, is_active=True)
    return LedgerWriter(ledger, CarryingRules(settings="settings"), lambda: NOW, FLOWS, needed)


def context(ledger: Ledger, flow: str, key: str, decision: Skip | Hold) -> RecordContext:
    held = ledger.get(flow, key)
    return RecordContext(
        cast(Flow, SimpleNamespace(name=flow, description=FLOWS[flow])),
        key,
        "run",
        held.entry if held else None,
        Evaluation(key, "", decision),
        held.etag if held else "",
    )


def leave_out(ledger: Ledger) -> None:
    """As the engine does it: a record that moved meanwhile is looked at again, now as needed."""
    seen = context(ledger, "customers", "5", LEFT_OUT)
    if not NeededRecords(ledger, is_active=True).has("customers", "5"):
        try:
            writer_over(ledger).skip(seen, LEFT_OUT)
        except ClaimLost:
            leave_out(ledger)


def need(ledger: Ledger, key: str = "1") -> None:
    try:
        writer_over(ledger).hold(context(ledger, "sites", key, WAITS), WAITS)
    except ClaimLost:
        need(ledger, key)


def is_asked_for(store: MemoryStore) -> bool:
    ledger = ledger_over(store)
    held = ledger.get("customers", "5")
    needed = NeededRecords(ledger, is_active=True).has("customers", "5")
    return needed and (held is None or held.entry.state is State.HELD)


STARTS = st.sampled_from(["unknown", "left out", "held"])


def begin(store: MemoryStore, start: str) -> None:
    """What the ledger says of the company beforehand."""
    ledger = ledger_over(store)
    if start == "left out":
        leave_out(ledger)
    if start == "held":
        hold = Hold("no sales tax code", "Add it.", ("account: maps.sales_tax",))
        writer_over(ledger).hold(context(ledger, "customers", "5", hold), hold)


@given(at=st.integers(1, 24), start=STARTS)
def test_a_need_that_comes_while_a_record_is_left_out(at: int, start: str) -> None:
    store = MemoryStore()
    begin(store, start)
    need_now: dict[int, Callable[[], object]] = {at: lambda: need(ledger_over(store))}
    leave_out(ledger_over(Interrupted(need_now).over(store)))
    if need_now:
        need(ledger_over(store))
    assert is_asked_for(store)


@given(at=st.integers(1, 24), start=STARTS)
def test_a_record_that_is_left_out_while_somebody_needs_it(at: int, start: str) -> None:
    store = MemoryStore()
    begin(store, start)
    out_now: dict[int, Callable[[], object]] = {at: lambda: leave_out(ledger_over(store))}
    need(ledger_over(Interrupted(out_now).over(store)))
    if out_now:
        leave_out(ledger_over(store))
    assert is_asked_for(store)


@given(at=st.lists(st.integers(1, 24), min_size=2, max_size=4, unique=True))
def test_several_that_need_it_at_once(at: list[int]) -> None:
    store = MemoryStore()
    leave_out(ledger_over(store))
    others: dict[int, Callable[[], object]] = {
        place: (lambda key=str(place): need(ledger_over(store), key)) for place in at
    }  # type: ignore[misc]
    leave_out(ledger_over(Interrupted(others).over(store)))
    for other in others.values():
        other()
    assert is_asked_for(store)
