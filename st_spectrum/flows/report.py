"""What became of a batch of records, in forms for the Dagster run, the command line and tests."""

from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from st_spectrum.domain.errors import SyncFault


class Result(StrEnum):
    """How one record came out of one run."""

    CREATED = "created"
    COMPLETED = "completed"  # begun earlier, finished now
    VOIDED = "voided"  # what had crossed was taken back
    UNCHANGED = "unchanged"  # had crossed before
    SKIPPED = "skipped"
    HELD = "held"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    BUSY = "busy"  # another worker has it


@dataclass(frozen=True)
class Outcome:
    """One record after one run. `writes` counts the write calls made for it; `notes` say what was shortened or looks odd.

    `amount` is what the record asks for, where it is worth money; `posted` what this run moved in Spectrum (a dry run: would
    move), negative for a net credit and for what took back an invoice, None where nothing was to be posted.
    """

    flow: str
    key: str
    title: str
    result: Result
    target_key: str = ""
    reason: str = ""
    advice: str = ""
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    writes: int = 0
    amount: Decimal | None = None
    posted: Decimal | None = None


@dataclass(frozen=True)
class Report:
    """All outcomes of one batch; `stopped_by` is the fault of a whole system that ended the run early, else None."""

    flow: str
    outcomes: tuple[Outcome, ...] = ()
    stopped_by: SyncFault | None = None

    @property
    def writes(self) -> int:
        """Write calls made in all."""
        return sum(outcome.writes for outcome in self.outcomes)

    def counts(self) -> dict[str, int]:
        """Records by result; every result is a key, so that a plot has no holes."""
        found = Counter(outcome.result for outcome in self.outcomes)
        return {result.value: found[result] for result in Result}

    def holds_by_cause(self) -> dict[str, int]:
        """How many records wait or were refused for each reason, most frequent first."""
        waiting = (Result.HELD, Result.REJECTED, Result.UNKNOWN)
        return dict(Counter(each.reason for each in self.outcomes if each.result in waiting).most_common())

    def markdown(self, limit: int = 50) -> str:
        """A table of the records for the run's page: those that need attention first."""
        order = [Result.REJECTED, Result.UNKNOWN, Result.HELD, Result.BUSY, Result.CREATED, Result.COMPLETED]
        shown = sorted(self.outcomes, key=lambda each: order.index(each.result) if each.result in order else len(order))
        lines = ["| record | ServiceTrade id | result | Spectrum | why |", "|---|---|---|---|---|"]
        for each in shown[:limit]:
            why = " ".join(filter(None, (each.reason, each.advice, *each.notes)))
            cells = (each.title, each.key, each.result.value, each.target_key, why)
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        if len(shown) > limit:
            lines.append(f"\n… and {len(shown) - limit} more.")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Counts, causes and every outcome that is not `unchanged`, as plain JSON values."""
        told = [_plain(each) for each in self.outcomes if each.result is not Result.UNCHANGED or each.notes]
        stopped = None
        if self.stopped_by is not None:
            stopped = {
                "fault": type(self.stopped_by).__name__,
                "message": str(self.stopped_by),
                "advice": self.stopped_by.advice,
            }
        return {
            "flow": self.flow,
            "counts": self.counts(),
            "writes": self.writes,
            "holds_by_cause": self.holds_by_cause(),
            "stopped_by": stopped,
            "records": told,
        }


def merged(flow: str, reports: list[Report]) -> Report:
    """Several reports of one flow as one."""
    stopped = next((each.stopped_by for each in reports if each.stopped_by), None)
    return Report(flow, tuple(outcome for each in reports for outcome in each.outcomes), stopped)


def _plain(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome) | {"amount": None if outcome.amount is None else str(outcome.amount)}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
