"""The AR documents of a decision, and what they move."""

from decimal import Decimal

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Create, Decision, Update, Void
from st_spectrum.flows.invoices.ar_documents import originals
from st_spectrum.flows.invoices.commands import PostArDocument


def moved_by(decision: Decision, posted: tuple[ArDocument, ...]) -> Decimal | None:
    """Net of what a decision posts anew; of a `Void` the offsets alone, not what it completes."""
    if not isinstance(decision, Create | Void):
        return None
    documents = posted_by(decision)
    before = (
        {_key(document) for document in posted or originals(documents)}
        if isinstance(decision, Void)
        else set()
    )
    return sum(
        (document.total for document in documents if _key(document) not in before), Decimal(0)
    )


def _key(document: ArDocument) -> tuple[str, bool]:
    """An offset may bear the number of what it takes back, and is of the other type."""
    return document.number, document.is_credit


def posted_by(decision: Create | Update | Void) -> tuple[ArDocument, ...]:
    """The AR documents among the steps of a decision."""
    return tuple(
        command.document
        for step in decision.steps
        for command in step.calls
        if isinstance(command, PostArDocument)
    )
