"""One complete round in one process: what changed since the last round, everything still open, and what waits.

The cursor moves only after all that it covers has been through the engine, so a round that is killed is simply done again;
the ledger sees to it that nothing is done twice.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from st_spectrum.flows.changes import Cursor, notice_all
from st_spectrum.flows.redrive import is_due
from st_spectrum.flows.report import Outcome, Report, merged
from st_spectrum.flows.session import Session
from st_spectrum.ledger.entry import State

KIND = {"customers": "company", "sites": "location", "jobs": "job", "invoices": "invoice"}
"""What ServiceTrade calls the records of a flow."""

CHUNK = 100
"""Records between two looks at the clock of `Sources`: what a list brought is decided on while it is fresh."""


def run_round(
    session: Session,
    flows: Iterable[str],
    run_id: str,
    *,
    is_dry_run: bool = False,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> dict[str, Report]:
    """One round of each flow in the order given; the fault of a system ends it after the flow that met it.

    Raises a `SyncFault` when a list could not be read: then nothing is known, and nothing was done for that flow.
    """
    reports: dict[str, Report] = {}
    for flow in flows:
        reports[flow] = _one_flow(session, flow, run_id, is_dry_run, on_outcome)
        if reports[flow].stopped_by:
            break
    return reports


def _one_flow(
    session: Session, flow: str, run_id: str, is_dry_run: bool, on_outcome: Callable[[Outcome], None] | None
) -> Report:
    cursor = Cursor.decode(session.ledger.cursor(f"sync-{flow}"))
    changes = notice_all(flow, session.servicetrade, cursor, session.account.pace)
    session.sources.keep(KIND[flow], changes.records)
    keys = list(dict.fromkeys([*changes.keys, *_open(session, flow)]))
    reports: list[Report] = []
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        reports.append(session.engine.run(flow, chunk, run_id=run_id, is_dry_run=is_dry_run, on_outcome=on_outcome))
        if reports[-1].stopped_by:
            return merged(flow, reports)
    if not is_dry_run and changes.cursor != cursor:
        session.ledger.save_cursor(f"sync-{flow}", changes.cursor.encode())
    return merged(flow, reports)


def _open(session: Session, flow: str) -> list[str]:
    """Everything that waits is tried; what was refused only when its pause is over, for each try is a write."""
    now = datetime.now(UTC)
    waits = (State.HELD, State.UNKNOWN)
    return [
        key
        for key, held in session.ledger.open_entries(flow)
        if held is None or held.entry.state in waits or is_due(held.entry, session.ledger, now)
    ]
