"""`st-spectrum demo`: a first load watched, both sides in a table, then a living world."""

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from st_spectrum.commands.demo_life import live_on
from st_spectrum.commands.demo_sides import (
    Side,
    compare_sides,
    print_sides,
    progress,
    sides_as_json,
)
from st_spectrum.commands.running import end_with_the_terminal
from st_spectrum.commands.sandbox import WORLDS
from st_spectrum.commands.stage import Stage, set_stage
from st_spectrum.domain.argument_invalid import ArgumentInvalid

QUIET_SECONDS = 12.0
QUIET_BESIDE_RUNS_SECONDS = 90.0
"""What waits is asked for again and again; on a slow machine some run is always at work, although
nothing is left to be sent.
"""
FIRST_LOAD_SECONDS = 600.0


def run_demo(*, once: bool, world: str) -> int:
    """0 when both sides agree (with `once`), or after Ctrl-C; 1 when they do not."""
    if world not in WORLDS:
        raise ArgumentInvalid([f"--world {world}: there are {', '.join(WORLDS)}"])
    end_with_the_terminal()
    console = Console(file=sys.stderr if once else sys.stdout)
    began = time.monotonic()
    with set_stage(world, console) as stage:
        _print_addresses(stage, time.monotonic() - began)
        is_quiet = _watch_first_load(stage)
        sides = compare_sides(stage.account, stage.ledger)
        print_sides(stage.console, sides)
        if once:
            document = _document(stage, sides, is_quiet, time.monotonic() - began)
            print(json.dumps(document, indent=2, ensure_ascii=False))
            return 0 if document["agree"] else 1
        live_on(stage)
    return 0


def _print_addresses(stage: Stage, seconds: float) -> None:
    stage.console.print(f"\nUp after {seconds:.0f} s.")
    stage.console.print(f"  Both systems side by side  [link]{stage.sandbox.console_url}[/link]")
    stage.console.print(f"  Dagster                    [link]{stage.dagster.url}[/link]")
    stage.console.print(
        f"  `st-spectrum` from another terminal, after this line there: {escape(stage.line)}\n",
        soft_wrap=True,
    )


def _watch_first_load(stage: Stage) -> bool:
    """Print a line whenever a flow has moved; True once nothing has been written for a while and no
    run is at work.
    """
    deadline = time.monotonic() + FIRST_LOAD_SECONDS
    shown: dict[str, str] = {}
    quiet_since = written_at = time.monotonic()
    last_write = -1
    while time.monotonic() < deadline:
        time.sleep(2)
        for flow, words in progress(stage.ledger).items():
            line = f"{flow:<15} {words}"
            if shown.get(flow) != line:
                shown[flow] = line
                stage.console.print(line)
        writes = stage.sandbox.control.calls(writes=True)
        newest = writes[-1].seq if writes else 0
        if newest != last_write or not newest:
            written_at = time.monotonic()
        if newest != last_write or stage.dagster.runs_in_flight() != 0 or not newest:
            last_write, quiet_since = newest, time.monotonic()
        if (
            time.monotonic() - quiet_since > QUIET_SECONDS
            or time.monotonic() - written_at > QUIET_BESIDE_RUNS_SECONDS
        ):
            return True
    stage.console.print(
        f"Not quiet after {FIRST_LOAD_SECONDS:.0f} s: something is still being sent, and the table"
        " may change."
    )
    return False


def _document(
    stage: Stage, sides: Mapping[str, Side], is_quiet: bool, seconds: float
) -> dict[str, Any]:
    held = [one for side in sides.values() for one in side.held]
    lost = [text for side in sides.values() for text in side.lost]
    problems = [f"{flow}: {problem}" for flow, side in sides.items() for problem in side.problems]
    twice = _sent_twice(stage)
    return {
        "agree": is_quiet and not problems and not lost and not twice,
        "is_quiet": is_quiet,
        "seconds": round(seconds, 1),
        "red_runs": stage.dagster.red_runs(),
        "flows": sides_as_json(sides),
        "held": [{"flow": one.flow, "record": one.title, "why": one.why} for one in held],
        "lost_without_explanation": lost,
        "problems": problems,
        "sent_twice": twice,
    }


def _sent_twice(stage: Stage) -> list[str]:
    """Spectrum writes that were carried out more than once for the same natural key."""
    writes = stage.sandbox.control.calls(system="spectrum", writes=True)
    counts = Counter(
        f"{call.operation} {key}"
        for call in writes
        if call.is_committed
        for key in call.key.split(",")
    )
    return [name for name, count in counts.items() if count > 1]
