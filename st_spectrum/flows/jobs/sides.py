"""Jobs of both systems, read afresh for a comparison."""

from typing import TYPE_CHECKING

from st_spectrum.domain.decisions import Decision
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.source_lists import SourceLists
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.context import Context
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.jobs.rules import JobBundle, TemplatePhase, decide_job
from st_spectrum.flows.jobs.site_customers import kept_customer
from st_spectrum.flows.master_sides import Master, MasterSides
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


def job_sides(
    context: Context,
    flow: Flow,
    lists: SourceLists,
    reader: "InfoLinkReader",
    template: tuple[TemplatePhase, ...],
) -> MasterSides:
    """All of them. Raises a `SyncFault` when one side could not be read."""
    from st_spectrum.spectrum.compared_tables import all_jobs

    def as_new(record: Master) -> Decision:
        job = record if isinstance(record, Job) else None
        try:
            return decide_job(_bundle(context, lists, job, template), context.account)
        except Missing as missing:
            return missing.hold

    def known(key: str) -> dict[str, str]:
        code = kept_customer(context.ledger, JobCustomer, key)
        return {"Customer_Code": code} if code else {}

    return MasterSides(context, flow, TABLE, dict(lists.jobs), all_jobs(reader), as_new, known)


def _bundle(
    context: Context, lists: SourceLists, job: Job | None, template: tuple[TemplatePhase, ...]
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
    )
