"""Job -> Spectrum job(s): one, or one per cost center, with overhead batch and template phases."""

from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Step, Update
from st_spectrum.domain.fitting import Fitting, known, tidy
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.flows.account_maps import (
    Missing,
    tax_class_code,
    with_state,
    work_state_code,
)
from st_spectrum.flows.external_ids import (
    SEPARATOR,
    changed_external_id,
    external_id_step,
    gone,
    hold_for_other_external_id,
)
from st_spectrum.flows.jobs.at_work import left_out
from st_spectrum.flows.jobs.commands import AddJob, AddPhase, UpdateJob, UpdateJobUdf
from st_spectrum.flows.jobs.cost_centers import cost_centers_of_job
from st_spectrum.flows.jobs.live_codes import FROM_ACCOUNT, LiveJobCodes, live_codes_of_job
from st_spectrum.flows.jobs.number_format import (
    hold_for_other_format,
    job_number,
    refuse_to_change_course,
)
from st_spectrum.flows.jobs.prerequisites import Prerequisites, prerequisites_of
from st_spectrum.flows.jobs.project_managers import project_manager
from st_spectrum.servicetrade.models import Company, Job, Location, User
from st_spectrum.spectrum.live_codes import LiveCodes


@dataclass(frozen=True)
class TemplatePhase:
    """One phase and cost type of the template job, as far as it is copied: never its estimates,
    which are another job's money.
    """

    phase_code: str
    cost_type: str
    description: str
    unit_of_measure: str = ""
    price_method: str = "J"


@dataclass(frozen=True)
class JobBundle:
    """All that one decision needs. `service_lines` are the names on the job's service requests, in
    their order.

    `site_customer` is the code of the customer whose site the location is in Spectrum, "" where
    nobody can tell. `template` is () where the account copies none, and None where it names a
    template job that has no phases.
    """

    job: Job | None
    company: Company | None = None
    location: Location | None = None
    salesperson: User | None = None
    service_lines: tuple[str, ...] = ()
    template: tuple[TemplatePhase, ...] | None = ()
    site_customer: str = ""
    progress: Progress = NEW
    is_needed: bool = False
    """Whether a record that crosses needs it, so that its age does not count."""
    live: LiveCodes | Hold | None = None
    """Codes of its customer and of the template job in Spectrum, where taken from there."""


def decide_job(bundle: JobBundle, account: Account) -> Decision:
    """Whether and how this job becomes Spectrum jobs. Half-done work is always completed; what
    crossed is never made again.
    """
    job, progress = bundle.job, bundle.progress
    if job is None:
        return gone("no longer in ServiceTrade", progress)
    carried = job.external_ids.get(account.servicetrade.external_system, "")
    if not (progress.is_confirmed or progress.is_half_done):
        if carried:
            return Skip("already carries a Spectrum job number", carried, is_typed=True)
        if job.type in account.jobs.ignored_types:
            return Skip(
                f"job type {job.type} is ignored by the account file",
                by_setting="jobs.ignored_types",
            )
        if job.status == "canceled":
            return Skip("canceled before it ever crossed")
        if reason := left_out(job, account, is_needed=bundle.is_needed):
            return reason
    if progress.is_half_done and (
        other := hold_for_other_external_id("job", progress.target_key, carried)
    ):
        return other
    if progress.is_confirmed and not account.jobs.is_multi_cost_center:
        return Skip(
            "already a Spectrum job", progress.target_key, _drift(job, progress.target_key, carried)
        )
    try:
        return _create_or_extend(bundle, job, carried, account)
    except Missing as missing:
        if progress.is_confirmed:
            return Skip("already a Spectrum job", progress.target_key, (missing.hold.reason,))
        return missing.hold


def to_job(
    job: Job,
    number: str,
    cost_center: str,
    at: Prerequisites,
    account: Account,
    fit: Fitting,
    live: LiveJobCodes = FROM_ACCOUNT,
) -> dict[str, str]:
    """AddJob's fields [SP 10] for a job [ST 5.1] at its location [ST 4.2]."""
    location = at.location
    state = fit.state("State", location.address.state)
    address_1, address_2 = fit.street("Address", location.address.street)
    phone, _ = fit.phone("Job_Site_Phone", location.phone_number)
    centers = account.maps.cost_centers
    rules = account.jobs
    people = {rules.salesperson.into: at.salesperson_code} if rules.salesperson.into else {}
    return {
        "Job_Number": number,
        "Job_Description": fit.text(
            "Job_Description", job.custom_name or job.name or f"Job {job.number}", 25
        ),
        "Address_1": address_1,
        "Address_2": address_2,
        "City": fit.text("City", location.address.city, 25),
        "State": state,
        "Zip_Code": fit.zip("Zip_Code", location.address.postal_code, is_strict=True),
        "Job_Site_Phone": phone,
        "Project_Manager": project_manager(job, account, fit),
        "Customer_Code": at.customer_code,
        "Job_Type": known(rules.contract_type, job.type) or rules.default_contract_type,
        "Tax_Class_Code": ""
        if live.has_tax_of_customer
        else tax_class_code(account.maps, state, location.tax_group),
        "Taxable_Flag": live.taxable or ("Y" if location.is_taxable else "N"),
        "Price_Method_Code": live.price_method
        or centers.price_method.get(cost_center, centers.default_price_method),
        "Work_State_Tax_Code": work_state_code(account.maps, state, location.address.state),
        "WO_Site": at.site_id,
        "Cost_Center": cost_center,
    } | people


