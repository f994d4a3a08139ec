"""Brings an older ledger up to date: what both systems show of records that it does not know is
noted as crossed.

Nothing that it knows is changed, so it may be cut off at any place and done again.
"""

from collections.abc import Iterable
from datetime import timedelta

from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Rebuilt
from st_spectrum.ledger.documents.guards import Recovery
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.ledger import Ledger

MARGIN = timedelta(days=1)
"""Clocks differ, and the last batch before the copy may have been long."""


def rebuild(flows: Iterable[Flow]) -> tuple[Rebuilt, ...]:
    """Fill a ledger with what it does not know. Only reads the two systems; the next round
    completes what was found half-way.

    Raises `LookupImpossible` when Spectrum cannot list its customers or sites (no Info-Link).
    """
    return tuple(rebuilt for flow in flows if (rebuilt := flow.rebuild()) is not None)


def bring_up_to_date(
    flows: Iterable[Flow], ledger: Ledger, epoch: Epoch | None
) -> tuple[Recovery, bool]:
    """What was found, and whether all could be seen that must be. Raises a `SyncFault` when a
    system could not be read.
    """
    since = epoch.turned_at - MARGIN if epoch and epoch.turned_at else None
    found: dict[str, int] = {}
    notes: list[str] = []
    is_seen = True
    for flow in flows:
        recovered = flow.recover(since)
        if recovered.found is not None:
            found[flow.name] = recovered.found
        elif flow.stopped_unseen is not None:
            is_seen = False
        if recovered.note:
            notes.append(recovered.note)
    return Recovery(at=ledger.now(), reason="", found=found, notes=tuple(notes)), is_seen
