"""A person's word that what vanished at once has really gone: for exactly the records that were
shown, and once.

Nothing is allowed in advance. The command reads both systems as they are, and what it finds
vanished it writes down here by key; a record that comes back is forgotten, so that it counts again
when it vanishes another time.

Time and job items are concluded from: the next round acts on the word, and then it has served.
Of customers, sites, jobs and invoices nothing follows but that nobody asks again: so that word
stands until its records are listed again, and a further one is added to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.ledger.documents.guards import AllowedToVanish
from st_spectrum.ledger.ledger import Ledger

LASTS = timedelta(hours=24)
"""Whoever looked does not know what will be missing tomorrow."""

FOR_GOOD = timedelta.max
"""How long a word counts on which no round acts."""

GONE_AT_ONCE = "far more is gone at once than usual, so nothing was removed or called deleted"


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
    lasts: timedelta = LASTS
    """How long a person's word for these keys counts."""

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
            cause=GONE_AT_ONCE,
        )


def allowed(ledger: Ledger, flow: str, lasts: timedelta = LASTS) -> frozenset[str]:
    """Keys that a person said are gone, while the word lasts; a damaged word allows nothing."""
    allowance = ledger.document_or_none(AllowedToVanish, flow)
    return (
        frozenset(allowance.keys)
        if allowance is not None and ledger.now() - allowance.at < lasts
        else frozenset()
    )


def allow(ledger: Ledger, flow: str, keys: Iterable[str], lasts: timedelta = LASTS) -> None:
    """Take the word for these keys; what was said before counts no more, unless for good."""

    def with_these(before: AllowedToVanish | None) -> AllowedToVanish:
        stands = before.keys if before is not None and lasts == FOR_GOOD else ()
        return AllowedToVanish(ledger.now(), tuple(sorted({*stands, *keys})))

    ledger.revise(AllowedToVanish, flow, with_these)


def forget_what_came_back(
    ledger: Ledger,
    flow: str,
    still_vanished: Iterable[str],
    *,
    read_at: datetime,
    lasts: timedelta = LASTS,
) -> None:
    """A word lasts only while its records stay away. What was said since the reading began at
    `read_at` is of a later one, and stays.
    """
    away = frozenset(still_vanished)

    def what_is_left(word: AllowedToVanish | None) -> AllowedToVanish | None:
        if word is None or word.at >= read_at:
            return None
        is_over = ledger.now() - word.at >= lasts
        left = () if is_over else tuple(key for key in word.keys if key in away)
        return replace(word, keys=left)

    ledger.revise(AllowedToVanish, flow, what_is_left)
