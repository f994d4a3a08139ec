"""What became of each call of a record, for its ledger entry: when, which, and what the target
answered, also where that answer was lost.
"""

from collections.abc import Iterable
from datetime import datetime

from st_spectrum.domain.commands import Command
from st_spectrum.ledger.entry import SentCall
from st_spectrum.ledger.sent import payload_digest

KEPT = 100
"""The newest calls of a record that its entry keeps."""

ANSWER_LENGTH = 300

TAKEN, FOUND, STOOD_THERE = "taken", "looked up and found there", "stood there already"
LOST = "answer lost"


class CallLog:
    """The calls of one record so far, the oldest first. The next write takes them to the ledger."""

    def __init__(self, before: Iterable[SentCall] = (), run_id: str = "") -> None:
        self._calls = tuple(before)
        self._run_id = run_id

    @property
    def kept(self) -> tuple[SentCall, ...]:
        """What the entry keeps."""
        return self._calls[-KEPT:]

    def note(self, step: str, call: Command, answer: str, at: datetime) -> None:
        """One call, or one look at what became of it."""
        amount = "" if call.amount is None else str(call.amount)
        text = " ".join(answer.split())[:ANSWER_LENGTH]
        self._calls += (
            SentCall(
                at,
                step,
                call.operation,
                call.key,
                text,
                payload_digest([call]),
                amount,
                self._run_id,
            ),
        )
