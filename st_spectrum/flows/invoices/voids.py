"""What is to be done about a void invoice: take back what was posted for it, once, however it may
have been taken back. Pure.
"""

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Decision, Hold, Skip, Update, Void
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.invoices.documents import InvoiceBundle, to_documents
from st_spectrum.flows.invoices.offsets import Offset, offset_by_suffix, offset_to_send
from st_spectrum.flows.invoices.standing import (
    is_marked_alone,
    is_same,
    own_of,
    reversal_of,
    standing,
)
from st_spectrum.flows.invoices.steps import (
    CLOSED,
    crossed,
    post_step,
    step_name,
    steps_of,
    target_key_of,
)
from st_spectrum.flows.invoices.tax_taken_back import hold_for_tax_code, without_memory_of_tax
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.spectrum.stored_invoices import StoredDocument

NEVER_CROSSED = "voided before it ever crossed"
UNSEEN = (
    "the ledger knows of no posting, and Spectrum cannot be asked without Info-Link: if it stands"
    " there, credit it"
)


def void_of(bundle: InvoiceBundle, account: Account) -> Decision:
    """Offset what was posted. What is in doubt is completed first; what never went out stays where
    it is.

    A ledger that was copied between the two halves of an invoice does not know of the second one:
    Spectrum does.
    """
    progress = bundle.progress
    begun = (
        *progress.done_steps,
        *progress.started_steps,
        *map(step_name, standing(bundle.posted, bundle.stored or ())),
    )
    was_closed = progress.is_confirmed or CLOSED in progress.done_steps
    documents = list(bundle.posted) if was_closed else crossed(bundle.posted, begun)
    if not documents:
        return Update("", ()) if progress.started_steps else Skip(NEVER_CROSSED)
    return _take_back(documents, bundle, account)


def void_of_what(target_key: str) -> Decision:
    """The ledger knows that it was posted, and not what."""
    if not target_key:
        return Skip("voided; nothing had been posted for it")
    return Hold(
        f"it was posted as {target_key} before the ledger was rebuilt, and nobody knows its lines"
        " any more",
        "Offset it in Spectrum by hand with a credit memo.",
        ("a person",),
        "void of an invoice from before the ledger was rebuilt",
    )


