"""A person's word that what vanished at once has really gone: for exactly the records that were shown, and once.

Nothing is allowed in advance. The command reads both systems as they are, and what it finds vanished it writes down here by key;
a record that comes back is forgotten, so that it counts again when it vanishes another time.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.ledger.ledger import Ledger

ALLOWED = "allowed-to-vanish"
"""Kind under which the ledger keeps, by flow, the keys that a person said are gone."""

LASTS = timedelta(hours=24)
"""Whoever looked does not know what will be missing tomorrow."""


@dataclass(frozen=True)
class Vanished:
    """What a reading of a source no longer holds, by key in the ledger. `story` is one sentence with the numbers in it.

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
            advice="Look whether they are really gone. If so, say"
            f" `st-spectrum ledger allow {self.flow} {len(self.keys)}`, which counts once; if not, nothing is to be done:"
            " it goes on by itself as soon as they are shown again.",
        )


def allowed(ledger: Ledger, flow: str) -> frozenset[str]:
    """Keys that a person said are gone, for as long as the word lasts."""
    at, keys = _decoded(ledger.kept(ALLOWED, flow))
    return keys if at is not None and ledger.now() - at < LASTS else frozenset()


def allow(ledger: Ledger, flow: str, keys: Iterable[str]) -> None:
    """Take the word for these keys; what was said before counts no more."""
    told = {"at": ledger.now().isoformat(), "keys": sorted(keys)}
    ledger.keep(ALLOWED, flow, json.dumps(told, ensure_ascii=False))


def forget_what_came_back(ledger: Ledger, flow: str, still_vanished: Iterable[str]) -> None:
    """A word lasts only while its records stay away."""
    text = ledger.kept(ALLOWED, flow)
    if text is None:
        return
    at, keys = _decoded(text)
    left = keys & frozenset(still_vanished)
    if not left or at is None or ledger.now() - at >= LASTS:
        ledger.drop(ALLOWED, flow)
    elif left != keys:
        ledger.keep(ALLOWED, flow, json.dumps({"at": at.isoformat(), "keys": sorted(left)}, ensure_ascii=False))


def _decoded(text: str | None) -> tuple[datetime | None, frozenset[str]]:
    """A damaged text allows nothing."""
    try:
        told = json.loads(text or "{}")
        return datetime.fromisoformat(told["at"]).astimezone(UTC), frozenset(map(str, told["keys"]))
    except (ValueError, KeyError, TypeError):
        return None, frozenset()
