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
class ListPart:
    """A part of a source's list: what was changed, and what was made, between two times (epoch
    seconds, inclusive; None for no bound). `of` names the list where a flow reads several.
    """

    of: str = ""
    updated_after: int | None = None
    updated_before: int | None = None
    created_after: int | None = None
    created_before: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether what changes from now on is in it."""
        return self.updated_before is None and self.created_before is None

    @property
    def is_a_moment(self) -> bool:
        """Whether all of it was changed in one second and made in one: it cannot be parted."""
        first = (self.updated_after, self.created_after)
        return None not in first and first == (self.updated_before, self.created_before)

    def as_words(self) -> list[Any]:
        """As the cursor keeps it."""
        return [
            self.of,
            self.updated_after,
            self.updated_before,
            self.created_after,
            self.created_before,
        ]


@dataclass(frozen=True)
class Sweep:
    """A list that is too long for one look, half-way through: which parts of it are still to be
    read. The open ones are read at every look, so that what is new does not wait for the rest.

    `began_at` is when its first look began, by the source's clock, and `newest` the largest
    `updated` that was read since (epoch seconds both).
    """

    began_at: int
    newest: int
    open: tuple[ListPart, ...]
    closed: tuple[ListPart, ...] = ()


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
    sweep: Sweep | None = None

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The crowd and the parts of a list are lists in it; both may be missing, all else not."""
        watched = {"quiet": Quiet(*map(int, found["quiet"]))} if "quiet" in found else {}
        swept = {"sweep": _sweep(*found["sweep"])} if "sweep" in found else {}
        return {"watermark": found["watermark"], "seen": found["seen"], **watched, **swept}

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
        if self.sweep:
            parts = (
                [part.as_words() for part in of] for of in (self.sweep.open, self.sweep.closed)
            )
            words["sweep"] = [self.sweep.began_at, self.sweep.newest, *parts]
        return json.dumps(words, separators=(",", ":"))


def _sweep(began_at: Any, newest: Any, *parts: Any) -> Sweep:
    open_parts, closed = (tuple(ListPart(*words) for words in of) for of in parts)
    return Sweep(began_at, newest, open_parts, closed)


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
