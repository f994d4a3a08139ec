"""Which number a vendor gets."""

from collections.abc import Mapping
from dataclasses import dataclass

from st_spectrum.domain.commands import Command, System
from st_spectrum.domain.decisions import Create, Decision, Skip, Step
from st_spectrum.domain.progress import Progress
from st_spectrum.servicetrade.models import Company

STEP = "number"


@dataclass(frozen=True)
class NumberVendor(Command):
    """The number of a vendor, which follows from its id."""

    operation = "vendor number"
    system = System.SERVICETRADE
    is_repeatable = True

    company: int

    @property
    def key(self) -> str:
        """The number."""
        return f"V{self.company}"

    @property
    def fields(self) -> Mapping[str, str]:
        """Whose number it is."""
        return {"company": str(self.company)}


def decide_vendor(company: Company | None, progress: Progress) -> Decision:
    """Whether a company gets a number."""
    if company is None or not company.is_vendor:
        return Skip("is no vendor")
    command = NumberVendor(company.id)
    return (
        Skip("has a number", command.key)
        if progress.is_confirmed
        else Create(command.key, (Step(STEP, (command,)),))
    )
