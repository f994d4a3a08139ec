"""The cursor of a list that is read by time of last change: what is news to it, and how far it may move.

The list is read from the watermark minus an overlap; what was seen in that window is compared by content, not by time. So
nothing with an equal or late time of change is ever missed, whoever's clock was wrong.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from st_spectrum.account import Pace

CROWD = 200
"""So many records in the overlap are more than one wants to list at every look."""

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


L = TypeVar("L", bound=Listed)


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


def window(cursor: Cursor, pace: Pace, now: int) -> int | None:
    """From which `updated` on the list must be read; None for all of it."""
    watermark = _trusted(cursor, pace, now)
    return None if watermark is None else max(0, watermark - pace.overlap_seconds)


def choose(
    listed: Iterable[L],
    versions: Mapping[str, str],
    cursor: Cursor,
    pace: Pace,
    *,
    limit: int | None,
    is_whole: bool = True,
    keeps_all: bool = False,
    now: int = 0,
    crowd: int = CROWD,
) -> tuple[list[L], Cursor, bool]:
    """What is new among things of any kind, by the digests of what they say; the cursor afterwards; whether nothing was left.

    `keeps_all` remembers everything listed, whatever its age: for lists that bring all of it each time.
    """
    by_age = sorted(listed, key=lambda record: (record.updated, record.id))
    fresh = [record for record in by_age if _is_news(cursor.seen.get(str(record.id)), versions[str(record.id)])]
    taken = fresh if limit is None else fresh[:limit]
    left_behind = fresh[len(taken) :]
    asked = {**cursor.seen, **versions}
    for record in left_behind:
        asked.pop(str(record.id))
    if not is_whole:
        return taken, Cursor(cursor.watermark, asked), False
    watermark = _watermark(by_age, left_behind, pace, now, crowd)
    if cursor.watermark is not None and (before := _trusted(cursor, pace, now)) is not None:
        watermark = max(before, watermark or 0)
    if watermark is not None:
        # Outside the overlap nothing is listed again, so nothing has to be remembered. Where no time came, it may be.
        oldest = watermark - pace.overlap_seconds
        kept = {str(each.id) for each in by_age if each.updated >= oldest or not each.updated or keeps_all}
        asked = {key: version for key, version in asked.items() if key in kept}
    return taken, Cursor(watermark, asked), not left_behind


def _watermark(by_age: Sequence[Listed], left_behind: Sequence[Listed], pace: Pace, now: int, crowd: int) -> int | None:
    if not by_age:
        return None
    if left_behind:
        return _not_after(now, left_behind[0].updated)
    newest = _not_after(now, by_age[-1].updated)
    crowded = sum(record.updated >= newest - pace.overlap_seconds for record in by_age) > crowd
    return max(newest, now - pace.overlap_seconds) if crowded else newest


def _not_after(now: int, updated: int) -> int:
    return min(updated, now) if now else updated


def _trusted(cursor: Cursor, pace: Pace, now: int) -> int | None:
    """The watermark, unless it lies in the future: then a clock was wrong when it was set."""
    if now and cursor.watermark is not None and cursor.watermark > now + pace.overlap_seconds:
        return None
    return cursor.watermark


def _is_news(seen: str | None, version: str) -> bool:
    """Another content; or an external id that was there and is gone, which our own write-backs never do."""
    return seen is None or seen.rstrip(LINKED) != version.rstrip(LINKED) or len(seen) > len(version)
