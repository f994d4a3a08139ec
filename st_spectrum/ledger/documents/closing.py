"""What the ledger keeps of comparisons of both sides, and of people who signed what these added up
to.
"""

import json
from dataclasses import dataclass

from pydantic import AwareDatetime

from st_spectrum.ledger.documents.form import Document, adapter, holdable


@dataclass(frozen=True)
class SignedTotal:
    """A sum of both sides as it was signed, such as that of a customer, as decimal text."""

    dimension: str
    code: str
    servicetrade: str
    spectrum: str


@dataclass(frozen=True)
class SignedLine:
    """What was approved and did not stand in Spectrum when it was signed, such as what waited: how
    many records, and their money or hours as decimal text.
    """

    line: str
    records: int
    amount: str


@dataclass(frozen=True)
class Signature:
    """One signing. `digest` is that of the control totals; `approved` and `accepted` are decimal
    text, in dollars or hours; `not_in_spectrum` has the lines of the rest.
    """

    at: AwareDatetime
    who: str
    note: str
    digest: str
    approved: str
    accepted: str
    totals: tuple[SignedTotal, ...] = ()
    not_in_spectrum: tuple[SignedLine, ...] = ()


@dataclass(frozen=True)
class SignOff(Document):
    """Who signed the control totals of a month or payroll week, by `flow/period`, the oldest first;
    never removed.
    """

    place = "kept/sign-offs/{flow and period}"
    since = "0.1.0"

    signatures: tuple[Signature, ...] = ()

    def as_text(self) -> str:
        """Form 1, whose first writers knew nothing of what does not stand in Spectrum."""
        values = adapter(SignOff).dump_python(self, mode="json")
        for signature in values["signatures"]:
            if not signature["not_in_spectrum"]:
                del signature["not_in_spectrum"]
        return holdable(json.dumps(values, ensure_ascii=False))


@dataclass(frozen=True)
class NotEqual:
    """One record that is not the same on both sides, in words."""

    key: str
    title: str
    words: str


@dataclass(frozen=True)
class FoundDifferences(Document):
    """What the last comparison of all of a flow found to be put right: how many differences, the
    first of them, sentences about periods that changed since they were signed, and how many sums
    are open although no record is named, with the first of them in sentences.
    """

    place = "kept/differences/{flow}"
    since = "0.1.0"

    at: AwareDatetime
    count: int = 0
    first: tuple[NotEqual, ...] = ()
    changes: tuple[str, ...] = ()
    open_sum_count: int = 0
    open_sums: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Form 1, whose first writers knew nothing of open sums."""
        values = adapter(FoundDifferences).dump_python(self, mode="json")
        if not self.open_sum_count:
            del values["open_sum_count"], values["open_sums"]
        return holdable(json.dumps(values, ensure_ascii=False))
