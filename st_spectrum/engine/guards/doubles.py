"""What stands twice in the target under one key of ours: what the last look found, and what a
person said may stand so.

What is found is kept, so that the checks and mails between two nights know of it.
"""

from collections.abc import Iterable

from st_spectrum.ledger.documents.guards import AcceptedDouble, Double, FoundDoubles
from st_spectrum.ledger.ledger import Ledger


def keep_doubles(ledger: Ledger, flow: str, found: Iterable[Double]) -> tuple[Double, ...]:
    """Keep what a look found and nobody has accepted, in place of what the look before it found."""
    doubles = tuple(found)
    accepted = frozenset(ledger.names(AcceptedDouble))
    standing = tuple(double for double in doubles if double.id not in accepted)
    ledger.put(FoundDoubles(standing), flow)
    return standing


def kept_doubles(ledger: Ledger, flow: str) -> tuple[Double, ...]:
    """What the last look found and nobody has accepted since."""
    found = ledger.document(FoundDoubles, flow)
    if found is None:
        return ()
    accepted = frozenset(ledger.names(AcceptedDouble))
    return tuple(double for double in found.doubles if double.id not in accepted)


def accept(ledger: Ledger, flow: str, key: str) -> tuple[Double, ...]:
    """Take a person's word that this may stand twice; it is told again once it stands elsewhere."""
    taken = tuple(double for double in kept_doubles(ledger, flow) if double.key == key)
    for double in taken:
        ledger.put(AcceptedDouble(str(double)), double.id)
    return taken
