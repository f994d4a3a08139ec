"""Jobs as the engine sees them."""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Decision, Hold
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Evaluation, Rebuilt, Unlinked
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.retries.delays import moment_of
from st_spectrum.flows.changes import Changed, list_all
from st_spectrum.flows.comparing import FullList, compare_listed
from st_spectrum.flows.context import Context
from st_spectrum.flows.go_live import waits_for_need
from st_spectrum.flows.jobs.at_work import is_at_work_again, left_out
from st_spectrum.flows.jobs.compared import compare_by_services, compare_by_tables
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.jobs.live_codes import places_in_spectrum
from st_spectrum.flows.jobs.notice import notice
from st_spectrum.flows.jobs.other_numbers import OtherNumbers
from st_spectrum.flows.jobs.rules import JobBundle, TemplatePhase, decide_job
from st_spectrum.flows.jobs.shared_numbers import hold_for_shared_number
from st_spectrum.flows.jobs.target import JobTargets
from st_spectrum.flows.linking import link_record, steps_at_the_source, unlink_record
from st_spectrum.flows.live_codes import Answer, customer_of
from st_spectrum.flows.live_reading import read_live_codes
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.rebuilding import close_carried
from st_spectrum.flows.sites.site_customers import SiteCustomers, keep_customer
from st_spectrum.flows.unlisted import ListRead, lacking_masters
from st_spectrum.ledger.documents.records import Cursor, JobCustomer
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.models import JOB_ACTIVITY, Company, Job, Location
from st_spectrum.servicetrade.wire import RecordBroken
from st_spectrum.spectrum.live_codes import LiveCodes, columns_of_jobs
from st_spectrum.spectrum.lookup_answers import LookupImpossible


