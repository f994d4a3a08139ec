"""A reconciliation is a round that trusts no cursor: it compares all that the source lists with
what the ledger knows.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.guards.doubles import keep_doubles
from st_spectrum.engine.reconciled import Reconciled
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.engine.rounds.round import stops_the_others
from st_spectrum.ledger.damage import find_damage
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.lookup_answers import LookupImpossible

FRESH_SECONDS = 900
"""What changed within a quarter of an hour may be on its way by the sensors, not missed."""


def run_reconciliation(
    session: Connected,
    flows: Iterable[str],
    run_id: str,
    *,
    now: float | None = None,
) -> Iterator[Reconciled]:
    """Each flow in the order given, as it is done; the fault of a whole system ends it after the
    flow that met it.

    Whatever the source lists and the ledger does not know, and whatever is open, goes through the
    engine as in a round. No cursor is read or moved. `now` is in epoch seconds. A list that could
    not be read stops its flow as in a round. Raises `NotLive` before anything is carried.
    """
    session.refuse_before_go_live()
    for name in flows:
        flow = session.flows[name]
        settled_before = (session.ledger.now().timestamp() if now is None else now) - FRESH_SECONDS
        try:
            reconciled = _reconcile(flow, Carrying(session, name, run_id), settled_before)
        except SyncFault as fault:
            reconciled = Reconciled(name, 0, 0, (), Report(flow.description, stopped_by=fault))
        if not reconciled.report.stopped_by:
            reconciled = _with_doubles(flow, session.ledger, reconciled)
        yield replace(reconciled, damage=_damage(session.ledger, name))
        if stops_the_others(session, reconciled.report.stopped_by):
            break


def _reconcile(flow: Flow, carrying: Carrying, settled_before: float) -> Reconciled:
    if flow.why_idle():
        return Reconciled(flow.name, 0, 0, (), carrying.carry(()))
    return flow.reconcile(carrying, settled_before)


def _with_doubles(flow: Flow, ledger: Ledger, reconciled: Reconciled) -> Reconciled:
    """A table that cannot be read is said, and no reason to call the rest undone."""
    try:
        found = keep_doubles(
            ledger, flow.name, flow.find_doubles(reconciled.carried, ledger.now().timestamp())
        )
    except (SyncFault, LookupImpossible) as fault:
        return replace(reconciled, doubles_unseen=str(fault))
    return replace(reconciled, doubles=found)


def _damage(ledger: Ledger, flow: str) -> str:
    with suppress(SyncFault):  # a ledger that is away has stopped the flow already
        damage = find_damage(ledger, flow)
        return damage.sentence(flow) if damage else ""
    return ""
