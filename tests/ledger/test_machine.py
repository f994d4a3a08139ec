"""Two workers on the same records in any order, one of them slow, paused or dead: never two holders at once."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.entry import State, is_open
from st_spectrum.ledger.ledger import Ledger, Versioned
from st_spectrum.ledger.owner import retire
from st_spectrum.ledger.sqlite import SqliteStore

LEASE = 100
workers = st.sampled_from([0, 1])
keys = st.sampled_from(["1", "2"])
ends = st.sampled_from([State.CONFIRMED, State.HELD, State.REJECTED, State.UNKNOWN])
_names = iter(range(10**9))


class TwoWorkers(RuleBasedStateMachine):
    """The model knows, for each record, which claim is the newest one and when its lease ends."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = SqliteStore(Path(self.folder.name) / "ledger.sqlite")
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.owners = [f"machine-{next(_names)}" for _ in range(2)]
        self.ledgers = [self._new_ledger(worker) for worker in range(2)]
        self.hands: list[dict[str, Versioned]] = [{}, {}]  # what each worker believes to hold
        self.holder: dict[str, tuple[int, datetime] | None] = {"1": None, "2": None}
        self.sent: dict[str, tuple[str, ...]] = {"1": (), "2": ()}

    def _new_ledger(self, worker: int) -> Ledger:
        return Ledger(self.store, self.owners[worker], LEASE, lambda: self.now)

    def _is_live(self, key: str) -> bool:
        held = self.holder[key]
        return held is not None and held[1] > self.now

    @rule(seconds=st.sampled_from([1, 60, LEASE, LEASE * 2]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=workers, key=keys)
    def claim(self, worker: int, key: str) -> None:
        if self._is_live(key):
            with pytest.raises(ClaimLost):
                self.ledgers[worker].claim("jobs", key, run_id=f"r{worker}")
            return
        claimed = self.ledgers[worker].claim("jobs", key, run_id=f"r{worker}")
        assert claimed.entry.started_steps == self.sent[key], "what may have been sent must pass on"
        self.hands[worker][key] = claimed
        self.holder[key] = (worker, self.now + timedelta(seconds=LEASE))
        for other in (0, 1):
            if other != worker and key in self.hands[other]:
                with pytest.raises(ClaimLost):
                    self.ledgers[other].progress(self.hands[other][key])

    @rule(worker=workers, key=keys, step=st.sampled_from(["job", "phases", ""]))
    def progress(self, worker: int, key: str, step: str) -> None:
        if key not in self.hands[worker]:
            return
        steps = (step,) if step else ()
        if self._holds(worker, key):
            self.hands[worker][key] = self.ledgers[worker].progress(self.hands[worker][key], started_steps=steps)
            self.holder[key] = (worker, self.now + timedelta(seconds=LEASE))
            self.sent[key] = steps
        else:
            with pytest.raises(ClaimLost):
                self.ledgers[worker].progress(self.hands[worker][key], started_steps=steps)
            del self.hands[worker][key]

    @rule(worker=workers, key=keys, state=ends)
    def settle(self, worker: int, key: str, state: State) -> None:
        if key not in self.hands[worker]:
            return
        held = self.hands[worker].pop(key)
        if self._holds(worker, key):
            self.ledgers[worker].settle(held, state)
            self.holder[key] = None
            if state is State.CONFIRMED:
                self.sent[key] = ()
        else:
            with pytest.raises(ClaimLost):
                self.ledgers[worker].settle(held, state)

    @rule(worker=workers, key=keys, reason=st.sampled_from(["a", "b"]))
    def note(self, worker: int, key: str, reason: str) -> None:
        told = {"title": "", "advice": "", "needs": (), "source_version": "v", "run_id": "r"}
        before = self.ledgers[worker].get("jobs", key)
        noted = self.ledgers[worker].note("jobs", key, State.HELD, reason=reason, **told)
        if self._is_live(key) or (before and before.entry.is_in_doubt):
            assert noted is None
            assert self.ledgers[worker].get("jobs", key) == before
        else:
            assert noted is not None
            self.holder[key] = None

    @precondition(lambda self: any(self.hands))
    @rule(worker=workers)
    def worker_dies(self, worker: int) -> None:
        retire(self.owners[worker])
        self.owners[worker] = f"machine-{next(_names)}"
        self.ledgers[worker] = self._new_ledger(worker)
        self.hands[worker] = {}
        for key, held in self.holder.items():
            if held and held[0] == worker:
                self.holder[key] = (worker, self.now)

    def _holds(self, worker: int, key: str) -> bool:
        """Also past its lease, as long as nobody took over."""
        held = self.holder[key]
        return held is not None and held[0] == worker

    @invariant()
    def markers_and_entries_agree(self) -> None:
        marked = set(self.ledgers[0].open_keys("jobs"))
        assert marked == {entry.key for entry in self.ledgers[0].entries("jobs") if is_open(entry.state)}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TwoWorkers.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestTwoWorkers = TwoWorkers.TestCase
