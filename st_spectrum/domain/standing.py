"""What a target holds already under our keys: the second guard beside the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from st_spectrum.domain.decisions import Hold

T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """The answer to one question about records that the ledger holds for new: which of them stand
    in the target already.

    `found` has, by source key, what stands there under our token, number or external id, whoever
    wrote it: as many things as there are, each in the shape in which the flow's client reads it. A
    key that was asked for and is missing in it does not stand there. `unread` has the keys for
    which the question could not be answered, and what they wait for: nothing is sent for these.
    Keys that were never asked for are in neither.
    """

    found: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    unread: Mapping[str, Hold] = field(default_factory=dict)

    def of(self, key: str, kind: type[T]) -> tuple[T, ...]:
        """All of one `kind` that stands there under the key."""
        return tuple(item for item in self.found.get(key, ()) if isinstance(item, kind))

    def beside(self, other: "Standing") -> "Standing":
        """The answers to two questions about the same records."""
        keys = {**self.found, **other.found}
        found = {key: (*self.found.get(key, ()), *other.found.get(key, ())) for key in keys}
        return Standing(found, {**self.unread, **other.unread})

    @classmethod
    def unanswered(cls, keys: Iterable[str], hold: Hold) -> "Standing":
        """Nobody can tell about any of the keys just now."""
        return cls(unread=dict.fromkeys(keys, hold))


NOTHING = Standing()
"""Nothing stands there, or nothing was asked for."""
