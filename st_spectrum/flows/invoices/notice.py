"""Which invoices were approved, submitted again or voided in ServiceTrade."""

from collections.abc import Iterator
from functools import partial

from st_spectrum.account import Account
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.flows.changes import Changed, Source, list_all, notice_records
from st_spectrum.flows.invoices.rules import NOT_APPROVED
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.records import Cursor, ListPart
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.invoice_models import Invoice


def why_idle(account: Account) -> str:  # noqa: ARG001 - the shape of `Notice`
    """Always carried."""
    return ""


def notice(readers: Readers, cursor: Cursor, bounds: Bounds) -> Changes:
    """Invoices that came into the queue or were voided since the cursor. Raises a `SyncFault` when
    a list could not be read.
    """
    servicetrade, pace = readers.servicetrade, readers.account.pace
    source = _source(servicetrade)
    return notice_records("invoices", source, servicetrade, cursor, pace, bounds)


def list_invoices(servicetrade: ServiceTrade) -> Iterator[Changed]:
    """The whole queue, then every void there is, and then what nobody approved, among which may be
    what was approved once.
    """
    statuses = ("pending_accounting", "void", ",".join(NOT_APPROVED))
    return list_all(*(partial(servicetrade.invoices, status) for status in statuses))


def is_void(record: Changed) -> bool:
    """Whether it is an invoice that was voided."""
    return isinstance(record, Invoice) and record.status == "void"


def _source(servicetrade: ServiceTrade) -> Source:
    queue, voids = "pending_accounting", "void"
    return Source(
        {status: partial(servicetrade.invoices, status) for status in (queue, voids)},
        lambda since: (ListPart(queue), ListPart(voids, updated_after=since)),
        is_queue=True,
    )
