"""What the ledger keeps of records of any flow: numbers, codes, markers; and how far the lists of
changes were read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import AwareDatetime

from st_spectrum.ledger.documents.form import FIRST, Document, TextDocument


@dataclass(frozen=True)
class Quiet:
    """A crowd that is watched: its newest `updated`, when it was last looked at, and for how many
    seconds it has stood there.
    """

    newest: int
    looked_at: int
    seconds: int = 0


@dataclass(frozen=True)
class Cursor(Document):
    """How far the changes of a flow's list were read: the largest `updated` asked for (epoch
    seconds; None before the first look), and content digests by id within the overlap. Forgotten it
    costs reads and doubles nothing.
    """

    place = "cursors/sync-{flow}"
    since = FIRST
    numbered_as = "v"

    watermark: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    quiet: Quiet | None = None

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The crowd is a list in it, and nothing may be missing."""
        watched = {"quiet": Quiet(*map(int, found["quiet"]))} if "quiet" in found else {}
        return {"watermark": found["watermark"], "seen": found["seen"], **watched}

    @classmethod
    def decode(cls, text: str | None) -> "Cursor":
        """A missing or damaged text means: look at everything again. That costs reads and doubles
        nothing.
        """
        return cls.read_or_none(text, "the cursor") or cls()

    def as_text(self) -> str:
        """Form 1, compact."""
        words: dict[str, Any] = {"v": 1, "watermark": self.watermark, "seen": dict(self.seen)}
        if self.quiet:
            words["quiet"] = [self.quiet.newest, self.quiet.looked_at, self.quiet.seconds]
        return json.dumps(words, separators=(",", ":"))


@dataclass(frozen=True)
class ReservedNumber(TextDocument):
    """The source record to which a number of Spectrum belongs, reserved before the first write
    under it.
    """

    place = "kept/{flow}-numbers/{number}"
    since = FIRST

    source_key: str


@dataclass(frozen=True)
class NumbersReserved(TextDocument):
    """A marker without words: the numbers of what crossed before there were reservations are
    reserved too; under the name
    `<flow>-typed-keys`, that the keys typed before there were notes of them are noted.
    """

    place = "kept/numbers-reserved/{flow}"
    since = "0.1.0"

    words: str = ""


@dataclass(frozen=True)
class TypedKey(TextDocument):
    """The title of a record of `customers`, `sites` or `jobs` on which people typed this code of
    Spectrum.
    """

    place = "kept/{flow}-typed-keys%2F{code}/{key}"
    since = "0.1.0"

    title: str


@dataclass(frozen=True)
class SkippedBySetting(TextDocument):
    """The digest of the account file one of whose settings leaves the record out."""

    place = "kept/skipped-{flow}/{key}"
    since = "0.1.0"

    settings: str


@dataclass(frozen=True)
class SettingsSeen(TextDocument):
    """The digest of the account file by which everything was judged that a setting of a flow left
    out.
    """

    place = "kept/settings-seen/{flow}"
    since = "0.1.0"

    settings: str


@dataclass(frozen=True)
class NeededRecord(TextDocument):
    """The first record, as `flow/key`, that crosses and needs this one: it crosses too, although it
    is older than go-live or of no office of the account.
    """

    place = "kept/needed-{flow}/{key}"
    since = "0.1.0"

    needed_by: str


@dataclass(frozen=True)
class MatchApplied(TextDocument):
    """When a list of `st-spectrum match` was applied to a flow first: from then on, a new record
    that resembles one of Spectrum waits for a person.
    """

    place = "kept/match-applied/{flow}"
    since = "0.1.0"

    at: AwareDatetime


@dataclass(frozen=True)
class DecidedNew(TextDocument):
    """When a person said that a record stands in ServiceTrade alone, whatever it resembles."""

    place = "kept/decided-new-{flow}/{key}"
    since = "0.1.0"

    at: AwareDatetime


@dataclass(frozen=True)
class GoneRecord(TextDocument):
    """When ServiceTrade said that there is no such record, by `flow/key`; asked for again at night
    while a list shows it.
    """

    place = "kept/gone/{flow and key}"
    since = "0.1.0"

    at: AwareDatetime


@dataclass(frozen=True)
class GoneBefore(TextDocument):
    """When a flow's records got their markers that versions without such markers had closed as
    gone; done once.
    """

    place = "cursors/gone-{flow}"
    since = "0.1.0"

    at: AwareDatetime


@dataclass(frozen=True)
class SiteCustomer(TextDocument):
    """The customer code with which a location's site went out, by the location's id: ServiceTrade
    may say another one later.
    """

    place = "kept/site-customers/{location}"
    since = "0.1.0"

    code: str


@dataclass(frozen=True)
class JobCustomer(TextDocument):
    """The customer code with which a job went out, by the job's id."""

    place = "kept/job-customers/{job}"
    since = "0.1.0"

    code: str


@dataclass(frozen=True)
class TakenCode(Document):
    """The record that took a target code; "" for a record of the target that is not ours."""

    place = "codes/{kind}/{code}"
    since = FIRST

    source_key: str

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"source_key": self.source_key})


@dataclass(frozen=True)
class ReservedCode(Document):
    """The code that a record reserved, or was about to: written before the code is taken."""

    place = "codes-of/{kind}/{source key}"
    since = FIRST

    code: str

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"code": self.code})
