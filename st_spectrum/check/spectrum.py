"""Spectrum's side: whether it lets us in, offers the services and holds the codes."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from st_spectrum.account import Account
from st_spectrum.account.master import CodeRule
from st_spectrum.check.columns import check_columns
from st_spectrum.check.departures import check_departures
from st_spectrum.check.finding import Finding, Severity, counted, findings_of_parts, of_fault
from st_spectrum.check.in_use import check_codes_in_use
from st_spectrum.check.income_accounts import check_income_accounts
from st_spectrum.check.job_numbers import check_job_numbers
from st_spectrum.check.live_codes import check_live_codes
from st_spectrum.check.preview import Preview
from st_spectrum.check.reached import check_spectrum_company
from st_spectrum.check.receiving import check_receiving
from st_spectrum.check.servicetrade import plain_http
from st_spectrum.check.statuses import check_letters
from st_spectrum.check.taxability import check_customers_tax
from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import CodesInUse, LookupImpossible

T = TypeVar("T")

UNREADABLE = (
    "sales tax codes, tax classes, work state codes, cost centers, contract types and overhead"
    " batches"
)
"""Set-up for which neither a service nor a table of Info-Link is known [SP 6.3, 16]."""


def check_spectrum(account: Account, spectrum: Spectrum, preview: Preview) -> Iterator[Finding]:
    """Needs `preview` filled; what is not counted there is checked for being there all the same."""
    yield from plain_http("spectrum.base_url", account.spectrum.base_url)
    try:
        spectrum.test_connection()
    except SyncFault as fault:
        yield of_fault("spectrum", fault, is_down=True)
        return
    yield from findings_of_parts(
        (
            ("spectrum.company_code", check_spectrum_company(account, spectrum)),
            ("spectrum", _services(account, spectrum)),
            ("spectrum.infolink", check_columns(account, spectrum)),
            ("jobs.template_job", _template(account, spectrum)),
            ("jobs.number_format", check_job_numbers(spectrum, preview)),
            (
                "customers.codes",
                _free_codes("customers", account.customers.codes, preview, spectrum.customer_codes),
            ),
            ("sites.codes", _free_codes("sites", account.sites.codes, preview, spectrum.site_ids)),
            ("maps.payment_terms", _terms(account, spectrum, preview)),
            ("jobs.project_manager", _project_managers(spectrum, preview)),
            ("invoices.gl", check_income_accounts(account, spectrum, preview)),
            ("invoices.gl", check_departures(account, spectrum)),
            ("spectrum.infolink", check_live_codes(account, spectrum)),
            ("purchase_orders.receiving", check_receiving(account, spectrum)),
            ("maps", check_codes_in_use(account, spectrum, preview)),
            ("maps.sales_tax", check_customers_tax(spectrum, preview)),
            ("spectrum", check_letters(spectrum)),
        )
    )
    yield from _cannot_be_checked(spectrum)


def _cannot_be_checked(spectrum: Spectrum) -> Iterator[Finding]:
    """What is left to people."""
    if spectrum.infolink is None:
        text = (
            "without Info-Link a lost answer about a site, an overhead batch or an invoice cannot"
            " be looked up"
        )
        yield Finding(
            Severity.WARNING,
            "spectrum.infolink",
            text,
            "",
            "Set up Info-Link, or look such records up by hand.",
        )
    advice = (
        "Compare them with Spectrum's own screens once; a wrong one is refused, and what would send"
        " it then waits."
    )
    text = (
        "compared only with what Spectrum's records use, because it shows the set-up to nobody:"
        f" {UNREADABLE}"
    )
    yield Finding(Severity.NOTE, "maps", text, "", advice)


def needed_services(account: Account, *, has_infolink: bool) -> tuple[str, ...]:
    """The services that this account file makes the integration call."""
    jobs = account.jobs
    needed = ["AddCustomer", "AddWOSiteAddress", "AddJob"]
    needed += ["UpdateJob"] if jobs.oh_batch_code else []
    needed += ["UpdateJob_UDF", "GetJobUDF"] if jobs.has_office_in_udf1 else []
    needed += ["AddPhase", "GetPhaseEnhanced"] if jobs.template_job else []
    needed += ["AddARInvoice"] if account.invoices.target == "soap" else []
    needed += (
        ["PreTimeCard"]
        if account.timecards.first_day and account.timecards.target == "soap"
        else []
    )
    needed += ["GetPayType", "GetEmployee"] if account.timecards.first_day else []
    needed += (
        []
        if has_infolink
        else ["GetCustomers", "GetJobMain", *(["GetPhase"] if jobs.template_job else [])]
    )
    return tuple(needed)


def _services(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """Whether the Authorization ID may use a service that writes shows only when it is called, so
    it is not tried.
    """
    for service in needed_services(account, has_infolink=spectrum.infolink is not None):
        try:
            spectrum.prepare(service)
        except SyncFault as fault:
            yield of_fault("spectrum", fault)


def _template(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    number, where = account.jobs.template_job, "jobs.template_job"
    if not number:
        return
    if spectrum.find_job(number) is None:
        advice = "Correct the number, or create the job in Spectrum."
        yield Finding(
            Severity.ERROR,
            where,
            f"Spectrum has no job {number}",
            "every new job would wait",
            advice,
        )
        return
    phases = spectrum.template_phases(number)
    if not any(phase["Status_Code"] in ("", "A") for phase in phases):
        advice = "Enter the phases in Spectrum, or leave template_job empty to copy none."
        yield Finding(
            Severity.ERROR,
            where,
            f"job {number} has no active phases",
            "every new job would wait",
            advice,
        )


def _free_codes(
    flow: str, rule: CodeRule, preview: Preview, read: Callable[[], CodesInUse]
) -> Iterator[Finding]:
    used = read()
    span = rule.as_range(flow)
    taken = sum(1 for code in used.codes if _is_in(code, rule))
    free, wanted = rule.last - rule.first + 1 - taken, preview.records[flow]
    if free < max(wanted, 1):
        text = (
            f"only {free} codes are free between {span.code(rule.first)} and {span.code(rule.last)}"
        )
        used_by = f"{counted(wanted, FLOWS[flow].waiting_noun)} wait for one"
        yield Finding(Severity.ERROR, f"{flow}.codes.last", text, used_by, "Widen the range.")
    if not used.is_complete:
        text = "Spectrum shows only some of the codes in use, so a code that is taken may be tried"
        advice = "Set up Info-Link; until then such a record takes the next code."
        yield Finding(Severity.NOTE, f"{flow}.codes", text, "", advice)


def _is_in(code: str, rule: CodeRule) -> bool:
    number = code.removeprefix(rule.prefix)
    is_ours = code.startswith(rule.prefix) and number.isascii() and number.isdigit()
    return is_ours and len(number) == len(str(rule.last)) and rule.first <= int(number) <= rule.last


def _terms(account: Account, spectrum: Spectrum, preview: Preview) -> Iterator[Finding]:
    terms = account.maps.payment_terms
    existing = spectrum.ar_terms()
    places = [
        (f"maps.payment_terms.by_name.{name!r}", code) for name, code in terms.by_name.items()
    ]
    for where, code in [("maps.payment_terms.default", terms.default), *places]:
        if code and code not in existing:
            used = {
                flow: preview.codes[flow, "Terms_Code"][code] for flow in ("customers", "invoices")
            }
            flows = " and ".join(
                counted(number, FLOWS[flow].waiting_noun) for flow, number in used.items() if number
            )
            used_by = f"{flows} would be refused" if flows else ""
            text = (
                f"Spectrum has no AR terms code {code!r}; it has"
                f" {', '.join(sorted(existing)) or 'none'}"
            )
            yield Finding(
                Severity.ERROR, where, text, used_by, "Correct the code, or create it in Spectrum."
            )


def _project_managers(spectrum: Spectrum, preview: Preview) -> Iterator[Finding]:
    """The installation decides whether a manager that is no employee is refused [SP 10]."""
    wanted = preview.codes["jobs", "Project_Manager"]
    if not wanted:
        return
    existing = _employees(spectrum)
    for code, number in wanted.most_common():
        if code not in existing:
            advice = (
                "Correct the tag in ServiceTrade, or add the employee; Spectrum may refuse the job"
                " otherwise."
            )
            text = f"tags name project manager {code}, who is no employee in Spectrum"
            used_by = f"{counted(number, JOBS.waiting_noun)} name them"
            yield Finding(Severity.WARNING, "jobs.project_manager", text, used_by, advice)


def _employees(spectrum: Spectrum) -> frozenset[str]:
    if spectrum.infolink is not None:
        return frozenset(spectrum.infolink.employees())
    rows = spectrum.get("GetEmployee", {})
    if not rows.is_complete:
        raise LookupImpossible("GetEmployee has more rows than it shows")
    return frozenset(row["Employee_Code"] for row in rows.rows)
