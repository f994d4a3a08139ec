"""Which invoices were approved, submitted again or voided in ServiceTrade."""

from collections.abc import Iterator
from functools import partial

from st_spectrum.account import Account
from st_spectrum.engine.changes import Bounds, Changes
from st_spectrum.flows.changes import Changed, list_all, notice_records, read_until
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.records import Cursor
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
    read = partial(_read, servicetrade)
    return notice_records("invoices", read, servicetrade, cursor, pace, bounds, is_queue=True)


def list_invoices(servicetrade: ServiceTrade) -> Iterator[Changed]:
    """The whole queue, and then every void there is."""
    return list_all(
        partial(servicetrade.invoices, "pending_accounting"), partial(servicetrade.invoices, "void")
    )


def is_void(record: Changed) -> bool:
    """Whether it is an invoice that was voided."""
    return isinstance(record, Invoice) and record.status == "void"


def _read(
    servicetrade: ServiceTrade, since: int | None, deadline: float | None
) -> tuple[list[Changed], bool]:
    queue, is_whole = read_until(partial(servicetrade.invoices, "pending_accounting"), deadline)
    voids, is_whole_too = read_until(
        partial(servicetrade.invoices, "void", updated_after=since), deadline
    )
    return queue + voids, is_whole and is_whole_too
