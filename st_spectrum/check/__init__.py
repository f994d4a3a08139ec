"""Compares an account file with what both systems hold, before a record meets what is missing. Only
reads.

`check_account` is the whole of it; `servicetrade` and `spectrum` look at one side each, `payroll`
at the time of both, `preview` maps what has yet to cross.
"""

from collections.abc import Iterable, Iterator

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.check.payroll import check_payroll
from st_spectrum.check.preview import Preview
from st_spectrum.check.servicetrade import check_servicetrade
from st_spectrum.check.spectrum import check_spectrum
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum

__all__ = ["Finding", "Severity", "check_account", "of_problems", "with_problems"]


def of_problems(problems: Iterable[str]) -> Iterator[Finding]:
    """What is wrong with the account file itself, so that all mistakes are told at once; the
    systems are asked with the rest of it.
    """
    for problem in problems:
        place, _, text = problem.partition(": ")
        key, _, complaint = text.partition(": ")
        yield Finding(
            Severity.ERROR,
            key if complaint else place,
            f"{complaint} ({place})" if complaint else text,
            "",
            "Correct it; until then nothing is carried.",
        )


def with_problems(problems: Iterable[str], found: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is wrong with the file, and what was found with the rest of it, but for what follows
    from the default that stands for a flawed value.
    """
    flawed = tuple(of_problems(problems))
    wrong = {finding.where for finding in flawed}
    if "go_live" in wrong:
        wrong.add("timecards.first_day")  # time begins on that day, too
    return (*flawed, *(finding for finding in found if finding.where not in wrong))


def check_account(
    account: Account, servicetrade: ServiceTrade, spectrum: Spectrum
) -> tuple[Finding, ...]:
    """Everything found, the worst first. A system that cannot be read is a finding, and the other
    one is checked still.
    """
    preview = Preview(account)
    findings = [
        *check_servicetrade(account, servicetrade, preview),
        *check_spectrum(account, spectrum, preview),
    ]
    # Payroll needs both; of a system that is down once is enough.
    if down := " and ".join(
        dict.fromkeys(finding.where for finding in findings if finding.is_down)
    ):
        text = f"not checked, because {down} could not be asked"
        findings.append(
            Finding(Severity.NOTE, "timecards", text, "", "Run it again once both systems answer.")
        )
    else:
        findings += check_payroll(account, servicetrade, spectrum)
    return tuple(sorted(findings, key=lambda finding: list(Severity).index(finding.severity)))
