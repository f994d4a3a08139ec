"""What was done when a ledger turned out to be older than what has happened; kept until a person has seen it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime

from st_spectrum.ledger.epoch import Document
from st_spectrum.ledger.ledger import Ledger

KIND = "recoveries"
"""Kind under which the ledger keeps them, by the number of the epoch that it has since."""


class Recovery(Document):
    """`found` counts, by flow, the records that the ledger did not know and that stand in the target."""

    version: Literal[1] = 1
    at: AwareDatetime
    reason: str
    found: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()
    is_seen: bool = False

    def sentence(self) -> str:
        """For people, on one line."""
        found = ", ".join(f"{count} of {flow}" for flow, count in self.found.items() if count) or "nothing"
        notes = "".join(f" {note}" for note in self.notes)
        return (
            f"On {self.at:%Y-%m-%d %H:%M} UTC {self.reason}. It was brought up to date from both systems; noted as crossed: "
            f"{found}.{notes}"
        )


def keep_recovery(ledger: Ledger, number: int, recovery: Recovery) -> None:
    """Keep it under the number of the epoch that the ledger has since."""
    ledger.keep(KIND, str(number), recovery.model_dump_json())


def recoveries(ledger: Ledger) -> dict[str, Recovery]:
    """All that nobody has said to have seen."""
    found = {}
    for key in ledger.kept_keys(KIND):
        text = ledger.kept(KIND, key)
        if text and not (recovery := Recovery.read(text, f"{KIND} {key}")).is_seen:
            found[key] = recovery
    return found


def mark_seen(ledger: Ledger) -> tuple[Recovery, ...]:
    """A person has read them."""
    unseen = recoveries(ledger)
    for key, recovery in unseen.items():
        ledger.keep(KIND, key, recovery.model_copy(update={"is_seen": True}).model_dump_json())
    return tuple(unseen.values())
