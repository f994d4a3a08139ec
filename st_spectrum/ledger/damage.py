"""Looks for entries that cannot be read, every night: a damaged one that is closed would else be
met years later.
"""

from concurrent.futures import ThreadPoolExecutor

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger.documents.guards import Damage
from st_spectrum.ledger.ledger import Ledger

THREADS = 8


def find_damage(ledger: Ledger, flow: str) -> Damage | None:
    """Read every entry of a flow, and keep what was found for the check. Raises a `SyncFault` when
    the ledger is away.
    """

    def problem(key: str) -> str:
        try:
            ledger.get(flow, key)
        except ContractBroken as damaged:
            return damaged.message
        return ""

    with ThreadPoolExecutor(THREADS) as pool:
        keys = ledger.keys(flow)
        entries = {
            key: text for key, text in zip(keys, pool.map(problem, keys), strict=True) if text
        }
    if not entries:
        ledger.discard(Damage, flow)
        return None
    damage = Damage(at=ledger.now(), entries=entries)
    ledger.put(damage, flow)
    return damage


def known_damage(ledger: Ledger, flow: str) -> Damage | None:
    """What the last look found."""
    return ledger.document(Damage, flow)
