"""ServiceTrade's side: what it uses that no map covers, and what maps name in vain."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.account.types import SANDBOX_INVOICE_ENTITY_TYPE
from st_spectrum.check.doorbell import check_doorbell
from st_spectrum.check.finding import Finding, Severity, counted, findings_of_parts, of_fault
from st_spectrum.check.go_live import check_go_live
from st_spectrum.check.names import check_names
from st_spectrum.check.preview import Preview
from st_spectrum.check.reached import check_servicetrade_account
from st_spectrum.check.statuses import check_statuses
from st_spectrum.check.taxability import check_taxability
from st_spectrum.domain.errors import ContractBroken, SyncFault
from st_spectrum.domain.fitting import known, tidy
from st_spectrum.flows import FLOWS
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.payment_terms import PaymentTermsNames
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Job

MOST_CARRIERS = 5
"""Records named in one finding about an external id that several carry."""
MOST_SALESPEOPLE = 50
"""Salespeople that are read, one call each."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_servicetrade(
    account: Account, servicetrade: ServiceTrade, preview: Preview
) -> Iterator[Finding]:
    """Fills `preview` on the way. What cannot be read is a finding."""
    yield from plain_http("servicetrade.base_url", account.servicetrade.base_url)
    yield from check_comments(account)
    try:
        yield from check_servicetrade_account(account, servicetrade)
        yield from check_doorbell(account, servicetrade)
        offices = {tidy(office.name) for office in servicetrade.offices()}
        lines = {tidy(line.name) for line in servicetrade.service_lines()}
        terms = PaymentTermsNames(servicetrade.payment_terms)
        preview.read_companies(map(terms.named, servicetrade.companies()))
        preview.read_locations(servicetrade.locations())
        preview.read_jobs(servicetrade.jobs(), lambda job: _service_lines(servicetrade, job))
        today = datetime.now(ZoneInfo(account.timezone)).date()
        preview.read_invoices(map(terms.named, servicetrade.invoices("pending_accounting")), today)
    except SyncFault as fault:
        yield of_fault("servicetrade", fault, is_down=True)
        return
    yield from _external_system(account, servicetrade, preview)
    yield from _vendor_system(account, servicetrade)
    yield from check_go_live(account, preview, today)
    yield from check_names(account, offices, lines)
    yield from findings_of_parts(
        (
            ("servicetrade", check_statuses(servicetrade, preview)),
            ("maps.sales_tax", check_taxability(account, servicetrade, preview)),
        )
    )
    yield from shared_external_ids(preview)
    yield from _holds(preview)
    yield from _defaults(account, preview)
    yield from _price_methods(account, preview)
    yield from _salespeople(account, servicetrade, preview)


def plain_http(where: str, base_url: str) -> Iterator[Finding]:
    """A login that travels unencrypted to another machine."""
    address = urlsplit(base_url)
    if address.scheme == "http" and address.hostname not in LOOPBACK:
        text = "the address begins with http://, so the login travels unencrypted"
        yield Finding(
            Severity.WARNING,
            where,
            text,
            "",
            "Use https:// unless the line is protected in another way.",
        )


def check_comments(account: Account) -> Iterator[Finding]:
    """Whether comments on invoices would go by the number that only the sandbox knows [ST 10]."""
    number, host = (
        account.invoices.comment_entity_type,
        urlsplit(account.servicetrade.base_url).hostname,
    )
    if number == SANDBOX_INVOICE_ENTITY_TYPE and host not in LOOPBACK:
        text = (
            f"{number} stands for invoices in the sandbox only, so the office would not see why an"
            " invoice failed"
        )
        advice = "Ask ServiceTrade support for the number that stands for invoices in comments."
        yield Finding(Severity.WARNING, "invoices.comment_entity_type", text, "", advice)


def _service_lines(servicetrade: ServiceTrade, job: Job) -> tuple[str, ...]:
    lines = [request.service_line for request in servicetrade.service_requests(job.id)]
    return tuple(dict.fromkeys(line.name for line in lines if line and line.name))


def _external_system(
    account: Account, servicetrade: ServiceTrade, preview: Preview
) -> Iterator[Finding]:
    """Asking for a value in a system that nobody defined is assumed to be refused, as the reference
    does not say.
    """
    ours, where = account.servicetrade.external_system, "servicetrade.external_system"
    advice = (
        "Define it under Account Settings in ServiceTrade, or write the name that stands there."
    )
    if ours in preview.external_systems:
        return
    try:
        servicetrade.find_by_external_id("company", "any-code-will-do")
    except ContractBroken as fault:
        yield Finding(
            Severity.ERROR,
            where,
            f"ServiceTrade knows no external system {ours!r}: {fault.message}",
            "",
            advice,
        )
    except SyncFault as fault:
        yield of_fault(where, fault)
    if others := ", ".join(sorted(preview.external_systems)):
        text = f"no record carries an external id of {ours!r}, but some carry one of {others}"
        yield Finding(Severity.WARNING, where, text, "", advice)


def _vendor_system(account: Account, servicetrade: ServiceTrade) -> Iterator[Finding]:
    """The same of the one for the codes of vendors, where there is one."""
    system, where = account.servicetrade.vendor_system, "servicetrade.vendor_system"
    if not system:
        return
    try:
        servicetrade.find_by_external_id("company", "any-code-will-do", system)
    except ContractBroken as fault:
        text = f"ServiceTrade knows no external system {system!r}: {fault.message}"
        advice = (
            "Define it under Account Settings in ServiceTrade, or write the name that stands there."
        )
        yield Finding(Severity.ERROR, where, text, "", advice)
    except SyncFault as fault:
        yield of_fault(where, fault)


