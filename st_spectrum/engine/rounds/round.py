"""One complete round in one process: what changed since the last round, everything still open, and
what waits.

The cursor moves only after all that it covers has been through the engine, so a round that is
killed is simply done again; the ledger sees to it that nothing is done twice.
"""

import logging
from collections.abc import Iterable

from st_spectrum.domain.errors import RateLimited, SyncFault, UnsafePlan
from st_spectrum.engine.approval import PlanSheet
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.guards.recovering import rebuild
from st_spectrum.engine.guards.second_ledger import SecondLedger
from st_spectrum.engine.looks.changes import Changes
from st_spectrum.engine.reconciled import OnOutcome
from st_spectrum.engine.report import Report, Result
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.engine.rounds.needed_now import with_needed
from st_spectrum.ledger.documents.form import NewerForm
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.spectrum.lookup_answers import LookupImpossible

log = logging.getLogger(__name__)


def run_round(
    session: Connected,
    flows: Iterable[str],
    run_id: str,
    *,
    is_dry_run: bool = False,
    on_outcome: OnOutcome = None,
    sheet: PlanSheet | None = None,
) -> dict[str, Report]:
    """One round of each flow in the order given; the fault of a whole system ends it after the flow
    that met it.

    What stops one flow alone, such as a table of Info-Link that it cannot read, is in its report,
    and the next ones go on. A flow whose list could not be read has done nothing, for then nothing
    is known. What the account file leaves out until it is needed, and this round asked for, goes
    out in it too. Raises `NotLive` before anything is carried. A
    dry run notes its decisions on `sheet`.
    """
    session.refuse_before_go_live()
    names = tuple(flows)
    reports: dict[str, Report] = {}
    for flow in names:
        try:
            reports[flow] = _one_flow(
                session.flows[flow], Carrying(session, flow, run_id, is_dry_run, on_outcome, sheet)
            )
        except SyncFault as fault:
            reports[flow] = Report(session.flows[flow].description, stopped_by=fault)
        if stops_the_others(session, reports[flow].stopped_by):
            return reports
    carryings = {
        name: Carrying(session, name, run_id, is_dry_run, on_outcome, sheet) for name in names
    }
    return with_needed(reports, carryings)


def stops_the_others(session: Connected, fault: SyncFault | None) -> bool:
    """Whether the flows behind the one that met the fault would meet it too: a system is down, or
    asks for a pause.
    """
    if isinstance(fault, SecondLedger | NewerForm):
        return True
    if fault is None or isinstance(fault, UnsafePlan):
        return False
    if isinstance(fault, RateLimited) or fault.system not in ("servicetrade", "spectrum"):
        return True
    return not session.targets.answers(fault.system)


def _one_flow(flow: Flow, carrying: Carrying) -> Report:
    session, is_dry_run = carrying.session, carrying.is_dry_run
    if flow.why_idle():
        return carrying.carry(())  # what waits since it was carried is told all the same
    cursor = session.ledger.document_or_none(Cursor, flow.name) or Cursor()
    if not is_dry_run:
        flow.before_round()
    changes = flow.notice(cursor)
    if not is_dry_run:
        if cursor.watermark is None and changes.records:
            rebuild_if_lost(session, flow, changes)
        flow.accept(changes)
    report = carrying.carry([*changes.keys, *carrying.open_keys()])
    if not is_dry_run and not report.stopped_by:
        flow.remember(changes, report)
        move_cursor(session, flow, cursor, changes, report)
    return report


def move_cursor(
    session: Connected, flow: Flow, before: Cursor, changes: Changes, report: Report
) -> None:
    """Go on from behind these changes next time."""
    # A worker that has a record now may have looked at it before it changed: then the change is
    # still to be asked for.
    busy = {outcome.key for outcome in report.outcomes if outcome.result is Result.BUSY} & set(
        changes.keys
    )
    if changes.cursor is not None and changes.cursor != before and not busy:
        session.ledger.put(changes.cursor, flow.name)


def rebuild_if_lost(session: Connected, flow: Flow, changes: Changes) -> None:
    """Rebuild a ledger that is empty although the source shows codes of ours: it was lost, not
    never there.

    A plain round would make everything a second time that stands in the target without being known
    at the source.
    """
    # A ledger that was lost is known by its witness, a second one too.
    if session.guard.open(flow.name).closed_by is not None:
        return
    if any(session.ledger.keys(flow) for flow in session.flows) or not flow.shows_what_crossed(
        changes
    ):
        return
    log.warning(
        "The ledger is empty, but ServiceTrade carries our codes: it is rebuilt before anything is"
        " sent."
    )
    try:
        rebuild(session.flows.values())
    except LookupImpossible as impossible:
        log.warning("What was half-way when the ledger was lost cannot be found: %s", impossible)
    session.guard.expect_late_calls()
