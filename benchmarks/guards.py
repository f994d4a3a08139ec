"""What the second guard and the witness cost: rounds with them beside the same rounds without them,
in pairs.

    .venv/bin/python -m benchmarks.guards                 250 records of each way near by, 50 over loopback at 50 ms
    .venv/bin/python -m benchmarks.guards --records 50 --pairs 1 --near

Near by means that both systems answer in this process and in no time, so that milliseconds are the
program's own and the disk's.
"""

import argparse
import gc
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.guarded import Cost, Measured, measure
from benchmarks.outcome import describe_machine
from benchmarks.stage import BenchmarkFailed
from benchmarks.ways import MOST, WAYS, Ground, far, near

RECORDS, PAIRS = 250, 3
FAR_RECORDS, FAR_LATENCY_MS = 50, 50

NEAR = "near by"

MakeGround = Callable[[], AbstractContextManager[Ground]]


@dataclass(frozen=True)
class Compared:
    """Pairs of the same rounds of one way: without both guards and with them."""

    way: str
    place: str
    pairs: tuple[tuple[Measured, Measured], ...]

    @property
    def without(self) -> Cost:
        """The first of the rounds without them; what was asked for is the same in all."""
        return self.pairs[0][0].full

    @property
    def guarded(self) -> Cost:
        """The first of the rounds with them."""
        return self.pairs[0][1].full

    def median(self, value: Callable[[Cost], float], which: int) -> float:
        """Of the rounds without (0) or with them (1)."""
        return statistics.median(value(pair[which].full) for pair in self.pairs)

    def ratio(self, value: Callable[[Cost], float]) -> float:
        """With them over without them: the median of the pairs."""
        return statistics.median(
            value(guarded.full) / value(without.full) for without, guarded in self.pairs
        )


def compare_all(
    console: Console, records: int = RECORDS, pairs: int = PAIRS, *, is_near_only: bool = False
) -> list[Compared]:
    """All ways near by, then fewer records of each over loopback."""
    found = []
    with near() as ground:
        for way in WAYS:
            console.print(f"{way}, {records} records, near by …")
            found.append(compare(way, records, pairs, NEAR, partial(_renewed, ground)))
    for way in () if is_near_only else WAYS:
        count = min(records, FAR_RECORDS)
        console.print(f"{way}, {count} records, {FAR_LATENCY_MS} ms …")
        found.append(compare(way, count, 1, f"{FAR_LATENCY_MS} ms", partial(far, FAR_LATENCY_MS)))
    return found


@contextmanager
def _renewed(ground: Ground) -> Iterator[Ground]:
    ground.renew()
    yield ground


def compare(way: str, records: int, pairs: int, place: str, ground_of: MakeGround) -> Compared:
    """Every round on a ground of its own; every other pair begins with the guards, so that a trend
    of the machine falls out.
    """
    measured = []
    for number in range(pairs):
        pair: dict[bool, Measured] = {}
        for is_guarded in (False, True) if number % 2 == 0 else (True, False):
            with ground_of() as ground:
                gc.collect()
                pair[is_guarded] = measure(ground, WAYS[way], records, is_guarded=is_guarded)
        measured.append((pair[False], pair[True]))
    return Compared(way, place, tuple(measured))


def print_comparison(found: Sequence[Compared], console: Console) -> None:
    """What was asked for, near by, and how long it took, in both places."""
    console.print(_asked_table([comparison for comparison in found if comparison.place == NEAR]))
    console.print(_time_table(found))


def as_document(found: Sequence[Compared]) -> list[dict[str, Any]]:
    """The same numbers."""
    return [
        {
            "way": comparison.way,
            "place": comparison.place,
            "records": comparison.guarded.records,
            "batches": comparison.guarded.batches,
            "without": [_cost_document(pair[0]) for pair in comparison.pairs],
            "with": [_cost_document(pair[1]) for pair in comparison.pairs],
        }
        for comparison in found
    ]


