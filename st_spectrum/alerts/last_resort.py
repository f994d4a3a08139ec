"""What is told when the ledger itself cannot be used: one mail straight to the server, remembered
by the sensor's own cursor.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from st_spectrum.account import Account
from st_spectrum.alerts.causes import Cause
from st_spectrum.alerts.deciding import Notice
from st_spectrum.alerts.digest import write_letter
from st_spectrum.alerts.secrets import without_secrets
from st_spectrum.alerts.smtp import MailRefused, ServerDown, deliver, to_message
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.retries.attention import PASSES_BY_ITSELF
from st_spectrum.engine.retries.causes import cause_of
from st_spectrum.ledger.documents.mails import ReportedCause


@dataclass(frozen=True)
class Outage:
    """Since when the ledger cannot be used, and when that was told last."""

    since: AwareDatetime
    text: str
    told_at: AwareDatetime | None = None


@dataclass(frozen=True)
class Memory:
    """The cursor of the alert sensor. `looked_at` is until when failed runs were looked for."""

    looked_at: AwareDatetime
    outage: Outage | None = None

    @staticmethod
    def open(cursor: str | None, now: datetime) -> "Memory":
        """Read the cursor; a missing or unreadable one begins a day ago."""
        try:
            return _MEMORY.validate_json(cursor or "")
        except ValidationError:
            return Memory(now - timedelta(days=1))

    def encode(self) -> str:
        """The cursor's text."""
        document: dict[str, Any] = _MEMORY.dump_python(self, mode="json")
        return json.dumps(document, ensure_ascii=True)


_MEMORY = TypeAdapter(Memory)


def notify_of_outage(
    memory: Memory, account: Account, fault: SyncFault, now: datetime, timeout_seconds: float
) -> Memory:
    """Mail once per period that the ledger is unusable for long; a failed mail is retried."""
    outage = memory.outage or Outage(now, cause_of(fault))
    period = timedelta(hours=account.support.digest_hours)
    is_due = now - outage.since >= PASSES_BY_ITSELF and (
        outage.told_at is None or now - outage.told_at >= period
    )
    if is_due and account.support.contacts:
        advice = f"{fault} {fault.advice} Until then nothing crosses, and other mails wait."
        cause = Cause(
            "ledger",
            outage.text,
            "Whoever runs the integration",
            advice,
            1,
            outage.since,
            noun="ledgers",
        )
        if _mailed(
            Notice(f"outage-{now.timestamp():.0f}", False, (cause,)), account, now, timeout_seconds
        ):
            outage = replace(outage, told_at=now)
    return replace(memory, outage=outage)


def notify_of_its_end(
    memory: Memory, account: Account, now: datetime, timeout_seconds: float
) -> Memory:
    """The ledger answers again: say so to those who heard of the outage."""
    outage = memory.outage
    if outage is None:
        return memory
    if outage.told_at is not None:
        solved = ReportedCause("ledger", outage.text, 1, outage.since, noun="ledgers")
        notice = Notice(f"outage-over-{outage.since.timestamp():.0f}", True, (), solved=(solved,))
        if not _mailed(notice, account, now, timeout_seconds):
            return memory
    return replace(memory, outage=None)


def _mailed(notice: Notice, account: Account, now: datetime, timeout_seconds: float) -> bool:
    letter = without_secrets(write_letter(notice, account.name, account.timezone, now), account)
    try:
        deliver(
            to_message(letter, notice.id, now, account.support), account.support, timeout_seconds
        )
    except (MailRefused, ServerDown):
        return False
    return True
