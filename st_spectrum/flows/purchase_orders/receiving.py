"""Orders with what came of them, also where goods are entered on packing lists first [SP 15.3], and
with what their status means.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from st_spectrum.account import Account
from st_spectrum.domain.digests import digest
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder


def poll_headers(spectrum: Spectrum, account: Account, closed_since: date) -> tuple[PoHeader, ...]:
    """One poll. What came by packing lists is part of an order's digest, to show as a change."""
    headers = spectrum.po_headers(closed_since)
    if not _has_packing_lists(account):
        return headers
    packed = spectrum.packed([header.number for header in headers])
    return tuple(
        replace(header, digest=digest([header.digest, sorted(map(repr, lines.items()))]))
        if (lines := packed.get(header.number))
        else header
        for header in headers
    )


def read_orders(
    spectrum: Spectrum, account: Account, numbers: Iterable[str]
) -> tuple[PurchaseOrder, ...]:
    """These orders with their lines, each with what came of it."""
    wanted = tuple(numbers)
    orders = tuple(_with_status(order, account) for order in spectrum.purchase_orders(wanted))
    if not _has_packing_lists(account):
        return orders
    packed = spectrum.packed(wanted)
    return tuple(
        replace(
            order,
            lines=tuple(
                replace(line, packed=lines.get(line.number, line.packed)) for line in order.lines
            ),
        )
        if (lines := packed.get(order.number))
        else order
        for order in orders
    )


def _with_status(order: PurchaseOrder, account: Account) -> PurchaseOrder:
    """With the status that the account file says its word means. A word that is on no list says
    neither that nothing comes any more nor that something does.
    """
    words = account.purchase_orders.statuses.items()
    known = {word.casefold(): status for word, status in words}
    if status := known.get(order.status.casefold()):
        return replace(order, status=status.upper())
    if order.is_known or order.unreadable:
        return order
    return replace(
        order,
        unreadable=(
            f"its status {order.status!r} is none of open, proposed and closed; say in"
            " purchase_orders.statuses of the account file which of them it means"
        ),
    )


def _has_packing_lists(account: Account) -> bool:
    return account.purchase_orders.receiving == "packing_lists"
