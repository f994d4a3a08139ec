"""When a person must look at a record not through yet: one answer for check and mails. Pure."""

from collections.abc import Container
from datetime import datetime, timedelta

from st_spectrum.engine.retries.backoff import is_for_a_system
from st_spectrum.ledger.entry import CLOSED, Entry, State, is_open

ON_ITS_WAY = timedelta(minutes=15)
"""So long a record may wait for another record, or be half-way, before anybody is told."""

PASSES_BY_ITSELF = timedelta(minutes=5)
"""So long a system may be down, or an answer in doubt, before anybody is told."""


def needs_a_person(entry: Entry, now: datetime, attempts: int, flows: Container[str]) -> bool:
    """Whether the record is open and does not just need some patience.

    One that was tried `attempts` times does at once, whatever it waits for. `flows` are the names
    of all flows: a record may wait for one of another flow.
    """
    if entry.state in (State.UNKNOWN, State.HELD) and entry.attempts >= attempts:
        return True
    match entry.state:
        case State.REJECTED:
            return True
        case State.UNKNOWN:
            return now - standing_since(entry) >= PASSES_BY_ITSELF
        case State.CLAIMED:
            # Every step renews it, so this one has not moved for as long.
            return now - entry.changed_at >= ON_ITS_WAY
        case State.HELD if waits_for_records(entry, flows):
            return now - open_since(entry) >= ON_ITS_WAY
        case State.HELD if waits_for_a_system(entry) or entry.retry_at is None:
            # Without a time for the next try it is due at once, as after a person's word.
            return now - open_since(entry) >= PASSES_BY_ITSELF
        case State.HELD:
            return True
        case _:
            return False


def waits_for_records(entry: Entry, flows: Container[str]) -> bool:
    """Whether all that it lacks are other records, such as `customers/1201`, which release it."""
    return bool(entry.needs) and all(need.partition("/")[0] in flows for need in entry.needs)


def waits_for_a_system(entry: Entry) -> bool:
    """Whether it came to a stop because a system was down."""
    return is_for_a_system(entry.needs)


def open_since(entry: Entry) -> datetime:
    """Since when somebody has to come back to it: across all tries, and across several reasons. Of
    one that was left alone, since when it is.
    """
    if not is_open(entry.state):
        return standing_since(entry)
    since = None
    for transition in reversed(entry.history):
        if transition.to_state in CLOSED:
            return since or entry.changed_at
        since = transition.at
    # The history keeps only the newest transitions; what never crossed has been open from the
    # start.
    return entry.first_seen_at if entry.confirmed_at is None or since is None else since


def standing_since(entry: Entry) -> datetime:
    """Since when it has not left its state, except for attempts that brought it back there."""
    since = entry.changed_at
    for transition in reversed(entry.history):
        if transition.to_state not in (entry.state, State.CLAIMED):
            break
        since = transition.at
    return since
