"""The nightly reconciliation: every flow is listed in full, and what the sensors missed is carried
over.

One asset for each flow, `reconciliation/customers` and so on; how many records were missed is 0 in
good times.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.alerts.links import record_link
from st_spectrum.assets.doubles import doubles_table
from st_spectrum.assets.jobs import LONGEST_RUNTIME_SECONDS, asset_job, note_lane, run_tags
from st_spectrum.assets.metadata import report_metadata
from st_spectrum.assets.names import AccountNames
from st_spectrum.assets.nightly import nightly_spec
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.markdown import in_a_line, linked
from st_spectrum.domain.not_live import NotLive
from st_spectrum.engine.guards.second_ledger import SecondLedger
from st_spectrum.engine.rounds.held_back import BeyondLimits
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

    from st_spectrum.engine.reconciled import Reconciled

NAME = "reconciliation"
JOB = "reconcile"
MISSED_SHOWN = 50


def key_of(flow: str, names: AccountNames) -> dg.AssetKey:
    """The asset that shows the comparison of one flow."""
    return names.key(NAME, flow)


def reconciliation_asset(
    flows: Sequence[str], names: AccountNames, timezone: str
) -> dg.AssetsDefinition:
    """One asset a flow, all of them by one run."""

    @dg.multi_asset(
        name=names.of(NAME),
        specs=[
            nightly_spec(
                names,
                NAME,
                flow,
                timezone,
                f"All {flow} of ServiceTrade compared with the ledger; what nobody had asked for is"
                " carried over.",
            )
            for flow in flows
        ],
    )
    def reconciliation(
        context: dg.AssetExecutionContext, session: SessionResource
    ) -> Iterator[dg.AssetObservation | dg.MaterializeResult[None]]:
        note_lane(context, names, JOB, JOB)
        yield from _reconcile(flows, context.run_id, session, names)

    return reconciliation


def _reconcile(
    flows: Sequence[str], run_id: str, session: SessionResource, names: AccountNames
) -> Iterator[dg.AssetObservation | dg.MaterializeResult[None]]:
    """Flow after flow in their order, each reported as soon as it is done; what stopped one of them
    fails the run at its end.
    """
    from st_spectrum.engine.rounds.reconciliation import run_reconciliation

    started = time.monotonic()
    failure: dg.Failure | None = None
    try:
        opened = session.open(names.account)
        api_url = opened.account.servicetrade.base_url
        for flow, reconciled in zip(flows, run_reconciliation(opened, flows, run_id), strict=False):
            metadata = reconciled_metadata(reconciled, time.monotonic() - started, api_url)
            stop = reconciled.report.stopped_by
            if isinstance(stop, BeyondLimits):
                metadata["beyond_limits"] = dg.MetadataValue.text(f"{stop} {stop.advice}")
            if stop is not None and not isinstance(stop, SecondLedger | BeyondLimits):
                yield dg.AssetObservation(asset_key=key_of(flow, names), metadata=metadata)
                failure = failure or stopped(f"{NAME} of {flow}", stop, metadata)
            else:
                yield dg.MaterializeResult(asset_key=key_of(flow, names), metadata=metadata)
            if isinstance(stop, SecondLedger):
                yield from _not_looked_at(flows[flows.index(flow) + 1 :], stop, names)
            started = time.monotonic()
    except NotLive as fault:
        for flow in flows:
            text = dg.MetadataValue.text(f"{fault} {fault.advice}")
            yield dg.MaterializeResult(
                asset_key=key_of(flow, names), metadata={"nothing_is_carried": text}
            )
    except SyncFault as fault:
        raise stopped(NAME, fault) from None
    if failure is not None:
        raise failure


def _not_looked_at(
    flows: Iterable[str], stop: SecondLedger, names: AccountNames
) -> Iterator[dg.MaterializeResult[None]]:
    """The flows behind one at which a second ledger stopped: the check `ledger_is_current` is red,
    the run is not.
    """
    for flow in flows:
        yield dg.MaterializeResult(
            asset_key=key_of(flow, names),
            metadata={"not_looked_at": dg.MetadataValue.text(str(stop))},
        )


def reconciled_metadata(
    reconciled: "Reconciled", seconds: float, api_url: str
) -> dict[str, dg.MetadataValue]:
    """What was missed, beside what any run of the flow says; `seconds` include reading the list."""
    link_to = partial(record_link, api_url, reconciled.flow)
    titles = {outcome.key: outcome.title for outcome in reconciled.report.outcomes}
    return {
        **({"damage": dg.MetadataValue.text(reconciled.damage)} if reconciled.damage else {}),
        "missed_by_the_fast_path": dg.MetadataValue.int(len(reconciled.missed)),
        "listed": dg.MetadataValue.int(reconciled.listed),
        "missed": dg.MetadataValue.md(
            "\n".join(
                f"* {linked(key, link_to(key))} {in_a_line(titles.get(key, ''))}"
                for key in reconciled.missed[:MISSED_SHOWN]
            )
            or "Nothing was missed."
        ),
        "standing_twice": dg.MetadataValue.int(len(reconciled.doubles)),
        "doubles": dg.MetadataValue.md(
            doubles_table(reconciled.doubles, reconciled.doubles_unseen)
        ),
        **report_metadata(reconciled.report, reconciled.asked, seconds, link_to),
    }


def reconcile_job(flows: Sequence[str], names: AccountNames) -> "UnresolvedAssetJobDefinition":
    """All flows in one run. They have a lane of their own, so that no sensor waits for it: the
    ledger keeps the two apart.
    """
    return asset_job(
        names,
        JOB,
        (key_of(flow, names) for flow in flows),
        "Compares all of ServiceTrade with the ledger and carries over what the sensors missed."
        " Safe at any time.",
        run_tags(names, JOB, LONGEST_RUNTIME_SECONDS),
    )


def reconcile_schedule(
    job: "UnresolvedAssetJobDefinition",
    names: AccountNames,
    timezone: str,
    status: dg.DefaultScheduleStatus,
) -> dg.ScheduleDefinition:
    """Every night at two in the account's time zone."""
    return dg.ScheduleDefinition(
        name=names.of("reconcile_nightly"),
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone=timezone,
        default_status=status,
        description="Compares all of ServiceTrade with the ledger every night.",
    )