class JobsFlow(FlowDefaults):
    """Job -> Spectrum job(s); the key is the job's id."""

    name = JOBS.name
    description = JOBS

    def __init__(self, context: Context, others: OtherKeys) -> None:
        self._context = context
        self._other_numbers = OtherNumbers(context, others)
        has_sight = self._other_numbers.can_be_asked
        self.has_second_guard = has_sight or context.account.jobs.reads_spectrum
        may_share = context.account.jobs.may_share_numbers
        self.shared_key_hold = None if may_share else hold_for_shared_number
        self.places_in_spectrum = places_in_spectrum(context.account)
        self._site_customers = SiteCustomers(context.ledger, context.spectrum)
        self._ledger = context.ledger
        self._account = context.account
        self._sources = context.sources
        self._spectrum = context.spectrum
        self._template: tuple[TemplatePhase, ...] | None = None
        self._lock = threading.Lock()

    def standing(self, keys: Sequence[str]) -> Standing:
        """Those of earlier numbers at the same sites, of which one may be made already; and the
        codes that these jobs take from Spectrum, in one question.
        """
        others = self._other_numbers.standing(keys)
        if not self._account.jobs.reads_spectrum:
            return others
        with ThreadPoolExecutor(self._account.pace.workers, thread_name_prefix="codes") as pool:
            customers = list(pool.map(self._customer_code, keys))
        codes = self._ask_codes(customers)
        return others.beside(Standing(dict.fromkeys(keys, (codes,))))

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """One job with all it points to, and what is to become of it. A job that will be skipped
        costs no further reads.
        """
        job = self._sources.job(int(key))
        title = f"Job {job.number} {job.custom_name or job.name}".strip() if job else f"job {key}"
        version = digest(job and job.model_dump(exclude={"service_requests", *JOB_ACTIVITY}))
        changed_at = moment_of(job.updated) if job else None
        bundle = JobBundle(job, progress=progress)
        if job and self._is_new(progress) and waits_for_need(decide_job(bundle, self._account)):
            bundle = replace(bundle, is_needed=self._context.needed.has(self.name, key))
        if job is not None and self._goes_further(job, progress, is_needed=bundle.is_needed):
            try:
                bundle = self._bundle(job, bundle, standing)
            except LookupImpossible as impossible:
                number = self._account.jobs.template_job
                reason = f"the phases of template job {number} cannot be read: {impossible.message}"
                hold = Hold(reason, impossible.advice, ("spectrum: template job",))
                return Evaluation(title, version, hold, changed_at=changed_at)
        requires = (f"customers/{job.customer.id}", f"sites/{job.location.id}") if job else ()
        decision = decide_job(bundle, self._account)
        if job is not None:
            decision = self._other_numbers.checked(key, job, decision, progress, standing)
        return Evaluation(title, version, decision, requires=requires, changed_at=changed_at)

    def before_sending(self, key: str, decision: Decision) -> None:
        """Keep the customer with which the job goes out."""
        keep_customer(self._ledger, JobCustomer, key, decision)

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """Jobs by their time of change."""
        changes = notice(self._context, cursor, bounds)
        self._sources.keep("job", changes.records)
        return changes

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:
        """All jobs beside the ledger."""
        jobs = list_all(self._context.servicetrade.jobs)
        full = FullList(self.name, "job", jobs, has_come_back=self._is_at_work_again)
        return compare_listed(self._context, full, carrier, settled_before)

    def vanished_now(self) -> Vanished:
        """Jobs that crossed and are not listed."""
        records = list_all(self._context.servicetrade.jobs)
        return lacking_masters(
            self._ledger, self.name, ListRead.of(self._ledger, self.name, records)
        )

    def _is_at_work_again(self, record: Changed) -> bool:
        """Whether a job that was left out as done before go-live was worked on since."""
        if not isinstance(record, Job) or not is_at_work_again(record, self._account):
            return False
        held = self._ledger.get(self.name, str(record.id))
        return held is not None and held.entry.state is State.SKIPPED and not held.entry.target_key

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared:  # noqa: ARG002 - none has a date
        """All jobs of both systems."""
        reader, live = self._context.spectrum.infolink, None
        if self._account.jobs.reads_spectrum:
            system = self._account.servicetrade.external_system
            companies = lists.companies.values()
            live = self._ask_codes([one.external_ids.get(system, "") for one in companies])
        if reader is None:
            template = self._template_if_shown()
            return compare_by_services(self._context, self, lists, template, live)
        template = self.template_phases() or ()
        return compare_by_tables(self._context, self, lists, reader, template, live)

    def _template_if_shown(self) -> tuple[TemplatePhase, ...] | None:
        try:
            return self.template_phases()
        except LookupImpossible:
            return None

    def find_named(self, target_key: str) -> str:
        """The jobs of these numbers, as far as they are there."""
        jobs = [(number, self._spectrum.find_job(number)) for number in target_key.split(SEPARATOR)]
        return ", ".join(
            f"job {number} {job.get('Job_Description', '')}".strip() for number, job in jobs if job
        )

    def link(self, key: str, target_key: str) -> None:
        """The external id."""
        link_record(self._context, "job", key, target_key)

    def unlink(self, entry: Entry) -> Unlinked:
        """The external id goes."""
        return unlink_record(self._context, "job", entry)

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """The external id stays."""
        return steps_at_the_source(entry, self.find_named(entry.target_key))

    def rebuild(self) -> Rebuilt:
        """Jobs that carry their number."""
        return Rebuilt(
            self.name, close_carried(self._context, self.name, self._context.servicetrade.jobs()), 0
        )

    def _is_new(self, progress: Progress) -> bool:
        return not (progress.is_confirmed or progress.is_half_done)

    def _goes_further(self, job: Job, progress: Progress, *, is_needed: bool) -> bool:
        if progress.is_confirmed:
            return self._account.jobs.is_multi_cost_center
        if progress.is_half_done:
            return True
        carried = job.external_ids.get(self._account.servicetrade.external_system)
        return (
            not carried
            and job.type not in self._account.jobs.ignored_types
            and job.status != "canceled"
            and left_out(job, self._account, is_needed=is_needed) is None
        )

    def _customer_code(self, key: str) -> str:
        """Of the job's customer; "" where it cannot be read, which the record then says itself."""
        try:
            job = self._sources.job(int(key))
            company = self._sources.company(job.customer.id) if job else None
        except (SyncFault, RecordBroken):
            return ""
        system = self._account.servicetrade.external_system
        return company.external_ids.get(system, "") if company else ""

    def _ask_codes(self, customers: Iterable[str]) -> Answer:
        rules = self._account.jobs
        wanted = customers if rules.tax_from == "spectrum" else ()
        jobs = [rules.template_job] if rules.reads_template else ()
        columns = columns_of_jobs(self._account)
        return read_live_codes(self._spectrum, wanted, jobs, columns)

    def _live(self, key: str, company: Company | None, standing: Standing) -> Answer | None:
        """What the batch was told, else asked for this job alone."""
        if not self._account.jobs.reads_spectrum:
            return None
        system = self._account.servicetrade.external_system
        code = company.external_ids.get(system, "") if company else ""
        for codes in standing.of(key, LiveCodes):
            if self._account.jobs.tax_from == "account" or customer_of(codes, code):
                return codes
        return next(iter(standing.of(key, Hold)), None) or self._ask_codes([code])

    def _bundle(self, job: Job, begun: JobBundle, standing: Standing) -> JobBundle:
        centers = self._account.maps.cost_centers
        needs_lines = bool(centers.by_service_line) and "service_line" in centers.precedence
        needs_person = job.sales is not None and (
            self._account.jobs.salesperson.is_required or bool(self._account.jobs.salesperson.into)
        )
        company, location = (
            self._sources.company(job.customer.id),
            self._sources.location(job.location.id),
        )
        progress = begun.progress
        return replace(
            begun,
            company=company,
            location=location,
            site_customer=self._site_customer(company, location, progress),
            salesperson=self._sources.user(job.sales.id) if needs_person and job.sales else None,
            service_lines=self._sources.service_lines(job) if needs_lines else (),
            template=self.template_phases(),
            live=self._live(str(job.id), company, standing),
        )

    def _site_customer(
        self, company: Company | None, location: Location | None, progress: Progress
    ) -> str:
        """The customer of the job's site in Spectrum, "" where it is not asked or not seen."""
        if company is None or location is None or progress.is_confirmed or progress.is_half_done:
            return ""
        system = self._account.servicetrade.external_system
        code, site_id = company.external_ids.get(system, ""), location.external_ids.get(system, "")
        if not (code and site_id) or self._account.jobs.other_customers_sites == "write":
            return ""
        return self._site_customers.customer_of(location.id, site_id, code)

    def template_phases(self) -> tuple[TemplatePhase, ...] | None:
        """The active phases of the template job; () where the account names none, None where that
        has none.
        """
        number = self._account.jobs.template_job
        if not number:
            return ()
        with self._lock:
            if self._template is None:
                phases = tuple(
                    TemplatePhase(
                        phase_code=row["Phase_Code"],
                        cost_type=row["Cost_Type"],
                        description=row["Description"],
                        unit_of_measure=row.get("Unit_of_Measure", ""),
                        price_method=row.get("Price_Method_Code") or "J",
                    )
                    for row in self._spectrum.template_phases(number)
                    if row.get("Status_Code", "A") == "A"
                )
                # An empty answer is not remembered: somebody may be entering the phases just now.
                self._template = phases or None
            return self._template


def build(context: Context) -> Flow:
    """The flow of an account; its commands are carried out by the account's targets."""
    others = OtherKeys(context.servicetrade, context.ledger, context.targets.newest)
    JobTargets(context.spectrum, others).handle(context.targets.handlers)
    return JobsFlow(context, others)
