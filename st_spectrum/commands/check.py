"""`st-spectrum check`: what the account file and the two systems do not agree about."""

import os
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from st_spectrum.account.file import read_connections
from st_spectrum.account.overlap import overlaps_of_files
from st_spectrum.check.finding import Severity
from st_spectrum.commands.printing import open_console
from st_spectrum.domain.errors import SettingsInvalid


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
    table = Table(title=f"{account_file}: {count}", show_lines=True)
    for column in ("", "where", "what is wrong", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        table.add_row(
            finding.severity.value, *map(escape, (finding.where, finding.sentence, finding.advice))
        )
    console.print(table)
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0