def void_without_memory(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    """The ledger knows nothing of it; it may be older than what has happened. Then what stands in
    Spectrum decides.

    Only a document that bears our remark besides is offset by itself: one that a person typed there
    under the same number may have been credited under another one.
    """
    if not bundle.stored:
        return Skip(NEVER_CROSSED, notes=() if bundle.can_be_seen else (UNSEEN,))
    try:
        documents, _ = to_documents(bundle, invoice, account)
    except Missing as missing:
        return _unknown(bundle.stored[0], missing.hold.reason)
    stored = bundle.stored
    present = [
        without_memory_of_tax(document) for document in documents if own_of(document, stored)
    ]
    if not present:
        like = next(
            (row for row in stored for document in documents if _is_like(row, document)), None
        )
        return _unknown(like, "it is of another customer") if like else Skip(NEVER_CROSSED)
    if marked := next((one for one in present if is_marked_alone(one, stored)), None):
        return _marked_alone(marked)
    if all(_is_taken_back(document, stored, bundle, account) for document in present):
        return Skip("voided, and offset in Spectrum already", target_key_of(present))
    if len(standing(present, stored)) < len(present) or not all(
        _bears_our_remark(document, stored) for document in present
    ):
        own = own_of(present[0], stored)
        return _unknown(own or stored[0], "the ledger does not know it")
    return _take_back(present, bundle, account)


def _take_back(documents: list[ArDocument], bundle: InvoiceBundle, account: Account) -> Decision:
    """What was reversed at the Spectrum screen is credited already, by a document with the
    invoice's own number.
    """
    stored, progress = bundle.stored or (), bundle.progress
    begun = frozenset((*progress.done_steps, *progress.started_steps))
    notes: list[str] = []
    offsets: list[Offset] = []
    for document in documents:
        reversal = reversal_of(document, stored)
        if reversal is not None and reversal.before_tax != document.before_tax:
            return _half_reversed(document, reversal)
        offset = offset_to_send(document, bundle, account)
        is_begun = offset.step_name in begun or offset.stands(stored)
        if is_marked_alone(document, stored) and not is_begun:
            return _marked_alone(document)
        if reversal is None or offset.is_its(reversal, progress):
            if not is_begun and (hold := hold_for_tax_code(document, stored, bundle.live)):
                return hold
            offsets.append(offset)
            continue
        if standing([offset.document], stored) and not offset.has_same_number:
            return _credited_twice(document, offset.document)
        if offset.step_name in progress.started_steps:
            return _offset_in_doubt(document, offset, bundle)
        notes.append(
            f"{document.number} was reversed at the Spectrum screen: nothing more is credited"
        )
    unknown = [document for document in documents if step_name(document) not in begun]
    present = [step_name(document) for document in standing(unknown, stored)]
    present += [offset.step_name for offset in offsets if standing([offset.document], stored)]
    return Void(
        target_key_of((*documents, *(offset.document for offset in offsets))),
        (
            *steps_of(documents, account),
            *(post_step(offset.step_name, offset.document, account) for offset in offsets),
        ),
        tuple(notes),
        standing=tuple(present),
    )


def _is_taken_back(
    document: ArDocument,
    stored: tuple[StoredDocument, ...],
    bundle: InvoiceBundle,
    account: Account,
) -> bool:
    own, reversal = own_of(document, stored), reversal_of(document, stored)
    is_reversed = own is not None and bool(reversal and reversal.before_tax == own.before_tax)
    by_suffix = offset_by_suffix(document, bundle.today, account)
    return is_reversed or bool(standing([by_suffix.document], stored))


def _bears_our_remark(document: ArDocument, stored: tuple[StoredDocument, ...]) -> bool:
    remark = document.header.get("Remarks", "")
    return bool(remark) and any(is_same(row, document) and row.remarks == remark for row in stored)


def _is_like(stored: StoredDocument, document: ArDocument) -> bool:
    key = (document.number, document.header["Transaction_Type"], document.before_tax)
    return (stored.number, stored.kind, stored.before_tax) == key


def _unknown(stored: StoredDocument, why: str) -> Hold:
    return Hold(
        f"it is void, and Spectrum has {stored.words}; whether that was posted for it is not"
        f" certain: {why}",
        "If it was, and nobody has credited it yet, reverse it in Spectrum (Reverse Customer"
        " Invoice). This then closes by itself.",
        ("a person",),
        "void, and whether it was posted is not certain",
    )


def _credited_twice(document: ArDocument, offset: ArDocument) -> Hold:
    return Hold(
        f"it is void, and {document.number} was taken back twice: at the Spectrum screen and by"
        f" {offset.number}",
        f"Delete or reverse one of the two in Spectrum: {offset.number}, or the reversal with the"
        " number of the invoice.",
        ("a person",),
        "void, and taken back twice in Spectrum",
    )


def _offset_in_doubt(document: ArDocument, offset: Offset, bundle: InvoiceBundle) -> Hold:
    key = bundle.invoice.id if bundle.invoice else ""
    kind = "credit memo" if offset.document.is_credit else "invoice"
    number = offset.document.number
    name = f"{kind} {number}" if offset.has_same_number else number
    return Hold(
        f"it is void, {document.number} was reversed at the Spectrum screen, and the answer to its"
        f" offset {number} was lost",
        f"Look for {name} in Spectrum, delete it if it is there, and say"
        f" `st-spectrum ledger resolve invoices {key} --not-there`.",
        ("a person",),
        "void, reversed at the Spectrum screen while its offset was on its way",
    )


def _marked_alone(document: ArDocument) -> Hold:
    return Hold(
        f"it is void, and {document.number} is marked as reversed in Spectrum, where nothing of the"
        " other type stands under its number",
        "Look whether the customer was credited; if not, credit it by hand. Nothing is offset by"
        " itself.",
        ("a person",),
        "void, and marked as reversed in Spectrum without a credit memo",
    )


def _half_reversed(document: ArDocument, reversal: StoredDocument) -> Hold:
    return Hold(
        f"it is void, and beside {document.number} for {document.before_tax:.2f} Spectrum has"
        f" {reversal.words}",
        "Bring the customer's balance in order in Spectrum by hand. Nothing is offset by itself.",
        ("a person",),
        "void, and reversed in Spectrum with another amount",
    )
