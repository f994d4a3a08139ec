"""One thing that the account file and the two systems do not agree about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from st_spectrum.domain.errors import SyncFault
from st_spectrum.spectrum.lookup_answers import LookupImpossible


class Severity(StrEnum):
    """How bad it is: something is missing or would be refused; records would wait or get a default;
    good to know.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`where` is the place in the account file, `problem` what is wrong there, `used_by` what would
    meet it, may be empty.
    """

    severity: Severity
    where: str
    problem: str
    used_by: str
    advice: str
    is_down: bool = False
    """Whether a whole system could not be asked, so that what needs it is left out."""

    @property
    def sentence(self) -> str:
        """What is wrong and what uses it, as one sentence: "cost center 300 has no price method; 14
        open jobs use it".
        """
        return f"{self.problem}; {self.used_by}" if self.used_by else self.problem


def of_fault(where: str, fault: SyncFault, *, is_down: bool = False) -> Finding:
    """A system that could not be asked."""
    return Finding(Severity.ERROR, where, " ".join(str(fault).split()), "", fault.advice, is_down)


def findings_of_parts(parts: Iterable[tuple[str, Iterator[Finding]]]) -> Iterator[Finding]:
    """Part after part with its place; one that cannot be looked at is a finding itself, and the
    next ones go on.
    """
    for where, part in parts:
        try:
            yield from part
        except LookupImpossible as impossible:
            yield Finding(
                Severity.NOTE, where, f"not checked: {impossible.message}", "", impossible.advice
            )
        except SyncFault as fault:
            yield of_fault(where, fault)


def counted(number: int, noun: str) -> str:
    """`1 open job`, `14 open jobs`, `3 companies`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"
