"""What a round of one way asks for and takes, with the second guard and the witness or without
them.

The product has no switch for that: both are taken out of an open session here, and what is left is
a program from before them.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.counting import CountingStore, CountingWitness
from benchmarks.stage import BenchmarkFailed
from benchmarks.ways import Ground, Way, with_settings
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.guards.epoch_gate import Gate
from st_spectrum.engine.rounds.carrying import CHUNK
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import Session, open_session
from st_spectrum.ledger.stores import open_store
from st_spectrum.sandbox.exchange import Asked

WARM_UP = 10
"""Records that cross before any is counted: log-ins, service descriptions and lists of codes are
behind us then.
"""


@dataclass(frozen=True)
class Cost:
    """What one round took. `requests` are those that the two systems saw, by system and operation;
    `queries` go to Info-Link.

    `ledger` and `witness` count reads, writes and listings. `cpu_seconds` are this process's own,
    without those of systems that answer in it.
    """

    records: int
    requests: Counter[tuple[str, str]]
    queries: Counter[str]
    ledger: Counter[str]
    ledger_keys: Counter[str]
    witness: Counter[str]
    cpu_seconds: float
    seconds: float

    @property
    def batches(self) -> int:
        """How often the engine was started."""
        return -(-self.records // CHUNK)

    def of(self, system: str) -> int:
        """Requests that a system saw."""
        return sum(count for (name, _), count in self.requests.items() if name == system)


@dataclass(frozen=True)
class Measured:
    """A round that carries `records`, and the next one, to which nothing is new."""

    full: Cost
    quiet: Cost


def measure(ground: Ground, way: Way, records: int, *, is_guarded: bool) -> Measured:
    """Carry so many new records by one way, and then run a round more. A ground serves once, unless
    it is renewed.
    """
    account = with_settings(ground.account, way.settings)
    store, watch = CountingStore(open_store(account.ledger)), _Watch()
    transports = ground.transports(watch.begin, watch.end)
    with open_session(account, transports=transports, store=store) as opened:
        witness = _counted_witness(opened)
        session = opened if is_guarded else without_guards(opened)
        way.make(ground, WARM_UP, True)
        _round(session, way, WARM_UP)
        way.make(ground, records, False)
        costs = []
        for expected in (records, 0):
            ground.control.clear_calls()
            counts = (store.counts, store.read, witness.counts)
            for counter in counts:
                counter.clear()
            queries, began, cpu = session.spectrum.calls, time.perf_counter(), watch.own_cpu()
            _round(session, way, expected)
            seconds, cpu = time.perf_counter() - began, watch.own_cpu() - cpu
            asked = session.spectrum.calls - queries
            costs.append(
                Cost(
                    expected,
                    Counter((call.system, call.operation) for call in ground.control.calls()),
                    Counter(
                        {
                            name: count
                            for name, count in asked.items()
                            if name.startswith("infolink.")
                        }
                    ),
                    *(Counter(counter) for counter in counts),
                    cpu_seconds=cpu,
                    seconds=seconds,
                )
            )
    return Measured(*costs)


def without_guards(session: Session) -> Session:
    """The same open session without second guard and without witness."""
    engine = session.engine
    engine._guard = None
    engine._flows = {name: _Unguarded(flow) for name, flow in engine._flows.items()}
    return replace(session, guard=_NoGuard())  # type: ignore[arg-type]


class _NoGuard:
    """An epoch guard that does nothing."""

    def open(self, flow: str) -> Gate:
        """Open, whatever stands outside of the ledger."""
        return Gate(self, flow)  # type: ignore[arg-type]


class _Unguarded:
    """A flow that believes its ledger. An invoice is not asked for alone either, which it is where
    its batch was not.
    """

    has_second_guard = False

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        if (stored := getattr(flow, "_stored", None)) is not None:
            stored.can_be_asked = False

    def standing(self, keys: Sequence[str]) -> Standing:  # noqa: ARG002 - the shape of `Flow`
        return NOTHING

    def __getattr__(self, name: str) -> Any:
        return getattr(self._flow, name)


class _Watch:
    """Tells the CPU that systems in this process take from that of the product."""

    def __init__(self) -> None:
        self._of_thread = threading.local()
        self._lock = threading.Lock()
        self._systems = 0.0

    def begin(self, _system: str, _asked: Asked) -> None:
        """A call goes out."""
        self._of_thread.began = time.thread_time()

    def end(self, _system: str, _asked: Asked) -> None:
        """Its answer is there."""
        taken = time.thread_time() - self._of_thread.began
        with self._lock:
            self._systems += taken

    def own_cpu(self) -> float:
        """Seconds so far."""
        return time.process_time() - self._systems


def _counted_witness(session: Session) -> CountingWitness:
    (place,) = session.guard._witnesses
    counting = CountingWitness(place)
    session.guard._witnesses = (counting,)
    return counting


def _round(session: Session, way: Way, expected: int) -> None:
    report = run_round(session, (way.flow,), "benchmark")[way.flow]
    created = report.counts()["created"]
    if report.stopped_by or created != expected or len(report.outcomes) != expected:
        raise BenchmarkFailed(f"{created} of {expected} {way.flow} crossed; {report.as_json()}")
