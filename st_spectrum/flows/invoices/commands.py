"""What the invoices flow writes: AR documents to Spectrum, statuses to ServiceTrade."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.commands import Command, Numbering, System

BASE, DETAILS = "base", "details"
"""Names in the frozen form for what the header of a document does not have: the invoice's own
number, and all lines as JSON."""


@dataclass(frozen=True)
class PostArDocument(Command):
    """An AR invoice or credit memo, by REST together with others [SP 12.2]."""

    operation = "POST /customer/invoice"
    system = System.SPECTRUM
    numbering = Numbering.PEOPLE
    taken_field = "Invoice_Or_Transaction"
    period_fields = frozenset({"GL_Date", "Invoice_Date"})

    document: ArDocument

    @property
    def key(self) -> str:
        """Its number."""
        return self.document.number

    @property
    def fields(self) -> Mapping[str, str]:
        """The header, and the rest as text."""
        details = json.dumps([dict(line) for line in self.document.details], sort_keys=True)
        return {**self.document.header, BASE: self.document.base, DETAILS: details}

    @property
    def amount(self) -> Decimal:
        """What the customer owes by it; a credit memo is negative."""
        return self.document.total

    @property
    def amounts_by_account(self) -> Mapping[str, Decimal]:
        """What of it goes to each account."""
        return self.document.by_account

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """Header and lines."""
        return (self.document.header, *self.document.details)

    def with_sent_fields(self, fields: Mapping[str, str]) -> "PostArDocument":
        """With the document that was posted."""
        header = {name: value for name, value in fields.items() if name not in (BASE, DETAILS)}
        return replace(
            self, document=ArDocument(header, tuple(json.loads(fields[DETAILS])), fields[BASE])
        )


class AddArInvoice(PostArDocument):
    """The same by SOAP, alone and with one line [SP 12.3]."""

    operation = "AddARInvoice"


@dataclass(frozen=True)
class SetInvoiceStatus(Command):
    """An invoice leaves ServiceTrade's queue [ST 6.2].

    `total` and `tax` are what was posted, in dollars and cents: whoever sets the status sees
    whether the invoice still says so. They are None where nothing is compared. `invoice_number` is
    written back where the account file says so.
    """

    operation = "invoice status"
    system = System.SERVICETRADE
    is_repeatable = True
    counts_when_lost = False

    invoice_id: int
    status: Literal["processed", "failed"]
    total: Decimal | None = None
    tax: Decimal | None = None
    invoice_number: str | None = None

    @property
    def key(self) -> str:
        """The invoice's id."""
        return str(self.invoice_id)

    @property
    def fields(self) -> Mapping[str, str]:
        """What is said of the invoice; what is None is left out."""
        values = {
            "invoice_id": self.key,
            "status": self.status,
            "total": self.total,
            "tax": self.tax,
            "invoice_number": self.invoice_number,
        }
        return {name: str(value) for name, value in values.items() if value is not None}
