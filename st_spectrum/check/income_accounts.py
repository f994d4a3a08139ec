"""GL accounts of invoices: whether every line finds one that takes AR lines in Spectrum."""

from collections.abc import Iterator

from st_spectrum.account import Account
from st_spectrum.account.types import nearest
from st_spectrum.check.finding import Finding, Severity, counted
from st_spectrum.check.preview import Preview
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.spectrum.client import Spectrum

ACTIVE = frozenset({"", "A"})
"""Of an account in use. Of A, I and N [SP 14.2], A is assumed to mean active, as with phases."""


def check_income_accounts(
    account: Account, spectrum: Spectrum, preview: Preview
) -> Iterator[Finding]:
    """Whether the accounts of the file are there, in use, and open to AR lines [SP 12.1]; those
    need Info-Link.
    """
    yield from _lines_without_account(account, preview)
    if not (places := named_accounts(account)):
        return
    accounts = spectrum.gl_accounts()
    for place, code in places.items():
        found = accounts.get(code)
        if found is None:
            problem = f"Spectrum has no GL account {code}{nearest(code, tuple(accounts))}"
            advice = (
                "Correct the account, which is written without dashes, or create it in Spectrum."
            )
        elif found.is_direct_cost:
            problem = f"GL account {code} is a direct cost account, which AR lines may not use"
            advice = "Name an account that is none."
        elif found.status not in ACTIVE:
            problem = f"GL account {code} is not active (status {found.status})"
            advice = "Name another account, or make this one active in Spectrum."
        else:
            continue
        number = preview.codes["invoices", "GL_Account"][code]
        used_by = f"{counted(number, INVOICES.waiting_noun)} would be refused" if number else ""
        yield Finding(Severity.ERROR, place, problem, used_by, advice)


def named_accounts(account: Account) -> dict[str, str]:
    """Every GL account of the file by the place where it stands."""
    gl = account.invoices.gl
    places = {
        f"invoices.gl.by_cost_center.{center}": code for center, code in gl.by_cost_center.items()
    }
    places |= {
        f"invoices.gl.by_job_type.{job_type}": code for job_type, code in gl.by_job_type.items()
    }
    places |= {
        "invoices.gl.default": gl.default,
        "invoices.rounding_gl_account": account.invoices.rounding_gl_account,
    }
    return {place: code for place, code in places.items() if code}


def _lines_without_account(account: Account, preview: Preview) -> Iterator[Finding]:
    """Gaps that show in the file alone. Where job types lead to accounts too, only an invoice can
    show one.
    """
    gl, centers = account.invoices.gl, account.maps.cost_centers
    if gl.default or gl.by_job_type:
        return
    if not gl.by_cost_center:
        number = preview.records["invoices"]
        used_by = f"{counted(number, INVOICES.waiting_noun)} would wait" if number else ""
        advice = "Give invoices.gl a default, or fill by_cost_center or by_job_type."
        yield Finding(
            Severity.WARNING,
            "invoices.gl",
            "no line of an invoice finds an income account",
            used_by,
            advice,
        )
        return
    known = {*centers.by_service_line.values(), *centers.by_office.values(), centers.default} - {""}
    for code in sorted(known - gl.by_cost_center.keys()):
        text = f"cost center {code} has no income account and there is no default"
        where, advice = (
            "invoices.gl.by_cost_center",
            "Add the cost center with its account, or give a default.",
        )
        yield Finding(Severity.WARNING, where, text, "", advice)
