"""What is to be done about an invoice: post it, close it, offset what was posted, hold it, or leave it alone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Call, Create, Decision, Hold, Skip, Stand, Step, System, Update, Void
from st_spectrum.mapping.ar_documents import ADD_AR_INVOICE, POST_INVOICE, Document, differences
from st_spectrum.mapping.external_ids import SEPARATOR
from st_spectrum.mapping.invoice_documents import InvoiceBundle, batch_code, to_documents
from st_spectrum.mapping.invoice_money import cents
from st_spectrum.mapping.invoice_words import changed_meanwhile, half_posted
from st_spectrum.mapping.rules import Missing
from st_spectrum.servicetrade.invoice_models import Invoice

__all__ = ("CLOSED_STATUSES", "InvoiceBundle", "decide_invoice")

CLOSED_STATUSES = frozenset({"processed", "sent", "paid"})

CLOSED = "processed"
"""Name of the step that closes an invoice in ServiceTrade for the first time."""


def decide_invoice(bundle: InvoiceBundle, account: Account) -> Decision:
    """Whether and how this invoice is posted, closed, offset or held. What was posted once is never posted again."""
    invoice, progress = bundle.invoice, bundle.progress
    if invoice is None:
        return Skip("no longer in ServiceTrade", progress.target_key, is_gone=True)
    if progress.is_voided:
        return _after_voiding(invoice, progress.target_key)
    has_come_back = CLOSED in progress.done_steps and invoice.status in ("pending_accounting", "void")
    if progress.is_confirmed or has_come_back:
        return _after_posting(bundle, invoice, account)
    if progress.is_half_done:
        return _go_on(bundle, invoice, account)
    if invoice.type != "invoice":
        return Skip(f"is a {invoice.type or 'document without type'}, not a customer invoice")
    if invoice.status == "void":
        return Skip("voided before it ever crossed")
    if invoice.status == "failed":
        return Stand("waits until AR has corrected it and submits it again")
    if invoice.status != "pending_accounting":
        return Skip(f"is {invoice.status or 'without status'}, not approved for accounting")
    try:
        documents, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    if not documents:
        return _zero(invoice, account)
    return _post(documents, invoice, account, notes)


def _post(documents: tuple[Document, ...], invoice: Invoice, account: Account, notes: tuple[str, ...]) -> Create:
    steps = (*_steps(documents, account), _close_step(documents, invoice, account))
    return Create(_target_key(documents), steps, notes=notes, unique_key=documents[0].base)


def _steps(documents: Iterable[Document], account: Account) -> tuple[Step, ...]:
    operation = POST_INVOICE if account.invoices.target == "rest" else ADD_AR_INVOICE
    return tuple(Step(_name(each), System.SPECTRUM, (each.as_call(operation),)) for each in documents)


def _name(document: Document) -> str:
    return f"post {document.number}"


def _close_step(documents: tuple[Document, ...], invoice: Invoice, account: Account, turn: str = "") -> Step:
    """`total` and `tax` are what was posted: whoever closes the invoice sees whether it still says so."""
    fields = {"invoice_id": str(invoice.id), "status": "processed", "total": _sum(documents), "tax": _tax(documents)}
    if documents and account.invoices.number.is_written_back:
        fields["invoice_number"] = documents[0].base
    return Step(f"{CLOSED}{turn}", System.SERVICETRADE, (Call("invoice status", str(invoice.id), fields),))


def _zero(invoice: Invoice, account: Account) -> Decision:
    if account.invoices.zero_amount == "hold":
        return Hold("it is an invoice of 0.00", "Void it in ServiceTrade, or close it there by hand.", ("a person",))
    return Create("", (_close_step((), invoice, account),), notes=("an invoice of 0.00: closed without posting",))


def _after_posting(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    """It was posted and closed. Now it may be void, or in the queue again: somebody took it out, and perhaps changed it."""
    target_key = bundle.progress.target_key
    if invoice.status == "void":
        return _void(bundle, account) if bundle.posted else _void_of_what(target_key)
    if invoice.status != "pending_accounting":
        return Skip("already posted", target_key)
    try:
        documents, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    before, now = _sum(bundle.posted), _sum(documents)
    if before != now:
        was = f"posted as {target_key} for {before}" if bundle.posted else "closed without posting, as one of 0.00,"
        return _changed(f"it was {was} and was submitted again for {now}")
    if what := differences(bundle.posted, documents):
        return _changed(f"it was posted as {target_key}, and when it was submitted again {what} had changed")
    number = bundle.posted[0].base if bundle.posted else ""
    if documents and documents[0].base != number:
        notes = (*notes, f"it bears number {documents[0].base} by now; Spectrum has it under {number}")
    return Update(target_key, (_close_step(bundle.posted, invoice, account, f" again {invoice.updated}"),), notes)


def _changed(reason: str) -> Hold:
    return Hold(
        reason,
        "Void it and make a new invoice in ServiceTrade, or correct it in Spectrum and close it in ServiceTrade by hand.",
        ("a person",),
        "changed after it was posted",
    )


def _after_voiding(invoice: Invoice, target_key: str) -> Decision:
    """A void one stays void [ST 6.2]; should one come back all the same, its number is used up in Spectrum."""
    if invoice.status != "pending_accounting":
        return Skip("already voided in Spectrum", target_key)
    return Hold(
        f"it was void and was taken back in Spectrum as {target_key}, and is submitted again",
        "Make a new invoice in ServiceTrade: the number of this one is used up in Spectrum.",
        ("a person",),
        "submitted again after it was void",
    )


def _void_of_what(target_key: str) -> Decision:
    if not target_key:
        return Skip("voided; nothing had been posted for it")
    return Hold(
        f"it was posted as {target_key} before the ledger was rebuilt, and nobody knows its lines any more",
        "Offset it in Spectrum by hand with a credit memo.",
        ("a person",),
        "void of an invoice from before the ledger was rebuilt",
    )


def _go_on(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    """Something of it is posted or in doubt. What is in doubt is completed as it was begun; the rest may be a correction."""
    if invoice.status == "void":
        return _void(bundle, account)
    done = _crossed(bundle, bundle.progress.done_steps)
    is_all_posted = bool(done) and len(done) == len(bundle.posted)
    if bundle.progress.started_steps or (is_all_posted and invoice.status in CLOSED_STATUSES):
        return _complete(bundle, invoice, account, is_all_posted=is_all_posted)
    if invoice.status == "failed":
        return Stand("waits until AR has corrected it and submits it again")
    numbers = {each.number for each in done}
    posted = ", ".join(sorted(numbers)) or "it"
    if invoice.status not in CLOSED_STATUSES | {"pending_accounting"}:
        return Hold(
            f"{posted} is posted, and the invoice was taken out of the queue and is {invoice.status} now",
            "Submit it to accounting again, and it is completed; or void it, and what was posted is taken back by itself.",
            ("a person",),
            "half posted, then taken out of the queue",
        )
    try:
        corrected, notes = to_documents(bundle, invoice, account)
    except Missing as missing:
        return missing.hold
    if what := differences(done, [each for each in corrected if each.number in numbers]):
        return half_posted(
            f"{posted} was posted before the whole was done, and {what} changed since", "half posted, then changed"
        )
    if not corrected:
        return _zero(invoice, account)
    kept = {each.number: each for each in done}
    return _post(tuple(kept.get(each.number, each) for each in corrected), invoice, account, notes)


def _complete(bundle: InvoiceBundle, invoice: Invoice, account: Account, *, is_all_posted: bool) -> Decision:
    """A step of it is in doubt, or it only has to be closed: then what is posted must still be what the invoice asks for."""
    if not bundle.posted:
        return _zero(invoice, account)
    posted = (_sum(bundle.posted), _tax(bundle.posted))
    now = (cents(invoice.total_price), cents(invoice.tax_amount))
    if is_all_posted and tuple(map(Decimal, posted)) != now:
        return half_posted(changed_meanwhile(*posted, *now).text, "changed while it was being posted")
    return _post(bundle.posted, invoice, account, ())


def _crossed(bundle: InvoiceBundle, steps: Iterable[str]) -> list[Document]:
    names = frozenset(steps)
    return [each for each in bundle.posted if _name(each) in names]


def _void(bundle: InvoiceBundle, account: Account) -> Decision:
    """Offset what was posted. What is in doubt is completed first; what never went out stays where it is."""
    progress = bundle.progress
    begun = _crossed(bundle, (*progress.done_steps, *progress.started_steps))
    crossed = list(bundle.posted) if progress.is_confirmed else begun
    if not crossed:
        return Update("", ()) if progress.started_steps else Skip("voided before it ever crossed")
    offsets = [_offset(each, bundle.today, account) for each in crossed]
    return Void(_target_key((*crossed, *offsets)), _steps((*crossed, *offsets), account))


def _offset(document: Document, today: date, account: Account) -> Document:
    number = account.invoices.number
    is_second = document.is_credit and document.number != document.base
    suffix = number.void_credit_suffix if is_second else number.void_suffix
    return document.offset(document.base + suffix, today, batch_code(today, account))


def _target_key(documents: Iterable[Document]) -> str:
    return SEPARATOR.join(each.number for each in documents)


def _sum(documents: tuple[Document, ...]) -> str:
    return str(sum(each.total for each in documents) if documents else "0.00")


def _tax(documents: tuple[Document, ...]) -> str:
    return str(sum(each.tax for each in documents) if documents else "0.00")
