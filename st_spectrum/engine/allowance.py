"""A person's word that what vanished at once has really gone: for exactly the records that were
shown, and once.

Nothing is allowed in advance. The command reads both systems as they are, and what it finds
vanished it writes down here by key;
a record that comes back is forgotten, so that it counts again when it vanishes another time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.ledger.documents.guards import AllowedToVanish
from st_spectrum.ledger.ledger import Ledger

LASTS = timedelta(hours=24)
"""Whoever looked does not know what will be missing tomorrow."""


@dataclass(frozen=True)
class Vanished:
    """What a reading of a source no longer holds, by key in the ledger. `story` is one sentence
    with the numbers in it.

    `is_suspicious` says that it is more than the account concludes by itself.
    """

    flow: str
    system: str
    keys: tuple[str, ...] = ()
    story: str = ""
    is_suspicious: bool = False

    def fault(self) -> UnsafePlan:
        """Why nothing is concluded, with the command by which a person confirms."""
        return UnsafePlan(
            f"{self.story}; nothing is concluded from that",
            system=self.system,
            advice=(
                "Look whether they are really gone. If so, say `st-spectrum ledger allow"
                f" {self.flow} {len(self.keys)}`, which counts once; if not, nothing is to be done:"
                " it goes on by itself as soon as they are shown again."
            ),
        )


def allowed(ledger: Ledger, flow: str) -> frozenset[str]:
    """Keys that a person said are gone, while the word lasts; a damaged word allows nothing."""
    allowance = ledger.document_or_none(AllowedToVanish, flow)
    return (
        frozenset(allowance.keys)
        if allowance is not None and ledger.now() - allowance.at < LASTS
        else frozenset()
    )


def allow(ledger: Ledger, flow: str, keys: Iterable[str]) -> None:
    """Take the word for these keys; what was said before counts no more."""
    ledger.put(AllowedToVanish(ledger.now(), tuple(sorted(keys))), flow)


def forget_what_came_back(ledger: Ledger, flow: str, still_vanished: Iterable[str]) -> None:
    """A word lasts only while its records stay away."""
    allowance = ledger.document_or_none(AllowedToVanish, flow)
    if allowance is None:
        return
    left = frozenset(allowance.keys) & frozenset(still_vanished)
    if not left or ledger.now() - allowance.at >= LASTS:
        ledger.discard(AllowedToVanish, flow)
    elif left != frozenset(allowance.keys):
        ledger.put(replace(allowance, keys=tuple(sorted(left))), flow)
