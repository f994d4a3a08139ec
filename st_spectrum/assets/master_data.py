"""The assets of what crosses: customers -> sites -> jobs -> invoices.

One run carries one batch of records, named in its run config.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import dagster as dg
from pydantic import Field

from st_spectrum.alerts.links import record_link
from st_spectrum.assets.metadata import report_metadata, stopped
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.epoch_guard import SecondLedger
from st_spectrum.resources.account import AccountResource

GROUP = "servicetrade_to_spectrum"
OWNERS = ["team:accounting"]


class BatchConfig(dg.Config):
    """Everything that a run needs to know, so that *Re-execute* repeats exactly the same batch."""

    keys: list[str] = Field(
        description="Keys of the records to carry over: ServiceTrade ids such as 1201, lines of purchase orders as in 4412|1, "
        "pieces of time as in 20251108.timecard.77."
    )
    attempt: int = Field(default=1, description="Which attempt at these records this is.")
    reason: str = Field(
        default="", description="Why they are asked for: new or changed, asked again, waited for something."
    )


@dataclass(frozen=True)
class Words:
    """What the UI says about a flow, which flows come first, and with which it stands together."""

    description: str
    after: tuple[str, ...]
    group: str = GROUP


WORDS = {
    "customers": Words(
        "ServiceTrade companies that are customers become AR customers in Spectrum. Each gets the next free customer code, and "
        "the code is noted on the company in ServiceTrade. Vendors, and companies that already carry a code, are left alone.",
        (),
    ),
    "sites": Words(
        "ServiceTrade locations become work-order sites in Spectrum, each under the customer of its company. A location "
        "waits until its company has crossed, and then goes by itself.",
        ("customers",),
    ),
    "jobs": Words(
        "ServiceTrade jobs become jobs in Spectrum, with their phases, cost types and overhead batch code. A job waits "
        "until its location has crossed, and then goes by itself. Ignored job types stay in ServiceTrade.",
        ("customers", "sites"),
    ),
    "invoices": Words(
        "Approved ServiceTrade invoices become AR invoices in Spectrum, negative lines a credit memo beside them, and a void "
        "what offsets them. Posted ones become `processed` in ServiceTrade; what Spectrum refuses becomes `failed` there, with "
        "a comment that says why.",
        ("customers", "sites", "jobs"),
    ),
    "timecards": Words(
        "Approved ServiceTrade time becomes pre-time cards in Spectrum, a card for each piece of time, with employee, department, "
        "pay type, job and cost code. What changes after it was sent is put before a person and never sent again.",
        ("jobs",),
    ),
    "purchase_orders": Words(
        "Spectrum purchase orders come back as job items in ServiceTrade: each line on the job it was bought for, with unit cost, "
        "vendor, part status and expected date. The item follows the line; one that a person has changed is left alone and put "
        "before a person.",
        ("jobs",),
        "spectrum_to_servicetrade",
    ),
}


def sync_asset(flow: str) -> dg.AssetsDefinition:
    """The asset of one flow. Records that need a person do not fail its run; a system that is down does."""
    words = WORDS[flow]

    @dg.asset(
        name=flow,
        deps=list(words.after),
        group_name=words.group,
        kinds={"servicetrade", "spectrum"},
        owners=OWNERS,
        description=words.description,
    )
    def carry_over(
        context: dg.AssetExecutionContext, config: BatchConfig, account: AccountResource
    ) -> Iterator[dg.AssetObservation | dg.MaterializeResult[None]]:
        from st_spectrum.flows.round import run_batch

        started = time.monotonic()
        keys = tuple(dict.fromkeys(config.keys))
        try:
            session = account.session()
            report = run_batch(session, flow, keys, context.run_id)
        except SyncFault as fault:
            raise stopped(flow, fault) from None
        link_to = partial(record_link, session.account.servicetrade.base_url, flow)
        metadata = report_metadata(report, len(keys), time.monotonic() - started, link_to)
        if report.stopped_by is not None and not isinstance(report.stopped_by, SecondLedger):
            # Part of the batch may well have crossed: it shows as "seen", because the batch as a whole is not done.
            yield dg.AssetObservation(asset_key=context.asset_key, metadata=metadata)
            raise stopped(flow, report.stopped_by, metadata)
        yield dg.MaterializeResult(metadata=metadata)

    return carry_over
