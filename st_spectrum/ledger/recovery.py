"""What was done when a ledger turned out to be older than what has happened; kept until a person
has seen it.
"""

from dataclasses import replace

from st_spectrum.ledger.documents.guards import Recovery
from st_spectrum.ledger.ledger import Ledger


def keep_recovery(ledger: Ledger, number: int, recovery: Recovery) -> None:
    """Keep it under the number of the epoch that the ledger has since."""
    ledger.put(recovery, str(number))


def recoveries(ledger: Ledger) -> dict[str, Recovery]:
    """All that nobody has said to have seen."""
    found = {key: ledger.document(Recovery, key) for key in ledger.names(Recovery)}
    return {
        key: recovery
        for key, recovery in found.items()
        if recovery is not None and not recovery.is_seen
    }


def mark_seen(ledger: Ledger) -> tuple[Recovery, ...]:
    """A person has read them."""
    unseen = recoveries(ledger)
    for key, recovery in unseen.items():
        ledger.put(replace(recovery, is_seen=True), key)
    return tuple(unseen.values())
