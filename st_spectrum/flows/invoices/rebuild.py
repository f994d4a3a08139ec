"""The invoices' part of a rebuilt ledger: what stands in Spectrum under an invoice's numbers is
what was posted for it.

The documents are made anew from the invoice and are believed only when Spectrum holds them with the
same customer, type and amount; else the invoice is closed in the ledger without documents, and a
later void of it is put before a person.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Create, Void
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING
from st_spectrum.engine.retries.redrive import ASKED_FOR
from st_spectrum.engine.steps.reservations import reserve
from st_spectrum.engine.steps.verdicts import progress_of
from st_spectrum.flows.context import Context
from st_spectrum.flows.invoices.kept import keep_posted
from st_spectrum.flows.invoices.older import is_older
from st_spectrum.flows.invoices.posted import posted_by
from st_spectrum.flows.invoices.rules import CLOSED_STATUSES, InvoiceBundle, decide_invoice
from st_spectrum.flows.invoices.steps import CLOSED, step_name, target_key_of
from st_spectrum.flows.invoices.stored import StoredInvoices
from st_spectrum.flows.invoices.target import InvoiceTargets
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.servicetrade.invoice_models import Invoice

RUN_ID = "rebuild"


def rebuild_invoices(context: Context, targets: InvoiceTargets) -> tuple[int, int]:
    """Counts of invoices closed in the ledger, and found half-way in Spectrum. Only reads the two
    systems.

    Raises `LookupImpossible` without Info-Link.
    """
    closed = half_way = 0
    for invoice in _all_approved_once(context):
        if invoice.type != "invoice" or _is_known(context, invoice):
            continue
        if is_older(invoice, context.account):
            continue  # typed by hand: the next round puts what becomes of it before a person
        with suppress(ClaimLost):  # another worker brings the ledger up to date as well
            if invoice.status == "pending_accounting":
                half_way += _is_half_way(context, targets, invoice)
            else:
                closed += _is_closed(context, targets, invoice)
    return closed, half_way


VOIDS_IN_DOUBT = timedelta(days=60)
"""A void that was to be credited when the ledger was lost has waited for so long at most, with its
reason before people's eyes.
"""


def close_unseen_invoices(context: Context, since: datetime | None) -> int:
    """Without Info-Link: what was closed in ServiceTrade counts as posted, and a void since then is
    put before a person.

    `since` is when the ledger was copied, None for one that is empty. An older void that only an
    empty ledger does not know is left alone: most were credited while the ledger was at work, or
    never crossed.
    """
    closed = 0
    closed_since = since.timestamp() if since else 0.0
    voided_since = closed_since if since else (context.ledger.now() - VOIDS_IN_DOUBT).timestamp()
    for invoice in _all_approved_once(context):
        if (
            invoice.type != "invoice"
            or invoice.status == "pending_accounting"
            or is_older(invoice, context.account)
            or _is_known(context, invoice)
        ):
            continue
        if invoice.updated >= (voided_since if invoice.status == "void" else closed_since):
            with suppress(ClaimLost):
                _close(context, invoice, (), {})
                closed += 1
    return closed


def _is_known(context: Context, invoice: Invoice) -> bool:
    """Whether the ledger knows that something of it was sent; what waited, was refused or left
    alone may have gone out since.
    """
    held = context.ledger.get("invoices", str(invoice.id))
    return held is not None and _was_sent(held.entry)


def _was_sent(entry: Entry) -> bool:
    progress = progress_of(entry)
    return entry.is_in_doubt or progress.is_half_done or progress.is_confirmed


def _claim(context: Context, invoice: Invoice) -> Versioned:
    """Take the record, unless another worker has brought it up to date since it was looked at;
    raises `ClaimLost`.
    """
    key, ledger = str(invoice.id), context.ledger
    read = ledger.get("invoices", key)
    if read is not None and _was_sent(read.entry):
        raise ClaimLost(f"invoices/{key} was brought up to date by another worker", system="ledger")
    title = f"Invoice {invoice.invoice_number}"
    return ledger.claim("invoices", key, run_id=RUN_ID, title=title, etag=read.etag if read else "")


def _is_half_way(context: Context, targets: InvoiceTargets, invoice: Invoice) -> bool:
    documents = _as_it_would_be_posted(context, invoice)
    present = [document for document in documents if targets.stands(document)]
    return bool(present) and _mark_half_way(context, invoice, documents, present)


def _is_closed(context: Context, targets: InvoiceTargets, invoice: Invoice) -> bool:
    documents = _as_it_would_be_posted(context, invoice)
    verdicts = [targets.stands(document) for document in documents]
    posted = documents if documents and all(verdicts) else ()
    stands = any(verdict is not None for verdict in verdicts)
    if invoice.status == "void" and documents and not stands:
        return False  # voided before it ever crossed: the next round says so
    if not stands and context.ledger.get("invoices", str(invoice.id)) is not None:
        return False  # what the ledger says of it may well be true
    if posted:
        keep_posted(context.ledger, str(invoice.id), posted)
    offsets = _offsets(context, invoice, posted) if invoice.status == "void" else {}
    is_voided = bool(offsets) and all(targets.stands(offset) for offset in offsets.values())
    _close(context, invoice, posted, offsets if is_voided else {})
    return True


def _all_approved_once(context: Context) -> Iterable[Invoice]:
    for status in sorted(CLOSED_STATUSES | {"void", "pending_accounting"}):
        yield from context.servicetrade.invoices(status)


def _as_it_would_be_posted(context: Context, invoice: Invoice) -> tuple[ArDocument, ...]:
    again = invoice.model_copy(update={"status": "pending_accounting"})
    decision = decide_invoice(_bundle(context, again, Progress()), context.account)
    return posted_by(decision) if isinstance(decision, Create) else ()


def _mark_half_way(
    context: Context, invoice: Invoice, documents: tuple[ArDocument, ...], present: list[ArDocument]
) -> bool:
    """What stands there is done, so that only the rest of it is sent."""
    ledger, key = context.ledger, str(invoice.id)
    held = _claim(context, invoice)
    for document in documents:
        reserve(ledger, "invoices", key, document.number)
    keep_posted(ledger, key, documents)
    held = ledger.progress(
        held, target_key=target_key_of(documents), done_steps=tuple(map(step_name, present))
    )
    ledger.settle(
        held, State.UNKNOWN, reason="found in Spectrum, and still in ServiceTrade's queue"
    )
    return True


def _offsets(
    context: Context, invoice: Invoice, posted: tuple[ArDocument, ...]
) -> dict[str, ArDocument]:
    """What takes back these documents, by the names of its steps."""
    confirmed = Progress(
        target_key="|".join(document.number for document in posted), is_confirmed=True
    )
    decision = decide_invoice(_bundle(context, invoice, confirmed, posted), context.account)
    if not isinstance(decision, Void):
        return {}
    steps = zip(decision.steps, posted_by(decision), strict=True)
    return {step.name: document for step, document in list(steps)[len(posted) :]}


def _bundle(
    context: Context, invoice: Invoice, progress: Progress, posted: tuple[ArDocument, ...] = ()
) -> InvoiceBundle:
    job = context.sources.job(invoice.job.id) if invoice.job else None
    today = context.ledger.now().astimezone(ZoneInfo(context.account.timezone)).date()
    person = context.sources.user(job.sales.id) if job and job.sales else None
    stored = StoredInvoices(context.account, context.sources, context.spectrum, context.ledger)
    live = stored.live_codes(invoice, NOTHING)
    return InvoiceBundle(invoice, today, job, person, posted, progress, live=live)


def _close(
    context: Context,
    invoice: Invoice,
    posted: tuple[ArDocument, ...],
    offsets: Mapping[str, ArDocument],
) -> None:
    ledger = context.ledger
    held = _claim(context, invoice)
    documents = (*posted, *offsets.values())
    for number in dict.fromkeys(document.number for document in documents):
        reserve(ledger, "invoices", str(invoice.id), number)
    ledger.settle(
        held,
        State.VOIDED if offsets else State.CONFIRMED,
        target_key=target_key_of(documents) or invoice.invoice_number,
        done_steps=(*map(step_name, posted), *offsets, CLOSED),
        amount=str(invoice.total_price),
        reason=(
            "rebuilt from Spectrum" if posted else "rebuilt; what was posted for it is not known"
        ),
    )
    if invoice.status == "void" and not offsets:
        # Its void may have been noticed long ago, and nobody would ask for it again.
        ledger.record(
            "invoices",
            str(invoice.id),
            Judgement(State.HELD, "it was voided in ServiceTrade after it was posted", ASKED_FOR),
            title=f"Invoice {invoice.invoice_number}",
            run_id=RUN_ID,
        )
