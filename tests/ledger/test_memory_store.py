"""What only the store in memory can do: an old ledger put back, a second one that believes to be
the only one.
"""

import pytest

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.ledger.owner import new_owner

LEASE = 300


def test_a_ledger_put_back_knows_nothing_of_what_came_after_the_copy() -> None:
    store = MemoryStore()
    with Ledger(store, new_owner(), LEASE) as ledger:
        crossed(ledger, "1")
        copy = store.snapshot()
        crossed(ledger, "2")
    store.restore(copy)
    with Ledger(store, new_owner(), LEASE) as ledger:
        assert [key for key in ("1", "2") if ledger.get("customers", key)] == ["1"]
        crossed(ledger, "2")
    assert store.snapshot() != copy


def test_a_worker_that_read_before_the_old_ledger_was_put_back_cannot_write_over_it() -> None:
    store = MemoryStore()
    ledger = Ledger(store, new_owner(), LEASE)
    copy = store.snapshot()
    held = ledger.claim("customers", "1", run_id="run")
    store.restore(copy)
    with pytest.raises(ClaimLost):
        ledger.settle(held, State.CONFIRMED)


def test_a_version_of_one_copy_is_no_version_of_the_other() -> None:
    store = MemoryStore()
    store.create("k/a", "1")
    other = store.copy()
    here, there = store.get("k/a"), other.get("k/a")
    assert here is not None and here == there
    newer = store.replace("k/a", "2", here.etag)
    assert other.replace("k/a", "2", here.etag) != newer
    with pytest.raises(ClaimLost):
        other.replace("k/a", "3", newer)


def test_workers_that_end_leave_the_store_to_the_next() -> None:
    store = MemoryStore()
    with Ledger(store, new_owner(), LEASE) as ledger:
        crossed(ledger, "1")
    with Ledger(store, new_owner(), LEASE) as ledger:
        assert ledger.get("customers", "1") is not None
    store.clear()
    assert list(store.list("")) == []


def crossed(ledger: Ledger, key: str) -> None:
    ledger.settle(ledger.claim("customers", key, run_id="run"), State.CONFIRMED, target_key=key)
