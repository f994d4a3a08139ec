"""What takes back a document of a void invoice: under a number of its own, or under that of what it
takes back. Pure.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Void
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.invoices.ar_documents import offset_of, offset_remark
from st_spectrum.flows.invoices.documents import InvoiceBundle, batch_code
from st_spectrum.flows.invoices.standing import is_same, standing
from st_spectrum.flows.invoices.steps import step_name
from st_spectrum.flows.invoices.tax_taken_back import with_tax_code
from st_spectrum.spectrum.stored_invoices import StoredDocument

SAME_NUMBER = "offset "
"""Begins the name of the step that posts an offset under the number of what it takes back; the
other documents of an invoice have numbers of their own.
"""


@dataclass(frozen=True)
class Offset:
    """The document that takes another back, and the name of the step that posts it."""

    document: ArDocument
    step_name: str
    has_same_number: bool = False

    def is_its(self, reversal: StoredDocument | None, progress: Progress) -> bool:
        """Whether what took the document back is this very offset, or must be taken for it.

        Under one number Spectrum has one credit memo, so one that we began to send is found there
        as ours, whoever was quicker.
        """
        if not self.has_same_number:
            return False
        if reversal is None:
            return self.step_name in progress.done_steps
        return self.step_name in _begun(progress) or self._is_ours(reversal)

    def stands(self, stored: Collection[StoredDocument]) -> bool:
        """Whether it stands in Spectrum and was made by us."""
        if not self.has_same_number:
            return bool(standing([self.document], tuple(stored)))
        return any(is_same(row, self.document) and self._is_ours(row) for row in stored)

    def _is_ours(self, stored: StoredDocument) -> bool:
        return stored.remarks == self.document.header["Remarks"]


def offset_to_send(document: ArDocument, bundle: InvoiceBundle, account: Account) -> Offset:
    """As it was begun, or as it stands in Spectrum; else as the account file says by now."""
    document = with_tax_code(document, bundle.stored or (), bundle.live)
    by_suffix = offset_by_suffix(document, bundle.today, account)
    same = _offset_of_same_number(document, bundle.today, account)
    forms = (same, by_suffix) if account.invoices.number.is_same_for_offset else (by_suffix, same)
    begun = _begun(bundle.progress)
    for form in forms:
        if form.step_name in begun:
            return form
    for form in forms:
        if form.stands(bundle.stored or ()):
            return form
    return forms[0]


def offset_by_suffix(document: ArDocument, today: date, account: Account) -> Offset:
    """Under the invoice's number with a suffix."""
    number = account.invoices.number
    is_second = document.is_credit and document.number != document.base
    suffix = number.void_credit_suffix if is_second else number.void_suffix
    offset = offset_of(document, document.base + suffix, today, batch_code(today, account))
    return Offset(offset, step_name(offset))


def has_offset_of_same_number(decision: Void) -> bool:
    """Whether one of its steps posts an offset under the number of what it takes back."""
    return any(step.name.startswith(SAME_NUMBER) for step in decision.steps)


def takes_back(offset: ArDocument, stored: StoredDocument) -> bool:
    """Whether a stored document is the one that an offset under the same number takes back."""
    return (
        offset.header["Remarks"] == offset_remark(offset.number)
        and (stored.customer_code, stored.number) == (offset.header["Customer_Code"], offset.number)
        and stored.kind != offset.header["Transaction_Type"]
    )


def _offset_of_same_number(document: ArDocument, today: date, account: Account) -> Offset:
    offset = offset_of(document, document.number, today, batch_code(today, account))
    return Offset(offset, SAME_NUMBER + document.number, has_same_number=True)


def _begun(progress: Progress) -> frozenset[str]:
    return frozenset((*progress.done_steps, *progress.started_steps))
