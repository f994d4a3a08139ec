"""What is to be done about an invoice: post it, close it, offset what was posted, hold it, or leave
it alone.
"""

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged, Skip, Update
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.invoices.ar_documents import differences
from st_spectrum.flows.invoices.documents import InvoiceBundle, to_documents
from st_spectrum.flows.invoices.lines import hold_for_what_follows, hold_without_cost_center
from st_spectrum.flows.invoices.live_codes import hold_for_tax_of_spectrum
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.older import decide_older, invoice_left_out, void_of_one_typed
from st_spectrum.flows.invoices.refusals import changed_meanwhile, half_posted
from st_spectrum.flows.invoices.standing import hold_for_others, standing
from st_spectrum.flows.invoices.steps import (
    CLOSED,
    close_step,
    crossed,
    step_name,
    steps_of,
    sum_of,
    target_key_of,
    tax_of,
)
from st_spectrum.flows.invoices.tax_taken_back import without_memory_of_tax
from st_spectrum.flows.invoices.usable import hold_before_posting
from st_spectrum.flows.invoices.voids import void_of, void_of_what, void_without_memory
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.spectrum.stored_invoices import StoredDocument

__all__ = ("CLOSED_STATUSES", "NOT_APPROVED", "InvoiceBundle", "decide_invoice")

CLOSED_STATUSES = frozenset({"processed", "sent", "paid"})
NOT_APPROVED = ("failed", "internal_review", "ok")
"""Statuses in which nobody asks for an invoice to stand in Spectrum [ST 6.2]."""

WAITS_FOR_AR = "waits until AR has corrected it and submits it again"


def decide_invoice(bundle: InvoiceBundle, account: Account) -> Decision:
    """Whether and how this invoice is posted, closed, offset or held. What was posted once is never
    posted again.
    """
    invoice, progress = bundle.invoice, bundle.progress
    if invoice is None:
        return Skip("no longer in ServiceTrade", progress.target_key, is_gone=True)
    if progress.is_voided:
        return _after_voiding(invoice, progress.target_key)
    has_come_back = CLOSED in progress.done_steps and invoice.status in (
        "pending_accounting",
        "void",
    )
    if progress.is_confirmed or has_come_back:
        return _after_posting(bundle, invoice, account)
    if progress.is_half_done:
        return _go_on(bundle, invoice, account)
    if invoice.type != "invoice":
        return Skip(f"is a {invoice.type or 'document without type'}, not a customer invoice")
    if left_out := invoice_left_out(invoice, bundle.job, account):
        return left_out
    if older := decide_older(bundle, invoice, account):
        return older
    if invoice.status == "void":
        return void_without_memory(bundle, invoice, account)
    if invoice.status == "failed":
        return LeaveUnchanged(WAITS_FOR_AR)
    if invoice.status != "pending_accounting":
        return Skip(f"is {invoice.status or 'without status'}, not approved for accounting")
    try:
        documents, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return hold_for_what_follows(missing.hold, invoice, account)
    if not documents:
        return _zero(invoice, account)
    stored = bundle.stored or ()
    if other := hold_for_others(documents, stored):
        return other
    present = standing(documents, stored)
    to_post = [document for document in documents if document not in present]
    if lacking := _lacking(to_post, bundle, invoice, account):
        return lacking
    return _post(documents, invoice, account, notes, stored)


def _lacking(
    to_post: list[ArDocument], bundle: InvoiceBundle, invoice: Invoice, account: Account
) -> Hold | None:
    """What these documents wait for before they may be posted."""
    return (
        hold_without_cost_center(to_post, invoice, account)
        or hold_for_tax_of_spectrum(to_post, invoice, bundle.live, account)
        or hold_before_posting(to_post, bundle.masters, account)
    )


def _post(
    documents: tuple[ArDocument, ...],
    invoice: Invoice,
    account: Account,
    notes: tuple[str, ...],
    stored: tuple[StoredDocument, ...] = (),
) -> Create:
    present = standing(documents, stored)
    documents = tuple(
        without_memory_of_tax(document) if document in present else document
        for document in documents
    )
    steps = (*steps_of(documents, account), close_step(documents, invoice, account))
    notes = (
        *notes,
        *(
            f"{document.number} stands in Spectrum already, and is not posted again"
            for document in present
        ),
    )
    names = tuple(map(step_name, present))
    return Create(
        target_key_of(documents), steps, notes=notes, unique_key=documents[0].base, standing=names
    )


def _zero(invoice: Invoice, account: Account) -> Decision:
    if account.invoices.zero_amount == "hold":
        return Hold(
            "it is an invoice of 0.00",
            "Void it in ServiceTrade, or close it there by hand.",
            ("a person",),
        )
    return Create(
        "",
        (close_step((), invoice, account),),
        notes=("an invoice of 0.00: closed without posting",),
    )


