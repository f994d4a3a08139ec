"""Notices which ServiceTrade records are new or changed, so that none with an equal or late
`updated` is ever missed.

The list is read from the watermark minus an overlap; what was seen in that window is compared by
content, not by time. Our own
write-backs (external id, `updated`) do not count as content, so they do not come back as changes.
The cursor says what was
*asked for*; what was delivered only the ledger knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from time import monotonic

from st_spectrum.account import Pace
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.engine.looks.cursor import LINKED, Listing, window
from st_spectrum.engine.looks.sweep import PartRead, SweptLook, choose_of_parts
from st_spectrum.ledger.documents.records import Cursor, ListPart, Sweep
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import JOB_ACTIVITY, Company, Job, Location, Unreadable

Changed = Company | Location | Job | Invoice | Unreadable

Lister = Callable[..., Iterable[Changed]]
"""Lists page by page; takes `updated_after`, `created_after`, `updated_before`, `created_before`
(epoch seconds) and `on_unreadable`.
"""

READ_THROUGH = 20
"""A look reads through at most so many batches of each part of a list by time of change; what is
longer is read in parts, so that a look over a crowd costs what a batch costs.
"""
LEAST_READ_THROUGH = 2000
"""But never less than so many records, which are a page or two."""
AT_ONCE = 100
"""After so many records it is asked whether there is time for more, for they come by pages."""


@dataclass(frozen=True)
class Source:
    """The lists that a flow is noticed by, each by its name, and what of them a look since a time
    (epoch seconds; None for all) begins with.

    `is_queue` is for a source that keeps a queue by status [ST 6.2]: all of it is listed each time,
    and coming back into it is a change. `counts_touches` takes a new `updated` for a change even
    where the listed content is the same: needed where something counts that lists do not show, such
    as the service requests of a job.
    """

    listers: Mapping[str, Lister]
    parts_since: Callable[[int | None], tuple[ListPart, ...]]
    is_queue: bool = False
    counts_touches: bool = False


NOT_CONTENT = {"external_ids", "updated", "service_requests", *JOB_ACTIVITY}


def notice_records(
    flow: str,
    source: Source,
    servicetrade: ServiceTrade,
    cursor: Cursor,
    pace: Pace,
    bounds: Bounds,
) -> Changes:
    """What changed since the cursor, of what `source` lists.

    Raises a `SyncFault` when the read failed: then the caller keeps its cursor, for silence is not
    "nothing there".
    """
    now = servicetrade.now()
    reads = _read_parts(source, cursor, window(cursor, pace, now), bounds)
    # Before the first answer the source's clock is ours, which may be ahead of it.
    listing = Listing(min(now, servicetrade.now()), bounds.limit, keeps_all=source.is_queue)
    counts_touches = source.is_queue or source.counts_touches
    look = select(reads, cursor, pace, listing, counts_touches=counts_touches)
    if look.is_stuck:
        raise too_long(flow, pace)
    taken = tuple(look.taken)
    return Changes(tuple(str(record.id) for record in taken), look.cursor, look.is_complete, taken)


def _read_parts(
    source: Source, cursor: Cursor, since: int | None, bounds: Bounds
) -> list[PartRead[Changed]]:
    """The open parts, each within its share of the time, and of the rest as many as there is time
    for and a batch needs.
    """
    sweep = cursor.sweep or Sweep(0, 0, source.parts_since(since))
    most = (
        None
        if bounds.limit is None or source.is_queue
        else max(READ_THROUGH * bounds.limit, LEAST_READ_THROUGH)
    )
    reads: list[PartRead[Changed]] = []
    for place, part in enumerate(sweep.open):
        shares = len(sweep.open) - place + bool(sweep.closed)
        until = bounds.deadline and monotonic() + (bounds.deadline - monotonic()) / shares
        reads.append(_read_part(source, part, until, most))
    for part in sweep.closed:
        # What cannot be parted has all the time there is.
        reads.append(_read_part(source, part, bounds.deadline, None if part.is_a_moment else most))
        shown = {str(record.id) for read in reads for record in read.records}
        is_late = bounds.deadline is not None and monotonic() > bounds.deadline
        is_enough = len(shown - cursor.seen.keys()) >= (bounds.limit or inf)
        if is_late or is_enough or len(shown) >= (most or inf) or not reads[-1].is_whole:
            break
    return reads


def _read_part(
    source: Source, part: ListPart, deadline: float | None, most: int | None
) -> PartRead[Changed]:
    limits = {
        "updated_after": part.updated_after,
        "updated_before": part.updated_before,
        "created_after": part.created_after,
        "created_before": part.created_before,
    }
    given = {name: at for name, at in limits.items() if at is not None}
    return PartRead(part, *read_until(partial(source.listers[part.of], **given), deadline, most))


def too_long(noun: str, pace: Pace) -> UnsafePlan:
    """Why a tick stops that would read the same beginning of a list again and again."""
    return UnsafePlan(
        f"the list of {noun} does not fit into {pace.tick_budget_seconds:.0f} s, so records at its"
        " end are never reached",
        system="servicetrade",
        advice=(
            "Run `st-spectrum sync` once, or raise pace.tick_budget_seconds in the account file."
        ),
        cause="a list is too long to be read within the time given",
    )


def by_time_of_change(lister: Lister, *, counts_touches: bool = False) -> Source:
    """What was changed or created since a time."""

    def parts_since(since: int | None) -> tuple[ListPart, ...]:
        if since is None:
            return (ListPart(),)
        # Some new records have been missed by `updatedAfter` alone [ST 1.3].
        return ListPart(updated_after=since), ListPart(created_after=since)

    return Source({"": lister}, parts_since, counts_touches=counts_touches)


def read_until(
    lister: Lister, deadline: float | None, most: int | None = None
) -> tuple[list[Changed], bool]:
    """What a list shows until the deadline, up to so many records; and whether it ended."""
    found: list[Changed] = []
    # One record that cannot be read is asked for like any other, so that it is told, and stops only
    # itself.
    for record in lister(on_unreadable=found.append):
        found.append(record)
        if most is not None and len(found) > most:
            return found, False
        if deadline is not None and len(found) % AT_ONCE == 0 and monotonic() > deadline:
            return found, False
    return found, True


def list_all(*listers: Lister) -> Iterator[Changed]:
    """Every record of these lists, whenever it changed, page by page; unreadable ones last."""
    unreadable: list[Changed] = []
    for lister in listers:
        yield from lister(on_unreadable=unreadable.append)
    yield from unreadable


def select(
    reads: Sequence[PartRead[Changed]],
    cursor: Cursor,
    pace: Pace,
    listing: Listing,
    *,
    counts_touches: bool = False,
) -> SweptLook[Changed]:
    """The pure half of `notice_records`: which of these records are new to the cursor, and the
    cursor afterwards.

    What a record says never moves the watermark past the moment in which the listing began. A crowd
    of old records is left behind, so that a quiet source does not list them for ever.
    `counts_touches` as in `Source`.
    """
    # A second that is not over may bring another touch, which `updated` would not show: such a
    # record is looked at once more.
    settled_before = (
        listing.now - 1 if counts_touches and listing.now and not listing.keeps_all else None
    )
    versions = {
        str(record.id): _version(record, counts_touches, settled_before)
        for read in reads
        for record in read.records
    }
    return choose_of_parts(reads, versions, cursor, pace, listing)


def _version(record: Changed, counts_touches: bool, settled_before: int | None) -> str:
    # In a queue `updated` counts: a record that was taken out and submitted again unchanged has
    # come back.
    said = record.model_dump(exclude=NOT_CONTENT - ({"updated"} if counts_touches else set()))
    is_settled = settled_before is None or record.updated < settled_before
    content = digest(said if is_settled else [said, "not settled"])
    return content + (LINKED if not isinstance(record, Invoice) and record.external_ids else "")
