"""What became of a batch of records, in forms for the Dagster run, the command line and tests."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from st_spectrum.domain.errors import ContractBroken, SyncFault
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.domain.markdown import linked, table

MONEY = ("approved", "posted", "voided", "held", "rejected", "unknown")
ZERO = Decimal("0.00")


class Result(StrEnum):
    """How one record came out of one run."""

    CREATED = "created"
    COMPLETED = "completed"  # begun earlier, finished now
    VOIDED = "voided"  # what had crossed was taken back
    UNCHANGED = "unchanged"  # had crossed before
    SKIPPED = "skipped"
    BEFORE_GO_LIVE = "before_go_live"  # left out, as the account file says by its date
    OUT_OF_SCOPE = "out_of_scope"  # left out, for it is of an office that the file does not name
    HELD = "held"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    BUSY = "busy"  # another worker has it

    @property
    def label(self) -> str:
        """The word for people."""
        return LABELS.get(self, self.value)


LABELS = {Result.BEFORE_GO_LIVE: "before go-live", Result.OUT_OF_SCOPE: "outside the scope"}

LEFT_OUT = {"go_live": Result.BEFORE_GO_LIVE, "scope.offices": Result.OUT_OF_SCOPE}
"""How a record that a setting leaves out is counted, by the setting; by any other as skipped."""

WAITING = (Result.HELD, Result.REJECTED, Result.UNKNOWN)
"""What has not crossed completely, and will or needs a person."""


@dataclass(frozen=True)
class Outcome:
    """One record after one run. `writes` counts the write calls made for it; `notes` say what was
    shortened or looks odd.

    `amount` is what the record asks for, where it is worth money; `posted` what this run moved in
    Spectrum (a dry run: would move), negative for a net credit and for what took back an invoice,
    None where nothing was to be posted.
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
    delay_seconds: float | None = None
    """From the change of its source to its confirmation, where it crossed in this run."""


@dataclass(frozen=True)
class Report:
    """All outcomes of one batch; `stopped_by` is the fault of a whole system that ended the run
    early, else None.

    `mistake` is the first one of ours that a record met: that record is held, all others went on.
    `paused` are the open records that this batch did not ask for, because their time has not come,
    as the ledger knows them; `more_paused` counts those not read.
    """

    description: FlowDescription
    outcomes: tuple[Outcome, ...] = ()
    stopped_by: SyncFault | None = None
    mistake: ContractBroken | None = None
    paused: tuple[Outcome, ...] = ()
    more_paused: int = 0

    @property
    def waiting(self) -> tuple[Outcome, ...]:
        """All that has not crossed: what this batch met, and what is in its pause."""
        return tuple(
            outcome for outcome in (*self.outcomes, *self.paused) if outcome.result in WAITING
        )

    @property
    def waits(self) -> int:
        """How many records of the flow wait in all."""
        return len(self.waiting) + self.more_paused

    @property
    def writes(self) -> int:
        """Write calls made in all."""
        return sum(outcome.writes for outcome in self.outcomes)

    def counts(self) -> dict[str, int]:
        """Records by result; every result is a key, so that a plot has no holes."""
        found = Counter(outcome.result for outcome in self.outcomes)
        return {result.value: found[result] for result in Result}

    def money(self) -> dict[str, Decimal]:
        """Sums in dollars and cents; empty for a flow that carries no money.

        `approved` is what AR handed over and this run dealt with, `posted` the net of the documents
        now in Spectrum for it; `held`, `rejected` and `unknown` have not crossed completely;
        `voided` was taken back, and is not part of the others. What had crossed before, was left
        alone, is with another worker or could not be read is in none of them.
        """
        if not self.description.carries_money:
            return {}
        sums = dict.fromkeys(MONEY, ZERO)
        for outcome in self.outcomes:
            if outcome.result is Result.VOIDED:
                sums["voided"] -= outcome.posted or ZERO
            elif outcome.result in WAITING:
                sums[outcome.result.value] += outcome.amount or ZERO
                sums["approved"] += outcome.amount or ZERO
            elif outcome.posted is not None:
                sums["posted"] += outcome.posted
                sums["approved"] += outcome.amount or ZERO
        return sums

    def money_agrees(self) -> bool:
        """Whether every approved cent is posted, held, rejected or in doubt. True without money."""
        money = self.money()
        return not money or money["approved"] == sum(money[name] for name in ("posted", *WAITING))

    def holds_by_cause(self) -> dict[str, int]:
        """How many records wait or were refused for each reason, most frequent first."""
        return dict(Counter(outcome.reason for outcome in self.waiting).most_common())

    def markdown(self, limit: int = 50, link_to: Callable[[str], str] = lambda _: "") -> str:
        """A table of the records for the run's page: those that need attention first.

        `link_to` gives the address of a record by its key, "" where it has no page.
        """
        order = [Result.REJECTED, Result.UNKNOWN, Result.HELD, Result.BUSY]
        order += [Result.VOIDED, Result.CREATED, Result.COMPLETED]
        outcomes = (*self.outcomes, *self.paused)
        shown = sorted(
            outcomes,
            key=lambda outcome: (
                order.index(outcome.result) if outcome.result in order else len(order)
            ),
        )
        head = [
            "record",
            self.description.key_heading,
            "result",
            self.description.target.label,
            *(("approved", "posted") if self.description.carries_money else ()),
            "why",
        ]
        rows = (self._cells(outcome, link_to(outcome.key)) for outcome in shown)
        return table(head, rows, most=limit, more="… and {left} more.")

    def _cells(self, outcome: Outcome, address: str) -> list[str]:
        why = " ".join(filter(None, (outcome.reason, outcome.advice, *outcome.notes)))
        amounts = (
            [_amount(outcome.amount), _amount(outcome.posted)]
            if self.description.carries_money
            else []
        )
        return [
            outcome.title,
            linked(outcome.key, address),
            outcome.result.label,
            outcome.target_key,
            *amounts,
            why,
        ]

    def as_json(self) -> dict[str, Any]:
        """Counts, causes and every outcome that is not `unchanged`, as plain JSON values."""
        records = [
            _plain(outcome)
            for outcome in self.outcomes
            if outcome.result is not Result.UNCHANGED or outcome.notes
        ]
        stopped = None
        if self.stopped_by is not None:
            stopped = {
                "fault": type(self.stopped_by).__name__,
                "message": str(self.stopped_by),
                "advice": self.stopped_by.advice,
            }
        return {
            "flow": self.description.name,
            "counts": self.counts(),
            "writes": self.writes,
            "waits": self.waits,
            "holds_by_cause": self.holds_by_cause(),
            "money": {name: str(amount) for name, amount in self.money().items()},
            "money_agrees": self.money_agrees(),
            "stopped_by": stopped,
            "records": records,
            "paused": [_plain(outcome) for outcome in self.paused],
        }


def merged(flow: FlowDescription, reports: list[Report]) -> Report:
    """Several reports of one flow as one."""
    stopped = next((report.stopped_by for report in reports if report.stopped_by), None)
    mistake = next((report.mistake for report in reports if report.mistake), None)
    outcomes = tuple(outcome for report in reports for outcome in report.outcomes)
    done = {outcome.key for outcome in outcomes}
    paused = {
        outcome.key: outcome
        for report in reports
        for outcome in report.paused
        if outcome.key not in done
    }
    return Report(flow, outcomes, stopped, mistake, tuple(paused.values()))


def _plain(outcome: Outcome) -> dict[str, Any]:
    amounts = {"amount": outcome.amount, "posted": outcome.posted}
    return asdict(outcome) | {
        name: None if value is None else str(value) for name, value in amounts.items()
    }


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"
