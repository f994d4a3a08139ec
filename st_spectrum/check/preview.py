"""What has yet to cross, mapped with the very functions that the flows use, and which codes it
would send.

Only counts are kept: how many records would send which code, and how many would wait for which
reason.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TypeVar

from st_spectrum.account import Account
from st_spectrum.check.live_codes import by_maps_alone
from st_spectrum.domain.commands import System
from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged, Skip
from st_spectrum.domain.fitting import known
from st_spectrum.domain.target_keys import single_keys
from st_spectrum.engine.report import LEFT_OUT
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.go_live import waits_for_need
from st_spectrum.flows.invoices.commands import PostArDocument
from st_spectrum.flows.invoices.rules import InvoiceBundle, decide_invoice
from st_spectrum.flows.jobs.commands import AddJob
from st_spectrum.flows.jobs.rules import JobBundle, decide_job
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.servicetrade.invoice_models import Invoice, Party
from st_spectrum.servicetrade.models import Company, Job, Location

CODE_FIELDS = frozenset(
    {
        "Terms_Code",
        "Sales_Tax_Code",
        "Tax_Class_Code",
        "Work_State_Tax_Code",
        "Cost_Center",
        "Job_Type",
        "Project_Manager",
    }
)
"""Fields of Add services and AR documents with a code of Spectrum's set-up [SP 8 to 10, 12]."""

PLACEHOLDER = "CODE"
"""Stands for the key of a company or location that has not crossed, to map what depends on it."""

MOST_SERVICE_LINES = 200
"""Jobs whose service lines are read, one call each."""

R = TypeVar("R", Company, Location, Job, Party)


