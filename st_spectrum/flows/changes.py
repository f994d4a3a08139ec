"""Notices which ServiceTrade records are new or changed, so that none with an equal or late `updated` is ever missed.

The list is read from the watermark minus an overlap; what was seen in that window is compared by content, not by time. Our own
write-backs (external id, `updated`) do not count as content, so they do not come back as changes. The cursor says what was
*asked for*; what was delivered only the ledger knows.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import monotonic, time

from st_spectrum.account import Account, Pace
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Job, Location, Unreadable

Changed = Company | Location | Job | Invoice | Unreadable
NOT_CONTENT = {"external_ids", "updated", "service_requests"}

QUEUES = frozenset({"invoices"})
"""Flows whose source keeps a queue by status [ST 6.2]: all of it is listed each time, and coming back into it is a change."""


@dataclass(frozen=True)
class Cursor:
    """Largest `updated` asked for (epoch seconds; None before the first look), and content digests by id within the overlap."""

    watermark: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        """As compact JSON text."""
        return json.dumps({"v": 1, "watermark": self.watermark, "seen": dict(self.seen)}, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str | None) -> "Cursor":
        """A missing, damaged or foreign text means: look at everything again. That costs reads and doubles nothing."""
        try:
            found = json.loads(text or "{}")
            if found.get("v") != 1:
                return cls()
            watermark = found["watermark"]
            return cls(
                None if watermark is None else int(watermark),
                {str(key): str(value) for key, value in found["seen"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()


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
    since = None if cursor.watermark is None else max(0, cursor.watermark - pace.overlap_seconds)
    records, is_whole = _read(flow, servicetrade, since, deadline)
    changes = select(
        records,
        cursor,
        pace,
        limit=pace.batch_size,
        is_whole=is_whole,
        is_queue=flow in QUEUES,
        now=int(time()),
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
    since = None if cursor.watermark is None else max(0, cursor.watermark - pace.overlap_seconds)
    records, _ = _read(flow, servicetrade, since, None)
    return select(
        records, cursor, pace, limit=None, is_queue=flow in QUEUES, now=int(time()), counts_touches=counts_touches
    )


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
) -> Changes:
    """The pure half of `notice`: which of these records are new to the cursor, and the cursor afterwards.

    `now` (epoch seconds) lets the watermark follow a quiet source at a distance of the overlap, so that what was seen long
    ago need not be carried along; our clock and ServiceTrade's may differ by the overlap.
    """
    by_age = sorted({record.id: record for record in records}.values(), key=lambda record: (record.updated, record.id))
    versions = {str(record.id): _content(record, is_queue or counts_touches) for record in by_age}
    fresh = [record for record in by_age if cursor.seen.get(str(record.id)) != versions[str(record.id)]]
    taken = fresh if limit is None else fresh[:limit]
    left_behind = fresh[len(taken) :]
    watermark = _watermark(cursor, by_age, left_behind, is_whole, now - pace.overlap_seconds)
    asked = dict(cursor.seen) | {str(record.id): versions[str(record.id)] for record in taken}
    if watermark is not None and is_whole:
        # Outside the overlap nothing is listed again, so nothing has to be remembered.
        oldest = watermark - pace.overlap_seconds
        listed = {str(record.id) for record in by_age if record.updated >= oldest or is_queue}
        asked = {key: version for key, version in asked.items() if key in listed}
    keys = tuple(str(record.id) for record in taken)
    return Changes(keys, Cursor(watermark, asked), is_whole and not left_behind, tuple(taken))


def _watermark(
    cursor: Cursor, by_age: list[Changed], left_behind: list[Changed], is_whole: bool, follows: int
) -> int | None:
    if not is_whole:
        return cursor.watermark
    if left_behind:
        newest = left_behind[0].updated
    elif by_age:
        newest = max(by_age[-1].updated, follows)
    else:
        newest = follows
    if cursor.watermark is None:
        return newest if by_age else None
    return max(cursor.watermark, newest)


def _content(record: Changed, counts_touches: bool) -> str:
    # In a queue `updated` counts: a record that was taken out and submitted again unchanged has come back.
    return digest(record.model_dump(exclude=NOT_CONTENT - ({"updated"} if counts_touches else set())))


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
