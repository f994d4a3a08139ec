"""The root causes of all that is open in a ledger just now."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from st_spectrum.alerts.causes import id_of
from st_spectrum.engine.people.person import NotDone
from st_spectrum.engine.people.root_causes import RootCause, root_causes
from st_spectrum.engine.steps.reservations import readable_entry
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.ledger import Ledger

SHORTEST = 4
"""So many first characters of a cause's id are enough to name it."""


def open_roots(
    ledger: Ledger, flows: Sequence[str] = tuple(FLOWS), since: datetime | None = None
) -> tuple[RootCause, ...]:
    """Those that keep a record of these flows waiting, the oldest first; with `since` those whose
    oldest record has waited from then on or later.

    One read for each open record, and one for each that they need.
    """
    entries = [
        held.entry for flow in FLOWS for _, held in ledger.open_entries(flow) if held is not None
    ]

    return tuple(
        root
        for root in root_causes(entries, tuple(FLOWS), partial(readable_entry, ledger))
        if {entry.flow for entry in root.waiting} & set(flows)
        and (since is None or root.since >= since)
    )


def cause_named(ledger: Ledger, cause_id: str) -> RootCause:
    """The one whose id this is, or begins so. Raises `NotDone` for none and for several."""
    found = [
        root
        for root in open_roots(ledger)
        if len(cause_id) >= SHORTEST and id_of(root.flow, root.text).startswith(cause_id)
    ]
    if len(found) != 1:
        count = "no cause" if not found else f"{len(found)} causes"
        raise NotDone(f"there is {count} {cause_id!r} just now; `st-spectrum ledger open` has all")
    return found[0]
