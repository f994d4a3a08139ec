"""`st-spectrum reconcile --both-sides`: both systems, read afresh and compared."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

from rich.table import Table

from st_spectrum.account.file import load_account
from st_spectrum.commands.named_files import into_named
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.sync import flows_named, print_reports
from st_spectrum.domain.equation import Line
from st_spectrum.domain.period_comparison import has_open_sums, unnamed_sums

if TYPE_CHECKING:
    from st_spectrum.domain.compared import FlowCompared
    from st_spectrum.domain.equation import Equation
    from st_spectrum.engine.report import Report


def compare_flows(
    account_file: Path,
    flow: str,
    month: str,
    out: Path | None,
    *,
    is_repair: bool,
    as_json: bool,
) -> int:
    """0 when both sides are equal but for information; 1 when something is not, or cannot be seen,
    when an equation does not close or a control total differs, and when a period is not as somebody
    signed it.

    What was entered minutes ago is named and is no reason for 1. With a repair, what went out
    counts as put right.
    """
    from st_spectrum.reconcile.periods import require_period

    require_period("", month)
    if out is not None:
        with into_named(out):
            out.mkdir(parents=True, exist_ok=True)
    done, reports, changes = _compare(account_file, flows_named(flow), month, is_repair=is_repair)
    files = _write(done, out)
    if as_json:
        print(json.dumps(_as_json(done, reports), indent=2, ensure_ascii=False, default=str))
    else:
        _print(done)
        print("".join(f"written: {file}\n" for file in files), end="")
        if reports:
            print_reports(reports, is_dry_run=False)
    _print_what_is_open(done, changes, sys.stderr if as_json else sys.stdout)
    is_seen = not any(compared.not_seen for compared in done)
    is_left = any(_left(compared, reports) for compared in done)
    return 0 if is_seen and not changes and not is_left else 1


def _compare(
    account_file: Path, flows: Iterable[str], month: str, *, is_repair: bool
) -> "tuple[list[FlowCompared], dict[str, Report], list[str]]":
    """Each flow, what was sent for it where something was, and what changed since it was signed."""
    from st_spectrum.flows.session import open_session
    from st_spectrum.reconcile.both_sides import compare_both_sides, repair
    from st_spectrum.reconcile.sign_offs import changes_since_signed

    run_id = f"cli-{uuid4().hex[:12]}"
    done: list[FlowCompared] = []
    reports: dict[str, Report] = {}
    changes: list[str] = []
    with open_session(load_account(account_file)) as session:
        for compared in compare_both_sides(session, flows, month):
            done.append(compared)
            changes += changes_since_signed(session.ledger, compared)
            if is_repair and (report := repair(session, compared, run_id)) is not None:
                reports[compared.flow] = report
    return done, reports, changes


def _write(done: "list[FlowCompared]", out: Path | None) -> tuple[Path, ...]:
    from st_spectrum.reconcile.workbook import write_files

    if out is None:
        return ()
    with into_named(out):
        return write_files(done, out)


def _print_what_is_open(done: "list[FlowCompared]", changes: Iterable[str], where: TextIO) -> None:
    """Sums without a named record, what changed after it was signed, and what could not be seen."""
    sums = (f"{sentence}." for compared in done for sentence in unnamed_sums(compared))
    for sentence in (*sums, *changes):
        print(sentence, file=where)
    for sentence in dict.fromkeys(compared.not_seen for compared in done if compared.not_seen):
        print(sentence, file=sys.stderr)


def _left(compared: "FlowCompared", reports: "dict[str, Report]") -> bool:
    """Whether something is wrong that no repair has put right. What it sends is in no sum yet."""
    if has_open_sums(compared):
        return True
    report, late = reports.get(compared.flow), compared.late(datetime.now(UTC))
    sent = {outcome.key for outcome in report.outcomes if outcome.writes} if report else set()
    return any(not (fault.is_repairable and fault.key in sent) for fault in late)


def _print(done: "list[FlowCompared]") -> None:
    table = Table("flow", title="ServiceTrade and Spectrum, read afresh")
    for column in ("compared in Spectrum", "differences", "of them to be put right"):
        table.add_column(column, justify="right")
    for compared in done:
        cells = (
            ("not seen", "", "")
            if compared.unseen
            else (
                str(compared.compared),
                str(len(compared.differences)),
                str(len(compared.late(datetime.now(UTC)))),
            )
        )
        table.add_row(compared.flow, *cells)
    open_console().print(table)
    for equation in (equation for compared in done for equation in compared.equations):
        open_console().print(_equation_table(equation))
    for line in _lines(done):
        print(line)


def _equation_table(equation: "Equation") -> Table:
    table = Table("line", title=equation.title)
    table.add_column("amount", justify="right")
    table.add_row(equation.asked, f"{equation.approved:,.2f}")
    for line, amount in equation.lines.items():
        if amount or line is Line.DIFFERENCE:
            table.add_row(f"{equation.name_of(line)}{_age(equation, line)}", f"{amount:,.2f}")
    return table


def _age(equation: "Equation", line: Line) -> str:
    """Since when something is accepted that nobody has posted."""
    since = equation.unposted_since
    if line is not Line.NOT_POSTED or since is None:
        return ""
    days = (datetime.now(UTC) - since).days
    return f", the oldest since {since:%m/%d/%Y} ({days} {'day' if days == 1 else 'days'})"


def _lines(done: "list[FlowCompared]") -> Iterator[str]:
    for compared in done:
        for difference in compared.differences:
            note = "" if difference.is_fault else " [information]"
            yield f"{compared.flow}: {difference.words_at(datetime.now(UTC))}{note}"


def _as_json(done: "list[FlowCompared]", reports: "dict[str, Report]") -> dict[str, Any]:
    return {
        compared.flow: {
            "compared": compared.compared,
            "unseen": compared.unseen,
            **({"unproven": compared.unproven} if compared.unproven else {}),
            "differences": [
                asdict(one) | {"is_on_its_way": one.is_on_its_way(datetime.now(UTC))}
                for one in compared.differences
            ],
            "equations": [_equation(equation) for equation in compared.equations],
            "control_totals": [asdict(total) for total in compared.totals],
            **({"repair": reports[compared.flow].as_json()} if compared.flow in reports else {}),
        }
        for compared in done
    }


def _equation(equation: "Equation") -> dict[str, Any]:
    return {
        "period": equation.period,
        "title": equation.title,
        "not_posted_since": equation.unposted_since,
        "approved": equation.approved,
        "lines": {equation.name_of(line): amount for line, amount in equation.lines.items()},
        "names": [asdict(record) for record in equation.records if record.rest or record.unposted],
    }
