"""Two workers on the same record in any order, one of them slow, paused or dead: never two holders
at once.
"""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import State, is_open
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.owner import retire
from st_spectrum.ledger.sqlite import SqliteStore

LEASE = 100
workers = st.sampled_from([0, 1])
KEY = "1"
ends = st.sampled_from([State.CONFIRMED, State.HELD, State.REJECTED, State.UNKNOWN])
_names = iter(range(10**9))


class TwoWorkers(RuleBasedStateMachine):
    """The model knows who claimed last, when that lease ends, and what may have been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = SqliteStore(Path(self.folder.name) / "ledger.sqlite")
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.owners = [f"machine-{next(_names)}" for _ in range(2)]
        self.ledgers = [self._new_ledger(worker) for worker in range(2)]
        self.hands: list[Versioned | None] = [None, None]  # what each worker believes to hold
        self.holder: tuple[int, datetime] | None = None
        self.sent: tuple[str, ...] = ()

    def _new_ledger(self, worker: int) -> Ledger:
        return Ledger(self.store, self.owners[worker], LEASE, lambda: self.now)

    @rule(seconds=st.sampled_from([60, 60, LEASE]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=workers)
    def claim(self, worker: int) -> None:
        if self._is_live():
            with pytest.raises(ClaimLost):
                self.ledgers[worker].claim("jobs", KEY, run_id=f"r{worker}")
            return
        self.hands[worker] = self.ledgers[worker].claim("jobs", KEY, run_id=f"r{worker}")
        assert self.hands[worker].entry.started_steps == self.sent, (
            "what may have been sent must pass on"
        )
        self.holder = (worker, self.now + timedelta(seconds=LEASE))
        rival = self.hands[1 - worker]
        if rival:
            with pytest.raises(ClaimLost):
                self.ledgers[1 - worker].progress(rival)

    @precondition(lambda self: any(self.hands))
    @rule(worker=workers, steps=st.sampled_from([("job",), ()]))
    def progress(self, worker: int, steps: tuple[str, ...]) -> None:
        worker, hand = self._hand(worker)
        if self._holds(worker):
            self.hands[worker] = self.ledgers[worker].progress(hand, started_steps=steps)
            self.holder = (worker, self.now + timedelta(seconds=LEASE))
            self.sent = steps
        else:
            with pytest.raises(ClaimLost):
                self.ledgers[worker].progress(hand, started_steps=steps)
            self.hands[worker] = None

    @precondition(lambda self: any(self.hands))
    @rule(worker=workers, state=ends)
    def settle(self, worker: int, state: State) -> None:
        worker, hand = self._hand(worker)
        self.hands[worker] = None
        if self._holds(worker):
            self.ledgers[worker].settle(hand, state)
            self.holder = None
            self.sent = () if state is State.CONFIRMED else self.sent
        else:
            with pytest.raises(ClaimLost):
                self.ledgers[worker].settle(hand, state)

    @rule(worker=workers, reason=st.sampled_from(["a", "b"]))
    def record(self, worker: int, reason: str) -> None:
        judgement = Judgement(State.HELD, reason, source_version="v")
        before = self.ledgers[worker].get("jobs", KEY)
        noted = self.ledgers[worker].record("jobs", KEY, judgement, run_id="r")
        if self._is_live() or self.sent or (before and before.entry.state is State.UNKNOWN):
            assert noted is None
            assert self.ledgers[worker].get("jobs", KEY) == before
        else:
            assert noted is not None
            self.holder = None

    @precondition(lambda self: self.holder)
    @rule()
    def holder_dies(self) -> None:
        worker, _ = self.holder
        retire(self.owners[worker])
        self.owners[worker] = f"machine-{next(_names)}"
        self.ledgers[worker] = self._new_ledger(worker)
        self.hands[worker] = None
        self.holder = (worker, self.now)

    def _hand(self, worker: int) -> tuple[int, Versioned]:
        """This worker's hand, or the other one's when this one believes to hold nothing."""
        worker = worker if self.hands[worker] else 1 - worker
        hand = self.hands[worker]
        assert hand is not None
        return worker, hand

    def _is_live(self) -> bool:
        return self.holder is not None and self.holder[1] > self.now

    def _holds(self, worker: int) -> bool:
        """Also past its lease, as long as nobody took over."""
        return self.holder is not None and self.holder[0] == worker

    @invariant()
    def markers_and_entries_agree(self) -> None:
        marked = set(self.ledgers[0].open_keys("jobs"))
        assert marked == {
            entry.key for entry in self.ledgers[0].entries("jobs") if is_open(entry.state)
        }

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TwoWorkers.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestTwoWorkers = TwoWorkers.TestCase
