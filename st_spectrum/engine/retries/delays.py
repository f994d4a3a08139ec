"""How long a record takes: from the change at its source by which it became due, until it is
confirmed. Pure.

Our own writes, such as an external id, move the source's time of change too. So the first one
counts that was read since the record was last closed, and none that lies so close to that closing
that it may be our own.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil

from st_spectrum.engine.retries.attention import open_since
from st_spectrum.ledger.entry import CLOSED, Entry, State, is_open

OWN_TOUCH = timedelta(minutes=1)
"""So long after a record was closed a change of its source may be our own write, by any clock."""

_ARRIVED = (State.CONFIRMED, State.VOIDED)


def moment_of(updated: int) -> datetime | None:
    """ServiceTrade's time of change (epoch seconds); None where it is not known."""
    return datetime.fromtimestamp(updated, UTC) if updated > 0 else None


def counted_change(
    entry: Entry | None, changed_at: datetime | None, watched_since: datetime | None
) -> datetime | None:
    """The change from which a record's delay counts, once its source was read; None where that
    tells none, and then it counts from when it was first seen.

    What was changed before anybody watched (`watched_since`), or before the record was last closed,
    is not what made it due.
    """
    if entry is not None and is_open(entry.state) and entry.source_changed_at is not None:
        return entry.source_changed_at
    if changed_at is None or (watched_since is not None and changed_at < watched_since):
        return None
    if entry is None:
        return changed_at
    if is_open(entry.state) and changed_at > open_since(entry):
        return None  # that may be a write of ours, or people who correct what it waits for
    closed_at = _last_closed(entry)
    if closed_at is not None and changed_at <= closed_at + OWN_TOUCH:
        return None
    return changed_at


def delay_of(entry: Entry) -> timedelta | None:
    """How long the last crossing of a record took; None where it did not cross, as one that stood
    there already. Clocks of two machines may differ by seconds, but nothing crosses before its
    change.
    """
    last = entry.history[-1] if entry.history else None
    if last is None or last.to_state not in _ARRIVED or last.from_state is not State.CLAIMED:
        return None
    began = entry.source_changed_at or _opened(entry)
    return max(last.at - began, timedelta(0))


def share_of(delays: Sequence[float], share: float) -> float:
    """The delay within which this share of the records crossed, by nearest rank; 0 for none.
    `delays` are sorted.
    """
    return delays[max(1, ceil(share * len(delays))) - 1] if delays else 0.0


def _last_closed(entry: Entry) -> datetime | None:
    """When it was last closed; of several words the newest, for each may follow a write."""
    if not is_open(entry.state):
        return entry.changed_at
    return next((at for at, state in _backwards(entry) if state in CLOSED), None)


def _opened(entry: Entry) -> datetime:
    """When the way began that ended with its last state; of a long one the oldest kept step."""
    opened = entry.changed_at
    for at, state in list(_backwards(entry))[1:]:
        if state in CLOSED:
            break
        opened = at
    return opened


def _backwards(entry: Entry) -> Iterable[tuple[datetime, State]]:
    return ((transition.at, transition.to_state) for transition in reversed(entry.history))
