"""A step is closed with the ledger's next write: one commit fewer for each, on every store, and a
worker that dies before leaves the step announced.
"""

from __future__ import annotations

import pytest

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.store import Store
from tests.ledger.watched import LEASE, StillClock, Watched

CLOSED = {"started_steps": (), "done_steps": ("customer",)}


def test_what_is_closed_is_written_with_what_follows_on_every_store(
    store: Store, clock: StillClock
) -> None:
    watched = Watched(store)
    ledger = Ledger(watched, "worker one", LEASE, clock)
    held = ledger.claim("customers", "1201", run_id="r1")
    held = ledger.progress(held, started_steps=("customer",))
    watched.calls.clear()

    held = ledger.progress_with_next(held, **CLOSED)
    kept = ledger.get("customers", "1201")
    writes = [call for call in watched.calls if call[0] != "get"]
    settled = ledger.settle(held, State.CONFIRMED, target_key="C00001")

    assert writes == []
    assert kept is not None
    assert kept.entry.started_steps == ("customer",), "whoever takes over looks it up"
    assert settled.entry.done_steps == held.entry.done_steps == ("customer",)
    assert ledger.get("customers", "1201") == settled


def test_a_claim_that_was_taken_over_meanwhile_closes_nothing(
    ledger: Ledger, other: Ledger, clock: StillClock
) -> None:
    held = ledger.claim("customers", "1201", run_id="r1")
    held = ledger.progress(held, started_steps=("customer",))
    held = ledger.progress_with_next(held, **CLOSED)
    clock.move(LEASE + 1)
    taken = other.claim("customers", "1201", run_id="r2")

    assert taken.entry.started_steps == ("customer",)
    with pytest.raises(ClaimLost):
        ledger.settle(held, State.CONFIRMED)


def test_with_half_of_the_lease_used_up_it_is_written_at_once(
    ledger: Ledger, clock: StillClock, watched: Watched
) -> None:
    held = ledger.claim("customers", "1201", run_id="r1")
    held = ledger.progress(held, started_steps=("customer",))
    clock.move(LEASE / 2)
    held = ledger.progress_with_next(held, **CLOSED)

    assert ledger.get("customers", "1201") == held
    assert held.entry.lease_until is not None
    assert (held.entry.lease_until - clock.now).total_seconds() == LEASE
