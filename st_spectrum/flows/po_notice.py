"""Notices which purchase orders changed, by comparing one poll with the digests that the ledger remembers.

Spectrum keeps no time of the last change, so the ledger keeps the digest of every order that was last carried through the
engine as a whole. A digest is remembered only after that, and it is the one that was seen before the order was read: what
changes in between shows in the next poll. Our own job items are no part of it, so they never come back as changes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.errors import SettingsInvalid, UnsafePlan
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.mapping.external_ids import SEPARATOR
from st_spectrum.mapping.purchase_orders import key_of, parted
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup import LookupImpossible
from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder

FLOW = "purchase_orders"
REMEMBERED = "purchase-orders"
"""Name under which the ledger keeps the digests."""
LISTED_ONE_BY_ONE = 20
"""Up to so many orders their known lines are listed for each, beyond that all at once."""


@dataclass(frozen=True)
class Seen:
    """Digest by order number, as last carried through."""

    digests: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        """As compact JSON text."""
        return json.dumps({"v": 1, "seen": dict(self.digests)}, separators=(",", ":"), sort_keys=True)

    @classmethod
    def decode(cls, text: str | None) -> "Seen":
        """A missing or damaged text means: look at everything again. That costs reads and doubles nothing."""
        try:
            found = json.loads(text or "{}")
            return cls({str(key): str(value) for key, value in found["seen"].items()}) if found.get("v") == 1 else cls()
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def after(self, news: Mapping[str, str | None]) -> "Seen":
        """With these digests; None forgets the order."""
        kept = {number: digest for number, digest in self.digests.items() if number not in news}
        return Seen(kept | {number: digest for number, digest in news.items() if digest is not None})


@dataclass(frozen=True)
class OrderChanges:
    """Keys of the lines to look at, whole orders only. `news` is what may be remembered once all of them were carried.

    `orders` are the orders as read, None for those that Spectrum does not have any more.
    """

    keys: tuple[str, ...]
    news: Mapping[str, str | None]
    orders: Mapping[str, PurchaseOrder | None]
    is_complete: bool = True


NOTHING = OrderChanges((), {}, {})


def scan(spectrum: Spectrum, account: Account, now: datetime | None = None) -> tuple[PoHeader, ...]:
    """One poll: every order that may still change. Raises the error families."""
    today = (now or datetime.now(UTC)).astimezone(ZoneInfo(account.timezone)).date()
    return _scanned(spectrum, today - timedelta(days=account.purchase_orders.scan_days))


def notice_orders(
    spectrum: Spectrum, ledger: Ledger, account: Account, *, limit: int | None = None, is_all: bool = False
) -> OrderChanges:
    """What changed since it was last carried through, in whole orders until `limit` lines are reached.

    `is_all` takes every order of the poll, changed or not. Raises a `SyncFault` when a read failed, and `UnsafePlan` when
    more orders vanished than the account allows. Nothing is ever to be done without Info-Link.
    """
    if account.spectrum.infolink is None:
        return NOTHING
    before = Seen.decode(ledger.cursor(REMEMBERED)).digests
    headers = {header.number: header for header in scan(spectrum, account, ledger.now())}
    with_lines = (each for each in headers.values() if each.line_count or each.number in before)
    changed = [each for each in with_lines if is_all or before.get(each.number) != each.digest]
    changed.sort(key=lambda header: (header.order_date or date.min, header.number))
    # What is not listed any more was closed long ago, or deleted: a last look at it tells.
    left = [number for number in before if number not in headers]
    taken, is_complete = _whole_orders(changed, limit)
    numbers = [*(header.number for header in taken), *(left if is_complete else ())]
    if not numbers:
        return OrderChanges((), {}, {}, is_complete)
    try:
        orders = _read(spectrum, numbers)
    except LookupImpossible as impossible:
        raise _no_infolink(impossible) from None
    _refuse_mass_deletion(orders, account)
    news: dict[str, str | None] = {header.number: header.digest for header in taken}
    news |= dict.fromkeys(number for number in numbers if number not in news)
    keys = tuple(keys_of(orders, ledger))
    return OrderChanges(keys, news, orders, is_complete)


def keys_of(orders: Mapping[str, PurchaseOrder | None], ledger: Ledger) -> Iterator[str]:
    """Every line that these orders have or ever had, order by order."""
    known = _known_lines(orders, ledger)
    for number, order in orders.items():
        lines = {line.number for line in order.lines} if order else set()
        yield from (key_of(number, line) for line in sorted(lines | known.get(number, set())))


def remember(ledger: Ledger, news: Mapping[str, str | None]) -> None:
    """Keep the digests of orders that were carried through as a whole; what others remembered meanwhile stays."""
    if news:
        ledger.save_cursor(REMEMBERED, Seen.decode(ledger.cursor(REMEMBERED)).after(news).encode())


def numbers_in(keys: Iterable[str]) -> tuple[str, ...]:
    """The orders that these lines belong to, each once."""
    return tuple(dict.fromkeys(parted(key)[0] for key in keys))


def _scanned(spectrum: Spectrum, closed_since: date) -> tuple[PoHeader, ...]:
    try:
        return spectrum.po_headers(closed_since)
    except LookupImpossible as impossible:
        raise _no_infolink(impossible) from None


def _read(spectrum: Spectrum, numbers: Sequence[str]) -> dict[str, PurchaseOrder | None]:
    found = {order.number: order for order in spectrum.purchase_orders(numbers)}
    return {number: found.get(number) for number in numbers}


def _whole_orders(changed: Sequence[PoHeader], limit: int | None) -> tuple[Sequence[PoHeader], bool]:
    if limit is None:
        return changed, True
    lines = 0
    for place, header in enumerate(changed):
        if lines >= limit:
            return changed[:place], False
        lines += max(1, header.line_count)
    return changed, True


def _known_lines(orders: Mapping[str, PurchaseOrder | None], ledger: Ledger) -> dict[str, set[int]]:
    if len(orders) > LISTED_ONE_BY_ONE:
        keys: Iterable[str] = ledger.keys(FLOW)
    else:
        keys = [key for number in orders for key in ledger.keys(FLOW, number + SEPARATOR)]
    known: dict[str, set[int]] = {}
    for key in keys:
        number, line = parted(key)
        known.setdefault(number, set()).add(line)
    return known


def _refuse_mass_deletion(orders: Mapping[str, PurchaseOrder | None], account: Account) -> None:
    deleted = [number for number, order in orders.items() if order is None]
    allowed = account.purchase_orders.most_deleted_at_once
    if len(deleted) > allowed:
        raise UnsafePlan(
            f"{len(deleted)} purchase orders that were there before are gone, {deleted[0]} among them; at most {allowed} may be",
            system="spectrum",
            advice="Check the rights of the Info-Link login. If they were really deleted, raise"
            " purchase_orders.most_deleted_at_once in the account file for a while.",
        )


def _no_infolink(impossible: LookupImpossible) -> SettingsInvalid:
    return SettingsInvalid([f"purchase orders cannot be read: {impossible}; configure spectrum.infolink"])
