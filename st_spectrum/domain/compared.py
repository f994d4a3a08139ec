"""What a comparison of both sides says of a flow. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from st_spectrum.domain.differences import Difference
from st_spectrum.domain.equation import ControlTotal, Equation

UNSEEN = (
    "Without Info-Link only customers, jobs and their phases are compared, as services list them;"
    " sites, AR documents, time and purchase orders are not, and nothing of them is said to be"
    " missing or extra."
)


@dataclass(frozen=True)
class FlowCompared:
    """One flow: how many records of Spectrum were `compared`, and what is not equal. `unseen` says
    why nothing was compared, "" where something was; `unproven` what is not known although the rest
    was compared, "" where all is, and `unproven_keys` of which records.
    """

    flow: str
    compared: int = 0
    differences: tuple[Difference, ...] = ()
    unseen: str = ""
    equations: tuple[Equation, ...] = ()
    """One for each month, of a flow that carries money; for each payroll week, of time."""
    totals: tuple[ControlTotal, ...] = ()
    unproven: str = ""
    unproven_keys: frozenset[str] = frozenset()

    @property
    def not_seen(self) -> str:
        """Why not all of it can be said to be equal, "" where it can."""
        return self.unseen or self.unproven

    @classmethod
    def together(cls, flow: str, parts: Sequence["FlowCompared"]) -> "FlowCompared":
        """Periods that were compared one by one, as one comparison."""
        return cls(
            flow,
            sum(part.compared for part in parts),
            tuple(one for part in parts for one in part.differences),
            equations=tuple(one for part in parts for one in part.equations),
            totals=tuple(one for part in parts for one in part.totals),
        )

    @property
    def faults(self) -> tuple[Difference, ...]:
        """What somebody has to put right."""
        return tuple(difference for difference in self.differences if difference.is_fault)

    def late(self, now: datetime) -> tuple[Difference, ...]:
        """The same without what is so young that it is on its way: a reason to alarm somebody."""
        return tuple(fault for fault in self.faults if not fault.is_on_its_way(now))

    @property
    def repairable(self) -> tuple[str, ...]:
        """Keys of what was never confirmed and may go out."""
        keys = (difference.key for difference in self.differences if difference.is_repairable)
        return tuple(dict.fromkeys(keys))
