"""One change sensor per flow: notices new and changed records at the source and asks for a run that carries them.

A tick only reads. Its cursor says what was requested, see `requests.Bookmark`; what was delivered, the ledger knows.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account.timecards import NO_TIME
from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.flows.purchase_orders.description import PURCHASE_ORDERS
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.resources.account import AccountResource
from st_spectrum.sensors.requests import Asked, Bookmark
from st_spectrum.sensors.runs import how_it_ended, is_in_flight, run_request

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def change_sensor(
    flow: str,
    job: "UnresolvedAssetJobDefinition",
    tags: Mapping[str, str],
    seconds: int,
    status: dg.DefaultSensorStatus,
) -> dg.SensorDefinition:
    """The sensor of one flow. `tags` are those of the flow's runs, `seconds` the least time between two ticks."""
    source = FLOWS[flow].source.label

    @dg.sensor(
        name=f"{flow}_changes",
        job=job,
        minimum_interval_seconds=seconds,
        default_status=status,
        description=f"Notices new and changed {flow} in {source} and has them carried over, one batch at a time.",
    )
    def changes(context: dg.SensorEvaluationContext, account: AccountResource) -> dg.SensorResult:
        now = datetime.now(UTC)
        if is_in_flight(context.instance, tags, now):
            return dg.SensorResult(skip_reason=f"A run of {flow} is still going; what is new waits for the next tick.")
        bookmark = Bookmark.open(context.cursor, now)
        if bookmark.asked is not None:
            ended = how_it_ended(context.instance, bookmark.asked.run_key)
            if not ended.is_done:
                return ask_again(bookmark, bookmark.asked, ended.ended_at, now)
            bookmark = bookmark.settled()
        try:
            if flow == PURCHASE_ORDERS.name:
                return ask_for_new_orders(account, bookmark, now)
            if flow == TIMECARDS.name:
                return ask_for_new_time(account, bookmark, now)
            return ask_for_new(flow, account, bookmark, now)
        except SyncFault as fault:
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}")

    return changes


def ask_again(bookmark: Bookmark, asked: Asked, ended_at: datetime | None, now: datetime) -> dg.SensorResult:
    """The run that was asked for failed, was cancelled or never came to be: the same records again, before anything new."""
    again_at = asked.may_be_asked_again_at(ended_at)
    what = f"The run of {len(asked.keys)} {asked.flow} {'did not succeed' if ended_at else 'was never started'}"
    if now < again_at:
        wait = (again_at - now).total_seconds()
        return dg.SensorResult(skip_reason=f"{what} (attempt {asked.attempt}); asked again in {wait:.0f} s.")
    return requested(bookmark.asking_again(now), f"{what}.")


def ask_for_new(flow: str, account: AccountResource, bookmark: Bookmark, now: datetime) -> dg.SensorResult:
    """Read what changed since the bookmark. Raises the error families when the read failed; the cursor then stays."""
    from st_spectrum.engine.cursor import Cursor
    from st_spectrum.flows.changes import counts_touches, notice

    settings = account.load()
    changes = notice(
        flow,
        account.servicetrade(settings),
        Cursor.decode(bookmark.seen),
        settings.pace,
        time.monotonic() + settings.pace.tick_budget_seconds,
        counts_touches=counts_touches(flow, settings),
    )
    seen = changes.cursor.encode()
    if not changes.keys:
        return dg.SensorResult(skip_reason="Nothing new.", cursor=bookmark.moved(seen).encode())
    return requested(bookmark.asking(flow, changes.keys, seen, now), FLOWS[flow].noticed)


def ask_for_new_time(account: AccountResource, bookmark: Bookmark, now: datetime) -> dg.SensorResult:
    """Read which time changed since the bookmark. Raises the error families when a read failed; the cursor then stays."""
    from st_spectrum.engine.cursor import Cursor
    from st_spectrum.flows.timecards.notice import notice_time

    settings = account.load()
    if not settings.timecards.first_day:
        return dg.SensorResult(skip_reason=NO_TIME)
    changes = notice_time(
        account.servicetrade(settings),
        account.ledger(settings),
        settings,
        Cursor.decode(bookmark.seen),
        limit=settings.pace.batch_size,
        deadline=time.monotonic() + settings.pace.tick_budget_seconds,
    )
    seen = changes.cursor.encode()
    if not changes.keys:
        return dg.SensorResult(skip_reason="Nothing new.", cursor=bookmark.moved(seen).encode())
    return requested(bookmark.asking(TIMECARDS.name, changes.keys, seen, now), TIMECARDS.noticed)


def ask_for_new_orders(account: AccountResource, bookmark: Bookmark, now: datetime) -> dg.SensorResult:
    """Compare Spectrum's orders with what the ledger remembers of them. Raises the error families when a read failed.

    The run writes into the ledger what it carried, so the cursor need not hold it and only tells one request from another.
    """
    from st_spectrum.flows.purchase_orders.notice import notice_orders

    settings = account.load()
    if settings.spectrum.infolink is None:
        return dg.SensorResult(skip_reason="Without Info-Link purchase orders cannot be read.")
    changes = notice_orders(
        account.spectrum(settings), account.ledger(settings), settings, limit=settings.pace.batch_size
    )
    if not changes.keys:
        return dg.SensorResult(skip_reason="Nothing new.", cursor=bookmark.encode())
    asking = bookmark.asking(PURCHASE_ORDERS.name, changes.keys, now.isoformat(), now)
    return requested(asking, PURCHASE_ORDERS.noticed)


def requested(bookmark: Bookmark, reason: str) -> dg.SensorResult:
    """Request the run that the bookmark says was asked for, and keep the bookmark."""
    asked = bookmark.asked
    requests = [run_request(asked.flow, asked.keys, asked.run_key, asked.attempt, reason)] if asked else []
    return dg.SensorResult(run_requests=requests, cursor=bookmark.encode())
