"""What stands twice in the target under one key of ours: what the last look found, and what a person said may stand so.

What is found is kept, so that the checks and mails between two nights know of it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from st_spectrum.domain.digests import digest
from st_spectrum.ledger.ledger import Ledger

DOUBLES = "doubles"
"""Kind under which the ledger keeps what the last look at a flow found."""

ACCEPTED = "accepted-doubles"
"""Kind under which it keeps what a person said may stand twice."""


@dataclass(frozen=True)
class Double:
    """One key under which several records stand. `is_error` is False where it may well be right."""

    flow: str
    key: str
    what: str
    places: tuple[str, ...]
    advice: str
    is_error: bool = True

    @property
    def id(self) -> str:
        """The same as long as it stands in the same places: what a person accepts."""
        return digest([self.flow, self.key, self.places])

    def __str__(self) -> str:
        return f"{self.what}: {'; '.join(self.places)}"


def keep_doubles(ledger: Ledger, flow: str, found: Iterable[Double]) -> tuple[Double, ...]:
    """Keep what a look found and nobody has accepted, in place of what the look before it found."""
    doubles = tuple(found)
    accepted = frozenset(ledger.kept_keys(ACCEPTED))
    standing = tuple(double for double in doubles if double.id not in accepted)
    ledger.keep(DOUBLES, flow, json.dumps([asdict(double) for double in standing], ensure_ascii=False))
    return standing


def kept_doubles(ledger: Ledger, flow: str) -> tuple[Double, ...]:
    """What the last look found and nobody has accepted since."""
    accepted = frozenset(ledger.kept_keys(ACCEPTED)) if (text := ledger.kept(DOUBLES, flow)) else frozenset()
    found = (Double(**(each | {"places": tuple(each["places"])})) for each in json.loads(text or "[]"))
    return tuple(double for double in found if double.id not in accepted)


def accept(ledger: Ledger, flow: str, key: str) -> tuple[Double, ...]:
    """Take a person's word that what stands twice under this key may; it is told again once it stands elsewhere."""
    taken = tuple(double for double in kept_doubles(ledger, flow) if double.key == key)
    for double in taken:
        ledger.keep(ACCEPTED, double.id, str(double))
    return taken
