"""One run: the integration over a filled sandbox, then the bare client with the same calls over the
same world.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.recording import by_flow, is_setup, write_calls
from benchmarks.stage import ACCOUNT_FILE, BenchmarkFailed, Measured, Stage, world_of

CLI = str(Path(sys.executable).parent / "st-spectrum")

FIRST_LOAD = frozenset({"customers", "sites", "jobs"})
"""The flows for which every world has work; other flows count when they find some."""


@dataclass(frozen=True)
class Plan:
    """How slow the systems are, and how big the world is."""

    latency_ms: int
    jobs: int


@dataclass(frozen=True)
class OperationCount:
    """How often one flow called one operation; `per_record` is 0 for what does not depend on the
    number of records.
    """

    flow: str
    operation: str
    calls: int
    per_record: float


@dataclass(frozen=True)
class Run:
    """What came out. `crossed` counts the records that were created in Spectrum, by flow."""

    plan: Plan
    crossed: dict[str, int]
    ours: Measured
    bare: Measured
    write_slots: int

    @property
    def records(self) -> int:
        return sum(self.crossed.values())

    @property
    def ratio(self) -> float:
        """How many times longer the integration took than the bare client."""
        return self.ours.seconds / self.bare.seconds

    def slots_in_use(self, measured: Measured) -> float:
        """Which share of the time Spectrum's write slots, where a load is narrowest, had a call
        under way.
        """
        writes = [call for call in measured.calls if call.system == "spectrum" and call.is_write]
        return sum(call.ended - call.began for call in writes) / (
            self.write_slots * measured.seconds
        )

    def operations(self) -> list[OperationCount]:
        """By flow: what is called once first, then in the order of the first call."""
        found = []
        for part in by_flow(self.ours.calls):
            calls = [*part.setup, *chain.from_iterable(part.chains)]
            once = {call.operation for call in calls if is_setup(call)}
            for operation, count in Counter(call.operation for call in calls).items():
                crossed = 0 if operation in once else self.crossed.get(part.flow, 0)
                per_record = count / crossed if crossed else 0.0
                found.append(OperationCount(part.flow, operation, count, per_record))
        return found


def measure_run(stage: Stage, plan: Plan) -> Run:
    """Both passes; `BenchmarkFailed` when they did not do the same."""
    world = world_of(plan.jobs)
    stage.fill(world)
    ours = stage.measure([CLI, "sync", "--json", "--account", str(ACCOUNT_FILE)], plan.latency_ms)
    crossed = _crossed(json.loads(ours.output))
    calls_file = stage.folder / "calls.jsonl"
    write_calls(calls_file, ours.calls)
    stage.fill(world)
    command = [
        sys.executable,
        "-m",
        "benchmarks.bare",
        calls_file,
        stage.addresses_file,
        ACCOUNT_FILE,
    ]
    bare = stage.measure([str(part) for part in command], plan.latency_ms)
    _must_agree(ours, bare)
    return Run(plan, crossed, ours, bare, stage.account.spectrum.parallel_writes)


def _crossed(document: dict[str, Any]) -> dict[str, int]:
    """Records created by flow; flows for which the world has nothing to do are left out."""
    created = {flow: report["counts"]["created"] for flow, report in document["flows"].items()}
    crossed = {flow: count for flow, count in created.items() if count}
    if not document["is_complete"] or not crossed.keys() >= FIRST_LOAD:
        raise BenchmarkFailed(f"not every flow came through: {created}")
    return crossed


def _must_agree(ours: Measured, bare: Measured) -> None:
    differences = json.loads(bare.output)["answered_otherwise"]
    if differences:
        raise BenchmarkFailed(
            f"{len(differences)} calls of the bare client were answered otherwise, such as"
            f" {differences[0]}"
        )
    if _names(ours) != _names(bare) or ours.counts != bare.counts:
        raise BenchmarkFailed(
            "the bare client left the two systems in another state than the integration"
        )


def _names(measured: Measured) -> Counter[tuple[str, str]]:
    return Counter((call.operation, call.key) for call in measured.calls)
