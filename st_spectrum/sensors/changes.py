"""One change sensor per flow: notices new and changed records at the source and asks for a run that
carries them.

A tick only reads. Its cursor says what was requested, see `requests.Bookmark`; what was delivered,
the ledger knows.
"""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.resources.readers import Systems, TickReaders
from st_spectrum.resources.servicetrade import ServiceTradeResource
from st_spectrum.resources.spectrum import SpectrumResource
from st_spectrum.sensors.requests import Asked, Bookmark
from st_spectrum.sensors.runs import ask_for, how_it_ended, is_in_flight, why_nothing_starts

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

STILL_READING = "Nothing new so far; the list is long, and the next tick reads on in it."


def change_sensor(
    flow: str,
    job: "UnresolvedAssetJobDefinition",
    names: AccountNames,
    seconds: int,
    status: dg.DefaultSensorStatus,
) -> dg.SensorDefinition:
    """The sensor of one flow. `seconds` is the least time between two ticks."""
    source = FLOWS[flow].source.label

    @dg.sensor(
        name=names.of(f"{flow}_changes"),
        job=job,
        minimum_interval_seconds=seconds,
        default_status=status,
        description=(
            f"Notices new and changed {flow} in {source} and has them carried over, one batch at a"
            " time."
        ),
    )
    def changes(
        context: dg.SensorEvaluationContext,
        account: AccountResource,
        servicetrade: ServiceTradeResource,
        spectrum: SpectrumResource,
        ledger: LedgerResource,
    ) -> dg.SensorResult:
        now = datetime.now(UTC)
        if is_in_flight(context.instance, names.lane(flow), now):
            return dg.SensorResult(
                skip_reason=f"A run of {flow} is still going; what is new waits for the next tick."
            )
        if fault := why_nothing_starts(context.instance, names.account):
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}")
        bookmark = Bookmark.open(context.cursor, now, names.account)
        if bookmark.asked is not None:
            ended = how_it_ended(context.instance, bookmark.asked.run_key)
            if not ended.is_done:
                return ask_again(bookmark, bookmark.asked, ended.ended_at, names, now)
            bookmark = bookmark.settled()
        try:
            readers = TickReaders(
                Systems(servicetrade, spectrum, ledger), account.load(names.account)
            )
            return look_for_new(flow, readers, bookmark, names, now)
        except SyncFault as fault:
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}")

    return changes


def ask_again(
    bookmark: Bookmark, asked: Asked, ended_at: datetime | None, names: AccountNames, now: datetime
) -> dg.SensorResult:
    """The run that was asked for failed, was cancelled or never came to be: the same records again,
    before anything new.
    """
    again_at = asked.may_be_asked_again_at(ended_at)
    event = (
        f"The run of {len(asked.keys)} {asked.flow}"
        f" {'did not succeed' if ended_at else 'was never started'}"
    )
    if now < again_at:
        wait = (again_at - now).total_seconds()
        return dg.SensorResult(
            skip_reason=f"{event} (attempt {asked.attempt}); asked again in {wait:.0f} s."
        )
    asking = bookmark.asking_again(now)
    return ask_for(asking.request, names, f"{event}.", asking.encode())


def look_for_new(
    flow: str, readers: TickReaders, bookmark: Bookmark, names: AccountNames, now: datetime
) -> dg.SensorResult:
    """Read what changed since the bookmark, and ask for it. Raises the error families; the cursor
    then stays.
    """
    from st_spectrum.engine.looks.changes import Bounds
    from st_spectrum.engine.rounds.held_back import held_back
    from st_spectrum.flows.folders import notice_of
    from st_spectrum.flows.live import why_not_live
    from st_spectrum.ledger.documents.records import Cursor

    settings, source = readers.account, notice_of(flow)
    reason = source.why_idle(settings) or why_not_live(settings, readers.ledger, now)
    if reason:
        return dg.SensorResult(skip_reason=reason)
    bounds = Bounds(settings.pace.batch_size, time.monotonic() + settings.pace.tick_budget_seconds)
    changes = source.notice(readers, Cursor.decode(bookmark.seen), bounds)
    # Where the ledger knows what was carried, the cursor only tells one request from another.
    seen = changes.cursor.as_text() if changes.cursor else None
    keys, waiting = changes.keys, held_back(readers.ledger, flow) if changes.keys else None
    if waiting and changes.cursor is None:
        # Listed until it is carried: the ledger asks for it again. With a cursor, each change is
        # listed once, and it has to be asked for even if an earlier one is held back.
        known = frozenset(waiting.keys)
        keys = tuple(key for key in keys if key not in known)
    if not keys:
        after = bookmark if seen is None else bookmark.moved(seen)
        reason = "Nothing new." if changes.is_complete else STILL_READING
        if changes.keys and waiting:
            reason = f"Nothing but what waits for a person: {waiting.said}."
        return dg.SensorResult(skip_reason=reason, cursor=after.encode())
    asking = bookmark.asking(flow, keys, seen or now.isoformat(), now)
    return ask_for(asking.request, names, FLOWS[flow].noticed, asking.encode())
