"""Where the breakers lie in the ledger, and how a person's word ends their pause."""

from datetime import datetime

from st_spectrum.engine.breaker import Breaker, decode, encode
from st_spectrum.ledger.ledger import Ledger

KIND = "breakers"
"""Kind under which the ledger keeps them: one document for each cause, by its id."""


def read_breakers(ledger: Ledger, flow: str) -> dict[str, Breaker]:
    """Those of a flow by id: one listing, and a read for each of what are mostly none."""
    ids = [id_ for id_ in ledger.kept_keys(KIND) if id_.startswith(f"{flow}-")]
    found = {id_: decode(ledger.kept(KIND, id_) or "") for id_ in ids}
    return {id_: breaker for id_, breaker in found.items() if breaker is not None}


def end_pause(ledger: Ledger, flow: str, now: datetime, only: str = "") -> int:
    """Let each open breaker of a flow, or the one of this id, try a record at once; how many there are."""
    ended = 0
    for id_, breaker in read_breakers(ledger, flow).items():
        if breaker.is_open and only in ("", id_):
            ledger.revise(KIND, id_, lambda text: _ended(text, now))
            ended += 1
    return ended


def _ended(text: str | None, now: datetime) -> str | None:
    breaker = decode(text) if text else None
    return encode(breaker.undecided(now)) if breaker is not None and breaker.is_open else text
