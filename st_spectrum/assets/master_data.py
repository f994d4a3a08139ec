"""The assets of what crosses: customers -> sites -> jobs -> invoices.

One run carries one batch of records, named in its run config, or all that is due.
"""

import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from st_spectrum.alerts.links import record_link
from st_spectrum.assets.jobs import note_lane
from st_spectrum.assets.metadata import report_metadata
from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.guards.second_ledger import SecondLedger
from st_spectrum.engine.rounds.held_back import BeyondLimits
from st_spectrum.flows import FLOWS
from st_spectrum.resources.session import SessionResource
from st_spectrum.resources.stops import stopped

if TYPE_CHECKING:
    from st_spectrum.engine.report import Report
    from st_spectrum.flows.session import Session

OWNERS = ["team:accounting"]


class BatchConfig(dg.Config):
    """Everything that a run needs to know, so that *Re-execute* repeats exactly the same batch."""

    keys: list[str] = Field(
        default=[],
        description=(
            "Empty for everything that is due. Else keys of the records to carry over: ServiceTrade"
            " ids such as 1201, lines of purchase orders as in 4412|1, pieces of time as in"
            " 20251108.timecard.77."
        ),
    )
    attempt: int = Field(default=1, description="Which attempt at these records this is.")
    reason: str = Field(
        default="",
        description="Why they are asked for: new or changed, asked again, waited for something.",
    )


def sync_asset(flow: str, names: AccountNames) -> dg.AssetsDefinition:
    """The asset of one flow. Records that need a person do not fail its run; a dead system does."""
    description = FLOWS[flow]

    # Of one asset only: `dg.asset` would name the op after the key, and run configs name the op.
    @dg.multi_asset(
        name=names.of(flow),
        specs=[
            dg.AssetSpec(
                names.key(flow),
                deps=[names.key(other) for other in description.after],
                group_name=names.of(description.group),
                kinds={"servicetrade", "spectrum"},
                owners=OWNERS,
                description=description.text,
            )
        ],
    )
    def carry_over(
        context: dg.AssetExecutionContext, config: BatchConfig, session: SessionResource
    ) -> Iterator[dg.AssetObservation | dg.MaterializeResult[None]]:
        started = time.monotonic()
        note_lane(context, names, flow, f"{flow}_job")
        keys = tuple(dict.fromkeys(config.keys))
        try:
            opened = session.open(names.account)
            report = carried(opened, flow, keys, context.run_id)
        except SyncFault as fault:
            raise stopped(flow, fault) from None
        link_to = partial(record_link, opened.account.servicetrade.base_url, flow)
        asked = len(keys) or len(report.outcomes)
        metadata = report_metadata(report, asked, time.monotonic() - started, link_to)
        if not keys and (why := opened.flows[flow].why_idle()):
            metadata["nothing_is_carried"] = dg.MetadataValue.text(why)
        if isinstance(report.stopped_by, BeyondLimits):
            # Asked for again by the re-drive sensor; the check says that a person is needed.
            metadata["beyond_limits"] = dg.MetadataValue.text(str(report.stopped_by))
            metadata["what_to_do"] = dg.MetadataValue.text(report.stopped_by.advice)
        elif report.stopped_by is not None and not isinstance(report.stopped_by, SecondLedger):
            # Part of the batch may well have crossed: it shows as "seen", because the batch as a
            # whole is not done.
            yield dg.AssetObservation(asset_key=context.asset_key, metadata=metadata)
            raise stopped(flow, report.stopped_by, metadata)
        yield dg.MaterializeResult(metadata=metadata)

    return carry_over


def carried(session: "Session", flow: str, keys: tuple[str, ...], run_id: str) -> "Report":
    """The records of one batch; or without keys all that is new, changed or due, as `st-spectrum
    sync` goes through it.
    """
    from st_spectrum.engine.rounds.carrying import run_batch
    from st_spectrum.engine.rounds.round import run_round

    if keys:
        return run_batch(session, flow, keys, run_id)
    return run_round(session, (flow,), run_id)[flow]
