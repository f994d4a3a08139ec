"""`st-spectrum check`: what the account file and the two systems do not agree about."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from st_spectrum.account_file import load_account


def run_check(account_file: Path) -> int:
    """0 when nothing serious was found, 1 otherwise."""
    from st_spectrum.check import Severity, check_account
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum

    account = load_account(account_file)
    with (
        ServiceTrade(account.servicetrade) as servicetrade,
        Spectrum(account.spectrum, account.state_dir / "wsdl") as spectrum,
    ):
        findings = check_account(account, servicetrade, spectrum)
    console = Console()
    if not findings:
        console.print("Everything that the account file names is there, and everything in use is mapped.")
        return 0
    table = Table("", "where", "what is wrong", "what to do", title=f"{account_file}: {len(findings)} findings")
    for finding in findings:
        table.add_row(finding.severity.value, *map(escape, (finding.where, finding.what, finding.advice)))
    console.print(table)
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0
