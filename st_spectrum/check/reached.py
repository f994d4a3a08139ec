"""What was reached: the account in ServiceTrade, the company in Spectrum. A demo account lives on
the same host as real ones.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.domain.errors import SyncFault
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible


def check_servicetrade_account(account: Account, servicetrade: ServiceTrade) -> Iterator[Finding]:
    """Names the account; an error for another than the file's. Raises a `SyncFault`."""
    found = servicetrade.account()
    where = "servicetrade.account"
    if not found.is_called(account.servicetrade.account):
        text = (
            f"the login leads to {found.words}, and the account file names"
            f" {account.servicetrade.account!r}"
        )
        advice = "Correct the login or the name; until then nothing may be carried."
        yield Finding(Severity.ERROR, where, text, "everything would be written there", advice)
        return
    advice = (
        ""
        if account.servicetrade.account
        else "Name it in servicetrade.account; another one is then refused."
    )
    yield Finding(Severity.NOTE, where, f"the login leads to {found.words}", "", advice)
    if found.timezone and found.timezone != account.timezone:
        text = (
            f"ServiceTrade's account lives by {found.timezone}, and the account file by"
            f" {account.timezone}"
        )
        advice = "Write the time zone by which the office's days begin and end."
        yield Finding(Severity.WARNING, "timezone", text, "", advice)


def check_spectrum_company(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """Host, company, and how much stands there; and whether services show as many jobs as the
    tables hold.
    """
    host = urlsplit(account.spectrum.base_url).netloc
    customers = spectrum.customer_codes()
    counted = f"{len(customers.codes)}{'' if customers.is_complete else ' or more'} customers"
    jobs = "jobs not counted"
    numbers: frozenset[str] = frozenset()
    if spectrum.infolink is not None:
        numbers = frozenset(spectrum.infolink.job_numbers())
        # A template job is called by a word, and counts nothing.
        counting = (number for number in numbers if any(map(str.isdigit, number)))
        newest = max(counting, key=lambda number: (len(number), number), default="none")
        jobs = f"{len(numbers)} jobs, the highest number {newest}"
    text = f"this is company {account.spectrum.company_code} at {host}: {counted}, {jobs}"
    yield Finding(Severity.NOTE, "spectrum.company_code", text, "", "")
    if numbers:
        yield from _hidden_jobs(spectrum, numbers)


def _hidden_jobs(spectrum: Spectrum, numbers: frozenset[str]) -> Iterator[Finding]:
    """Operator rights hide jobs without a word [SP 1.3]; lists that are cut off tell nothing."""
    shown: set[str] = set()
    try:
        for status in ("", "C"):
            rows = spectrum.get("GetJobMain", {"pStatus_Code": status})
            if not rows.is_complete:
                return
            shown |= {row["Job_Number"] for row in rows.rows}
    except (SyncFault, LookupImpossible):
        return
    if hidden := numbers - shown:
        text = (
            f"GetJobMain shows {len(shown)} jobs, and the tables hold {len(numbers)}: {len(hidden)}"
            " are hidden"
        )
        advice = (
            "Give the operator of the Authorization ID the right to see all jobs and cost centers."
        )
        yield Finding(Severity.WARNING, "spectrum.authorization_id", text, "", advice)
