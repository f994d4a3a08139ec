"""What a look-up in Spectrum answers where it is more than a row, and that none was possible."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from st_spectrum.spectrum.timecards import PayrollEmployee


class LookupImpossible(Exception):
    """It cannot be told whether the record exists. `advice` says what would make it possible."""

    def __init__(
        self,
        message: str,
        advice: str = "Set up Info-Link for this company; then it can be looked up.",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True)
class CodesInUse:
    """Codes that exist. When `is_complete` is False there are more than could be listed, so a free
    one may be taken.
    """

    codes: frozenset[str]
    is_complete: bool


@dataclass(frozen=True)
class EmployeesShown:
    """Employees by code. When `is_complete` is False there are more than could be listed.

    `types` are the types of the status codes that these people have.
    """

    by_code: Mapping[str, PayrollEmployee]
    is_complete: bool
    types: Mapping[str, str] = field(default_factory=dict)
