"""A list that is too long for one look is read in parts, over several looks: a sweep.

What did not fit is parted by time of change where its records differ in that, else by time of
making, so that a crowd touched in one second is parted too. Nothing moves between the parts but
what changes meanwhile, and that stands in an open part, which is read at every look: what is new
does not wait for the crowd. The watermark moves when all parts were read, and no further than to
the time at which the sweep began.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Generic, Protocol, TypeVar

from st_spectrum.account import Pace
from st_spectrum.engine.looks.cursor import Listed, Listing, moved, pick, settled
from st_spectrum.ledger.documents.records import Cursor, ListPart, Sweep


class Dated(Listed, Protocol):
    """What can be parted by its times."""

    @property
    def created(self) -> int:
        """When it was made, epoch seconds; 0 when nobody knows."""


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class PartRead(Generic[D]):
    """What a look was shown of a part, and whether it came to the part's end."""

    part: ListPart
    records: Sequence[D]
    is_whole: bool


@dataclass(frozen=True)
class SweptLook(Generic[D]):
    """What a look asks for, and the cursor afterwards. `is_complete`: nothing was left of what
    stood when the list began to be read; what came into a part after it was read, the next list
    shows.

    `is_stuck`: nothing came of it, and the next look would read the same again.
    """

    taken: list[D]
    cursor: Cursor
    is_complete: bool
    is_stuck: bool = False


def choose_of_parts(
    reads: Sequence[PartRead[D]],
    versions: Mapping[str, str],
    cursor: Cursor,
    pace: Pace,
    listing: Listing,
) -> SweptLook[D]:
    """What is new in the parts that a look has read, as `cursor.choose` says it of a whole list;
    `listing.now` is when this look began, and whether all was read follows from the parts.
    """
    records = {record.id: record for read in reads for record in read.records}.values()
    picked = pick(records, versions, cursor, listing)
    if cursor.sweep is None and all(read.is_whole for read in reads):
        after = settled(cursor, picked, pace, listing)
        return SweptLook(picked.taken, after, not picked.left_behind)
    before = cursor.sweep or Sweep(listing.now, 0, tuple(read.part for read in reads))
    left = {record.id for record in picked.left_behind}
    newest = max((record.updated for record in picked.by_age), default=0)
    following = _following(before, reads, left, listing)
    sweep = replace(following, newest=max(newest, before.newest))
    overlap = pace.overlap_seconds
    if not sweep.closed and not left and all(read.is_whole for read in reads):
        # What did not fit into one look is more than one wants to list again and again.
        end = moved(cursor, sweep.newest or None, overlap, before.began_at, is_crowd=True)
        return SweptLook(picked.taken, replace(end, seen=picked.seen), True)
    seen = picked.seen
    if not listing.keeps_all:
        done = [read for read in reads if _is_done(read, left)]
        seen = _without(seen, done, min(sweep.newest, before.began_at) - overlap)
    is_stuck = not picked.taken and sweep == cursor.sweep
    return SweptLook(picked.taken, replace(cursor, seen=seen, sweep=sweep), False, is_stuck)


def halves(part: ListPart, records: Sequence[Dated], now: int) -> tuple[ListPart, ...]:
    """Smaller parts that are this one together, the oldest first, by a sample of its records; none
    where the sample shows no difference in time.

    An open part is parted half-way between the sample and `now` at the earliest: a list may begin
    with its oldest, and what is new stands at its end.
    """
    inside = [record for record in records if _holds(part, record)]
    changed = sorted(record.updated for record in inside)
    made = sorted(record.created for record in inside)
    if not inside or part.is_a_moment:
        return ()
    newest = (min(changed[-1], now) + now) // 2 if part.is_open else 0
    if at := _middle(changed):
        at = max(at, newest)
        return replace(part, updated_before=at - 1), replace(part, updated_after=at)
    if (part.updated_after, part.updated_before) != (changed[0], changed[0]):
        return tuple(_around(part, "updated", changed[0], newest))
    if at := _middle(made):
        return replace(part, created_before=at - 1), replace(part, created_after=at)
    return tuple(_around(part, "created", made[0], 0))


def _middle(times: Sequence[int]) -> int | None:
    """The later half of these sorted times begins there; None where all are the same."""
    median = times[len(times) // 2]
    return median if median > times[0] else next((at for at in times if at > median), None)


def _around(part: ListPart, time: str, second: int, newest: int) -> Iterator[ListPart]:
    """Before, within and after the one second in which all of a sample stand, as far as the part
    goes; what is after it once more at `newest`.
    """
    after, before = getattr(part, f"{time}_after"), getattr(part, f"{time}_before")

    def between(first: int | None, last: int | None) -> ListPart:
        limits: dict[str, Any] = {f"{time}_after": first, f"{time}_before": last}
        return replace(part, **limits)

    if after is None or after < second:
        yield between(after, second - 1)
    yield between(second, second)
    if newest > second + 1:
        yield between(second + 1, newest - 1)
    if before is None or before > second:
        yield between(max(second + 1, newest), before)


def _following(
    sweep: Sweep, reads: Sequence[PartRead[D]], left: Collection[int | str], listing: Listing
) -> Sweep:
    """What is still to be read after this look; a part of which more was left than a batch takes is
    parted, so that it is not read again and again.
    """
    limit, now = listing.limit or inf, min(listing.now, sweep.began_at)
    open_parts: list[ListPart] = []
    closed: list[ListPart] = []
    for read in reads:
        if _is_done(read, left):
            continue
        waiting = sum(record.id in left for record in read.records)
        is_small = read.is_whole and (read.part.is_open or waiting <= limit)
        rest = (read.part,) if is_small else halves(read.part, read.records, now) or (read.part,)
        open_parts += [part for part in rest if part.is_open]
        closed += [part for part in rest if not part.is_open]
    begun = {read.part for read in reads}
    closed += [part for part in sweep.closed if part not in begun]
    return Sweep(sweep.began_at, sweep.newest, tuple(open_parts), tuple(closed))


def _is_done(read: PartRead[D], left: Collection[int | str]) -> bool:
    """Whether a part need not be read again in this sweep."""
    is_asked_for = not any(record.id in left for record in read.records)
    return read.is_whole and is_asked_for and not read.part.is_open


def _without(seen: Mapping[str, str], reads: Sequence[PartRead[D]], oldest: int) -> dict[str, str]:
    """Without what stands in these parts before the overlap of the next list, which will not show
    it again.
    """
    past = {
        str(record.id) for read in reads for record in read.records if 0 < record.updated < oldest
    }
    return {key: version for key, version in seen.items() if key not in past}


def _holds(part: ListPart, record: Dated) -> bool:
    """Whether a record lies in the part; a source that knows no upper limit shows others too."""
    return (part.updated_after or 0) <= record.updated <= (
        part.updated_before or record.updated
    ) and (part.created_after or 0) <= record.created <= (part.created_before or record.created)