def _asked_table(found: Sequence[Compared]) -> Table:
    records, batches = found[0].guarded.records, found[0].guarded.batches
    title = f"What a round of {records} new records in {batches} batches asks for"
    table = Table("way", "", box=box.SIMPLE_HEAD, title=title)
    for column in (
        "ServiceTrade",
        "Spectrum",
        "Info-Link",
        "ledger reads",
        "writes",
        "witness reads",
        "writes",
    ):
        table.add_column(column, justify="right")
    for comparison in found:
        without, guarded = _counts(comparison.without), _counts(comparison.guarded)
        more = [after - before for before, after in zip(without, guarded, strict=True)]
        table.add_row(comparison.way, "without", *(f"{count:,}" for count in without))
        table.add_row("", "with", *(f"{count:,}" for count in guarded))
        table.add_row("", "more per batch", *(_more(count / batches, 1) for count in more))
        table.add_row("", "more per record", *(_more(count / records, 2) for count in more))
        table.add_section()
    return table


def _more(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}" if value else "-"


def _counts(cost: Cost) -> tuple[int, ...]:
    systems = (cost.of("servicetrade"), cost.of("spectrum"), cost.queries.total())
    return (
        *systems,
        *(counts[kind] for counts in (cost.ledger, cost.witness) for kind in ("reads", "writes")),
    )


def _time_table(found: Sequence[Compared]) -> Table:
    table = Table("way", "systems", box=box.SIMPLE_HEAD, title="What it takes, in milliseconds")
    for column in (
        "CPU/batch",
        "with",
        "CPU/record",
        "with",
        "ratio",
        "wall/batch",
        "with",
        "wall/record",
        "with",
        "ratio",
    ):
        table.add_column(column, justify="right")
    for comparison in found:
        cells = []
        for value in (_cpu_ms, _wall_ms):
            for size in (comparison.guarded.batches, comparison.guarded.records):
                cells += [
                    f"{comparison.median(value, which) / size:.{1 if size > 9 else 0}f}"
                    for which in (0, 1)
                ]
            cells.append(f"{comparison.ratio(value):.2f}")
        table.add_row(comparison.way, comparison.place, *cells)
    return table


def _cpu_ms(cost: Cost) -> float:
    return cost.cpu_seconds * 1000


def _wall_ms(cost: Cost) -> float:
    return cost.seconds * 1000


def _cost_document(measured: Measured) -> dict[str, Any]:
    return {name: _one_cost(getattr(measured, name)) for name in ("full", "quiet")}


def _one_cost(cost: Cost) -> dict[str, Any]:
    return {
        "requests": {" ".join(name): count for name, count in sorted(cost.requests.items())},
        "queries": dict(cost.queries),
        "ledger": dict(cost.ledger),
        "witness": dict(cost.witness),
        "cpu_seconds": round(cost.cpu_seconds, 4),
        "seconds": round(cost.seconds, 4),
    }


def main() -> int:
    """0 when every round carried what it was to carry."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.guards", description="What both guards cost."
    )
    parser.add_argument(
        "--records", type=int, default=RECORDS, help=f"new records of each way, up to {MOST}"
    )
    parser.add_argument(
        "--pairs", type=int, default=PAIRS, help="how often each round is made with and without"
    )
    parser.add_argument("--near", action="store_true", help="leave out the rounds over loopback")
    arguments = parser.parse_args()
    console = Console(width=132)
    load = os.getloadavg()[0]
    try:
        found = compare_all(
            console, min(arguments.records, MOST), arguments.pairs, is_near_only=arguments.near
        )
    except BenchmarkFailed as failure:
        print(f"The benchmark does not count: {failure}", file=sys.stderr)
        return 1
    machine = describe_machine(load)
    console.print(
        f"\n{machine['processors']} processors, Python {machine['python']}; load before:"
        f" {machine['load_before']}\n"
    )
    print_comparison(found, console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
