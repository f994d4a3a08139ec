"""What records that do not go on have in common: the fault's kind, without their names. Pure."""

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SettingsInvalid,
    SyncFault,
    Unavailable,
    UnsafePlan,
)
from st_spectrum.ledger.documents.form import DamagedDocument, NewerForm
from st_spectrum.servicetrade.wire import RecordBroken

NAMES = {"servicetrade": "ServiceTrade", "spectrum": "Spectrum", "ledger": "the ledger"}

SENTENCES: dict[type[SyncFault], str] = {
    SettingsInvalid: "the account file is wrong",
    AccessDenied: "{system} denies access",
    RateLimited: "{system} asks for a pause",
    Unavailable: "{system} does not answer",
    ContractBroken: "{system} answers in a form that we do not know",
    RecordBroken: "{system} sends a record that cannot be read",
    DamagedDocument: "a document of {system} is damaged",
    NewerForm: "a newer version has written to {system}",
    UnsafePlan: "far more is different at once than usual, so nothing was sent",
}


def cause_of(problem: Exception) -> str:
    """One short sentence. Texts of a vendor are left out, because they may name the record."""
    match problem:
        case Rejected():
            blamed = sorted({blamed_as(row.field, row.code) for row in problem.problems})
            refusal = " ".join(filter(None, (_system(problem), "refused", problem.operation)))
            return f"{refusal}: {', '.join(blamed)}" if blamed else refusal
        case ForeignAnswer():
            return (
                f"something else than {_system(problem)} answered {problem.operation or 'a write'}"
            )
        case OutcomeUnknown():
            return f"the answer of {_system(problem)} to {problem.operation or 'a write'} was lost"
        case UnsafePlan() if problem.cause:
            return problem.cause
        case SyncFault():
            sentence = next(
                (text for family, text in SENTENCES.items() if type(problem) is family), ""
            )
            return sentence.format(system=_system(problem)) or type(problem).__name__
        case _:
            return (
                getattr(problem, "cause", "") or f"a fault in st_spectrum: {type(problem).__name__}"
            )


def _system(fault: SyncFault) -> str:
    return NAMES.get(fault.system, fault.system or "a system")


def blamed_as(field: str, code: str) -> str:
    """How a field and a code of a refusal are told."""
    return f"{field} ({code})" if field and code else field or code
