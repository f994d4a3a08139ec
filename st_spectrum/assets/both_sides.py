"""Both sides read afresh and compared, every night and on demand: one asset for each flow. It sends
nothing, unless somebody who starts it asks for a repair.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from st_spectrum.assets.both_sides_metadata import flow_metadata, flow_verdict, period_metadata
from st_spectrum.assets.closing_periods import CONTROL_TOTALS, Closing
from st_spectrum.assets.jobs import LONGEST_RUNTIME_SECONDS, asset_job, note_lane, run_tags
from st_spectrum.assets.names import AccountNames
from st_spectrum.assets.nightly import nightly_spec
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.not_live import NotLive
from st_spectrum.domain.period_comparison import PeriodComparison, has_open_sums
from st_spectrum.flows import FLOWS
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

    from st_spectrum.domain.compared import FlowCompared
    from st_spectrum.flows.session import Session

NAME = "both_sides"
JOB = "compare_both_sides"
EQUAL_CHECK, SIGNED_CHECK = "both_sides_are_equal", "is_as_signed"

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN

Event = dg.MaterializeResult[None] | dg.AssetObservation | dg.AssetCheckResult


class ComparisonConfig(dg.Config):
    """What is compared; by itself, everything."""

    flow: str = Field(default="", description=f"One of {', '.join(FLOWS)}; empty for all.")
    period: str = Field(
        default="",
        description="One month of invoices or payroll weeks, such as 2026-03; empty for all.",
    )
    repair: bool = Field(
        default=False, description="Send what was never confirmed and is not in Spectrum."
    )


def _spec(names: AccountNames, flow: str, timezone: str) -> dg.AssetSpec:
    return nightly_spec(
        names,
        NAME,
        flow,
        timezone,
        f"All {flow} as ServiceTrade and Spectrum have them at this moment, and what is not equal.",
    )


def _equal_check(names: AccountNames, flow: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        EQUAL_CHECK,
        asset=names.key(NAME, flow),
        description=f"ServiceTrade and Spectrum have the same {flow}.",
    )


def _signed_check(names: AccountNames, flow: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        SIGNED_CHECK,
        asset=names.key(NAME, flow),
        description="No period has changed since somebody signed it.",
    )


def both_sides_asset(
    names: AccountNames, closings: Sequence[Closing], timezone: str
) -> dg.AssetsDefinition:
    """One asset a flow, all by one run; it also updates the control totals of the periods."""
    by_flow = {closing.flow: closing for closing in closings}

    @dg.multi_asset(
        name=names.of(NAME),
        can_subset=True,
        specs=[_spec(names, flow, timezone) for flow in FLOWS],
        check_specs=[
            *(_equal_check(names, flow) for flow in FLOWS),
            *(_signed_check(names, flow) for flow in by_flow),
        ],
    )
    def both_sides(
        context: dg.AssetExecutionContext, config: ComparisonConfig, session: SessionResource
    ) -> Iterator[Event]:
        note_lane(context, names, JOB, JOB)
        try:
            opened = session.open(names.account)
            opened.refuse_before_go_live()
            yield from _compare(context, config, opened, names, by_flow)
        except NotLive as fault:
            context.log.info(f"Nothing is compared. {fault} {fault.advice}")
        except SyncFault as fault:
            raise stopped("the comparison of both sides", fault) from None

    return both_sides


def _compare(
    context: dg.AssetExecutionContext,
    config: ComparisonConfig,
    session: "Session",
    names: AccountNames,
    closings: Mapping[str, Closing],
) -> Iterator[Event]:
    from st_spectrum.reconcile.both_sides import compare_both_sides, repair
    from st_spectrum.reconcile.found_differences import keep_differences
    from st_spectrum.reconcile.periods import require_period

    require_period(config.flow, config.period)
    selected = {key.path[-1] for key in context.selected_asset_keys}
    flows = [flow for flow in FLOWS if flow in selected and config.flow in ("", flow)]
    for compared in compare_both_sides(session, flows, config.period):
        closing, now = closings.get(compared.flow), session.ledger.now()
        changes = _closed(context, session, compared, closing) if closing else []
        metadata = flow_metadata(compared, changes, now)
        if config.repair and (report := repair(session, compared, context.run_id)) is not None:
            metadata["repaired"] = dg.MetadataValue.int(report.writes)
            if report.stopped_by is not None:
                raise stopped(f"the repair of {compared.flow}", report.stopped_by, metadata)
        key = names.key(NAME, compared.flow)
        if config.period:
            # It is a part: the asset goes on showing the whole.
            yield dg.AssetObservation(asset_key=key, metadata=metadata)
            continue
        keep_differences(session.ledger, compared, changes)
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)
        is_unequal = bool(compared.late(now)) or has_open_sums(compared)
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=EQUAL_CHECK,
            passed=not is_unequal and not compared.not_seen,
            severity=ERROR if is_unequal or not compared.not_seen else WARN,
            description=flow_verdict(compared, now),
        )
        if closing:
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=SIGNED_CHECK,
                passed=not changes,
                severity=ERROR,
                description=" ".join(changes) or compared.unseen,
            )


def _closed(
    context: dg.AssetExecutionContext,
    session: "Session",
    compared: "FlowCompared",
    closing: Closing,
) -> list[str]:
    """Show the control totals of each period on its own page, but for those that are as they were
    signed; what has changed since it was signed, in sentences.
    """
    from st_spectrum.reconcile.sign_offs import change_since_signed, signed_sentence

    changes = []
    for equation in compared.equations:
        period = PeriodComparison.of(compared, equation.period)
        signed = signed_sentence(session.ledger, period)
        if change := change_since_signed(session.ledger, period):
            changes.append(change)
        partition = closing.partition(equation.period)
        if partition is not None and (change or not signed):
            context.log_event(
                dg.AssetMaterialization(
                    closing.key(CONTROL_TOTALS),
                    metadata=period_metadata(period, signed),
                    partition=partition,
                )
            )
    return changes


def both_sides_job(names: AccountNames) -> "UnresolvedAssetJobDefinition":
    """All flows of one account in one run, in a lane of its own."""
    return asset_job(
        names,
        JOB,
        (names.key(NAME, flow) for flow in FLOWS),
        "Reads ServiceTrade and Spectrum afresh and names what is not equal. Sends nothing by"
        " itself.",
        run_tags(names, JOB, LONGEST_RUNTIME_SECONDS),
    )


def both_sides_schedule(
    job: "UnresolvedAssetJobDefinition",
    names: AccountNames,
    timezone: str,
    status: dg.DefaultScheduleStatus,
) -> dg.ScheduleDefinition:
    """Every night at four in the account's time zone, when what was missed has been carried."""
    return dg.ScheduleDefinition(
        name=names.of("compare_both_sides_nightly"),
        job=job,
        cron_schedule="0 4 * * *",
        execution_timezone=timezone,
        default_status=status,
        description="Compares ServiceTrade and Spectrum every night; sends nothing.",
    )
