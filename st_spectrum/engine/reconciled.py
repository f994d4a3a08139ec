"""What a reconciliation says of a flow, and what it carries records with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from st_spectrum.engine.report import Outcome, Report
from st_spectrum.ledger.documents.guards import Double

OnOutcome = Callable[[Outcome], None] | None
"""Called with what became of each record, as soon as that is known."""


@dataclass(frozen=True)
class Reconciled:
    """One flow after its reconciliation. `listed` records stand at the source; `missed` are the
    keys of those that nothing had asked for before; of the `asked` ones, `report` says what became
    of them. `damage` tells of entries of the ledger that cannot be read, "" in good times.
    """

    flow: str
    listed: int
    asked: int
    missed: tuple[str, ...]
    report: Report
    damage: str = ""
    carried: frozenset[str] = frozenset()
    """Codes that the listed records carry as external id."""
    doubles: tuple[Double, ...] = ()
    """What stands twice in the target under one key of ours."""
    doubles_unseen: str = ""
    """Why that could not be looked at."""


class Carrier(Protocol):
    """Has records of one flow carried over, under one run id."""

    @property
    def run_id(self) -> str:
        """Stands in the ledger beside all that is done."""

    def run(self, keys: Sequence[str]) -> Report:
        """Each key once through the engine."""

    def carry(self, keys: Sequence[str]) -> Report:
        """The same in parts, with all that a breaker lets go meanwhile; the report names what else
        waits.
        """

    def open_keys(self) -> list[str]:
        """What is open and costs reads only, or is due."""
