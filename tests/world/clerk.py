"""What every clerk of a contractor has whose records one flow carries."""

from dataclasses import dataclass
from typing import Any, ClassVar

from st_spectrum.engine.reconciled import Reconciled
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.ledger.entry import Entry
from st_spectrum.sandbox.control_client import Control
from tests.world.contractor import Contractor


@dataclass
class Clerk:
    """Somebody at the contractor, and the flow that carries what they type."""

    flow: ClassVar[str]

    contractor: Contractor

    @property
    def control(self) -> Control:
        return self.contractor.control

    def close(self) -> None:
        """End what the hands have opened."""
        self.contractor.close()

    def round(self, **changes: Any) -> Report:
        """One round of the flow alone."""
        with self.contractor.session() as session:
            return run_round(session, (self.flow,), "test", **changes)[self.flow]

    def rounds_until_quiet(self, most: int = 6) -> None:
        """Rounds until one writes nothing and nothing is in doubt."""
        for _ in range(most):
            report = self.round()
            if not report.writes and not report.stopped_by and not report.counts()["busy"]:
                return
        raise AssertionError(f"still writing: {report.as_json()}")

    def entry(self, key: str) -> Entry:
        """What the ledger says of a record; fails the test when it says nothing."""
        return self.contractor.entry_of(self.flow, key)

    def night(self) -> Reconciled:
        """The nightly reconciliation of the flow."""
        return self.contractor.night(self.flow)