def shared_external_ids(preview: Preview) -> Iterator[Finding]:
    """Records of a kind that share a Spectrum key. Branches billed as one may; two jobs may not."""
    for (flow, carried), names in preview.carriers.items():
        if len(names) < 2:
            continue
        shown = ", ".join(names[:MOST_CARRIERS]) + (" ..." if len(names) > MOST_CARRIERS else "")
        text = f"{len(names)} {FLOWS[flow].plural} carry external id {carried}: {shown}"
        words = FLOWS[flow].shared_keys
        if (words and words.outcome) or preview.account.jobs.may_share_numbers:
            advice = (
                "Nothing to do if they are billed as one; else correct the external id of the one"
                " that is wrong."
            )
            yield Finding(Severity.NOTE, flow, text, "", advice)
        else:
            advice = (
                "Give each job a number of its own in ServiceTrade: they wait, with their time and"
                " invoices; or set jobs.may_share_numbers to true, where they really are one"
                " Spectrum job."
            )
            yield Finding(Severity.WARNING, flow, text, "", advice)


def _holds(preview: Preview) -> Iterator[Finding]:
    for flow, causes in preview.holds.items():
        for (reason, advice, place), number in causes.most_common():
            yield Finding(
                Severity.WARNING,
                place,
                reason,
                f"{counted(number, FLOWS[flow].waiting_noun)} would wait",
                advice,
            )
    if preview.unread_jobs:
        text = "the service lines of these jobs were not read, to spare calls"
        used_by = f"{counted(preview.unread_jobs, JOBS.waiting_noun)} not judged"
        yield Finding(
            Severity.NOTE,
            "maps.cost_centers",
            text,
            used_by,
            "`st-spectrum plan jobs` looks at all of them.",
        )


def _defaults(account: Account, preview: Preview) -> Iterator[Finding]:
    """Names in use for which a default would be taken without anybody noticing."""
    terms, jobs = account.maps.payment_terms, account.jobs
    for flow, name, number in _counts(preview.terms):
        if not known(terms.by_name, name):
            text = f"payment terms {name!r} are not listed, so code {terms.default} is taken"
            used_by = f"{counted(number, FLOWS[flow].waiting_noun)} with these terms"
            yield Finding(
                Severity.WARNING,
                "maps.payment_terms.by_name",
                text,
                used_by,
                "Add the terms with their AR code.",
            )
    for kind, number in preview.job_types.most_common():
        if (
            jobs.contract_type
            and not jobs.default_contract_type
            and not known(jobs.contract_type, kind)
        ):
            text = f"job type {kind!r} has no contract type and there is no default"
            advice = "Add the type, give default_contract_type, or list it under ignored_types."
            used_by = f"{counted(number, JOBS.waiting_noun)} of this type"
            yield Finding(Severity.WARNING, "jobs.contract_type", text, used_by, advice)
    for name, number in preview.offices.most_common():
        if jobs.has_office_in_udf1 and not known(account.maps.offices, name):
            text = f"office {name!r} has no code, so UDF 1 gets {tidy(name)[:20].rstrip()!r}"
            used_by = f"{counted(number, JOBS.waiting_noun)} of this office"
            yield Finding(
                Severity.NOTE,
                "maps.offices",
                text,
                used_by,
                "Add the office if Spectrum should show a code.",
            )


def _price_methods(account: Account, preview: Preview) -> Iterator[Finding]:
    centers = account.maps.cost_centers
    for code, number in sorted(preview.codes["jobs", "Cost_Center"].items()):
        if code not in centers.price_method:
            text = (
                f"cost center {code} has no price method, so {centers.default_price_method} is"
                " taken"
            )
            where, advice = (
                "maps.cost_centers.price_method",
                "Add the cost center with F, T, C or U.",
            )
            yield Finding(
                Severity.WARNING,
                where,
                text,
                f"{counted(number, JOBS.waiting_noun)} use it",
                advice,
            )


def _salespeople(
    account: Account, servicetrade: ServiceTrade, preview: Preview
) -> Iterator[Finding]:
    jobs, invoices = (
        account.jobs.salesperson.is_required,
        account.invoices.salesperson == "required",
    )
    for flow in [*([JOBS] if jobs else []), *([INVOICES] if invoices else [])]:
        where = f"{flow.name}.salesperson"
        for user_id, number in preview.salespeople[flow.name].most_common(MOST_SALESPEOPLE):
            try:
                user = servicetrade.user(user_id)
            except SyncFault as fault:
                yield of_fault(where, fault)
                return
            if user and not user.external_ids.get(account.servicetrade.external_system):
                text = f"salesperson {user.name} has no Spectrum code"
                advice = "Enter the code as external id of the user in ServiceTrade."
                yield Finding(
                    Severity.WARNING,
                    where,
                    text,
                    f"{counted(number, flow.waiting_noun)} would wait",
                    advice,
                )


def _counts(counters: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str, int]]:
    """Flow, name and how often, the most frequent first within a flow."""
    return (
        (flow, name, number)
        for flow, counter in counters.items()
        for name, number in counter.most_common()
    )