def _create_or_extend(bundle: JobBundle, job: Job, carried: str, account: Account) -> Decision:
    progress = bundle.progress
    at = prerequisites_of(
        bundle.company, bundle.location, bundle.salesperson, bundle.site_customer, account
    )
    template = _template(bundle, account)
    fit = Fitting()
    live = live_codes_of_job(bundle.live, at.customer_code, account)
    centers = (
        (live.cost_center,)
        if live.cost_center
        else cost_centers_of_job(job, bundle.service_lines, account, fit)
    )
    by_number = {job_number(job, center, account): center for center in centers}
    before = progress.target_key.split(SEPARATOR) if progress.target_key else []
    complete = (
        before
        if progress.is_confirmed
        else [number for number in before if _is_complete(number, progress)]
    )
    numbers = [number for number in by_number if number not in complete]
    if progress.is_half_done:
        refuse_to_change_course(
            [number for number in before if number not in complete], numbers, progress
        )
    if progress.is_confirmed:
        if not numbers:
            return Skip(
                "already a Spectrum job",
                progress.target_key,
                _drift(job, progress.target_key, carried),
            )
        if other := hold_for_other_format(job, before, account):
            return other
    steps: list[Step] = []
    for number in numbers:
        try:
            fields = to_job(job, number, by_number[number], at, account, fit, live)
        except Missing as missing:
            raise Missing(with_state(missing.hold, fit)) from None
        steps += _steps_of_one_job(job, number, fields, template, account)
    target_key = SEPARATOR.join([*complete, *numbers])
    steps.append(external_id_step("job", job.id, target_key))
    kind = Update if progress.is_confirmed else Create
    return kind(target_key, tuple(steps), notes=tuple(dict.fromkeys(fit.notes)))


def _is_complete(number: str, progress: Progress) -> bool:
    """Whether ServiceTrade has been told this number, which is the last step of a job."""
    external_ids = (
        name.removeprefix("external id ")
        for name in progress.done_steps
        if name.startswith("external id ")
    )
    return any(number in text.split(SEPARATOR) for text in external_ids)


def _template(bundle: JobBundle, account: Account) -> tuple[TemplatePhase, ...]:
    if bundle.template is None:
        raise Missing(
            Hold(
                f"template job {account.jobs.template_job} has no active phases in Spectrum",
                "Enter the phases on the template job in Spectrum, or correct jobs.template_job in"
                " the account file.",
                ("spectrum: template job",),
            )
        )
    return bundle.template


def _steps_of_one_job(
    job: Job,
    number: str,
    fields: dict[str, str],
    template: tuple[TemplatePhase, ...],
    account: Account,
) -> list[Step]:
    steps = [Step(f"job {number}", (AddJob(fields),))]
    if batch := account.jobs.oh_batch_code:
        steps.append(Step(f"overhead {number}", (UpdateJob(number, batch),)))
    if account.jobs.has_office_in_udf1 and job.assigned_office:
        office = (
            known(account.maps.offices, job.assigned_office.name)
            or tidy(job.assigned_office.name)[:20].rstrip()
        )
        steps.append(Step(f"office {number}", (UpdateJobUdf(number, office),)))
    if template:
        phases = tuple(_add_phase(number, phase) for phase in template)
        steps.append(Step(f"phases {number}", phases))
    return steps


def _add_phase(number: str, phase: TemplatePhase) -> AddPhase:
    return AddPhase(
        number,
        phase.phase_code,
        phase.cost_type,
        description=phase.description,
        unit_of_measure=phase.unit_of_measure,
        price_method=phase.price_method,
    )


def _drift(job: Job, ours: str, carried: str) -> tuple[str, ...]:
    notes = changed_external_id("job", ours, carried)
    if job.status == "canceled":
        notes += (
            (
                f"canceled in ServiceTrade after it crossed; Spectrum job {ours} is untouched:"
                " close it there if it bears no cost"
            ),
        )
    return notes
