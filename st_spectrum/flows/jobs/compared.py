"""Jobs and their phases of both systems compared: by Info-Link's tables, or without it as far as
services show them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.context import Context
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.jobs.rules import TemplatePhase
from st_spectrum.flows.jobs.sides import PHASES, job_sides, phases_by_job
from st_spectrum.flows.live_codes import Answer
from st_spectrum.flows.shown_compared import NOT_ASKED, as_far_as_proved, is_doubtful
from st_spectrum.flows.sites.site_customers import kept_customer
from st_spectrum.ledger.documents.records import JobCustomer
from st_spectrum.spectrum.shown_masters import ShownPhases, bare, shown_jobs, turn_of

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

NO_TEMPLATE = "Phases are not compared: those of the template job cannot be read."


def compare_by_tables(
    context: Context,
    flow: Flow,
    lists: SourceLists,
    reader: "InfoLinkReader",
    template: tuple[TemplatePhase, ...],
    live: Answer | None,
) -> FlowCompared:
    """All of them. Raises a `SyncFault` when one side could not be read."""
    from st_spectrum.spectrum.infolink.compared_tables import all_jobs, phases_of

    def phases(numbers: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return phases_by_job(phases_of(reader, numbers), numbers, template)

    return job_sides(context, flow, lists, all_jobs(reader), phases, template, live).compare()


def compare_by_services(
    context: Context,
    flow: Flow,
    lists: SourceLists,
    template: tuple[TemplatePhase, ...] | None,
    live: Answer | None,
) -> FlowCompared:
    """Jobs by customer, phases by job, for some jobs each night; `template` is None where its
    phases cannot be read. Raises a `SyncFault` when one side could not be read.
    """
    shown = shown_jobs(context.spectrum, _customers(context, lists))
    if shown is None:
        return FlowCompared(JOBS.name, unseen=NOT_ASKED.format("GetJobMain", "jobs"))
    carried = _numbers(context, lists) & {row["Job_Number"].upper() for row in shown.rows}
    wanted = turn_of(carried, context.ledger.now().toordinal()) if template else frozenset()
    asked = ShownPhases(context.spectrum, wanted)
    keys = frozenset(bare(phase.phase_code, phase.cost_type) for phase in template or ())

    def phases(numbers: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        rows = asked.read(numbers, keys)
        read = [number for number in numbers if number not in asked.unread]
        return phases_by_job(rows, read, template or ())

    sides = job_sides(context, flow, lists, shown.rows, phases, template or (), live)
    proved = as_far_as_proved(sides.compare(), "jobs", is_whole=shown.is_whole)
    if template is None:
        return replace(proved, unproven=f"{proved.unproven} {NO_TEMPLATE}".strip())
    return _phases_as_proved(proved, asked, carried) if template else proved


def _phases_as_proved(
    compared: FlowCompared, asked: ShownPhases, carried: frozenset[str]
) -> FlowCompared:
    """Phases that most jobs lack are hidden by a right; what was not looked at is told."""
    lacking = [one for one in compared.differences if one.field == PHASES]
    read = carried - asked.unread
    sentences = [compared.unproven]
    if len(read) < len(carried):
        sentences.append(
            f"Phases of {len(read)} of {len(carried)} jobs were seen; some hundred have their turn"
            " each night."
        )
    if lacking and is_doubtful(len(lacking), len(read)):
        sentences.append(
            f"Spectrum's services do not show all phases of {len(lacking)} jobs, which looks like"
            " rights that the operator of the Authorization ID lacks: none is said to be missing."
        )
    else:
        lacking = []
    return replace(
        compared,
        differences=tuple(one for one in compared.differences if one not in lacking),
        unproven=" ".join(filter(None, sentences)),
        unproven_keys=compared.unproven_keys | {one.key for one in lacking},
    )


def _customers(context: Context, lists: SourceLists) -> Iterator[str]:
    """Codes under which jobs of ours should stand: that of the company, and the one that went out;
    read only where they are needed.
    """
    system = context.account.servicetrade.external_system
    for job in lists.jobs.values():
        company = lists.companies.get(job.customer.id)
        yield company.external_ids.get(system, "") if company else ""
        if job.external_ids.get(system):
            yield kept_customer(context.ledger, JobCustomer, str(job.id)) or ""


def _numbers(context: Context, lists: SourceLists) -> frozenset[str]:
    system = context.account.servicetrade.external_system
    carried = (job.external_ids.get(system, "") for job in lists.jobs.values())
    return frozenset(
        number.upper() for text in carried for number in text.split(SEPARATOR) if number
    )
