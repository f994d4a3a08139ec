"""Purchase order line -> job item: its values, and how its line is told from its text."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.account.purchase_orders import PurchaseOrderRules
from st_spectrum.domain.fitting import Fitting, tidy
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.purchase_orders.desired import (
    LineBundle,
)
from st_spectrum.flows.purchase_orders.item_coding import library_item_of, service_line_of
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues
from st_spectrum.servicetrade.item_models import ORDERED, RECEIVED, TO_BE_ORDERED, ItemSource
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine

NAME_LENGTH = 255
"""Characters of an item's name; assumed, as for library items [ST 7.4]."""


def key_of(number: str, line: int) -> str:
    """The key of a line in the ledger, and what its item carries as external id."""
    return f"{number}{SEPARATOR}{line}"


def split_key(key: str) -> tuple[str, int]:
    """PO number and line number of a key."""
    number, _, line = key.rpartition(SEPARATOR)
    return number, int(line)


def to_job_item(bundle: LineBundle, account: Account, fit: Fitting) -> ItemValues:
    """The job item [ST 7.1] of a line [SP 15.1]. Raises `Missing`."""
    order, line, rules = bundle.order, bundle.line, account.purchase_orders
    zone = ZoneInfo(account.timezone)
    return ItemValues(
        name=_name(bundle, rules, fit),
        quantity=quantity_of(order, line, rules),
        cost=unit_cost(line, rules.unit_factors),
        used_on=_epoch(order.order_date, zone),
        lib_item_id=library_item_of(line, rules.library_items, bundle.catalog),
        service_line_id=service_line_of(line, rules.service_lines, bundle.catalog),
        source=_source(bundle, rules, zone),
    )


def quantity_of(
    order: PurchaseOrder, line: PurchaseOrderLine, rules: PurchaseOrderRules
) -> Decimal:
    """What was ordered. Of a closed order what came: more always, less if the account says so."""
    came, ordered = abs(line.came), abs(line.ordered)
    is_other_way = line.came * line.ordered < 0
    if not order.is_closed or is_other_way or (came < ordered and rules.closed_short == "keep"):
        return line.ordered
    return line.came


def unit_cost(line: PurchaseOrderLine, factors: Mapping[str, int]) -> Decimal:
    """Exact price of one unit after discount: prices in C are for 100, in M for 1,000 [SP 15.1]."""
    net = line.price * (Decimal(100) - line.discount_percent) / Decimal(100)
    return net / Decimal(factors.get(line.unit_of_measure.upper(), 1))


def part_status(order: PurchaseOrder, line: PurchaseOrderLine, rules: PurchaseOrderRules) -> str:
    """Part status of the item [ST 7.2]: received when all of it came."""
    if is_all_there(line.arrived, quantity_of(order, line, rules)):
        return RECEIVED
    return TO_BE_ORDERED if order.is_proposed else ORDERED


def is_all_there(came: Decimal, wanted: Decimal) -> bool:
    """Whether all of it came; what is wanted of a return is negative, and so is what came of it."""
    return came <= wanted if wanted < 0 else came >= wanted


def token_of(key: str) -> str:
    """What an item's text bears of its line from the start, to be found before its external id."""
    number, line = split_key(key)
    return f"PO {number} line {line}"


def bears(values: ItemValues, key: str) -> bool:
    """Whether an item's text bears the token of this line, and not that of line 10 for line 1."""
    text = values.source.ref_number or values.name
    return re.search(rf"(?:^|\(){re.escape(token_of(key))}(?:$|[,)])", text) is not None


def _name(bundle: LineBundle, rules: PurchaseOrderRules, fit: Fitting) -> str:
    order, line = bundle.order, bundle.line
    text = tidy(line.description) or line.item_code or "Purchase"
    if notes := "; ".join(_messages(order, line)) if rules.message_lines == "note" else "":
        text = f"{text}: {notes}"
    tail = ""
    if rules.source == "vendor":
        vendor = _vendor(order) if bundle.vendor_id is None else ""
        tail = (
            f" ({', '.join(filter(None, (token_of(key_of(order.number, line.number)), vendor)))})"
        )
    return fit.text("name", text, NAME_LENGTH - len(tail)) + tail


def _messages(order: PurchaseOrder, line: PurchaseOrderLine) -> list[str]:
    """The line's own text, and those of the message lines that follow it."""
    found = [line.message]
    for follower in order.lines[order.lines.index(line) + 1 :]:
        if not follower.is_message:
            break
        found.append(follower.message or follower.description)
    return [text for text in map(tidy, found) if text]


def _source(bundle: LineBundle, rules: PurchaseOrderRules, zone: ZoneInfo) -> ItemSource:
    order, line = bundle.order, bundle.line
    status = part_status(order, line, rules)
    expected = line.delivery_date or order.delivery_date
    if rules.source == "vendor":
        return ItemSource.of_vendor(
            po_number=order.number,
            status=status,
            vendor_id=bundle.vendor_id,
            expected_delivery=_epoch(expected, zone),
        )
    due = f"expected {expected:%Y-%m-%d}" if expected and status != RECEIVED else ""
    parts = (
        token_of(key_of(order.number, line.number)),
        _vendor(order),
        status.replace("_", " "),
        due,
    )
    return ItemSource.of_reference(", ".join(filter(None, parts)))


def _vendor(order: PurchaseOrder) -> str:
    return tidy(order.vendor_name).replace(",", "") or order.vendor_code


def _epoch(day: date | None, zone: ZoneInfo) -> int | None:
    """Noon of the day, so that it is the same day wherever it is shown."""
    return int(datetime.combine(day, time(12), zone).timestamp()) if day else None
