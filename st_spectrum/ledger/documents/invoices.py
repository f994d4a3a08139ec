"""What the ledger keeps of invoices: what was posted for each, what was told of it, and how far the
sums were looked through.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.ledger.documents.form import FIRST, Document, TextDocument


@dataclass(frozen=True)
class PostedDocument:
    """One AR invoice or credit memo [SP 12.2]: texts by field name, amounts in dollars and
    positive.

    `base` is the invoice's own number. `tax_codes` is what job or customer showed in Spectrum for a
    document that went out without a sales tax code.
    """

    base: str
    header: Mapping[str, str]
    details: tuple[Mapping[str, str], ...]
    tax_codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PostedInvoice(Document):
    """The AR documents that were posted for an invoice, or are about to be: a void offsets exactly
    these, whatever the invoice says
    later.
    """

    place = "kept/posted-invoices/{invoice}"
    since = FIRST

    documents: tuple[PostedDocument, ...]

    @classmethod
    def fields_of_form_1(cls, found: Any) -> Any:
        """A list."""
        return {"documents": found}

    def as_text(self) -> str:
        """Form 1."""
        documents = [
            {
                "base": document.base,
                "header": dict(document.header),
                "details": [dict(line) for line in document.details],
            }
            | ({"tax_codes": dict(document.tax_codes)} if document.tax_codes else {})
            for document in self.documents
        ]
        return json.dumps(documents, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class OlderInvoice(TextDocument):
    """A person's word about an invoice from before go-live: `post` it, it stands in Spectrum `by
    hand`, or its void was `taken back` there.
    """

    place = "kept/older-invoices/{invoice}"
    since = "0.1.0"

    word: str


@dataclass(frozen=True)
class CommentedInvoice(TextDocument):
    """The digest of the comment that was put on a refused invoice last."""

    place = "kept/told-invoices/{invoice}"
    since = FIRST

    cause: str


@dataclass(frozen=True)
class SumsSeen(Document):
    """After which invoice the next look at the sums goes on, and the invoices that did not add up.
    Forgotten it costs reads.
    """

    place = "kept/sums/{flow}"
    since = FIRST

    after: str = ""
    wrong: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Form 1."""
        return json.dumps({"after": self.after, "wrong": list(self.wrong)})
