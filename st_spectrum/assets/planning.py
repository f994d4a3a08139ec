"""Dagster's jobs for whoever has no terminal: one makes a plan, the other sends exactly that."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from st_spectrum.alerts.launchpads import APPLY_JOB, OPS, PLAN_JOB, Launchpads
from st_spectrum.assets.causes import launchpads_of
from st_spectrum.assets.jobs import LONGEST_RUNTIME_SECONDS, op_job, run_tags
from st_spectrum.assets.names import PLANNING, AccountNames
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.markdown import linked, table
from st_spectrum.domain.not_live import NotLive
from st_spectrum.flows import FLOWS
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped

if TYPE_CHECKING:
    from st_spectrum.engine.report import Report
    from st_spectrum.engine.rounds.plan import Plan

ROWS_SHOWN = 200
NOT_MADE = "No plan was made: it would lack what could not be read. {fault} {advice}"


class PlanConfig(dg.Config):
    """What is planned; by itself, everything."""

    flow: str = Field(default="", description=f"One of {', '.join(FLOWS)}; empty for all.")
    matching: str = Field(
        default="", description="Only the record of this id, or with this in its title."
    )


class ApplyConfig(dg.Config):
    """The plan that was read, and by whom."""

    who: str = Field(description="Your name. It is kept with the run.")
    plan: str = Field(description="The id of the plan, as the run that made it says.")


def planning_jobs(names: AccountNames) -> list[dg.JobDefinition]:
    """The two jobs of one account."""
    tags = run_tags(names, PLANNING, LONGEST_RUNTIME_SECONDS)
    shows, sends = (
        "Shows what would be sent, and sends nothing.",
        "Sends exactly what a plan of a day says.",
    )
    return [
        op_job(names, PLAN_JOB, _plan_op(names), shows, tags),
        op_job(names, APPLY_JOB, _apply_op(names), sends, tags),
    ]


def _plan_op(names: AccountNames) -> dg.OpDefinition:
    @dg.op(name=names.of(OPS[PLAN_JOB]), description="Decides on everything and keeps the plan.")
    def plan(context: dg.OpExecutionContext, config: PlanConfig, session: SessionResource) -> None:
        from st_spectrum.engine.rounds.planning import keep_plan, planned

        flows = _flows(config.flow)
        made_at, plan_id = datetime.now(UTC), context.run_id
        settings = session.account.load(names.account)
        try:
            opened = session.open(names.account, made_at)
            made, faults = planned(opened, settings.name, flows, made_at, config.matching)
        except (NotLive, SyncFault) as fault:
            raise stopped("the plan", fault) from None
        if faults:
            text = NOT_MADE.format(fault=faults[0], advice=faults[0].advice)
            raise dg.Failure(text, allow_retries=False)
        keep_plan(opened.ledger, made, plan_id)
        pads = launchpads_of(context.run, settings.support.dagster_url, names)
        context.add_output_metadata(plan_metadata(made, plan_id, pads))

    return plan


def _apply_op(names: AccountNames) -> dg.OpDefinition:
    @dg.op(name=names.of(OPS[APPLY_JOB]), description="Sends what is still as the plan says.")
    def apply_plan(
        context: dg.OpExecutionContext, config: ApplyConfig, session: SessionResource
    ) -> None:
        from st_spectrum.engine.approval import Approval
        from st_spectrum.engine.rounds.applying import apply
        from st_spectrum.engine.rounds.planning import kept_plan

        if not config.who.strip():
            raise dg.Failure("Nothing was sent: say who you are.", allow_retries=False)
        now, settings = datetime.now(UTC), session.account.load(names.account)
        try:
            ledger = session.ledger.claiming(settings)
            plan = kept_plan(ledger, config.plan.strip(), settings.name, now)
            approval = Approval(plan.by_record())
            opened = session.open(names.account, plan.made_at)
            reports = apply(opened, plan, approval, context.run_id)
        except ArgumentInvalid as refusal:
            text = f"Nothing was sent: {'; '.join(refusal.problems)}."
            raise dg.Failure(text, allow_retries=False) from None
        except (NotLive, SyncFault) as fault:
            raise stopped("the plan", fault) from None
        context.log.info(f"Applied for {config.who.strip()}.")
        metadata = applied_metadata(reports, config.who.strip())
        for report in reports.values():
            if broken := report.stopped_by or report.mistake:
                raise stopped(f"the plan, in {report.description.name},", broken, metadata)
        context.add_output_metadata(metadata)

    return apply_plan


def _flows(flow: str) -> tuple[str, ...]:
    if flow and flow not in FLOWS:
        text = f"There is no flow {flow!r}; there are {', '.join(FLOWS)}."
        raise dg.Failure(text, allow_retries=False)
    return (flow,) if flow else tuple(FLOWS)


def plan_metadata(plan: "Plan", plan_id: str, pads: Launchpads) -> dict[str, dg.MetadataValue]:
    """What would be sent, its money, what waits, and where it is applied."""
    from st_spectrum.engine.rounds.plan import money_by_account

    money = [(account, f"{amount:,.2f}") for account, amount in money_by_account(plan).items()]
    sent = (
        (
            record["flow"],
            record["title"],
            record["payload"]["action"],
            record["payload"]["target_key"] or f"next: {record['next']}",
            record["posted"] or "",
            "; ".join(f"{name}: {value}" for name, value in _fields(record)),
        )
        for record in plan.records
    )
    waiting = ((held["flow"], held["title"], held["reason"], held["advice"]) for held in plan.held)
    found: dict[str, dg.MetadataValue] = {
        "would_be_sent": dg.MetadataValue.md(
            table(
                ("Flow", "Record", "What", "Key", "Posted", "Fields"), sent,
                numbers=(4,), most=ROWS_SHOWN,
            )
        ),
        "apply": dg.MetadataValue.md(linked(f"send exactly this: {plan_id}", pads.apply(plan_id))),
        "plan": dg.MetadataValue.text(plan_id),
        "valid_until": dg.MetadataValue.timestamp(plan.valid_until),
        "records": dg.MetadataValue.int(len(plan.records)),
        "waits": dg.MetadataValue.int(len(plan.held)),
    }  # fmt: skip
    if money:
        found["money"] = dg.MetadataValue.md(table(("GL account", "Amount"), money, numbers=(1,)))
    if plan.held:
        head = ("Flow", "Record", "Waits", "What to do")
        found["what_waits"] = dg.MetadataValue.md(table(head, waiting, most=ROWS_SHOWN))
    return found


def _fields(record: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [
        (name, value)
        for step in record["payload"]["steps"]
        for call in step["calls"]
        for name, value in call["fields"].items()
        if value not in ("", None)
    ]


def applied_metadata(reports: Mapping[str, "Report"], who: str) -> dict[str, dg.MetadataValue]:
    """How many crossed, and each record that was left alone, with the reason."""
    from st_spectrum.engine.report import WAITING, Result

    left_alone = [
        (outcome.flow, outcome.title, outcome.reason, outcome.advice)
        for report in reports.values()
        for outcome in report.outcomes
        if outcome.result in (*WAITING, Result.BUSY, Result.SKIPPED)
    ]
    records = sum(len(report.outcomes) for report in reports.values())
    found: dict[str, dg.MetadataValue] = {
        "crossed": dg.MetadataValue.int(records - len(left_alone)),
        "left_alone": dg.MetadataValue.int(len(left_alone)),
        "applied_by": dg.MetadataValue.text(who),
    }
    if left_alone:
        head = ("Flow", "Record", "Why not", "What to do")
        found["what_was_left_alone"] = dg.MetadataValue.md(table(head, left_alone))
    return found
