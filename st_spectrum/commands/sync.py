"""`st-spectrum sync` and `plan`: one round, told as tables or as one JSON document."""

import json
import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from st_spectrum.account.file import load_account
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.running import one_sentence
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.engine.report import LABELS, Outcome, Report, Result
from st_spectrum.engine.retries.redrive import ASKED_FOR
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.ledger import Ledger

SHOWN = 20
_NUMBERED = re.compile(r"\S*\d\S*")
"""A word with a digit in it: mostly the number of a record."""
ALWAYS_SHOWN = (Result.CREATED, Result.HELD)
"""Columns of the table of a round; all others only where something is in them, so that it fits into
80 characters.
"""


def run_sync(account_file: Path, flow: str, *, is_dry_run: bool, as_json: bool) -> int:
    """0 when the round could run; 1 when a system stopped it, or when it met a mistake of ours with
    one record.
    """
    from st_spectrum.engine.rounds.round import run_round
    from st_spectrum.flows.session import open_session

    flows = flows_named(flow)
    account = load_account(account_file)
    run_id = f"cli-{uuid4().hex[:12]}"
    with open_session(account) as session:
        reports = run_round(session, flows, run_id, is_dry_run=is_dry_run)
        ledger_warnings = tuple(session.guard.warnings)
        needed = {} if is_dry_run else needed_of_others(session.ledger, flows)
    stopped = [report.stopped_by for report in reports.values() if report.stopped_by]
    if as_json:
        document = {
            "run_id": run_id,
            "is_dry_run": is_dry_run,
            "is_complete": not stopped,
            "ledger": ledger_warnings,
            "writes": sum(report.writes for report in reports.values()),
            "flows": {name: report.as_json() for name, report in reports.items()},
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print_reports(reports, is_dry_run)
        if needed:
            print(_needed(needed, flows))
    mistakes = [report.mistake for report in reports.values() if report.mistake]
    for sentence in dict.fromkeys(map(one_sentence, [*stopped, *mistakes])):
        print(sentence, file=sys.stderr)
    return 1 if stopped or mistakes else 0


def needed_of_others(ledger: Ledger, flows: Collection[str]) -> dict[str, int]:
    """How many records of other flows are needed that no round has looked at yet, by flow."""
    counts = {
        other: sum(
            held is not None and held.entry.advice == ASKED_FOR
            for _, held in ledger.open_entries(other)
        )
        for other in FLOWS
        if other not in flows
    }
    return {flow: count for flow, count in counts.items() if count}


def _needed(counts: Mapping[str, int], flows: Collection[str]) -> str:
    these = " and ".join(f"{count} {FLOWS[flow].noun(count)}" for flow, count in counts.items())
    return (
        f"{these} must cross first, and this round was about {', '.join(flows)} alone:"
        " `st-spectrum sync` carries everything in its order."
    )


def flows_named(flow: str) -> tuple[str, ...]:
    """`all`, or one flow; raises `ArgumentInvalid` for any other word."""
    if flow == "all":
        return tuple(FLOWS)
    if flow not in FLOWS:
        raise ArgumentInvalid([f"there is no flow {flow!r}; there are {', '.join(FLOWS)}, and all"])
    return (flow,)


PLANNED = (
    "Nothing was written to either system. `st-spectrum ledger open` lists what waited before, with"
    " its reasons."
)


def print_reports(reports: Mapping[str, Report], is_dry_run: bool) -> None:
    """Counts, money, what waits and what was made fit, as tables for a person."""
    console = open_console()
    table = Table(title="What a round would do" if is_dry_run else "This round")
    table.add_column("flow", no_wrap=True)
    counted = {name: report.counts() for name, report in reports.items()}
    shown = [
        result
        for result in Result
        if result in ALWAYS_SHOWN
        or (result not in LABELS and any(counts[result.value] for counts in counted.values()))
    ]
    for result in shown:
        table.add_column(result.label, justify="right")
    if not is_dry_run:
        table.add_column("write calls", justify="right")
    table.add_column("wait in all", justify="right")
    for name, report in reports.items():
        cells = [str(counted[name][result.value] or "·") for result in shown]
        writes = [] if is_dry_run else [str(report.writes)]
        table.add_row(name, *cells, *writes, str(report.waits or "·"))
    console.print(table)
    if is_dry_run:
        console.print(PLANNED)
    for name, report in reports.items():
        _print_money(console, name, report)
    for name, report in reports.items():
        _print_left_out(console, name, report)
    for name, report in reports.items():
        _print_waiting(console, name, report)
        _print_notes(console, name, report)


def _print_money(console: Console, name: str, report: Report) -> None:
    money = report.money()
    if not money or not report.outcomes:
        return
    table = Table(title=f"Money of {name}")
    for column in money:
        table.add_column(column, justify="right")
    table.add_row(*(f"{amount:,.2f}" for amount in money.values()))
    console.print(table)
    if not report.money_agrees():
        console.print(
            f"[bold red]{name}: what was approved is not what was posted, held, rejected and"
            " unknown.[/bold red]"
        )


def _print_left_out(console: Console, name: str, report: Report) -> None:
    """A line of its own for each reason: nothing is left out in silence."""
    groups: dict[tuple[Result, str], list[Outcome]] = {}
    for outcome in report.outcomes:
        if outcome.result in LABELS:
            groups.setdefault((outcome.result, outcome.reason), []).append(outcome)
    for (result, reason), outcomes in groups.items():
        first = outcomes[0]
        console.print(
            f"[bold]{name}[/bold]: {len(outcomes)} {result.label}: {escape(reason)}; first"
            f" {escape(first.title)} (id {first.key}). `st-spectrum ledger left-out {name}` lists"
            " them once they are in the ledger."
        )


def _print_waiting(console: Console, name: str, report: Report) -> None:
    """One line for what waits for the same: the reasons may differ in the numbers named."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in report.waiting:
        alike = _NUMBERED.sub("#", outcome.reason), _NUMBERED.sub("#", outcome.advice)
        groups.setdefault(alike, []).append(outcome)
    ordered = sorted(groups.values(), key=lambda group: -len(group))
    for group in ordered[:SHOWN]:
        first, reasons = group[0], {outcome.reason for outcome in group}
        like = f" (and {len(reasons) - 1} like it)" if len(reasons) > 1 else ""
        console.print(
            f"[bold]{name}[/bold]: {len(group)} × {escape(first.reason)}{like}, first"
            f" {escape(first.title)} (id {first.key}). {escape(first.advice)}"
        )
    if left := sum(len(group) for group in ordered[SHOWN:]):
        console.print(
            f"[bold]{name}[/bold]: … and {left} more records that wait; `st-spectrum ledger open`"
            " lists all of them."
        )


def _print_notes(console: Console, name: str, report: Report) -> None:
    noted = [(outcome, note) for outcome in report.outcomes for note in outcome.notes]
    for outcome, note in noted[:SHOWN]:
        console.print(f"[dim]{name} {escape(outcome.title)}: {escape(note)}[/dim]")
    if len(noted) > SHOWN:
        console.print(f"[dim]… and {len(noted) - SHOWN} more notes; --json has all of them.[/dim]")
