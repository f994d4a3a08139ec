"""What the ledger keeps of mails: those on their way, what their readers know, and the runs that
failed.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime

from st_spectrum.ledger.documents.form import FIRST, Document, TextDocument, adapter, holdable

SUPPORT, PAYROLL = "support", "payroll"
"""For whom a mail is; who that is, the account file says when the mail leaves."""


@dataclass(frozen=True)
class WaitingMail(Document):
    """One mail in the outbox, by its id. Sender, recipients and server are those of the account at
    the time it leaves.
    """

    place = "kept/mails/{id}"
    since = FIRST

    subject: str
    text: str
    html: str
    written_at: AwareDatetime
    audience: str = SUPPORT

    def as_text(self) -> str:
        """Form 1."""
        values = asdict(self) | {"written_at": self.written_at.isoformat()}
        return holdable(json.dumps(values, ensure_ascii=False))


@dataclass(frozen=True)
class MailLease(TextDocument):
    """Until when somebody has the right to send a mail; the n-th turn follows one that ran out."""

    place = "kept/mail-turns/{id~n}"
    since = FIRST

    until: AwareDatetime


@dataclass(frozen=True)
class SentMail(TextDocument):
    """When a mail left; kept for a while, so that it is never written down again."""

    place = "kept/mails-sent/{id}"
    since = FIRST

    at: AwareDatetime


@dataclass(frozen=True)
class ReportedWeek(Document):
    """How many mails there were about a payroll week, by its end, and the digest of the result that
    the last one told.
    """

    place = "kept/payroll-told/{week}"
    since = FIRST

    number: int = 0
    result: str = ""

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"number": self.number, "result": self.result})


@dataclass(frozen=True)
class ReportedCause:
    """What is remembered of a cause that was told, to name it when it is solved. `amount` is in
    dollars.
    """

    flow: str
    text: str
    count: int
    since: AwareDatetime
    amount: Decimal | None = None
    noun: str = "records"


@dataclass(frozen=True)
class Known(Document):
    """What the support contacts know. `told` are causes by id that they take for open; `mentioned`
    are the ids that a mail of this period was about; `period` counts up and makes the names of
    mails unique.
    """

    place = "kept/alerts/known"
    since = FIRST

    period: int = 0
    period_began_at: AwareDatetime | None = None
    told: dict[str, ReportedCause] = field(default_factory=dict)
    mentioned: frozenset[str] = frozenset()

    def as_text(self) -> str:
        """Form 1."""
        values = adapter(Known).dump_python(self, mode="json")
        values["mentioned"] = sorted(values["mentioned"])
        return holdable(json.dumps(values, ensure_ascii=False, sort_keys=True))


@dataclass(frozen=True)
class FailedRun:
    """One failed run, or with `is_tick` one failed tick of the sensor or schedule `job`.

    `family` is the name of the error family, "" when the code is wrong; `keys` are the run's
    records; `lane` is the account in the run's tags, by which a later run of the same job is found.
    """

    job: str
    run_id: str
    at: AwareDatetime
    cause: str
    said: str
    advice: str = ""
    family: str = ""
    keys: tuple[str, ...] = ()
    lane: str = ""
    is_tick: bool = False


@dataclass(frozen=True)
class Failures(Document):
    """All failed runs of one job with one cause since its last success, by a digest of both."""

    place = "kept/failures/{id}"
    since = FIRST

    latest: FailedRun
    first_at: AwareDatetime
    count: int
    run_ids: tuple[str, ...]

    @property
    def last_at(self) -> datetime:
        """When the newest of these runs failed."""
        return self.latest.at

    def as_text(self) -> str:
        """Form 1, compact."""
        return adapter(Failures).dump_json(self).decode()
