"""`st-spectrum plan --out`, `plan show` and `apply`: what is to be sent, read by a person before
exactly that is sent.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.markup import escape
from rich.table import Table

from st_spectrum.account.file import load_account
from st_spectrum.commands.named_files import into_named, require_place
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.running import one_sentence
from st_spectrum.commands.sync import flows_named
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.commands import CODE_TO_COME
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.approval import Approval
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.plan import Plan, money_by_account, parse_plan, read_plan
from st_spectrum.private_files import write_private_text

LEFT_TO_SPECTRUM = "and Spectrum takes"
"""How the rule of a field says that it may be blank on purpose."""

NOT_ALL = 3
"""Exit code of `apply` when something of the plan was not sent."""


def write_plan(account_file: Path, flow: str, out: Path, matching: str) -> int:
    """0 when the plan is written; 1, without a file, when a system stopped it."""
    from st_spectrum.engine.rounds.planning import planned
    from st_spectrum.flows.session import open_session

    flows = flows_named(flow)
    require_place("--out", out)
    account = load_account(account_file)
    made_at = datetime.now(UTC)
    with open_session(account, as_of=made_at) as session:
        plan, faults = planned(session, account.name, flows, made_at, matching)
    if faults:
        return _stopped(faults, "No plan was written: it would lack what could not be read.")
    with into_named(out):
        write_private_text(out, plan.text())
    print_plan(plan, has_fields=False)
    print(f"The plan is in {out}; `st-spectrum plan show {out}` lists it field by field.")
    print(f"`st-spectrum apply {out}` sends it, until {plan.valid_until:%Y-%m-%d %H:%M} UTC.")
    return 0


def show_plan(file: Path) -> int:
    """Every record of the plan, field by field; nothing is asked."""
    print_plan(parse_plan(_text_of(file)), has_fields=True)
    return 0


def apply_plan(account_file: Path, file: Path, *, as_json: bool) -> int:
    """0 when all of it was sent, 3 when something was not, 1 when a system stopped it."""
    from st_spectrum.engine.rounds.applying import apply
    from st_spectrum.flows.session import open_session

    account = load_account(account_file)
    plan = read_plan(_text_of(file), account.name, datetime.now(UTC))
    approval = Approval(plan.by_record())
    with open_session(account, as_of=plan.made_at) as session:
        reports = apply(session, plan, approval, f"apply-{uuid4().hex[:12]}")
    if as_json:
        print(json.dumps(_as_json(reports, approval), indent=2, ensure_ascii=False))
    else:
        _print_applied(reports)
    faults = [
        fault
        for report in reports.values()
        for fault in (report.stopped_by, report.mistake)
        if fault
    ]
    if faults:
        return _stopped(faults, "Apply the plan again later: what was sent is not sent twice.")
    crossed = sum(len(report.outcomes) - len(_left(report)) for report in reports.values())
    return 0 if crossed == len(plan.records) else NOT_ALL


def _left(report: Report) -> list[str]:
    from st_spectrum.engine.report import WAITING, Result

    return [
        outcome.key
        for outcome in report.outcomes
        if outcome.result in (*WAITING, Result.BUSY, Result.SKIPPED)
    ]


def _as_json(reports: dict[str, Report], approval: Approval) -> dict[str, object]:
    return {
        "writes": sum(report.writes for report in reports.values()),
        "refused": [
            {"flow": flow, "key": key, "why": why} for (flow, key), why in approval.refused.items()
        ],
        "flows": {name: report.as_json() for name, report in reports.items()},
    }


def _print_applied(reports: dict[str, Report]) -> None:
    console = open_console()
    for name, report in reports.items():
        left = set(_left(report))
        sent = [outcome for outcome in report.outcomes if outcome.key not in left]
        console.print(
            f"[bold]{name}[/bold]: {len(sent)} of {len(report.outcomes)} records are in"
            f" {report.description.target.label}, by {report.writes} write calls."
        )
        for outcome in report.outcomes:
            if outcome.key in left:
                title = escape(f"{outcome.title} (id {outcome.key}): {outcome.reason}.")
                console.print(f"  {title} {escape(outcome.advice)}")


def print_plan(plan: Plan, *, has_fields: bool) -> None:
    """What would be sent and what waits, as text of a person."""
    console = open_console()
    for record in plan.records:
        number = record["payload"]["target_key"] or f"next: {record['next']}"
        posted = f", {record['posted']}" if record["posted"] else ""
        console.print(
            f"[bold]{record['flow']} {escape(record['title'])}[/bold] (id {record['key']}):"
            f" {record['payload']['action']} {escape(number)}{posted}"
        )
        for note in record["notes"]:
            console.print(f"  [dim]{escape(note)}[/dim]")
        if not has_fields:
            continue
        for step in record["payload"]["steps"]:
            for call in step["calls"]:
                console.print(f"  {escape(call['operation'])} to {call['system']}")
                for line in _lines_of(call, record["next"]):
                    console.print(line)
    for hold in plan.held:
        console.print(
            f"[bold]{hold['flow']} {escape(hold['title'])}[/bold] (id {hold['key']}) waits:"
            f" {escape(hold['reason'])}. {escape(hold['advice'])}"
        )
        if hold["follows"]:
            console.print(f"  It would follow once {', '.join(hold['follows'])} have crossed.")
    if sums := money_by_account(plan):
        table = Table(title="Money by GL account")
        table.add_column("account")
        table.add_column("amount", justify="right")
        for account, amount in sums.items():
            table.add_row(escape(account), f"{amount:,.2f}")
        table.add_row("all", f"{sum(sums.values()):,.2f}")
        console.print(table)
    records = f"{len(plan.records)} {'record' if len(plan.records) == 1 else 'records'}"
    waits = f"{len(plan.held)} {'waits' if len(plan.held) == 1 else 'wait'}"
    console.print(f"{records} would be sent, {waits}.")


def _lines_of(call: Mapping[str, Any], next_code: str) -> Iterator[str]:
    """Each field that is sent with the rule that filled it, and each that is left to Spectrum."""
    for name, value in call["fields"].items():
        text = str(value)
        if not text.startswith("[{"):
            yield from _line(call["operation"], name, text, next_code)
            continue
        for number, part in enumerate(json.loads(text), 1):
            yield f"    {escape(name)} {number}"
            for inner, inner_value in part.items():
                lines = _line(call["operation"], inner, str(inner_value), next_code)
                yield from (f"  {line}" for line in lines)


def _line(operation: str, name: str, value: str, next_code: str) -> Iterator[str]:
    from st_spectrum.pages.field_map import rule_of

    rule = rule_of(operation, name)
    shown = value.replace(CODE_TO_COME, f"next: {next_code}")
    if not shown and LEFT_TO_SPECTRUM in rule:
        shown = "left to Spectrum"
    if shown:
        behind = f"  [dim]({escape(rule)})[/dim]" if rule else ""
        yield f"    {escape(name)}: {escape(shown)}{behind}"


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as problem:
        raise ArgumentInvalid([f"there is no plan in {file}"]) from problem


def _stopped(faults: list[SyncFault], what_now: str) -> int:
    for sentence in dict.fromkeys(map(one_sentence, faults)):
        print(sentence, file=sys.stderr)
    print(what_now, file=sys.stderr)
    return 1