class Preview:
    """How many records would send which code, and how many would wait for which reason. Read in the
    order of the flows.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self._by_maps = by_maps_alone(account)
        self.records: Counter[str] = Counter()
        """How many records of each flow have yet to cross."""
        self.codes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        """How often each code would be sent, by flow and field."""
        self.job_numbers: set[str] = set()
        """The Spectrum numbers that jobs would get."""
        self.holds: defaultdict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
        """What would wait, by flow: reason, advice and place in the account file."""
        self.terms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Names of payment terms on companies and invoices that have yet to cross, by flow."""
        self.offices: Counter[str] = Counter()
        """Names of the offices that such jobs are assigned to."""
        self.job_types: Counter[str] = Counter()
        """Types of such jobs."""
        self.salespeople: defaultdict[str, Counter[int]] = defaultdict(Counter)
        """Ids of the salespeople of such jobs, and of the jobs of such invoices, by flow."""
        self.external_systems: Counter[str] = Counter()
        """Names of the external systems under which any record carries a value."""
        self.carriers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        """Names of the records of a flow that carry one Spectrum key, by flow and key."""
        self.left_out: Counter[tuple[str, str]] = Counter()
        """How many records a setting leaves out, by flow and setting."""
        self.statuses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How many records have each status, by ServiceTrade's word for a record."""
        self.called_off = 0
        """Jobs to cross that are not canceled although all of their visits were called off."""
        self.unlisted_jobs: set[int] = set()
        """Jobs that invoices to cross point to and that no list showed."""
        self.untaxable_sites = 0
        """Sites to cross that bear no tax."""
        self.taxed_though_not_taxable = 0
        """Invoices to cross that bear tax at a location that does not."""
        self.taxed_items: Counter[int] = Counter()
        """How many lines of such invoices bear tax, by the library item."""
        self.taxed_customers: Counter[str] = Counter()
        """How many invoices to cross bear tax, by the customer's code in Spectrum."""
        self.unread_jobs = 0
        """Jobs that were not judged, because their service lines would take too many calls."""
        self._companies: dict[int, Company] = {}
        self._locations: dict[int, Location] = {}
        self._arriving: set[int] = set()
        self._left_out: dict[int, str] = {}
        self._held_if_needed: dict[int, Hold] = {}
        """Companies that stay out until something needs them, and would wait then."""
        self._jobs: dict[int, Job] = {}

    def read_companies(self, companies: Iterable[Company]) -> None:
        """Must come before locations and jobs, which point to them."""
        for company in companies:
            self._note_carrier("customers", company, company.name)
            self.statuses["company"][company.status] += 1
            self._companies[company.id] = self._crossed(company)
            bundle = CustomerBundle(company)
            decision = decide_customer(bundle, self.account)
            # What needs it would bring it along.
            needed = decide_customer(replace(bundle, is_needed=True), self.account)
            if isinstance(needed, Create):
                self._arriving.add(company.id)
            elif isinstance(needed, Hold) and isinstance(decision, Skip):
                self._held_if_needed[company.id] = needed
            elif isinstance(decision, Skip):
                self._left_out[company.id] = decision.reason
            if self._count("customers", decision) and company.payment_terms:
                self.terms["customers"][company.payment_terms.name] += 1

    def read_locations(self, locations: Iterable[Location]) -> None:
        """Must come before jobs."""
        for location in locations:
            self._note_carrier("sites", location, location.name)
            self.statuses["location"][location.status] += 1
            self._locations[location.id] = self._crossed(location)
            company = self._companies.get(location.company.id)
            if self._count("sites", decide_site(SiteBundle(location, company), self.account)):
                self.untaxable_sites += not location.is_taxable

    def read_jobs(
        self, jobs: Iterable[Job], service_lines: Callable[[Job], tuple[str, ...]]
    ) -> None:
        """`service_lines` reads the lines of one job, a call each; asked only where they decide,
        and not too often.
        """
        read_count = 0
        for job in jobs:
            self._note_carrier("jobs", job, f"job {job.number}")
            self.statuses["job"][job.status] += 1
            self._jobs[job.id] = job
            bundle = JobBundle(
                job, self._companies.get(job.customer.id), self._locations.get(job.location.id)
            )
            first = decide_job(bundle, self._by_maps)
            if isinstance(first, Skip):
                self._count("jobs", first)
                needed = decide_job(replace(bundle, is_needed=True), self._by_maps)
                if waits_for_need(first) and isinstance(needed, Create):
                    self._jobs[job.id] = self._crossed(job)
                continue
            if self._needs_service_lines(job):
                if read_count == MOST_SERVICE_LINES:
                    self.unread_jobs += 1
                    self._jobs[job.id] = self._crossed(job)
                    continue
                read_count += 1
                bundle = replace(bundle, service_lines=service_lines(job))
            decision = decide_job(bundle, self._by_maps)
            self._count("jobs", decision)
            if isinstance(decision, Create):
                self._jobs[job.id] = self._crossed(job)
                self._need_company(job.customer.id)
            self.job_types[job.type] += 1
            self.called_off += bool(job.appointments) and all(
                visit.is_called_off for visit in job.appointments
            )
            if job.assigned_office:
                self.offices[job.assigned_office.name] += 1
            if job.sales:
                self.salespeople["jobs"][job.sales.id] += 1

    def read_invoices(self, invoices: Iterable[Invoice], today: date) -> None:
        """Must come last. `today` is the account's day.

        What an invoice needs counts as there when it would cross by itself, and as missing when it
        is held or left out.
        """
        for invoice in invoices:
            customer = (
                self._crossed(invoice.customer)
                if invoice.customer.id in self._arriving
                else invoice.customer
            )
            job = self._jobs.get(invoice.job.id) if invoice.job else None
            bundle = InvoiceBundle(
                invoice.model_copy(update={"customer": customer}),
                today,
                job,
                customer_left_out=self._left_out.get(invoice.customer.id, ""),
            )
            if not self._count("invoices", decide_invoice(bundle, self._by_maps)):
                continue
            self._need_company(invoice.customer.id)
            self._note_tax(invoice)
            if invoice.job and job is None:
                self.unlisted_jobs.add(invoice.job.id)
            if invoice.payment_terms and self.account.invoices.terms_from == "account":
                self.terms["invoices"][invoice.payment_terms.name] += 1
            if job and job.sales:
                self.salespeople["invoices"][job.sales.id] += 1

    def _need_company(self, company: int) -> None:
        """Once: a record that crosses needs it."""
        if hold := self._held_if_needed.pop(company, None):
            self._count("customers", hold)

    def _note_tax(self, invoice: Invoice) -> None:
        if not invoice.tax_amount:
            return
        self.taxed_though_not_taxable += bool(
            invoice.location and invoice.location.is_taxable is False
        )
        for item in invoice.items:
            if item.tax_amount and item.lib_item:
                self.taxed_items[item.lib_item.id] += 1
        carried = invoice.customer.external_ids.get(self.account.servicetrade.external_system)
        if carried:
            self.taxed_customers[carried] += 1

    def _note_carrier(self, flow: str, record: Company | Location | Job, name: str) -> None:
        self.external_systems.update(record.external_ids)
        carried = record.external_ids.get(self.account.servicetrade.external_system, "")
        for code in single_keys(carried):
            self.carriers[flow, code].append(name or str(record.id))

    def _needs_service_lines(self, job: Job) -> bool:
        centers = self.account.maps.cost_centers
        if not centers.by_service_line or "service_line" not in centers.precedence:
            return False
        has_office = bool(
            job.assigned_office and known(centers.by_office, job.assigned_office.name)
        )
        return (
            self.account.jobs.is_multi_cost_center
            or centers.precedence[0] == "service_line"
            or not has_office
        )

    def _crossed(self, record: R) -> R:
        system = self.account.servicetrade.external_system
        if record.external_ids.get(system):
            return record
        return record.model_copy(
            update={"external_ids": {**record.external_ids, system: PLACEHOLDER}}
        )

    def _count(self, flow: str, decision: Decision) -> bool:
        """Whether the record is one that has yet to cross."""
        if isinstance(decision, Skip) and decision.by_setting in LEFT_OUT:
            self.left_out[flow, decision.by_setting] += 1
        if isinstance(decision, Skip | LeaveUnchanged):
            return False
        self.records[flow] += 1
        if isinstance(decision, Hold):
            self.holds[flow][_cause(decision)] += 1
        elif isinstance(decision, Create):
            self.job_numbers.update(_job_numbers(decision))
            for field, code in _codes(decision):
                self.codes[flow, field][code] += 1
        return True


def _job_numbers(decision: Create) -> Iterator[str]:
    for step in decision.steps:
        yield from (command.key for command in step.calls if isinstance(command, AddJob))


def _codes(decision: Create) -> set[tuple[str, str]]:
    """Each code that the record would send, once."""
    commands = [
        command
        for step in decision.steps
        if step.system is System.SPECTRUM
        for command in step.calls
    ]
    posts = [command for command in commands if isinstance(command, PostArDocument)]
    accounts = {
        ("GL_Account", line["GL_Account"]) for post in posts for line in post.document.details
    }
    headers = [command.rows[0] for command in commands]
    return accounts | {
        (field, str(row[field])) for row in headers for field in CODE_FIELDS if row.get(field)
    }


def _cause(hold: Hold) -> tuple[str, str, str]:
    """Reason, advice and place; a reason that names one record would be a cause for each record."""
    place = next(
        (need.removeprefix("account: ") for need in hold.needs if need.startswith("account: ")), ""
    )
    # What a map lacks is best said by its name, which many records share.
    reason = hold.reason if place.startswith("maps.") else hold.cause or hold.reason
    return reason, hold.advice, place or "servicetrade"
