"""Notices which ServiceTrade records are new or changed, so that none with an equal or late
`updated` is ever missed.

The list is read from the watermark minus an overlap; what was seen in that window is compared by
content, not by time. Our own
write-backs (external id, `updated`) do not count as content, so they do not come back as changes.
The cursor says what was
*asked for*; what was delivered only the ledger knows.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import monotonic

from st_spectrum.account import Pace
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.changes import Bounds, Changes
from st_spectrum.engine.cursor import LINKED, Listing, choose, window
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import JOB_ACTIVITY, Company, Job, Location, Unreadable

Changed = Company | Location | Job | Invoice | Unreadable

Lister = Callable[..., Iterable[Changed]]
"""Lists page by page; takes `updated_after`, `created_after` (epoch seconds) and `on_unreadable`.
"""

Read = Callable[[int | None, float | None], tuple[list[Changed], bool]]
"""Reads what changed since a time (epoch seconds; None for all) until a deadline; and whether it
came to the end.
"""

NOT_CONTENT = {"external_ids", "updated", "service_requests", *JOB_ACTIVITY}


def notice_records(
    flow: str,
    read: Read,
    servicetrade: ServiceTrade,
    cursor: Cursor,
    pace: Pace,
    bounds: Bounds,
    *,
    is_queue: bool = False,
    counts_touches: bool = False,
) -> Changes:
    """What changed since the cursor, of what `read` lists.

    `is_queue` is for a source that keeps a queue by status [ST 6.2]: all of it is listed each time,
    and coming back into it is a
    change. `counts_touches` takes a new `updated` for a change even where the listed content is the
    same: needed where something counts that lists do not show, such as the service requests of a
    job.
    Raises a `SyncFault` when the read failed: then the caller keeps its cursor, for silence is not
    "nothing there".
    """
    now = servicetrade.now()
    records, is_whole = read(window(cursor, pace, now), bounds.deadline)
    listing = Listing(now, bounds.limit, is_whole, keeps_all=is_queue)
    changes = select(records, cursor, pace, listing, counts_touches=is_queue or counts_touches)
    if not is_whole and not changes.keys:
        raise too_long(flow, pace)
    return changes


def too_long(noun: str, pace: Pace) -> UnsafePlan:
    """Why a tick stops that would read the same beginning of a list again and again."""
    return UnsafePlan(
        f"the list of {noun} does not fit into {pace.tick_budget_seconds:.0f} s, so records at its"
        " end are never reached",
        system="servicetrade",
        advice=(
            "Run `st-spectrum sync` once, or raise pace.tick_budget_seconds in the account file."
        ),
    )


def by_time_of_change(lister: Lister) -> Read:
    """What was changed or created since a time."""

    def read(since: int | None, deadline: float | None) -> tuple[list[Changed], bool]:
        if since is None:
            return read_until(lister, deadline)
        changed, is_whole = read_until(partial(lister, updated_after=since), deadline)
        # Some new records have been missed by `updatedAfter` alone [ST 1.3].
        created, is_whole_too = read_until(partial(lister, created_after=since), deadline)
        return changed + created, is_whole and is_whole_too

    return read


def read_until(lister: Lister, deadline: float | None) -> tuple[list[Changed], bool]:
    """What a list shows until the deadline, and whether it came to its end."""
    found: list[Changed] = []
    # One record that cannot be read is asked for like any other, so that it is told, and stops only
    # itself.
    for record in lister(on_unreadable=found.append):
        found.append(record)
        if deadline is not None and monotonic() > deadline:
            return found, False
    return found, True


def list_all(*listers: Lister) -> Iterator[Changed]:
    """Every record of these lists, whenever it changed, page by page; those that cannot be read
    come last.
    """
    unreadable: list[Changed] = []
    for lister in listers:
        yield from lister(on_unreadable=unreadable.append)
    yield from unreadable


def select(
    records: Iterable[Changed],
    cursor: Cursor,
    pace: Pace,
    listing: Listing,
    *,
    counts_touches: bool = False,
) -> Changes:
    """The pure half of `notice_records`: which of these records are new to the cursor, and the
    cursor afterwards.

    What a record says never moves the watermark past the moment in which the listing began. A crowd
    of old records is left behind, so that a quiet source does not list them for ever.
    `counts_touches` as in `notice_records`.
    """
    listed = {record.id: record for record in records}.values()
    # A second that is not over may bring another touch, which `updated` would not show: such a
    # record is looked at once more.
    settled_before = (
        listing.now - 1 if counts_touches and listing.now and not listing.keeps_all else None
    )
    versions = {
        str(record.id): _version(record, counts_touches, settled_before) for record in listed
    }
    taken, after, is_complete = choose(listed, versions, cursor, pace, listing)
    return Changes(tuple(str(record.id) for record in taken), after, is_complete, tuple(taken))


def _version(record: Changed, counts_touches: bool, settled_before: int | None) -> str:
    # In a queue `updated` counts: a record that was taken out and submitted again unchanged has
    # come back.
    said = record.model_dump(exclude=NOT_CONTENT - ({"updated"} if counts_touches else set()))
    is_settled = settled_before is None or record.updated < settled_before
    content = digest(said if is_settled else [said, "not settled"])
    return content + (LINKED if not isinstance(record, Invoice) and record.external_ids else "")
