"""Jobs of both systems, read afresh for a comparison."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from st_spectrum.domain.decisions import Decision
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.context import Context
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.jobs.rules import JobBundle, TemplatePhase, decide_job
from st_spectrum.flows.live_codes import Answer
from st_spectrum.flows.master_sides import Master, MasterSides
from st_spectrum.flows.masters_compared import Further, MasterTable
from st_spectrum.flows.sites.site_customers import kept_customer
from st_spectrum.ledger.documents.records import JobCustomer
from st_spectrum.servicetrade.models import Job
from st_spectrum.spectrum.shown_masters import bare

TABLE = MasterTable(
    JOBS.name,
    "Job_Number",
    frozenset({"Customer_Code", "WO_Site"}),
    frozenset({"Job_Description", "Cost_Center", "Tax_Class_Code"}),
)

PHASES = "phases"
ALL_THERE = "all of the template job"
AS_THE_JOB = "J"
"""A price method that Spectrum may replace by the job's own [SP 11]."""
MOST_NAMED = 5
"""So many phases that a job lacks are named."""

Rows = Iterable[Mapping[str, str]]
Phases = Callable[[Sequence[str]], Mapping[str, Mapping[str, str]]]
"""What `phases_by_job` says of jobs of these numbers, some at a time."""


def job_sides(
    context: Context,
    flow: Flow,
    lists: SourceLists,
    rows: Rows,
    phases: Phases,
    template: tuple[TemplatePhase, ...],
    live: Answer | None = None,
) -> MasterSides:
    """All of them; `rows` is the table in Spectrum. Raises a `SyncFault` when unreadable."""

    def as_new(record: Master) -> Decision:
        job = record if isinstance(record, Job) else None
        try:
            return decide_job(_bundle(context, lists, job, template, live), context.account)
        except Missing as missing:
            return missing.hold

    def known(key: str) -> dict[str, str]:
        code = kept_customer(context.ledger, JobCustomer, key)
        return {"Customer_Code": code} if code else {}

    wanted = {_field(phase): values_of_phase(phase) for phase in template}
    further = Further({PHASES: ALL_THERE}, phases, wanted) if template else Further()
    return MasterSides(context, flow, "job", TABLE, dict(lists.jobs), rows, as_new, known, further)


def phases_by_job(
    rows: Iterable[Mapping[str, str]], numbers: Iterable[str], template: Sequence[TemplatePhase]
) -> dict[str, dict[str, str]]:
    """Which phases of the template each of these jobs lacks, and what the others say; what people
    added is their work.
    """
    there: dict[str, dict[tuple[str, str], Mapping[str, str]]] = defaultdict(dict)
    for row in rows:
        there[row["Job_Number"].upper()][bare(row["Phase_Code"], row["Cost_Type"])] = row
    found = {}
    for number in numbers:
        lacking = []
        texts = {}
        for phase in template:
            own = there[number].get(bare(phase.phase_code, phase.cost_type))
            if own is None:
                lacking.append(f"{phase.phase_code} {phase.cost_type}")
            else:
                texts[_field(phase)] = values_of_phase(_as_it_stands(phase, own))
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        text = f"without {', '.join(lacking[:MOST_NAMED])}{more}" if lacking else ALL_THERE
        found[number] = {PHASES: text, **texts}
    return found


def values_of_phase(phase: TemplatePhase) -> str:
    """All that is written of a phase beside its code and cost type; estimates are never written."""
    method = "" if phase.price_method == AS_THE_JOB else f", price method {phase.price_method}"
    unit = f", unit {phase.unit_of_measure}" if phase.unit_of_measure else ""
    return f"{phase.description}{method}{unit}"


def _field(phase: TemplatePhase) -> str:
    return f"phase {phase.phase_code} {phase.cost_type}"


def _as_it_stands(phase: TemplatePhase, row: Mapping[str, str]) -> TemplatePhase:
    """A column that the table does not show says nothing, and neither does what Spectrum fills by
    itself: a unit, or the job's price method.
    """
    is_own = phase.price_method != AS_THE_JOB
    unit = row.get("Unit_of_Measure", "") if phase.unit_of_measure else ""
    return replace(
        phase,
        description=row.get("Description", phase.description),
        price_method=(is_own and row.get("Price_Method_Code")) or phase.price_method,
        unit_of_measure=unit if "Unit_of_Measure" in row else phase.unit_of_measure,
    )


def _bundle(
    context: Context,
    lists: SourceLists,
    job: Job | None,
    template: tuple[TemplatePhase, ...],
    live: Answer | None,
) -> JobBundle:
    if job is None:
        return JobBundle(None)
    centers, rule = context.account.maps.cost_centers, context.account.jobs.salesperson
    needs_lines = bool(centers.by_service_line) and "service_line" in centers.precedence
    sales = job.sales if rule.is_required or rule.into else None
    return JobBundle(
        job,
        lists.companies.get(job.customer.id),
        lists.locations.get(job.location.id),
        context.sources.user(sales.id) if sales else None,
        context.sources.recent_service_lines(job) if needs_lines else (),
        template,
        is_needed=True,
        live=live,
    )
