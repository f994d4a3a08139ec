"""Notices which purchase orders changed, by comparing one poll with the digests that the ledger
remembers.

Spectrum keeps no time of the last change, so the ledger keeps the digest of every order that was
last carried through the engine as a whole. A digest is remembered only after that, and it is the
one that was seen before the order was read: what changes in between shows in the next poll. Our own
job items are no part of it, so they never come back as changes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.engine.looks.cursor import newest_share
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.purchase_orders.job_item import key_of, split_key
from st_spectrum.flows.purchase_orders.receiving import poll_headers, read_orders
from st_spectrum.flows.purchase_orders.vanishing import FLOW, vanished_items
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.orders import SeenOrders
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder

NO_LINE = 0
"""Stands for an order none of whose lines can be told apart."""
LISTED_ONE_BY_ONE = 20
"""Up to so many orders their known lines are listed for each, beyond that all at once."""


@dataclass(frozen=True, kw_only=True)
class OrderChanges(Changes):
    """Keys of the lines to look at, whole orders only. `digests` are what may be remembered once
    all of them were carried.

    `orders` are the orders as read, None for those that Spectrum does not have any more.
    """

    digests: Mapping[str, str | None] = field(default_factory=dict)
    orders: Mapping[str, PurchaseOrder | None] = field(default_factory=dict)
    removable: frozenset[str] = frozenset()
    """Lines whose items may be removed because of this poll: the guard has seen them."""
    read_at: datetime | None = None
    """When the poll began; None where nothing was read."""


NOTHING = OrderChanges(keys=())


def why_idle(account: Account) -> str:
    """Orders are read through Info-Link alone."""
    return (
        ""
        if account.spectrum.infolink is not None
        else "Without Info-Link purchase orders cannot be read."
    )


def notice(readers: Readers, cursor: Cursor, bounds: Bounds) -> OrderChanges:  # noqa: ARG001 - the shape of `Notice`
    """Orders that changed since they were last carried, by the ledger, not by a cursor."""
    return notice_orders(readers.spectrum, readers.ledger, readers.account, limit=bounds.limit)


def scan(spectrum: Spectrum, account: Account, now: datetime | None = None) -> tuple[PoHeader, ...]:
    """One poll: every order that may still change. Raises the error families."""
    today = (now or datetime.now(UTC)).astimezone(ZoneInfo(account.timezone)).date()
    since = today - timedelta(days=account.purchase_orders.scan_days)
    if account.go_live:  # every open order, and of the closed ones those that moved since
        since = max(since, date.fromisoformat(account.go_live))
    try:
        return poll_headers(spectrum, account, since)
    except LookupImpossible as impossible:
        raise _no_infolink(impossible) from None


def notice_orders(
    spectrum: Spectrum,
    ledger: Ledger,
    account: Account,
    *,
    limit: int | None = None,
    is_all: bool = False,
) -> OrderChanges:
    """What changed since it was last carried through, in whole orders until `limit` lines are
    reached.

    `is_all` takes every order of the poll, changed or not. Raises a `SyncFault` when a read failed,
    and `UnsafePlan` when more orders vanished than the account allows. Nothing is ever to be done
    without Info-Link.
    """
    if account.spectrum.infolink is None:
        return NOTHING
    read_at = ledger.now()
    poll = _poll(spectrum, ledger, account)
    with_lines = (
        header
        for header in poll.headers.values()
        if header.line_count or header.number in poll.before
    )
    changed = [
        header for header in with_lines if is_all or poll.before.get(header.number) != header.digest
    ]
    changed.sort(key=lambda header: (header.order_date or date.min, header.number))
    taken, is_complete = whole_orders(changed, limit)
    numbers = [*(header.number for header in taken), *(poll.left if is_complete else ())]
    # What a later batch of this poll will remove counts with what this one does.
    watched = list(dict.fromkeys([*numbers, *poll.suspects]))
    if not watched:
        return OrderChanges(keys=(), is_complete=is_complete, read_at=read_at)
    read = _read(spectrum, account, watched)
    vanished = _vanished(read, poll, ledger, account)
    if vanished.is_suspicious:
        raise vanished.fault()
    orders = {number: read[number] for number in numbers}
    digests: dict[str, str | None] = {header.number: header.digest for header in taken}
    digests |= dict.fromkeys(number for number in numbers if number not in digests)
    keys = tuple(keys_of(orders, ledger))
    return OrderChanges(
        keys=keys,
        is_complete=is_complete,
        digests=digests,
        orders=orders,
        removable=frozenset(vanished.keys),
        read_at=read_at,
    )


def read_batch(
    spectrum: Spectrum, ledger: Ledger, account: Account, numbers: Iterable[str]
) -> OrderChanges:
    """These orders read anew, with the digests that a poll just before showed of them.

    Raises `UnsafePlan` when the poll as a whole would remove too much, and a `SyncFault` otherwise.
    """
    wanted, read_at = tuple(numbers), ledger.now()
    poll = _poll(spectrum, ledger, account)
    read = _read(spectrum, account, dict.fromkeys([*wanted, *poll.suspects]))
    vanished = _vanished(read, poll, ledger, account)
    if vanished.is_suspicious:
        raise vanished.fault()
    orders = {number: read[number] for number in wanted}
    digests = {
        number: poll.headers[number].digest if number in poll.headers else None for number in wanted
    }
    return OrderChanges(
        keys=tuple(keys_of(orders, ledger)),
        digests=digests,
        orders=orders,
        removable=frozenset(vanished.keys),
        read_at=read_at,
    )


def vanished_now(spectrum: Spectrum, ledger: Ledger, account: Account) -> Vanished:
    """What a round would remove now, whether that is suspicious or not. Raises a `SyncFault`."""
    if account.spectrum.infolink is None:
        return Vanished(FLOW, "spectrum")
    poll = _poll(spectrum, ledger, account)
    return _vanished(_read(spectrum, account, poll.suspects), poll, ledger, account)


@dataclass(frozen=True)
class _Poll:
    """One poll beside what was carried last. What is `left` is not listed any more: it was closed
    long ago, or deleted.

    `suspects` are orders that may have lost something: what is left, and what is another one than
    was carried.
    """

    headers: Mapping[str, PoHeader]
    before: Mapping[str, str]
    left: tuple[str, ...]
    suspects: tuple[str, ...]


def _poll(spectrum: Spectrum, ledger: Ledger, account: Account) -> _Poll:
    before = _seen(ledger).digests
    headers = {header.number: header for header in scan(spectrum, account, ledger.now())}
    left = tuple(number for number in before if number not in headers)
    moved = (
        number
        for number, digest in before.items()
        if number in headers and headers[number].digest != digest
    )
    return _Poll(headers, before, left, (*left, *moved))


def _vanished(
    orders: Mapping[str, PurchaseOrder | None], poll: _Poll, ledger: Ledger, account: Account
) -> Vanished:
    counts = {header.number: header.line_count for header in poll.headers.values()}
    return vanished_items(orders, _known_lines(orders, ledger), ledger, account, counts)


def keys_of(orders: Mapping[str, PurchaseOrder | None], ledger: Ledger) -> Iterator[str]:
    """Every line that these orders have or ever had, order by order."""
    known = _known_lines(orders, ledger)
    for number, order in orders.items():
        lines = ({line.number for line in order.lines} if order else set()) | known.get(
            number, set()
        )
        if order and order.unreadable and not lines:
            lines = {NO_LINE}  # somebody has to be told of it
        yield from (key_of(number, line) for line in sorted(lines))


def remember(ledger: Ledger, digests: Mapping[str, str | None]) -> None:
    """Keep the digests of orders carried as a whole; what others remembered meanwhile stays."""
    if digests:
        ledger.revise(SeenOrders, "", lambda seen: (seen or SeenOrders()).after(digests))


def _seen(ledger: Ledger) -> SeenOrders:
    """A missing or damaged text means: look at everything again, by reads alone."""
    return ledger.document_or_none(SeenOrders) or SeenOrders()


def numbers_in(keys: Iterable[str]) -> tuple[str, ...]:
    """The orders that these lines belong to, each once."""
    return tuple(dict.fromkeys(split_key(key)[0] for key in keys))


def _read(
    spectrum: Spectrum, account: Account, numbers: Iterable[str]
) -> dict[str, PurchaseOrder | None]:
    wanted = tuple(numbers)
    try:
        found = (
            {order.number: order for order in read_orders(spectrum, account, wanted)}
            if wanted
            else {}
        )
    except LookupImpossible as impossible:
        raise _no_infolink(impossible) from None
    return {number: found.get(number) for number in wanted}


def whole_orders(changed: Sequence[PoHeader], limit: int | None) -> tuple[Sequence[PoHeader], bool]:
    """The oldest that fill the batch, but for the share of it that is kept for the newest; whether
    these are all.
    """
    if limit is None or sum(map(_size, changed)) <= limit:
        return changed, True
    newest = newest_share(limit)
    first = _filling(changed, limit - newest)
    last = _filling(changed[first:][::-1], newest)
    taken = [*changed[:first], *changed[len(changed) - last :]]
    return taken, len(taken) == len(changed)


def _filling(headers: Sequence[PoHeader], limit: int) -> int:
    """How many orders it takes until `limit` lines are reached."""
    before = accumulate(map(_size, headers), initial=0)
    return sum(lines < limit for lines in islice(before, len(headers)))


def _size(header: PoHeader) -> int:
    return max(1, header.line_count)


def _known_lines(orders: Mapping[str, PurchaseOrder | None], ledger: Ledger) -> dict[str, set[int]]:
    if len(orders) > LISTED_ONE_BY_ONE:
        keys: Iterable[str] = ledger.keys(FLOW)
    else:
        keys = [key for number in orders for key in ledger.keys(FLOW, number + SEPARATOR)]
    known: dict[str, set[int]] = {}
    for key in keys:
        number, line = split_key(key)
        known.setdefault(number, set()).add(line)
    return known


def _no_infolink(impossible: LookupImpossible) -> SettingsInvalid:
    return SettingsInvalid(
        [f"purchase orders cannot be read: {impossible}; configure spectrum.infolink"]
    )
