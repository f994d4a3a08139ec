"""The nine ways in which a crossing can go wrong, and what a person should do about each.

    SyncFault
    ├── SettingsInvalid    the account file or the environment is wrong; nothing was called
    ├── AccessDenied       a login, licence, service or company right is missing
    ├── Unavailable        the system did not take the call; it was certainly not carried out
    │   └── RateLimited    ... and says when to come back
    ├── OutcomeUnknown     a write was sent and its answer lost; it is never repeated before a look-up
    ├── Rejected           the system said no to this one record
    ├── ContractBroken     an answer does not have the shape we rely on
    ├── UnsafePlan         what is about to be done is suspicious as a whole
    └── ClaimLost          another worker holds, or has moved, the ledger entry

A missing prerequisite is not in this list: it is a `Hold`, see `decisions`.
`docs/runbook.md` has one heading for each class.
"""

from collections.abc import Iterable
from dataclasses import dataclass


class SyncFault(Exception):
    """Base of the families. `advice` is one sentence for a person; `system` is "servicetrade",
    "spectrum" or "ledger".
    """

    advice = "See the runbook."
    stops_the_run = True

    def __init__(
        self, message: str, *, system: str = "", operation: str = "", advice: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.system = system
        self.operation = operation
        if advice:
            self.advice = advice

    def __str__(self) -> str:
        where = " ".join(part for part in (self.system, self.operation) if part)
        return f"{where}: {self.message}" if where else self.message


class SettingsInvalid(SyncFault):
    """The account file or environment is wrong; `problems` lists all, each with its place."""

    advice = "Correct the places named and start again; nothing was sent."

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class AccessDenied(SyncFault):
    """The system refuses us: wrong secret, service not authorised, company not allowed."""

    advice = "Check the credentials in the environment and the rights of the integration user."


class Unavailable(SyncFault):
    """The call was certainly not carried out: no connection, or declined beforehand."""

    advice = "Nothing is lost: the next round goes on by itself once the system answers again."


class RateLimited(Unavailable):
    """The system asks us to come back after `retry_after` seconds; the call was not carried out."""

    advice = "Nothing to do: the record goes out again when the budget is refilled."

    def __init__(
        self, message: str, *, retry_after: float, system: str = "", operation: str = ""
    ) -> None:
        super().__init__(message, system=system, operation=operation)
        self.retry_after = retry_after


class OutcomeUnknown(SyncFault):
    """A write was sent, no usable answer came. Only a look-up of its natural key may tell."""

    advice = "Nothing to do: the natural key is looked up before anything is sent again."
    stops_the_run = False


@dataclass(frozen=True)
class Problem:
    """One reason that a system gave: its own `code` and `text`, and the `field` it blames (may be
    empty).
    """

    code: str
    text: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.text}" if self.field else self.text


class Rejected(SyncFault):
    """The system refused this record; the others go on."""

    advice = (
        "Correct the field named, in ServiceTrade or in Spectrum's set-up; the record then goes out"
        " by itself."
    )
    stops_the_run = False

    def __init__(
        self,
        problems: Iterable[Problem],
        *,
        system: str = "",
        operation: str = "",
        advice: str = "",
    ) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(map(str, self.problems)), system=system, operation=operation, advice=advice
        )

    def blames_only(self, field: str) -> bool:
        """Whether every reason given names `field`; how a taken natural key shows itself [SP 5]."""
        return bool(self.problems) and all(problem.field == field for problem in self.problems)


class ContractBroken(SyncFault):
    """The answer cannot be read, or lacks something we rely on."""

    advice = (
        "Keep the text of this message and tell whoever maintains the integration; the vendor may"
        " have changed."
    )


class UnsafePlan(SyncFault):
    """What is about to be done is suspicious as a whole, for instance when a source that held
    thousands is suddenly empty.

    `cause` says why without numbers, where mails are to tell it apart from other suspicions: it is
    the same however much it is by now.
    """

    advice = "Look at the numbers; if they are right, allow the run once by hand."

    def __init__(
        self,
        message: str,
        *,
        system: str = "",
        operation: str = "",
        advice: str = "",
        cause: str = "",
    ) -> None:
        super().__init__(message, system=system, operation=operation, advice=advice)
        self.cause = cause


class ClaimLost(SyncFault):
    """Another worker holds the entry or has moved it meanwhile."""

    advice = "Nothing to do: the other worker finishes the record."
    stops_the_run = False


FAMILIES: tuple[type[SyncFault], ...] = (
    SettingsInvalid,
    AccessDenied,
    Unavailable,
    RateLimited,
    OutcomeUnknown,
    Rejected,
    ContractBroken,
    UnsafePlan,
    ClaimLost,
)
