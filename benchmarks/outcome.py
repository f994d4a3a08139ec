"""The outcome as tables for people and as a document for programs."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.runs import Run
from benchmarks.stage import Measured


def print_outcome(runs: Sequence[Run], machine: dict[str, Any], console: Console) -> None:
    """What was called, how fast, and with how much memory; the calls are those of the biggest
    world.
    """
    biggest = max(runs, key=lambda run: run.records)
    size = (
        f"{machine['processors']} processors, {machine['memory_gb']} GB, Python {machine['python']}"
    )
    console.print(f"\n{size}; load before the first run: {machine['load_before']}\n")
    console.print(_operations_table(biggest))
    console.print(_speed_table(runs))
    console.print(_cost_table(runs))
    console.print(
        "The worlds differ in size, so records per second compare within a line, not between lines."
    )


def as_document(runs: Sequence[Run], machine: dict[str, Any]) -> dict[str, Any]:
    """The same numbers, every run with all its operations."""
    return {"machine": machine, "runs": [_as_document(run) for run in runs]}


def _operations_table(run: Run) -> Table:
    table = Table(
        "flow", "operation", box=box.SIMPLE_HEAD, title=f"Requests of a load of {_size(run)}"
    )
    table.add_column("calls", justify="right")
    table.add_column("per record crossed", justify="right")
    flow = ""
    for operation in run.operations():
        if flow not in ("", operation.flow):
            table.add_section()
        flow = operation.flow
        table.add_row(
            flow,
            operation.operation,
            f"{operation.calls:,}",
            f"{operation.per_record:.2f}" if operation.per_record else "once",
        )
    table.add_section()
    table.add_row("all", "", f"{len(run.ours.calls):,}", f"{len(run.ours.calls) / run.records:.2f}")
    return table


def _speed_table(runs: Sequence[Run]) -> Table:
    table = Table(
        "latency",
        "load",
        box=box.SIMPLE_HEAD,
        title="Speed beside a bare client that makes the same calls",
    )
    for column in (
        "calls",
        "records/s",
        "bare",
        "seconds",
        "bare",
        "ratio",
        "write slots in use",
        "bare",
    ):
        table.add_column(column, justify="right")
    for run in runs:
        table.add_row(
            f"{run.plan.latency_ms} ms",
            _size(run),
            f"{len(run.ours.calls):,}",
            f"{run.records / run.ours.seconds:.2f}",
            f"{run.records / run.bare.seconds:.2f}",
            f"{run.ours.seconds:.1f}",
            f"{run.bare.seconds:.1f}",
            f"{run.ratio:.2f}",
            f"{run.slots_in_use(run.ours):.0%}",
            f"{run.slots_in_use(run.bare):.0%}",
        )
    return table


def _cost_table(runs: Sequence[Run]) -> Table:
    table = Table(
        "latency", "load", box=box.SIMPLE_HEAD, title="What `st-spectrum sync` cost this machine"
    )
    for column in (
        "peak memory",
        "bare",
        "CPU seconds",
        "bare",
        "CPU per call",
        "bare",
        "start and end",
    ):
        table.add_column(column, justify="right")
    for run in runs:
        table.add_row(
            f"{run.plan.latency_ms} ms",
            _size(run),
            f"{run.ours.peak_mb:.0f} MB",
            f"{run.bare.peak_mb:.0f} MB",
            f"{run.ours.cpu_seconds:.1f}",
            f"{run.bare.cpu_seconds:.1f}",
            f"{_cpu_per_call(run.ours):.2f} ms",
            f"{_cpu_per_call(run.bare):.2f} ms",
            f"{run.ours.process_seconds - run.ours.seconds:.1f} s",
        )
    return table


def _as_document(run: Run) -> dict[str, Any]:
    return {
        "latency_ms": run.plan.latency_ms,
        "crossed": run.crossed,
        "calls": len(run.ours.calls),
        "requests_per_record": round(len(run.ours.calls) / run.records, 3),
        "operations": [asdict(operation) for operation in run.operations()],
        "ratio": round(run.ratio, 3),
        "integration": _measured(run, run.ours),
        "bare_client": _measured(run, run.bare),
    }


def _measured(run: Run, measured: Measured) -> dict[str, float]:
    return {
        "records_per_second": round(run.records / measured.seconds, 3),
        "seconds": round(measured.seconds, 2),
        "process_seconds": measured.process_seconds,
        "cpu_seconds": measured.cpu_seconds,
        "peak_mb": measured.peak_mb,
        "write_slots_in_use": round(run.slots_in_use(measured), 3),
    }


def _cpu_per_call(measured: Measured) -> float:
    """Milliseconds, the start of the interpreter included."""
    return 1000 * measured.cpu_seconds / len(measured.calls)


def _size(run: Run) -> str:
    return ", ".join(f"{count} {flow}" for flow, count in run.crossed.items())


def describe_machine(load_before: float) -> dict[str, Any]:
    """Its size, and how many processes wanted a processor before the first run; above 0.5 the
    speeds tell little.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(memory / 1e9),
        "python": platform.python_version(),
        "load_before": round(load_before, 1),
    }
