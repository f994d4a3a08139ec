"""What the ledger keeps for the guards of the engine: causes of refusals, newest writes, a person's
word, what was found wrong.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from st_spectrum.domain.digests import digest
from st_spectrum.ledger.documents.form import Document, TextDocument, adapter


@dataclass(frozen=True)
class BlamedCause:
    """What a target blamed for refusals. `value` is None where nobody can tell; then `text`, its
    own words, stands for it.
    """

    flow: str
    operation: str
    code: str = ""
    field: str = ""
    value: str | None = None
    text: str = ""


@dataclass(frozen=True)
class KeptBreaker(Document):
    """A cause for which records were refused, by the cause's id. It is open, and others wait, while
    `next_try_at` is there.

    `words` are those of the first refusal, `records` the keys of those that were refused,
    `settings` the digest of the account file under which the last one was, `tries` how often one
    was tried since. Forgotten it costs three refusals.
    """

    place = "kept/breakers/{flow-id}"
    since = "0.1.0"
    numbered_as = "version"

    cause: BlamedCause
    words: str
    records: tuple[str, ...]
    refused_at: AwareDatetime
    settings: str = ""
    tries: int = 0
    next_try_at: AwareDatetime | None = None
    cause_text: str = ""

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"version": 1, **asdict(self)}, default=datetime.isoformat)


@dataclass(frozen=True)
class HeldBack(Document):
    """Records of a flow that together go beyond `limits`: none of them is sent, and all are judged
    again at `retry_at`, or at once when `settings`, what the account file says of it, is another.

    `said`, `advice` and `cause` are what people are told, `began_at` is when it began, `times` how
    often it was judged.
    """

    place = "kept/held-back/{flow}"
    since = "0.1.0"

    keys: tuple[str, ...]
    began_at: AwareDatetime
    at: AwareDatetime
    retry_at: AwareDatetime | None
    times: int
    settings: str
    said: str
    advice: str
    cause: str

    def as_text(self) -> str:
        """Form 1."""
        values = adapter(HeldBack).dump_python(self, mode="json")
        return json.dumps(values, ensure_ascii=False)


@dataclass(frozen=True)
class NewestWrite(Document):
    """The newest write of a flow that its target confirmed: the `key` under which it is found
    there, and when its answer was
    there. By it a look-up is known to be no old copy of the tables.
    """

    place = "kept/newest-write/{flow}"
    since = "0.1.0"

    key: str
    at: AwareDatetime

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"key": self.key, "at": self.at.isoformat()})


@dataclass(frozen=True)
class AllowedToVanish(Document):
    """When a person last said which records of a flow have really gone, and their keys, until they
    are there again. A damaged one allows nothing.
    """

    place = "kept/allowed-to-vanish/{flow}"
    since = "0.1.0"

    at: AwareDatetime
    keys: tuple[str, ...]

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"at": self.at.isoformat(), "keys": list(self.keys)}, ensure_ascii=False)


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


@dataclass(frozen=True)
class FoundDoubles(Document):
    """What the last look at a flow found standing twice in its target."""

    place = "kept/doubles/{flow}"
    since = "0.1.0"

    doubles: tuple[Double, ...]

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """A list."""
        return {"doubles": found}

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps([asdict(double) for double in self.doubles], ensure_ascii=False)


@dataclass(frozen=True)
class AcceptedDouble(TextDocument):
    """What a person said may stand twice, in words, by the double's id."""

    place = "kept/accepted-doubles/{id}"
    since = "0.1.0"

    what: str


@dataclass(frozen=True)
class Recovery(Document):
    """What was done when the ledger turned out to be older than what had been sent, by the number
    of its epoch since, until a person has seen it. `found` counts, by flow, the records that the
    ledger did not know and that stand in the target.
    """

    place = "kept/recoveries/{number}"
    since = "0.1.0"
    numbered_as = "version"

    at: AwareDatetime
    reason: str
    found: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_seen: bool = False

    def sentence(self) -> str:
        """For people, on one line."""
        found = (
            ", ".join(f"{count} of {flow}" for flow, count in self.found.items() if count)
            or "nothing"
        )
        notes = "".join(f" {note}" for note in self.notes)
        return (
            f"On {self.at:%Y-%m-%d %H:%M} UTC {self.reason}. It was brought up to date from both"
            f" systems; noted as crossed: {found}.{notes}"
        )

    def as_text(self) -> str:
        """Form 1, compact."""
        return _compact(self)


@dataclass(frozen=True)
class Damage(Document):
    """What the last look through a flow's entries found: the keys that cannot be read, each with
    what is wrong.
    """

    place = "kept/damaged-entries/{flow}"
    since = "0.1.0"
    numbered_as = "version"

    at: AwareDatetime
    entries: Mapping[str, str]

    def sentence(self, flow: str) -> str:
        """For people, on one line."""
        first = "; ".join(list(self.entries.values())[:DAMAGES_SHOWN])
        return (
            f"{len(self.entries)} of the ledger's entries of {flow} cannot be read: {first}."
            " Nothing is sent for them. Put a backup back, or move the ledger away and have it"
            " built anew, as the runbook says."
        )

    def as_text(self) -> str:
        """Form 1, compact."""
        return _compact(self)


DAMAGES_SHOWN = 5
"""So many damaged entries are told by name."""


def _compact(document: Document) -> str:
    values = adapter(type(document)).dump_python(document, mode="json")
    return json.dumps({"version": 1, **values}, ensure_ascii=False, separators=(",", ":"))
