"""Which open entries should be asked for again: what waits for something that exists now, and what was left in doubt."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

COME_BACK_BY_THEMSELVES = frozenset({"invoices"})
"""Flows whose refused records stand as `failed` at the source until somebody submits them again."""


CLOCKS_DIFFER = timedelta(minutes=5)
"""An entry that was written later than this from now bears the time of a clock that was wrong; its pause means nothing."""


def due(ledger: Ledger, flow: str, now: datetime) -> tuple[str, ...]:
    """Keys of open entries whose time has come. Reads the ledger only."""
    # A key without an entry: its worker died between marker and entry.
    return tuple(key for key, held in ledger.open_entries(flow) if held is None or is_due(held.entry, ledger, now))


def is_due(entry: Entry, ledger: Ledger, now: datetime) -> bool:
    """Whether asking again makes sense: a claim nobody holds any more, a need that is met, or a pause that is over."""
    if entry.state is State.CLAIMED:
        return ledger.is_abandoned(entry)
    if entry.state is State.HELD and (needs := ledger_needs(entry.needs)):
        return all(_has_crossed(ledger, *need) for need in needs)
    if entry.state is State.REJECTED and entry.flow in COME_BACK_BY_THEMSELVES:
        return False
    if entry.state in (State.HELD, State.REJECTED, State.UNKNOWN):
        was_clock_wrong = entry.changed_at > now + CLOCKS_DIFFER
        return entry.retry_at is None or entry.retry_at <= now or was_clock_wrong
    return False


def ledger_needs(needs: Iterable[str]) -> list[tuple[str, str]]:
    """Those of the needs that are other records, as (flow, key)."""
    parted = (need.partition("/") for need in needs)
    return [(flow, key) for flow, _, key in parted if flow in FLOWS and key]


def _has_crossed(ledger: Ledger, flow: str, key: str) -> bool:
    held = ledger.get(flow, key)
    if held is None:
        return False
    entry = held.entry
    return entry.state is State.CONFIRMED or (entry.state is State.SKIPPED and bool(entry.target_key))
