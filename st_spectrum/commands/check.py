"""`st-spectrum check`: what the account file and the two systems do not agree about."""

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from st_spectrum.account.file import read_connections
from st_spectrum.account.overlap import overlaps_of_files
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.commands.printing import open_console, wrapped
from st_spectrum.domain.errors import SettingsInvalid

COLUMNS = ("", "where", "what is wrong", "what to do")
CELL_FRAME = 3
"""A line and a blank on either side of a cell."""


def run_check(account_file: Path) -> int:
    """0 when nothing serious was found, 1 otherwise. Several files, separated as in `PATH`, are
    checked one after another, and beside each other.
    """
    files = [Path(name) for name in str(account_file).split(os.pathsep) if name]
    codes = [_check_one(file) for file in files]
    problems = overlaps_of_files({file.name: file for file in files})
    for sentence in problems:
        print(f"{Severity.ERROR.value}: {sentence}.")
    return 1 if any(codes) or problems else 0


def _check_one(account_file: Path) -> int:
    """What is wrong with the file itself stands beside what both systems say."""
    from st_spectrum.check import check_account, with_problems
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum

    account, problems = read_connections(account_file)
    if account is None:
        raise SettingsInvalid(problems)
    with (
        ServiceTrade(account.servicetrade) as servicetrade,
        Spectrum(account.spectrum, account.state_dir / "wsdl") as spectrum,
    ):
        findings = with_problems(problems, check_account(account, servicetrade, spectrum))
    console = open_console()
    if not findings:
        console.print(
            "Everything that the account file names is there, and everything in use is mapped."
        )
        return 0
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    print_findings(console, f"{account_file}: {count}", findings)
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0


def print_findings(console: Console, title: str, findings: Sequence[Finding]) -> None:
    """As a table where all its words fit into the width, else one below the other: a key that is
    broken in two can neither be searched for nor copied.
    """
    rows = [
        (finding.severity.value, finding.where, finding.sentence, finding.advice)
        for finding in findings
    ]
    columns = list(zip(*(COLUMNS, *rows), strict=True))
    if widths := _widths(columns, console.width - len(COLUMNS) * CELL_FRAME - 1):
        table = Table(title=title, show_lines=True)
        for column, width in zip(COLUMNS, widths, strict=True):
            table.add_column(column, width=width)
        for row in rows:
            table.add_row(*map(escape, row))
        console.print(table)
        return
    console.print(escape(title), soft_wrap=True)
    for severity, where, sentence, advice in rows:
        lines = [
            wrapped(console, f"{severity}: {where}", further="  "),
            wrapped(console, sentence, indent="  "),
            wrapped(console, f"What to do: {advice}", indent="  "),
        ]
        console.print(escape("\n".join(lines)), soft_wrap=True)


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is: as its longest word at least, then those grow first that have the
    most lines. None of it where the words do not fit.
    """
    widths = [max(len(word) for cell in cells for word in (*cell.split(), "")) for cells in columns]
    wanted = [max(map(len, cells)) for cells in columns]
    if sum(widths) > room:
        return []
    for _ in range(min(room, sum(wanted)) - sum(widths)):
        longest = max(range(len(widths)), key=lambda place: wanted[place] / max(widths[place], 1))
        widths[longest] += 1
    return widths
