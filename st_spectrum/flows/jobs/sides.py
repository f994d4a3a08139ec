"""Jobs of both systems, read afresh for a comparison."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from st_spectrum.domain.decisions import Decision
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.source_lists import SourceLists
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.context import Context
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.jobs.rules import JobBundle, TemplatePhase, decide_job
from st_spectrum.flows.jobs.site_customers import kept_customer
from st_spectrum.flows.live_codes import Answer
from st_spectrum.flows.master_sides import Further, Master, MasterSides
from st_spectrum.flows.masters_compared import MasterTable
from st_spectrum.ledger.documents.records import JobCustomer
from st_spectrum.servicetrade.models import Job

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink import InfoLinkReader

TABLE = MasterTable(
    JOBS.name,
    "Job_Number",
    frozenset({"Customer_Code", "WO_Site"}),
    frozenset({"Job_Description", "Cost_Center", "Tax_Class_Code"}),
)

PHASES = "phases"
ALL_THERE = "all of the template job"
MOST_NAMED = 5
"""So many phases that a job lacks are named."""


def job_sides(
    context: Context,
    flow: Flow,
    lists: SourceLists,
    reader: "InfoLinkReader",
    template: tuple[TemplatePhase, ...],
    live: Answer | None = None,
) -> MasterSides:
    """All of them. Raises a `SyncFault` when one side could not be read."""
    from st_spectrum.spectrum.compared_tables import all_jobs, phases_of

    def as_new(record: Master) -> Decision:
        job = record if isinstance(record, Job) else None
        try:
            return decide_job(_bundle(context, lists, job, template, live), context.account)
        except Missing as missing:
            return missing.hold

    def known(key: str) -> dict[str, str]:
        code = kept_customer(context.ledger, JobCustomer, key)
        return {"Customer_Code": code} if code else {}

    def phases(numbers: Sequence[str]) -> dict[str, dict[str, str]]:
        return phases_by_job(phases_of(reader, numbers), numbers, template)

    further = Further({PHASES: ALL_THERE}, phases) if template else Further()
    return MasterSides(
        context, flow, "job", TABLE, dict(lists.jobs), all_jobs(reader), as_new, known, further
    )


def phases_by_job(
    rows: Iterable[Mapping[str, str]], numbers: Iterable[str], template: Sequence[TemplatePhase]
) -> dict[str, dict[str, str]]:
    """Which phases of the template each of these jobs lacks; what people added is their work."""
    there: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        there[row["Job_Number"].upper()].add(_bare(row["Phase_Code"], row["Cost_Type"]))
    found = {}
    for number in numbers:
        lacking = [
            f"{phase.phase_code} {phase.cost_type}"
            for phase in template
            if _bare(phase.phase_code, phase.cost_type) not in there[number]
        ]
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        text = f"without {', '.join(lacking[:MOST_NAMED])}{more}" if lacking else ALL_THERE
        found[number] = {PHASES: text}
    return found


def _bare(phase_code: str, cost_type: str) -> tuple[str, str]:
    """Tables may show a phase code without its dashes."""
    return phase_code.replace("-", "").upper(), cost_type.upper()


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
