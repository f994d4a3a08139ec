"""What the ledger keeps of time: what was sent, under which key, and what people said of it.

Keys are those of pieces of time, `<week's end CCYYMMDD>.<source>.<source id>[.<part>]`, unless told
otherwise.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import AwareDatetime

from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.ledger.documents.form import FIRST, Document, TextDocument


@dataclass(frozen=True)
class SentTime(Document):
    """A piece of time as it was when its card went out, or was taken over: a later change is told
    by it. `fields` are those of the card that are not blank, under SOAP's names or REST's;
    `differs` what of its codes was not as expected when it was taken over.
    """

    place = "kept/sent-time/{key}"
    since = FIRST

    entry: TimeEntry
    fields: Mapping[str, str]
    differs: str = ""

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The time is a text of its own in it."""
        return found | {"entry": json.loads(found["entry"])}

    def as_text(self) -> str:
        """Form 1."""
        values = {"entry": _entry_text(self.entry), "fields": dict(self.fields)}
        if self.differs:
            values["differs"] = self.differs
        return json.dumps(values, ensure_ascii=False)


def _entry_text(entry: TimeEntry) -> str:
    values = vars(entry) | {"work_date": entry.work_date.isoformat(), "hours": str(entry.hours)}
    values["pay_rate"] = None if entry.pay_rate is None else str(entry.pay_rate)
    return json.dumps(values, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class AcceptedTime(TextDocument):
    """The version of changed time that a person has set right in Spectrum; `gone` for time that is
    deleted.
    """

    place = "kept/accepted-time/{key}"
    since = FIRST

    version: str


@dataclass(frozen=True)
class TakenOutTime(TextDocument):
    """When a person said that a card was taken out of Spectrum: the time may go out again."""

    place = "kept/taken-out-time/{key}"
    since = FIRST

    at: AwareDatetime


@dataclass(frozen=True)
class ReleasedTime(TextDocument):
    """The version of time that a person let go although other time of that day stands beside it."""

    place = "kept/released-time/{key}"
    since = "0.1.0"

    version: str


@dataclass(frozen=True)
class TimeOrigin(TextDocument):
    """The key under which a piece of time was sent, by that key without its week: people may move
    the work to another week.
    """

    place = "kept/time-origins/{origin}"
    since = FIRST

    key: str


@dataclass(frozen=True)
class TimePaidFrom(TextDocument):
    """Which resource of ServiceTrade pays the time of a week, by the week's end with `.work` or
    `.off` (time off) behind it.
    """

    place = "kept/time-paid-from/{week}"
    since = FIRST

    basis: str


@dataclass(frozen=True)
class TimeBegun(TextDocument):
    """When payroll was looked through for cards of ours, once in a ledger's life, before the first
    card went out.
    """

    place = "cursors/timecards-begun"
    since = FIRST

    at: AwareDatetime


@dataclass(frozen=True)
class ComparedWeeks(Document):
    """The ends of the first and the last payroll week, both included, between which every week was
    compared once; `old` is the old one that was compared last.
    """

    place = "cursors/timecards-compared"
    since = "0.1.0"

    since_end: date
    through: date
    old: date

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """The first end is called `since` in it."""
        return found | {"since_end": found["since"]}

    def as_text(self) -> str:
        """Form 1."""
        days = {"since": self.since_end, "through": self.through, "old": self.old}
        return json.dumps({name: day.isoformat() for name, day in days.items()})
