"""What the ledger keeps of what a person is to read before it is sent."""

from dataclasses import dataclass

from st_spectrum.ledger.documents.form import TextDocument, holdable


@dataclass(frozen=True)
class KeptPlan(TextDocument):
    """A plan that was made in Dagster, whole, for as long as it may be applied. Sealed by a digest
    of its own.
    """

    place = "kept/plans/{id}"
    since = "0.1.0"
    numbered_as = "ledger_form"
    """A plan bears a `form` of its own."""

    text: str

    def as_text(self) -> str:
        """The plan as its file has it."""
        return holdable(self.text)
