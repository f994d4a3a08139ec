"""Invoices that crossed and that ServiceTrade's list does not show.

A list that lacks many of them was not whole: nothing is concluded from it, least of all that a
month has no invoices. A few are read one by one; what is there after all is compared like the
others, and what ServiceTrade does not have any more stands in Spectrum alone.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.engine.allowance import Vanished
from st_spectrum.flows.invoices.commands import SetInvoiceStatus
from st_spectrum.flows.invoices.documents_compared import FLOW, StoredDocuments
from st_spectrum.flows.invoices.kept import kept_documents
from st_spectrum.flows.invoices.rules import CLOSED_STATUSES, NOT_APPROVED
from st_spectrum.flows.shown_compared import is_doubtful
from st_spectrum.flows.unlisted import (
    CONFIRM,
    CROSSED,
    ListRead,
    crossed_among,
    forget_what_is_listed,
    not_confirmed,
    vanished_from_list,
)
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade

DATE = "Invoice_Date"

LATELY = timedelta(days=14)
"""So far back a night looks for what it closed."""
MARGIN = timedelta(days=1)
"""The clocks of ledger and ServiceTrade differ."""
MOST_LOOKED_AT = 1000
"""So many of the newest invoices that are in no list of the night are looked for."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)

EVERY_STATUS = ",".join(sorted({*CLOSED_STATUSES, "void", "pending_accounting", *NOT_APPROVED}))


def unlisted(ledger: Ledger, listed: Collection[str]) -> tuple[Entry, ...]:
    """What was posted and is not `listed`, by the ledger."""
    others = (key for key in ledger.keys(FLOW) if key not in listed)
    found = (ledger.get(FLOW, key) for key in others)
    return tuple(held.entry for held in found if held and held.entry.state in CROSSED)


def not_whole(missing: int, listed: int) -> str:
    """Why nothing is compared with such a list."""
    confirm = CONFIRM.format(flow=FLOW, count=missing)
    return (
        f"ServiceTrade does not list {missing} of {missing + listed} invoices that it had, which"
        " looks like a list that is not whole, or a right that the user has lost: no invoices are"
        " compared, and none is said to be missing or extra. Look at some of them in ServiceTrade."
        f" {confirm}."
    )


def lacking(servicetrade: ServiceTrade, ledger: Ledger, read: ListRead) -> Vanished:
    """What the lists of a reconciliation lack, and whether they are doubted.

    What has crossed stands in the queue no more, so it is looked for among what is closed: all of
    it where queue, voids and what nobody approved are empty together; else what changed lately, for
    all that is closed is too much to be read each night. Raises a `SyncFault`.
    """
    if not read.unlisted:
        return vanished_from_list(FLOW, (), read.listed, is_doubted=False)
    if not read.listed:
        closed = _closed_ids(servicetrade, None)
        return lacking_in_all(ledger, ListRead(read.read_at, len(closed), read.unlisted - closed))
    return _lacking_lately(servicetrade, ledger, read)


def _lacking_lately(servicetrade: ServiceTrade, ledger: Ledger, read: ListRead) -> Vanished:
    """Of what was closed or voided since, by the ledger. That closing an invoice counts as a change
    of it is a guess [ST 1.3], so before a doubt all that is closed is read.
    """
    since = read.read_at - LATELY
    newest = sorted(read.unlisted, key=lambda key: (len(key), key))[-MOST_LOOKED_AT:]
    late = [one for one in crossed_among(ledger, FLOW, newest) if _crossed_at(one) >= since]
    if not late:
        return vanished_from_list(FLOW, (), read.listed, is_doubted=False)
    seconds = int((LATELY + MARGIN).total_seconds())
    found = _without(ledger, read, late, _closed_ids(servicetrade, servicetrade.now() - seconds))
    if found.is_suspicious:
        found = _without(ledger, read, late, _closed_ids(servicetrade, None))
    return found


def _without(
    ledger: Ledger, read: ListRead, late: Iterable[Entry], closed: frozenset[str]
) -> Vanished:
    """What is not among these either."""
    forget_what_is_listed(ledger, FLOW, read.unlisted - closed, read)
    missing = not_confirmed(ledger, FLOW, (one for one in late if one.key not in closed))
    listed = read.listed + len(closed)
    is_doubted = is_doubtful(len(missing), len(missing) + listed)
    return vanished_from_list(FLOW, missing, listed, is_doubted=is_doubted)


def _crossed_at(entry: Entry) -> datetime:
    """When ServiceTrade was last told so, or when it was taken back; long ago where neither is
    known, as of what was closed by hand or found again after a loss.
    """
    if entry.state is State.VOIDED:
        return entry.changed_at
    closed_at = (call.at for call in entry.calls if call.operation == SetInvoiceStatus.operation)
    return max(closed_at, default=LONG_AGO)


def _closed_ids(servicetrade: ServiceTrade, updated_after: int | None) -> frozenset[str]:
    statuses = ",".join(sorted(CLOSED_STATUSES))
    return frozenset(str(one.id) for one in servicetrade.invoices(statuses, updated_after))


def lacking_in_all(ledger: Ledger, read: ListRead) -> Vanished:
    """The same of lists that together show every invoice there is."""
    forget_what_is_listed(ledger, FLOW, read.unlisted, read)
    missing = not_confirmed(ledger, FLOW, crossed_among(ledger, FLOW, read.unlisted))
    is_doubted = is_doubtful(len(missing), len(missing) + read.listed)
    return vanished_from_list(FLOW, missing, read.listed, is_doubted=is_doubted)


def documents_of(ledger: Ledger, entries: Iterable[Entry], month: str) -> dict[str, Entry]:
    """The documents that stand for these invoices, by their numbers; of a `month`, its own. What is
    voided has been taken back.
    """
    return {
        document.number: entry
        for entry in entries
        if entry.state is State.CONFIRMED
        for document in kept_documents(ledger, entry.key)
        if month in ("", _month_of(document))
    }


def in_spectrum_alone(documents: dict[str, Entry], stored: StoredDocuments) -> Iterator[Difference]:
    """Those of which Spectrum has a document, and ServiceTrade no invoice."""
    for number, entry in documents.items():
        if stored.headers.get(number):
            yield Difference(FLOW, entry.key, entry.title, number, Verdict.EXTRA)


def _month_of(document: ArDocument) -> str:
    month, _, year = document.header[DATE].split("/")
    return f"{year}-{month}"
