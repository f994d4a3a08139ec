"""Statuses as both systems use them, against those that the integration knows and those that the
account file names: a word that nobody expects leaves its records where they are without a sound.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.check.preview import Preview
from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.wire import COMPANY_STATUSES, JOB_STATUSES, LOCATION_STATUSES
from st_spectrum.spectrum.client import Spectrum

KNOWN: Mapping[str, Collection[str]] = {
    "company": COMPANY_STATUSES,
    "location": LOCATION_STATUSES,
    "job": (*JOB_STATUSES, "invoiced"),
}
"""[ST 4.1, 4.2, 5.1]"""

HANDED_OVER = ("pending_accounting", "processed", "failed")
NOT_HANDED_OVER = ("draft", "ok", "internal_review", "sent", "paid")
"""Statuses of an invoice that accounting has been given, and of one that it has not [ST 6.2]."""

LETTERS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("CR_CUSTOMER_MASTER_MC", "Status"): ("customer", "AIN"),
    ("JC_JOB_MASTER_MC", "Status_Code"): ("job", "AIC"),
}
"""Tables and columns with the letters that are known [SP 8, 10]: anything else counts as in use."""

MOST_UNLISTED = 5
"""Jobs that no list showed and that are read by themselves."""


def check_statuses(servicetrade: ServiceTrade, preview: Preview) -> Iterator[Finding]:
    """ServiceTrade's side; needs `preview` filled."""
    for noun, statuses in preview.statuses.items():
        for status, number in statuses.items():
            if status not in KNOWN[noun]:
                yield _unknown(f"{counted(number, noun)} of status {status!r}")
    yield from _unlisted(servicetrade, preview)
    if preview.called_off:
        used_by = f"{counted(preview.called_off, JOBS.waiting_noun)} would cross like any other"
        text = "all visits of some scheduled jobs were called off, which their status does not say"
        advice = "Cancel a job in ServiceTrade to which nobody will come again."
        yield Finding(Severity.NOTE, "jobs", text, used_by, advice)
    yield from _handed_over(servicetrade)


def _unknown(records: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "servicetrade",
        f"ServiceTrade has {records}, which the integration does not know",
        "it asks for records by the statuses that it knows, so others like them may be missing",
        "Tell whoever maintains the integration what that status means.",
    )


def _unlisted(servicetrade: ServiceTrade, preview: Preview) -> Iterator[Finding]:
    """A list that is asked for by status does not show what has another one."""
    for job_id in sorted(preview.unlisted_jobs)[:MOST_UNLISTED]:
        job = servicetrade.job(job_id)
        if job is not None:
            yield _unknown(f"job {job.number}, which no list shows, of status {job.status!r}")


def _handed_over(servicetrade: ServiceTrade) -> Iterator[Finding]:
    """What crosses is what the office hands over to accounting; not every office does so."""
    if any(servicetrade.count_invoices(status) for status in HANDED_OVER):
        return
    left = {status: servicetrade.count_invoices(status) for status in NOT_HANDED_OVER}
    there = ", ".join(f"{number} {status}" for status, number in left.items() if number)
    if there:
        yield Finding(
            Severity.WARNING,
            "invoices",
            f"no invoice was ever handed over to accounting: there are {there}",
            "none of them would cross",
            "Have the office set an invoice to Pending Accounting once it is to be posted.",
        )


def check_letters(spectrum: Spectrum) -> Iterator[Finding]:
    """Spectrum's side: letters of customers and jobs of an unknown kind; needs Info-Link."""
    if spectrum.infolink is None:
        return
    for (table, column), (noun, letters) in LETTERS.items():
        try:
            used = spectrum.infolink.counts(table, column)
        except (AccessDenied, ContractBroken):
            continue  # what is missing is told with the columns
        for letter, number in used.items():
            if letter.upper() not in letters:
                text = (
                    f"{counted(number, noun)} of Spectrum of status {letter!r}, which is not known"
                )
                yield Finding(
                    Severity.WARNING,
                    "spectrum",
                    text,
                    "they are taken as in use",
                    "Tell whoever maintains the integration what that letter means.",
                )


def check_employee_statuses(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """The status codes of people at work that the account file names, against those that people
    have: time of everybody else waits.
    """
    named = account.timecards.active_statuses
    if not named:
        return
    used = _employee_statuses(spectrum)
    where = "timecards.active_statuses"
    there = ", ".join(f"{code or 'none'} ({number})" for code, number in used.most_common())
    for code in named:
        if code not in used:
            text = f"no employee has status {code!r}; there are {there or 'none'}"
            yield Finding(Severity.WARNING, where, text, "", "Correct the code, or remove it.")
    for code, number in used.most_common():
        if code not in named:
            text = f"{counted(number, 'employee')} of status {code!r}, which is not named"
            yield Finding(
                Severity.NOTE,
                where,
                text,
                "their time would wait",
                "Nothing to do if they are not at work; else add the status.",
            )


def _employee_statuses(spectrum: Spectrum) -> Counter[str]:
    if spectrum.infolink is not None:
        return spectrum.infolink.counts("PR_EMPLOYEE_MASTER_1_MC", "Employment_Status")
    return Counter(employee.status for employee in spectrum.employees().by_code.values())
