"""Where the breakers lie in the ledger, and how a person's word ends their pause."""

from datetime import datetime

from st_spectrum.engine.retries.breaker import Breaker, from_document, to_document
from st_spectrum.ledger.documents.guards import KeptBreaker
from st_spectrum.ledger.ledger import Ledger


def read_breakers(ledger: Ledger, flow: str) -> dict[str, Breaker]:
    """Those of a flow by id: one listing, and a read for each. A damaged one counts as none."""
    ids = [id_ for id_ in ledger.names(KeptBreaker) if id_.startswith(f"{flow}-")]
    found = {id_: ledger.document_or_none(KeptBreaker, id_) for id_ in ids}
    return {id_: from_document(kept) for id_, kept in found.items() if kept is not None}


def end_pause(ledger: Ledger, flow: str, now: datetime, only: str = "") -> int:
    """Let each open breaker of a flow, or that of this id, try a record at once; how many."""
    ended = 0
    for id_, breaker in read_breakers(ledger, flow).items():
        if breaker.is_open and only in ("", id_):
            ledger.revise(KeptBreaker, id_, lambda kept: _ended(kept, now))
            ended += 1
    return ended


def _ended(kept: KeptBreaker | None, now: datetime) -> KeptBreaker | None:
    breaker = from_document(kept) if kept else None
    return to_document(breaker.undecided(now)) if breaker is not None and breaker.is_open else None
