"""The invoices' part of a rebuilt ledger: what stands in Spectrum under an invoice's numbers is what was posted for it.

The documents are made anew from the invoice and are believed only when Spectrum holds them with the same customer, type and
amount; else the invoice is closed in the ledger without documents, and a later void of it is put before a person.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from st_spectrum.domain.decisions import Create, Void
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.invoices import POSTED, posted_by
from st_spectrum.flows.reservations import reserve
from st_spectrum.flows.session import Session
from st_spectrum.ledger.entry import State
from st_spectrum.mapping.ar_documents import Document, encode_documents
from st_spectrum.mapping.invoices import CLOSED_STATUSES, InvoiceBundle, decide_invoice
from st_spectrum.servicetrade.invoice_models import Invoice

RUN_ID = "rebuild"


def rebuild_invoices(session: Session) -> tuple[int, int]:
    """Counts of invoices closed in the ledger, and found half-way in Spectrum. Only reads the two systems.

    Raises `LookupImpossible` without Info-Link.
    """
    targets = session.targets.invoices
    closed = half_way = 0
    for invoice in _all_approved_once(session):
        key = str(invoice.id)
        if invoice.type != "invoice" or session.ledger.get("invoices", key) is not None:
            continue
        documents = _as_it_would_be_posted(session, invoice)
        present = [bool(targets.is_posted(each.as_call(""))) for each in documents]
        if invoice.status == "pending_accounting":
            half_way += any(present) and _mark_half_way(session, invoice, documents)
            continue
        posted = documents if documents and all(present) else ()
        if invoice.status == "void" and not posted:
            continue  # voided before it ever crossed: the next round says so
        if posted:
            session.ledger.keep(POSTED, key, encode_documents(posted))
        offsets = _offsets(session, invoice, posted) if invoice.status == "void" else ()
        is_voided = bool(offsets) and all(targets.is_posted(each.as_call("")) for each in offsets)
        _close(session, invoice, posted, offsets if is_voided else ())
        closed += 1
    return closed, half_way


def _all_approved_once(session: Session) -> Iterable[Invoice]:
    for status in sorted(CLOSED_STATUSES | {"void", "pending_accounting"}):
        yield from session.servicetrade.invoices(status)


def _as_it_would_be_posted(session: Session, invoice: Invoice) -> tuple[Document, ...]:
    again = invoice.model_copy(update={"status": "pending_accounting"})
    decision = decide_invoice(_bundle(session, again, Progress()), session.account)
    return posted_by(decision) if isinstance(decision, Create) else ()


def _mark_half_way(session: Session, invoice: Invoice, documents: tuple[Document, ...]) -> bool:
    ledger, key = session.ledger, str(invoice.id)
    held = ledger.claim("invoices", key, run_id=RUN_ID, title=f"Invoice {invoice.invoice_number}")
    ledger.keep(POSTED, key, encode_documents(documents))
    started = tuple(f"post {each.number}" for each in documents)
    held = ledger.progress(held, target_key="|".join(each.number for each in documents), started_steps=started)
    ledger.settle(held, State.UNKNOWN, reason="found in Spectrum, and still in ServiceTrade's queue")
    return True


def _offsets(session: Session, invoice: Invoice, posted: tuple[Document, ...]) -> tuple[Document, ...]:
    confirmed = Progress(target_key="|".join(each.number for each in posted), is_confirmed=True)
    decision = decide_invoice(_bundle(session, invoice, confirmed, posted), session.account)
    everything = posted_by(decision) if isinstance(decision, Void) else ()
    return everything[len(posted) :]


def _bundle(session: Session, invoice: Invoice, progress: Progress, posted: tuple[Document, ...] = ()) -> InvoiceBundle:
    job = session.sources.job(invoice.job.id) if invoice.job else None
    today = session.ledger.now().astimezone(ZoneInfo(session.account.timezone)).date()
    person = session.sources.user(job.sales.id) if job and job.sales else None
    return InvoiceBundle(invoice, today, job, person, posted, progress)


def _close(session: Session, invoice: Invoice, posted: tuple[Document, ...], offsets: tuple[Document, ...]) -> None:
    ledger = session.ledger
    held = ledger.claim("invoices", str(invoice.id), run_id=RUN_ID, title=f"Invoice {invoice.invoice_number}")
    documents = (*posted, *offsets)
    for number in dict.fromkeys(each.number for each in documents):
        reserve(ledger, "invoices", str(invoice.id), number)
    ledger.settle(
        held,
        State.VOIDED if offsets else State.CONFIRMED,
        target_key="|".join(each.number for each in documents) or invoice.invoice_number,
        done_steps=(*(f"post {each.number}" for each in documents), "processed"),
        amount=str(invoice.total_price),
        reason="rebuilt from Spectrum" if posted else "rebuilt; what was posted for it is not known",
    )
