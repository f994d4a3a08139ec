"""What the ledger keeps of people who acted on a record."""

import json
from dataclasses import dataclass

from pydantic import AwareDatetime

from st_spectrum.ledger.documents.form import Document, adapter, holdable


@dataclass(frozen=True)
class Intervention:
    """What somebody did about a record: `act` is the command, `outcome` what became of it."""

    at: AwareDatetime
    who: str
    act: str
    outcome: str
    note: str = ""


@dataclass(frozen=True)
class Interventions(Document):
    """All that people did about a record, by `flow/key`, the oldest first; never removed."""

    place = "kept/interventions/{flow and key}"
    since = "0.1.0"

    acts: tuple[Intervention, ...] = ()

    def as_text(self) -> str:
        """Form 1."""
        values = adapter(Interventions).dump_python(self, mode="json")
        return holdable(json.dumps(values, ensure_ascii=False))


@dataclass(frozen=True)
class HandledRecord(Document):
    """A record that a person has handled by hand, by `flow/key`: it stands in the target as
    `target_key`, or nothing is to be done where that is "". `amount` (dollars) and `hours` are what
    it was about then, as decimal text.

    Taken away again when the word is taken back.
    """

    place = "kept/handled/{flow and key}"
    since = "0.1.0"

    at: AwareDatetime
    who: str
    note: str
    target_key: str = ""
    amount: str = ""
    hours: str = ""

    @property
    def sentence(self) -> str:
        """Why nothing is sent for the record."""
        manner = f" as {self.target_key}" if self.target_key else ", with nothing to send"
        return f"handled by hand{manner}, by {self.who}: {self.note}"

    def as_text(self) -> str:
        """Form 1."""
        values = adapter(HandledRecord).dump_python(self, mode="json")
        return holdable(json.dumps(values, ensure_ascii=False))
