"""What the engine asks of a flow, and of the two systems that its steps write to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Decision, Hold, Step, System
from st_spectrum.domain.errors import Rejected
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.ledger.entry import Entry


@dataclass(frozen=True)
class Sight:
    """What one look at the source says: a human `title`, the `version` (digest) of what was read, and the decision.

    `amount` is what the record asks for, where it is worth money; None once it is void. `posted` is what the decision moves in
    Spectrum, tax included: the net of the AR documents of a `Create`, that of the offsets alone for a `Void`, else None.
    """

    title: str
    version: str
    decision: Decision
    amount: Decimal | None = None
    posted: Decimal | None = None


@dataclass(frozen=True)
class Found:
    """Which of a step's calls (by key) the target already holds as we would write them, and which keys hold something else.

    `similar` are keys that hold something which is neither quite ours nor clearly somebody else's.
    """

    present: frozenset[str] = field(default_factory=frozenset)
    foreign: frozenset[str] = field(default_factory=frozenset)
    similar: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class SharedKeys:
    """What comes of two records of a flow that carry one target key because people typed it on both.

    With `hold` both wait: it is given the key, the ids of the record and of the other one, and the other's title. With
    `outcome` both only say so: `record` is what such a record is called, and `outcome` what the two come to in the target.
    With neither nothing comes of it.
    """

    hold: Callable[[str, str, str, str], Hold] | None = None
    record: str = ""
    outcome: str = ""


class Flow(Protocol):
    """One flow: where its records come from and what is to be done about one of them. Only reads."""

    name: str
    """That of its description."""
    description: FlowDescription
    has_second_guard: bool
    """Whether `standing` asks the target; else the engine spares itself the question."""

    @property
    def shared_keys(self) -> SharedKeys | None:
        """What comes of a target key that people typed on two records; None where they type none."""

    def standing(self, keys: Sequence[str]) -> Standing:
        """What the target holds already under our keys of these records, of which the ledger knows no write.

        Asked once for a batch, before any record of it is looked at, also by a dry run; a record that is looked at anew asks for
        itself. One question for all keys, whatever their number. Raises a `SyncFault` when it cannot be answered just now: then
        nothing is sent for these keys, and they wait by themselves. Where the target can never be asked the answer is `NOTHING`.
        """

    def look(self, key: str, progress: Progress, standing: Standing) -> Sight:
        """Read all that one decision needs and decide. Raises a `SyncFault` when a read failed.

        `standing` is the answer for the record's batch. What stands there is taken over as it stands, without a write, by
        `Create.standing`; other values than ours are told by `Create.differs`. For a record that has begun it says nothing.
        """

    def before_sending(self, key: str, decision: Decision) -> None:
        """Whatever must be kept before the first write of a claimed record; most flows keep nothing."""

    def weigh(self, refusal: Rejected, decision: Decision) -> Hold | None:
        """What the record waits for when the refusal is no fault of its own: set-up in the target, a lock. Else None.

        `decision` is what was being carried out.
        """

    def tell(self, key: str, refusal: Rejected) -> None:
        """Tell the people at the source that the record was refused, where the flow does that; once, however often asked.

        Called while the record is claimed, so that what is interrupted is done by whoever claims it next. Raises a `SyncFault`
        when they could not be told.
        """

    def confirmed(self, entry: Entry) -> None:
        """What is left behind once a record has crossed; after the ledger knows, so it may be missing after a crash."""


class Silent:
    """A flow that keeps nothing beside the ledger entry and tells nobody at the source."""

    has_second_guard = False
    shared_keys: SharedKeys | None = None

    def standing(self, keys: Sequence[str]) -> Standing:  # noqa: ARG002 - the shape of `Flow`
        """Nothing: the target itself refuses a second record under the same natural key."""
        return NOTHING

    def before_sending(self, key: str, decision: Decision) -> None:
        """Nothing to keep."""

    def weigh(self, refusal: Rejected, decision: Decision) -> Hold | None:  # noqa: ARG002 - the shape of `Flow`
        """A refusal is a refusal."""
        return None

    def tell(self, key: str, refusal: Rejected) -> None:
        """The ledger and the report say it; nobody is told at the source."""

    def confirmed(self, entry: Entry) -> None:
        """Nothing is left."""


class Targets(Protocol):
    """Where steps are carried out and looked up."""

    def prove_login(self, system: System) -> None:
        """Returns once a read has shown in this run that the system lets us in; raises the `SyncFault` of one that does not."""

    def send(self, call: Command) -> None:
        """Carry out one call, once. Raises `Rejected`, `OutcomeUnknown`, `Unavailable`, ..."""

    def find(self, step: Step) -> Found:
        """Look the step's calls up by their natural keys. Raises `LookupImpossible` where nobody can tell."""

    def arrives_within(self, call: Command) -> float:
        """Seconds for which a call that is not found may still be on its way, where a second one would do harm; else 0."""

    def is_absence_proven(self, call: Command, since: datetime) -> bool:
        """Whether "not there" is no word of an old copy: something shows in the same place that was confirmed after `since`."""

    def answers(self, system: str) -> bool:
        """Whether a system takes calls and lets us in just now; asked by a read that concerns no record."""
