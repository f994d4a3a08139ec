"""Looks for entries that cannot be read, every night: a damaged one that is closed would else be met years later."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from pydantic import AwareDatetime

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger.epoch import Document
from st_spectrum.ledger.ledger import Ledger

KIND = "damaged-entries"
"""Kind under which the ledger keeps the last look at each flow, where anything was found."""

THREADS = 8
SHOWN = 5


class Damage(Document):
    """`entries` are the keys that cannot be read, each with what is wrong."""

    version: Literal[1] = 1
    at: AwareDatetime
    entries: Mapping[str, str]

    def sentence(self, flow: str) -> str:
        """For people, on one line."""
        first = "; ".join(list(self.entries.values())[:SHOWN])
        return (
            f"{len(self.entries)} of the ledger's entries of {flow} cannot be read: {first}. Nothing is sent for them. "
            "Put a backup back, or move the ledger away and have it built anew, as the runbook says."
        )


def look_for_damage(ledger: Ledger, flow: str) -> Damage | None:
    """Read every entry of a flow, and keep what was found for the check. Raises a `SyncFault` when the ledger is away."""

    def problem(key: str) -> str:
        try:
            ledger.get(flow, key)
        except ContractBroken as damaged:
            return damaged.message
        return ""

    with ThreadPoolExecutor(THREADS) as pool:
        keys = ledger.keys(flow)
        entries = {key: text for key, text in zip(keys, pool.map(problem, keys), strict=True) if text}
    if not entries:
        ledger.drop(KIND, flow)
        return None
    damage = Damage(at=ledger.now(), entries=entries)
    ledger.keep(KIND, flow, damage.model_dump_json())
    return damage


def known_damage(ledger: Ledger, flow: str) -> Damage | None:
    """What the last look found."""
    text = ledger.kept(KIND, flow)
    return Damage.read(text, f"{KIND} {flow}") if text else None
