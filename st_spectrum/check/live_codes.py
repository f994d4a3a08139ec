"""Codes that the account file takes from Spectrum's own records: whether these have them."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from st_spectrum.account import Account
from st_spectrum.account.rules import LIVE_KEYS
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.spectrum.client import Spectrum

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

ENTER = "Enter it in Spectrum, or set the key to account."
CUSTOMERS, JOBS = "CR_CUSTOMER_MASTER_MC", "JC_JOB_MASTER_MC"


def by_maps_alone(account: Account) -> Account:
    """The same account without codes of Spectrum's records, which a preview does not ask for."""
    changed = {
        section: getattr(account, section).model_copy(update=dict.fromkeys(names, "account"))
        for section, names in LIVE_KEYS.items()
    }
    return account.model_copy(update=changed)


def check_live_codes(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """What would wait because a record of Spectrum lacks a code; needs Info-Link."""
    reader, jobs, invoices = spectrum.infolink, account.jobs, account.invoices
    if reader is None:
        return
    if jobs.reads_template:
        yield from _template(account, reader)
    taxes = [
        f"{section}.tax_from"
        for section in LIVE_KEYS
        if getattr(account, section).tax_from == "spectrum"
    ]
    if taxes and (number := reader.counts(CUSTOMERS, "Sales_Tax_Code")[""]):
        yield Finding(
            Severity.WARNING,
            taxes[0],
            "customers have no sales tax code in Spectrum",
            f"what is for one of {counted(number, 'customer')} would wait",
            ENTER,
        )
    if invoices.cost_center_from == "spectrum":
        yield from _centers(account, reader.counts(JOBS, "Cost_Center"))


def _template(account: Account, reader: "InfoLinkReader") -> Iterator[Finding]:
    from st_spectrum.spectrum.infolink.live_code_tables import read
    from st_spectrum.spectrum.live_codes import columns_of_jobs

    jobs = account.jobs
    number = jobs.template_job.upper()
    template = read(reader, (), [number], columns_of_jobs(account)).jobs.get(number)
    parts = (
        ("cost_center_from", "cost center", template and template.cost_center),
        ("price_method_from", "price method", template and template.price_method),
    )
    for name, noun, code in parts:
        if getattr(jobs, name) == "spectrum" and not code:
            text = f"template job {jobs.template_job} has no {noun} in Spectrum"
            yield Finding(Severity.ERROR, f"jobs.{name}", text, "every new job would wait", ENTER)


def _centers(account: Account, used: Counter[str]) -> Iterator[Finding]:
    where, gl = "invoices.cost_center_from", account.invoices.gl
    if number := used[""]:
        yield Finding(
            Severity.WARNING,
            where,
            "jobs have no cost center in Spectrum",
            f"invoices of {counted(number, 'job')} there would wait",
            ENTER,
        )
    if gl.default or gl.by_job_type:
        return
    for code in sorted(used.keys() - gl.by_cost_center.keys() - {""}):
        yield Finding(
            Severity.WARNING,
            "invoices.gl.by_cost_center",
            f"jobs of Spectrum have cost center {code}, for which no income account is named",
            f"invoices of {counted(used[code], 'job')} there would wait",
            "Add the cost center with its account, or give a default.",
        )
