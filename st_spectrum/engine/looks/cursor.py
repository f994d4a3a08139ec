"""The cursor of a list that is read by time of last change: what is news to it, and how far it may
move.

The list is read from the watermark minus an overlap; what was seen in that window is compared by
content, not by time. So nothing with an equal or late time of change is ever missed, whoever's
clock was wrong.

The watermark follows what the records say, not the clock. A clock decides one thing only, when a
crowd of old records need not be listed any more; and there it counts how long the looks lay apart,
never what time it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from st_spectrum.account import Pace
from st_spectrum.ledger.documents.records import Cursor, Quiet

CROWD = 200
"""So many records in the overlap are more than one wants to list at every look."""

SHARE = 5
"""The pause between two looks counts at most as this part of the overlap: then a clock may jump
once and hide nothing.
"""

NEWEST = 10
"""One of so many places of a batch is for the newest of a crowd."""

LINKED = "+"
"""Stands behind the digest of a record that carries an external id."""


class Listed(Protocol):
    """What can be chosen by its age."""

    @property
    def id(self) -> int | str:
        """The same whenever it is listed."""

    @property
    def updated(self) -> int:
        """When it changed last, epoch seconds; 0 when nobody knows."""


T = TypeVar("T")
L = TypeVar("L", bound=Listed)


@dataclass(frozen=True)
class Listing:
    """How a list was read, and how much of it is to be taken.

    `now` is when it began, by the source's clock (epoch seconds); 0 where nobody can tell. `limit`
    is the most to take at once. `keeps_all` remembers everything listed, whatever its age: for
    lists that bring all of it each time. More than `crowd` things in the overlap are left behind
    once nothing has come after them for long enough.
    """

    now: int = 0
    limit: int | None = None
    is_whole: bool = True
    keeps_all: bool = False
    crowd: int = CROWD


def window(cursor: Cursor, pace: Pace, now: int) -> int | None:
    """From which `updated` on the list must be read; None for all of it."""
    watermark = _trusted(cursor, pace.overlap_seconds, now)
    return None if watermark is None else max(0, watermark - pace.overlap_seconds)


def choose(
    listed: Iterable[L],
    versions: Mapping[str, str],
    cursor: Cursor,
    pace: Pace,
    listing: Listing,
) -> tuple[list[L], Cursor, bool]:
    """What is new among things of any kind, by the digests of what they say; the cursor afterwards;
    whether nothing was left.
    """
    picked = pick(listed, versions, cursor, listing)
    if not listing.is_whole:
        return picked.taken, Cursor(cursor.watermark, picked.seen), False
    after = settled(cursor, picked, pace, listing)
    return picked.taken, after, not picked.left_behind


@dataclass(frozen=True)
class Picked(Generic[L]):
    """Of what was listed: all by age; what is new to the cursor, as far as a batch takes it; what
    the batch left of that; and what is remembered as asked for.
    """

    by_age: list[L]
    taken: list[L]
    left_behind: list[L]
    seen: dict[str, str]


def pick(
    listed: Iterable[L], versions: Mapping[str, str], cursor: Cursor, listing: Listing
) -> Picked[L]:
    """Which of these things are news, and which of them fit into the batch."""
    by_age = sorted(listed, key=lambda record: (record.updated, record.id))
    fresh = [
        record
        for record in by_age
        if _is_news(cursor.seen.get(str(record.id)), versions[str(record.id)])
    ]
    taken, left_behind = from_both_ends(fresh, listing.limit)
    seen = {**cursor.seen, **versions}
    for record in left_behind:
        seen.pop(str(record.id))
    return Picked(by_age, taken, left_behind, seen)


def settled(cursor: Cursor, picked: Picked[L], pace: Pace, listing: Listing) -> Cursor:
    """The cursor after a whole list was read."""
    by_age, left_behind, overlap = picked.by_age, picked.left_behind, pace.overlap_seconds
    newest = left_behind[0].updated if left_behind else by_age[-1].updated if by_age else None
    is_crowd = newest is not None and (
        sum(record.updated >= newest - overlap for record in by_age) > listing.crowd
    )
    after = moved(cursor, newest, overlap, listing.now, is_crowd=is_crowd and not left_behind)
    if after.watermark is None:
        return replace(after, seen=picked.seen)
    # Outside the overlap nothing is listed again, so nothing has to be remembered. Where no time
    # came, it may be.
    oldest = after.watermark - overlap
    kept = {
        str(record.id)
        for record in by_age
        if record.updated >= oldest or not record.updated or listing.keeps_all
    }
    seen = {key: version for key, version in picked.seen.items() if key in kept}
    return replace(after, seen=seen)


def newest_share(limit: int) -> int:
    """How many of a batch come from the newest end of what is left over; the oldest always have the
    greater part of it.
    """
    return min(limit // 2, max(1, limit // NEWEST))


def from_both_ends(by_age: Sequence[T], limit: int | None) -> tuple[list[T], list[T]]:
    """What a batch takes of a crowd, and what it leaves: the oldest, and a few of the newest.

    A record of today need not wait until all before it have had their turn, and none is passed over
    for ever.
    """
    if limit is None or len(by_age) <= limit:
        return list(by_age), []
    newest = newest_share(limit)
    first, last = limit - newest, len(by_age) - newest
    return [*by_age[:first], *by_age[last:]], list(by_age[first:last])


def _trusted(cursor: Cursor, overlap: int, now: int) -> int | None:
    """The watermark, unless it lies in the future: then a clock was wrong when it was set."""
    if now and cursor.watermark is not None and cursor.watermark > now + overlap:
        return None
    return cursor.watermark


def moved(cursor: Cursor, newest: int | None, overlap: int, now: int, *, is_crowd: bool) -> Cursor:
    """The cursor after a whole list whose newest record changed at `newest`, None for an empty one;
    still without contents.

    The mark never goes back, and what a record says never moves it past `now`: one stamped in the
    future must not hide what changes until then. `is_crowd` says that more stands in the overlap
    than one wants to list again and again.
    """
    mark, quiet = newest, None
    if newest is not None and now:
        mark = min(newest, now)
    if (
        is_crowd
        and newest is not None
        and newest <= now
        and _is_listed_again(cursor, newest, overlap)
    ):
        quiet = _watched(cursor.quiet, newest, overlap, now)
        # Nothing is seen later than an overlap after its time. One share more for a clock that
        # jumped, one for a slow list.
        if quiet.seconds >= overlap + 2 * _share(overlap):
            mark, quiet = newest + overlap + 1, None
    if cursor.watermark is not None and (before := _trusted(cursor, overlap, now)) is not None:
        mark = max(before, mark or 0)
    return Cursor(mark, {}, quiet)


def _is_listed_again(cursor: Cursor, newest: int, overlap: int) -> bool:
    return cursor.watermark is None or cursor.watermark <= newest + overlap


def _watched(before: Quiet | None, newest: int, overlap: int, now: int) -> Quiet:
    if before is None or before.newest != newest:
        return Quiet(newest, now)
    pause = max(0, min(now - before.looked_at, _share(overlap)))
    return Quiet(newest, now, before.seconds + pause)


def _share(overlap: int) -> int:
    return max(1, overlap // SHARE)


def _is_news(seen: str | None, version: str) -> bool:
    """Another content; or an external id that is gone, which our write-backs never do."""
    return seen is None or seen.rstrip(LINKED) != version.rstrip(LINKED) or len(seen) > len(version)
