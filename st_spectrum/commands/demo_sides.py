"""How far the demo is: by the ledger while records cross; at the end by both systems, read afresh
and compared as `st-spectrum reconcile --both-sides` does it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from st_spectrum.account import Account
from st_spectrum.commands.printing import wrapped
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.reconcile.both_sides import compare_both_sides

CROSSED = frozenset({State.CONFIRMED, State.VOIDED})


@dataclass(frozen=True)
class Held:
    """A record that has not crossed, and what it waits for in words; "" where nobody says so."""

    flow: str
    title: str
    why: str


@dataclass(frozen=True)
class Side:
    """One flow at the end: records that the ledger says have crossed, those that it says wait, and
    what both systems say.
    """

    across: int
    held: tuple[Held, ...]
    compared: FlowCompared

    @property
    def problems(self) -> tuple[str, ...]:
        """What is not equal and has to be put right, or why nothing could be compared."""
        unseen = (self.compared.not_seen,) if self.compared.not_seen else ()
        open_equations = (
            f"{one.title}: the equation does not close"
            for one in self.compared.equations
            if not one.closes
        )
        return (*unseen, *(one.words for one in self.compared.faults), *open_equations)

    @property
    def lost(self) -> tuple[str, ...]:
        """What waits and nobody says why; what nobody has noticed is a problem by itself."""
        return tuple(f"{one.flow} {one.title}" for one in self.held if not one.why)


def progress(ledger: Ledger) -> dict[str, str]:
    """Of each flow in words, by the ledger alone."""
    found = {}
    for flow in FLOWS:
        states = Counter(
            "across" if entry.state in CROSSED else "waiting"
            for entry in ledger.entries(flow)
            if entry.state is not State.SKIPPED
        )
        if states:
            found[flow] = f"{states['across']:>5} across, {states['waiting']:>4} waiting"
    return found


def compare_sides(account: Account, ledger: Ledger) -> dict[str, Side]:
    """Both systems read afresh. Raises a `SyncFault` when one could not be read."""
    with open_session(account) as session:
        compared = {one.flow: one for one in compare_both_sides(session, FLOWS)}
    return {
        flow: Side(
            sum(entry.state in CROSSED for entry in ledger.entries(flow)), _held(ledger, flow), one
        )
        for flow, one in compared.items()
    }


def _held(ledger: Ledger, flow: str) -> tuple[Held, ...]:
    return tuple(
        Held(
            flow,
            (held.entry.title if held else "") or key,
            f"{held.entry.reason}. {held.entry.advice}" if held and held.entry.reason else "",
        )
        for key, held in ledger.open_entries(flow)
    )


def print_sides(console: Console, sides: Mapping[str, Side]) -> None:
    """The table, what waits and why, and each problem."""
    table = Table(title="ServiceTrade and Spectrum, read afresh and compared")
    table.add_column("flow", no_wrap=True)
    for column in ("across", "compared", "to put\nright", "information", "sums\nclose", "held"):
        table.add_column(column, justify="right", no_wrap=True)
    for flow, side in sides.items():
        equations, faults = side.compared.equations, side.compared.faults
        closed = sum(equation.closes for equation in equations)
        numbers = (
            side.across,
            side.compared.compared,
            len(faults),
            len(side.compared.differences) - len(faults),
            f"{closed} of {len(equations)}" if equations else "",
            len(side.held),
        )
        table.add_row(flow, *map(str, numbers))
    console.print(table)
    by_reason: dict[tuple[str, str], list[str]] = {}
    for one in (one for side in sides.values() for one in side.held):
        by_reason.setdefault((one.flow, one.why), []).append(one.title)
    for (flow, why), titles in by_reason.items():
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        line = f"held: {flow} {titles[0]}{more}: {why}"
        console.print(escape(wrapped(console, line, indent="  ", further="      ")), soft_wrap=True)
    for flow, side in sides.items():
        for problem in side.problems:
            text = wrapped(console, f"{flow}: {problem}", indent="  ", further="      ")
            console.print(f"[red]{escape(text)}[/red]", soft_wrap=True)


def sides_as_json(sides: Mapping[str, Side]) -> dict[str, Any]:
    """For `--once`."""
    return {
        flow: {
            "across": side.across,
            "compared": side.compared.compared,
            "problems": side.problems,
            "information": [one.words for one in side.compared.differences if not one.is_fault],
            "equations": {
                one.title: {"approved": str(one.approved), "closes": one.closes}
                for one in side.compared.equations
            },
        }
        for flow, side in sides.items()
    }
