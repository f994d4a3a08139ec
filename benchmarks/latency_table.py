"""The figures of `make bench-latency` as a table in Markdown, and what they are figures of."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median, quantiles

import dagster as dg
import psutil

from benchmarks.office import EVENTS, RUNG_FOR

LAUNCHERS = {
    "stock": "a process per run",
    "warm": "warm workers over a folder",
    "doorbell": "warm workers and the doorbell",
}


@dataclass(frozen=True)
class Result:
    """One launcher: seconds of each record that arrived, by kind, and what became of the runs."""

    launcher: str
    ready: int
    seconds: dict[str, list[float]]
    waiting: int
    waiting_seconds: dict[str, list[float]]
    runs: int
    red_runs: int
    up_after: float
    loaded_after: float
    load: float
    """Processes that ran or waited for a processor, over the five minutes before the last event."""
    cpu_seconds: float
    """Of all parts of Dagster and all runs, from the start of the first to the end of the last."""

    @property
    def every(self) -> list[float]:
        """Of all kinds, of records whose prerequisites stood."""
        return [value for values in self.seconds.values() for value in values]

    @property
    def rung(self) -> list[float]:
        """Of these, what ServiceTrade rings for."""
        return [value for kind in RUNG_FOR for value in self.seconds.get(kind, ())]


def three(values: Sequence[float]) -> str:
    """Median, 95 of 100, slowest, as cells of a table."""
    if not values:
        return "- | - | -"
    p95 = quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]
    return f"{median(values):.1f} s | {p95:.1f} s | {max(values):.1f} s"


def table(results: Sequence[Result]) -> str:
    """Markdown: launchers, and below each kind of record."""
    lines = [
        "| Launcher | there | median | 95 of 100 within | slowest | others there | slowest | runs | red runs | CPU | load |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for result in results:
        others = [value for values in result.waiting_seconds.values() for value in values]
        slowest = f"{max(others):.1f} s" if others else "-"
        lines.append(
            f"| {LAUNCHERS[result.launcher]} | {len(result.every)} of {result.ready}"
            f" | {three(result.every)} | {len(others)} of {result.waiting} | {slowest}"
            f" | {result.runs} | {result.red_runs}"
            f" | {result.cpu_seconds:.0f} s | {result.load:.0f} |"
        )
        if result.launcher == "doorbell":
            lines.append(
                f"| of these, what rings | {len(result.rung)} | {three(result.rung)} | | | | | | |"
            )
    names = [LAUNCHERS[result.launcher] for result in results]
    lines += ["", f"| median, 95 of 100 | {' | '.join(names)} |", f"|---|{'--:|' * len(names)}"]
    for kind in EVENTS:
        cells = [three(result.seconds.get(kind, ())).split(" | ") for result in results]
        counts = [len(result.seconds.get(kind, ())) for result in results]
        said = (f"{cell[0]}, {cell[1]} ({n})" for cell, n in zip(cells, counts, strict=True))
        lines.append(f"| {kind} | {' | '.join(said)} |")
    return "\n".join(lines)


def machine(asked: argparse.Namespace) -> str:
    """What the numbers are of."""
    memory = round(psutil.virtual_memory().total / 1e9)
    load = (
        f"{asked.load} processes that keep the processors busy"
        if asked.load
        else "no load of its own"
    )
    return (
        f"{os.cpu_count()} processors, {memory} GB, Python {sys.version.split()[0]}, Dagster"
        f" {dg.__version__}; load before {os.getloadavg()[0]:.1f}; {load}; {asked.events} events, one"
        f" each {asked.gap} s on average, seed {asked.seed}; {datetime.now(UTC):%d %B %Y}"
    )