def _after_posting(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    """It was posted and closed. It may be void, or in the queue again, and perhaps changed."""
    target_key = bundle.progress.target_key
    if invoice.status == "void":
        if typed := void_of_one_typed(invoice, bundle, account):
            return typed
        return void_of(bundle, account) if bundle.posted else void_of_what(target_key)
    if invoice.status in NOT_APPROVED and target_key:
        return _no_longer_approved(target_key, invoice)
    if invoice.status != "pending_accounting":
        return Skip("already posted", target_key)
    try:
        documents, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    before, now = sum_of(bundle.posted), sum_of(documents)
    if before != now:
        was = (
            f"posted as {target_key} for {before}"
            if bundle.posted
            else "closed without posting, as one of 0.00,"
        )
        return _changed(f"it was {was} and was submitted again for {now}")
    if changes := differences(bundle.posted, documents):
        return _changed(
            f"it was posted as {target_key}, and when it was submitted again {changes} had changed"
        )
    number = bundle.posted[0].base if bundle.posted else ""
    if documents and documents[0].base != number:
        notes = (
            *notes,
            f"it bears number {documents[0].base} by now; Spectrum has it under {number}",
        )
    return Update(
        target_key,
        (close_step(bundle.posted, invoice, account, f" again {invoice.updated}"),),
        notes,
    )


def _changed(reason: str) -> Hold:
    return Hold(
        reason,
        "Void it and make a new invoice in ServiceTrade, or correct it in Spectrum and close it in"
        " ServiceTrade by hand.",
        ("a person",),
        "changed after it was posted",
    )


def _no_longer_approved(numbers: str, invoice: Invoice, *, is_all_posted: bool = True) -> Hold:
    return Hold(
        f"{numbers} is posted, and the invoice was taken out of the queue and is"
        f" {invoice.status} now",
        "Submit it to accounting again, and it is completed; or void it, and what was posted is"
        " taken back by itself.",
        ("a person",),
        f"{'' if is_all_posted else 'half '}posted, then taken out of the queue",
    )


def _after_voiding(invoice: Invoice, target_key: str) -> Decision:
    """A void one stays void [ST 6.2]; should one come back all the same, its number is used up in
    Spectrum.
    """
    if invoice.status != "pending_accounting":
        return Skip("already voided in Spectrum", target_key)
    return Hold(
        f"it was void and was taken back in Spectrum as {target_key}, and is submitted again",
        "Make a new invoice in ServiceTrade: the number of this one is used up in Spectrum.",
        ("a person",),
        "submitted again after it was void",
    )


def _go_on(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    """Something of it is posted or in doubt. What is in doubt is completed as it was begun; the
    rest may be a correction.
    """
    if invoice.status == "void":
        return void_of(bundle, account)
    done = crossed(bundle.posted, bundle.progress.done_steps)
    is_all_posted = bool(done) and len(done) == len(bundle.posted)
    if bundle.progress.started_steps or (is_all_posted and invoice.status in CLOSED_STATUSES):
        return _complete(bundle, invoice, account, is_all_posted=is_all_posted)
    if invoice.status == "failed":
        return LeaveUnchanged(WAITS_FOR_AR)
    if invoice.status not in CLOSED_STATUSES | {"pending_accounting"}:
        return _no_longer_approved(_numbers(done), invoice, is_all_posted=is_all_posted)
    return _go_on_corrected(bundle, invoice, account, done)


def _go_on_corrected(
    bundle: InvoiceBundle, invoice: Invoice, account: Account, done: list[ArDocument]
) -> Decision:
    """Nothing of it is in doubt: what is posted stays and must still be asked for, the rest goes
    out as the invoice says now.
    """
    kept = {document.number: document for document in done}
    try:
        corrected, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    if changes := differences(
        done, [document for document in corrected if document.number in kept]
    ):
        reason = (
            f"{_numbers(done)} was posted before the whole was done, and {changes} changed since"
        )
        return half_posted(reason, "half posted, then changed")
    if not corrected:
        return _zero(invoice, account)
    to_post = [document for document in corrected if document.number not in kept]
    if lacking := _lacking(to_post, bundle, invoice, account):
        return lacking
    return _post(
        tuple(kept.get(document.number, document) for document in corrected),
        invoice,
        account,
        notes,
    )


def _numbers(posted: list[ArDocument]) -> str:
    return ", ".join(sorted({document.number for document in posted})) or "it"


def _complete(
    bundle: InvoiceBundle, invoice: Invoice, account: Account, *, is_all_posted: bool
) -> Decision:
    """A step of it is in doubt, or it only has to be closed: then what is posted must still be what
    the invoice asks for.
    """
    if not bundle.posted:
        return _zero(invoice, account)
    posted = (sum_of(bundle.posted), tax_of(bundle.posted))
    now = (cents(invoice.total_price), cents(invoice.tax_amount))
    if is_all_posted and posted != now:
        return half_posted(
            changed_meanwhile(*posted, *now).text, "changed while it was being posted"
        )
    return _post(bundle.posted, invoice, account, ())
