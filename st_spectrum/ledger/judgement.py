"""What is said in the ledger about a record that nobody works on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from st_spectrum.ledger.entry import Entry, ForbiddenMove, State

NOT_NEWS = ("advice", "retry_at")
"""Reworded advice or another time for the next try are no reason to write."""


@dataclass(frozen=True)
class Judgement:
    """Where a record stands without a claim, such as held or skipped: why, what people can do about
    it, and what it waits for.

    `source_version` is that of the source record of which this is said, "" where it was not read.
    """

    state: State
    reason: str
    advice: str = ""
    needs: tuple[str, ...] = ()
    source_version: str = ""

    def __post_init__(self) -> None:
        if self.state in (State.CLAIMED, State.UNKNOWN, State.VOIDED):
            raise ForbiddenMove(f"{self.state} needs a claim")

    @property
    def values(self) -> dict[str, object]:
        """What of it an entry keeps beside its state."""
        return {
            "reason": self.reason,
            "advice": self.advice,
            "needs": self.needs,
            "source_version": self.source_version,
        }


def says_already(entry: Entry, state: State, values: Mapping[str, object]) -> bool:
    """Whether an entry in this state has all these values but those that are no news."""
    return entry.state is state and all(
        getattr(entry, name) == value for name, value in values.items() if name not in NOT_NEWS
    )
