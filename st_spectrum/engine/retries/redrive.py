"""Which open entries should be asked for again: what waits for something that exists now, and what
was left in doubt.
"""

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.engine.retries.backoff import is_pause_over
from st_spectrum.engine.retries.breaker import Breaker
from st_spectrum.engine.retries.breaker_documents import read_breakers
from st_spectrum.ledger.documents.records import SettingsSeen, SkippedBySetting
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

ASKED_FOR = "Nothing to do: it is looked at next."
"""The advice of a record that was never looked at, and that the next round takes."""

SEEN_AFTER = timedelta(minutes=1)
"""So long after a record was left out, what waits for it may have been judged from before."""

Flows = Mapping[str, FlowDescription]
"""All flows by name, for a record may wait for one of another flow."""


def due(
    ledger: Ledger, flow: str, flows: Flows, now: datetime, settings: str = ""
) -> tuple[str, ...]:
    """Keys of open entries whose time has come, and of skipped ones that the account file may judge
    otherwise by now.

    `settings` is the digest of the account file, "" where nobody asks for its changes. Reads the
    ledger only.
    """
    breakers = read_breakers(ledger, flow)
    # A key without an entry: its worker died between marker and entry.
    waiting = (
        key
        for key, held in ledger.open_entries(flow)
        if held is None or is_due(held.entry, ledger, flows, now, settings, breakers)
    )
    return (*waiting, *skipped_by_settings(ledger, flow, settings))


def is_due(
    entry: Entry,
    ledger: Ledger,
    flows: Flows,
    now: datetime,
    settings: str = "",
    breakers: Mapping[str, Breaker] | None = None,
) -> bool:
    """Whether asking again makes sense: a claim nobody holds any more, a need that is met, or a
    pause that is over.

    Also when the account file has changed since the record was judged, or a breaker that it waits
    for has closed or is due.
    """
    if entry.state is State.CLAIMED:
        return ledger.is_abandoned(entry)
    if entry.state is State.REJECTED and flows[entry.flow].is_resubmitted:
        return False
    if (
        entry.settings
        and settings
        and entry.settings != settings
        and entry.state in (State.HELD, State.REJECTED)
    ):
        return True
    if (is_released := _is_released(entry, now, settings, breakers or {})) is not None:
        return is_released
    if entry.state is State.HELD and (needs := ledger_needs(entry.needs, flows)):
        return all(has_crossed(ledger, *need) for need in needs) or (
            is_pause_over(entry, now) and was_left_out_since(ledger, entry, flows)
        )
    if entry.state in (State.HELD, State.REJECTED, State.UNKNOWN):
        return is_pause_over(entry, now)
    return False


def _is_released(
    entry: Entry, now: datetime, settings: str, breakers: Mapping[str, Breaker]
) -> bool | None:
    """Whether the breaker that a record waits for lets it go; None if it waits for none."""
    if entry.state is State.HELD and entry.blocked_by:
        breaker = breakers.get(entry.blocked_by)
        return breaker is None or breaker.is_due(now, settings or breaker.settings)
    if entry.state is State.REJECTED:
        blamed = [
            breaker
            for breaker in breakers.values()
            if breaker.is_open and entry.key in breaker.records
        ]
        if any(breaker.is_due(now, settings or breaker.settings) for breaker in blamed):
            return True
    return None


def make_due(ledger: Ledger, flow: str, key: str, **changes: Any) -> bool:
    """Have a record that waits or was refused tried by the next round; False when it does neither,
    or a worker is at it now.
    """
    held = ledger.get(flow, key)
    if held is None or held.entry.state not in (State.HELD, State.REJECTED):
        return False
    try:
        ledger.hasten(held, **changes)
    except ClaimLost:
        return False
    return True


EARLIER_SKIPS = "is ignored by the account file"
"""How the reason ends where a version without these markers left a record out by a setting."""


def remember_earlier_skip(ledger: Ledger, entry: Entry, settings: str) -> None:
    """Leave the marker that an earlier version did not; it counts as judged by `settings`, so
    nothing is asked for again by it.
    """
    if (
        settings
        and entry.state is State.SKIPPED
        and not entry.settings
        and entry.reason.endswith(EARLIER_SKIPS)
    ):
        ledger.put_first(SkippedBySetting(settings), entry.flow, entry.key)


def skipped_by_settings(ledger: Ledger, flow: str, settings: str) -> tuple[str, ...]:
    """Records left out by a setting of an account file that has changed since. One read if none."""
    if not settings or ledger.document(SettingsSeen, flow) == SettingsSeen(settings):
        return ()
    entries = ((key, ledger.get(flow, key)) for key in ledger.names(SkippedBySetting, flow))
    return tuple(
        key
        for key, held in entries
        if held is not None
        and held.entry.state is State.SKIPPED
        and _judged_by(ledger, held.entry) != settings
    )


def _judged_by(ledger: Ledger, entry: Entry) -> str:
    """The digest of the account file that left the record out; of an earlier version's entry its
    marker keeps it.
    """
    if entry.settings:
        return entry.settings
    marker = ledger.document(SkippedBySetting, entry.flow, entry.key)
    return marker.settings if marker else ""


def settings_seen(ledger: Ledger, flow: str, settings: str) -> None:
    """After a run: once all that a setting left out was judged by this account file, nobody looks
    for more of it.
    """
    seen = SettingsSeen(settings)
    if (
        settings
        and ledger.document(SettingsSeen, flow) != seen
        and not skipped_by_settings(ledger, flow, settings)
    ):
        ledger.put(seen, flow)


def ledger_needs(needs: Iterable[str], flows: Container[str]) -> list[tuple[str, str]]:
    """Those of the needs that are other records, as (flow, key); `flows` are the names of all."""
    parted = (need.partition("/") for need in needs)
    return [(flow, key) for flow, _, key in parted if flow in flows and key]


def was_left_out_since(ledger: Ledger, entry: Entry, flows: Container[str]) -> bool:
    """Whether something that a record waits for was left out since the record was looked at: then
    it waits for something else than it says.
    """
    moments = _left_out_at(ledger, entry, flows)
    return not entry.is_in_doubt and any(at + SEEN_AFTER > entry.changed_at for at in moments)


def note_left_out(
    ledger: Ledger, held: Versioned, flows: Container[str], retry_at: datetime | None
) -> None:
    """A record looked at that says the same is not looked at again for what was left out by now."""
    moments = _left_out_at(ledger, held.entry, flows)
    is_seen = bool(moments) and max(moments) + SEEN_AFTER < ledger.now()
    if is_seen and was_left_out_since(ledger, held.entry, flows):
        with suppress(ClaimLost):
            ledger.hasten(held, retry_at=retry_at)


def _left_out_at(ledger: Ledger, entry: Entry, flows: Container[str]) -> list[datetime]:
    needed = (ledger.get(*need) for need in ledger_needs(entry.needs, flows))
    return [held.entry.changed_at for held in needed if held and is_left_out(held.entry)]


def is_left_out(entry: Entry) -> bool:
    """Whether a record was left alone without standing in the target by other means."""
    return entry.state is State.SKIPPED and not entry.target_key


def has_crossed(ledger: Ledger, flow: str, key: str) -> bool:
    """Whether what waits for this record may go."""
    held = ledger.get(flow, key)
    if held is None:
        return False
    entry = held.entry
    return entry.state is State.CONFIRMED or (
        entry.state is State.SKIPPED and bool(entry.target_key)
    )
