"""Notices which ServiceTrade records are new or changed, so that none with an equal or late `updated` is ever missed.

The list is read from the watermark minus an overlap; what was seen in that window is compared by content, not by time. Our own
write-backs (external id, `updated`) do not count as content, so they do not come back as changes. The cursor says what was
*asked for*; what was delivered only the ledger knows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from time import monotonic

from st_spectrum.account import Account, Pace
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.cursor import CROWD, LINKED, Cursor, choose, window
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Job, Location, Unreadable

Changed = Company | Location | Job | Invoice | Unreadable


NOT_CONTENT = {"external_ids", "updated", "service_requests"}

QUEUES = frozenset({"invoices"})
"""Flows whose source keeps a queue by status [ST 6.2]: all of it is listed each time, and coming back into it is a change."""


@dataclass(frozen=True)
class Changes:
    """Keys to ask for, oldest change first; the cursor that covers exactly these; whether nothing more was left behind."""

    keys: tuple[str, ...]
    cursor: Cursor
    is_complete: bool
    records: tuple[Changed, ...] = ()


def notice(
    flow: str,
    servicetrade: ServiceTrade,
    cursor: Cursor,
    pace: Pace,
    deadline: float | None = None,
    *,
    counts_touches: bool = False,
) -> Changes:
    """What changed since the cursor, at most `pace.batch_size` records. `deadline` is on the monotonic clock.

    `counts_touches` takes a new `updated` for a change even where the listed content is the same: needed where something
    counts that lists do not show, such as the service requests of a job.
    Raises a `SyncFault` when the read failed: then the caller keeps its cursor, for silence is not "nothing there".
    """
    now = servicetrade.now()
    since = window(cursor, pace, now)
    records, is_whole = _read(flow, servicetrade, since, deadline)
    changes = select(
        records,
        cursor,
        pace,
        limit=pace.batch_size,
        is_whole=is_whole,
        is_queue=flow in QUEUES,
        now=now,
        counts_touches=counts_touches,
    )
    if not is_whole and not changes.keys:
        raise UnsafePlan(
            f"the list of {flow} does not fit into {pace.tick_budget_seconds:.0f} s, so records at its end are never reached",
            system="servicetrade",
            advice="Run `st-spectrum sync` once, or raise pace.tick_budget_seconds in the account file.",
        )
    return changes


def counts_touches(flow: str, account: Account) -> bool:
    """Whether `notice` must look at `updated` for this flow: several Spectrum jobs depend on a job's service requests."""
    return flow == "jobs" and account.jobs.is_multi_cost_center


def notice_all(
    flow: str, servicetrade: ServiceTrade, cursor: Cursor, pace: Pace, *, counts_touches: bool = False
) -> Changes:
    """The same without bounds, for a round in a process of its own."""
    now = servicetrade.now()
    since = window(cursor, pace, now)
    records, _ = _read(flow, servicetrade, since, None)
    return select(records, cursor, pace, limit=None, is_queue=flow in QUEUES, now=now, counts_touches=counts_touches)


def list_all(flow: str, servicetrade: ServiceTrade) -> Iterator[Changed]:
    """Every record, whenever it changed, read page by page; of invoices the whole queue and then every void there is."""
    odd: list[Changed] = []
    if flow == "invoices":
        yield from servicetrade.invoices("pending_accounting", on_unreadable=odd.append)
        yield from servicetrade.invoices("void", on_unreadable=odd.append)
    else:
        yield from _lister(flow, servicetrade)(on_unreadable=odd.append)
    yield from odd


def select(
    records: Iterable[Changed],
    cursor: Cursor,
    pace: Pace,
    *,
    limit: int | None,
    is_whole: bool = True,
    is_queue: bool = False,
    now: int = 0,
    counts_touches: bool = False,
    crowd: int = CROWD,
) -> Changes:
    """The pure half of `notice`: which of these records are new to the cursor, and the cursor afterwards.

    `now` is the moment in which the listing began, by ServiceTrade's clock (epoch seconds). What a record says never moves the
    watermark past it. More than `crowd` records that stand in the overlap are left behind once nothing has come after them for
    long enough, so that a quiet source does not list them for ever.
    """
    listed = {record.id: record for record in records}.values()
    versions = {str(record.id): _version(record, is_queue or counts_touches) for record in listed}
    taken, after, is_complete = choose(
        listed, versions, cursor, pace, limit=limit, is_whole=is_whole, keeps_all=is_queue, now=now, crowd=crowd
    )
    return Changes(_keys(taken), after, is_complete, tuple(taken))


def _keys(records: Iterable[Changed]) -> tuple[str, ...]:
    return tuple(str(record.id) for record in records)


def _version(record: Changed, counts_touches: bool) -> str:
    # In a queue `updated` counts: a record that was taken out and submitted again unchanged has come back.
    content = digest(record.model_dump(exclude=NOT_CONTENT - ({"updated"} if counts_touches else set())))
    return content + (LINKED if not isinstance(record, Invoice) and record.external_ids else "")


def _read(
    flow: str, servicetrade: ServiceTrade, since: int | None, deadline: float | None
) -> tuple[list[Changed], bool]:
    if flow == "invoices":
        queue, is_whole = _until(partial(servicetrade.invoices, "pending_accounting"), deadline)
        voids, is_whole_too = _until(partial(servicetrade.invoices, "void", updated_after=since), deadline)
        return queue + voids, is_whole and is_whole_too
    lister = _lister(flow, servicetrade)
    if since is None:
        return _until(lister, deadline)
    changed, is_whole = _until(partial(lister, updated_after=since), deadline)
    # Some new records have been missed by `updatedAfter` alone [ST 1.3].
    created, is_whole_too = _until(partial(lister, created_after=since), deadline)
    return changed + created, is_whole and is_whole_too


def _lister(flow: str, servicetrade: ServiceTrade) -> Callable[..., Iterable[Changed]]:
    listers: dict[str, Callable[..., Iterable[Changed]]] = {
        "customers": servicetrade.companies,
        "sites": servicetrade.locations,
        "jobs": servicetrade.jobs,
    }
    return listers[flow]


def _until(lister: Callable[..., Iterable[Changed]], deadline: float | None) -> tuple[list[Changed], bool]:
    found: list[Changed] = []
    # One record that cannot be read is asked for like any other, so that it is told, and stops only itself.
    for record in lister(on_unreadable=found.append):
        found.append(record)
        if deadline is not None and monotonic() > deadline:
            return found, False
    return found, True
