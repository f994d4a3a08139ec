"""Purchase order line -> job item: for which job, and with what in it. `job_item_steps` decides how
it gets there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TypeGuard
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.account.purchase_orders import PurchaseOrderRules
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting, tidy
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.purchase_orders.item_coding import Catalog, library_item_of, service_line_of
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues
from st_spectrum.servicetrade.item_models import ORDERED, RECEIVED, TO_BE_ORDERED, ItemSource
from st_spectrum.servicetrade.models import Job
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine

NAME_LENGTH = 255
"""Characters of an item's name; assumed, as for library items [ST 7.4]."""
INVOICED = frozenset({"pending_invoice", "sending_invoice", "invoiced", "closed", "canceled"})
"""Job statuses from billing on [ST 5.1]."""


@dataclass(frozen=True)
class JobName:
    """What an order or line says of its job. In a custom field people may write ServiceTrade's
    number too.
    """

    text: str
    is_custom: bool = False


@dataclass(frozen=True)
class Match:
    """The first job that an order or line names, as ServiceTrade knows it.

    `job` carries that number, or was named by hand; `pending_job` is a job that will carry it once
    it has crossed.
    """

    name: JobName
    job: Job | None = None
    pending_job: Job | None = None


@dataclass(frozen=True)
class WantedItem:
    """The item should stand on this job with these values."""

    job: Job
    values: ItemValues
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoItem:
    """Nothing of the line is for a job any more: an item that we made goes."""

    reason: str


@dataclass(frozen=True)
class ItemLeftAlone:
    """The account does not want it: nothing is made, and what stands stays as it is, unless it
    stands where the line was before.

    `number` is the Spectrum job and `job_id` the ServiceTrade job that the line is for now;
    `is_elsewhere` says for none.
    """

    reason: str
    number: str = ""
    job_id: int | None = None
    is_elsewhere: bool = False


DesiredItem = WantedItem | NoItem | ItemLeftAlone | Hold


@dataclass(frozen=True)
class LineBundle:
    """All that the values of one item are made from. `vendor_id` is the parts vendor in
    ServiceTrade, if there is one.
    """

    order: PurchaseOrder
    line: PurchaseOrderLine
    match: Match
    catalog: Catalog = field(default_factory=Catalog)
    vendor_id: int | None = None


def key_of(number: str, line: int) -> str:
    """The key of a line in the ledger, and what its item carries as external id."""
    return f"{number}{SEPARATOR}{line}"


def split_key(key: str) -> tuple[str, int]:
    """PO number and line number of a key."""
    number, _, line = key.rpartition(SEPARATOR)
    return number, int(line)


def line_of(order: PurchaseOrder | None, number: int) -> PurchaseOrderLine | None:
    """The line of that number, or None."""
    return next((line for line in order.lines if line.number == number), None) if order else None


def without_job(
    order: PurchaseOrder | None, line: PurchaseOrderLine | None, account: Account
) -> NoItem | ItemLeftAlone | Hold | None:
    """What can be said before any job is looked for; None when one has to be."""
    rules = account.purchase_orders
    if order is None:
        return NoItem("the purchase order was deleted in Spectrum")
    if order.unreadable:
        advice = (
            "Correct it in Spectrum, or tell whoever maintains the integration; the order then"
            " follows by itself."
        )
        return Hold(
            f"the order cannot be read: {order.unreadable}",
            advice,
            cause="a purchase order cannot be read",
        )
    if line is None:
        return NoItem("the line was deleted in Spectrum")
    if line.is_message:
        return ItemLeftAlone("is a text, and nothing is bought by it")
    if order.is_proposed and rules.proposed == "skip":
        return ItemLeftAlone("is only proposed")
    if quantity_of(order, line, rules) == 0:
        return NoItem(
            "it was closed before anything came"
            if line.ordered
            else "it is cancelled: nothing is ordered"
        )
    names = job_names(order, line, account)
    for warehouse in (line.warehouse_code, order.warehouse_code):
        if warehouse and warehouse in rules.ignored_warehouses:
            reason = f"is for warehouse {warehouse}, which the account file ignores"
            number = names[0].text if names and not names[0].is_custom else ""
            return ItemLeftAlone(reason, number, is_elsewhere=not names)
    if not names:
        warehouse = line.warehouse_code or order.warehouse_code
        return NoItem(
            f"is for warehouse {warehouse}, not for a job" if warehouse else "names no job"
        )
    if not names[0].is_custom and _is_ignored(names[0].text, rules):
        return ItemLeftAlone(
            f"is for Spectrum job {names[0].text}, which the account file ignores", names[0].text
        )
    return None


def names_nothing(desired: DesiredItem) -> TypeGuard[NoItem | ItemLeftAlone]:
    """Whether an item of ours goes because the line is no more or names no job: an empty table
    looks the same.
    """
    return isinstance(desired, NoItem) or (
        isinstance(desired, ItemLeftAlone) and desired.is_elsewhere
    )


def where_it_stands(
    leave: ItemLeftAlone, stands_on: Job, account: Account
) -> ItemLeftAlone | NoItem:
    """What becomes of the item of a line that the account does not want, on a job that may be the
    line's old one.

    A line that was recoded takes its item along; a job, type or warehouse that the account file
    ignores since then does not.
    """
    is_recoded = leave.is_elsewhere or (leave.job_id is not None and leave.job_id != stands_on.id)
    if leave.number and stands_on.external_ids.get(account.servicetrade.external_system):
        is_recoded = not carries(stands_on, leave.number, account)
    return (
        NoItem(f"{leave.reason}, and no longer for job {stands_on.number}") if is_recoded else leave
    )


def job_names(
    order: PurchaseOrder, line: PurchaseOrderLine, account: Account
) -> tuple[JobName, ...]:
    """What names the job, in the order of the account's precedence: custom fields, then the first
    job number found.
    """
    rules = account.purchase_orders
    found: list[JobName] = []
    for source in rules.precedence:
        if source == "custom_field":
            text = tidy(getattr(order, rules.custom_field)) if rules.custom_field else ""
            found += [JobName(text, is_custom=True)] if text else []
        elif number := line.job_number if source == "line_job" else order.job_number:
            return (*found, JobName(number))
    return tuple(found)


def job_number_in(spectrum_number: str, account: Account) -> int | None:
    """The ServiceTrade job number within a Spectrum job number, read backwards through
    `jobs.number_format`.
    """
    from string import Formatter

    centers, pattern = account.maps.cost_centers, ""
    codes = {*centers.by_office.values(), *centers.by_service_line.values(), centers.default} - {""}
    choices = {"cost_center": codes, "office": set(account.maps.offices.values())}
    for literal, name, _, _ in Formatter().parse(account.jobs.number_format):
        pattern += re.escape(literal)
        if name == "number":
            pattern += r"(?P<number>\d+)" if "(?P<number>" not in pattern else "(?P=number)"
        elif name:
            pattern += (
                "(?:"
                + "|".join(re.escape(code) for code in sorted(choices[name], key=len, reverse=True))
                + ")"
            )
    found = re.fullmatch(pattern, spectrum_number, re.IGNORECASE)
    return int(found["number"]) if found else None


def carries(job: Job, spectrum_number: str, account: Account) -> bool:
    """Whether the job's external id is this number, or has it among several [ST 11]."""
    held = job.external_ids.get(account.servicetrade.external_system, "")
    return spectrum_number.casefold() in (part.strip().casefold() for part in held.split(SEPARATOR))


def desired_item(bundle: LineBundle, account: Account) -> DesiredItem:
    """What should stand in ServiceTrade because of a line that names a job."""
    job = bundle.match.job
    if job is None:
        return _without_match(bundle.match, account)
    if (foreign := _foreign_money(bundle.order, account)) is not None:
        return foreign
    if job.type in account.jobs.ignored_types:
        return ItemLeftAlone(
            f"is for job {job.number} of type {job.type}, which the account file ignores",
            job_id=job.id,
        )
    if (stop := _closed_job(job, account.purchase_orders)) is not None:
        return stop
    fit = Fitting()
    try:
        return WantedItem(job, to_job_item(bundle, account, fit), fit.notes)
    except Missing as missing:
        return missing.hold


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
    """What was ordered. Of a closed order what came: more than was ordered always, less where the
    account says so.
    """
    came, ordered = abs(line.came), abs(line.ordered)
    is_other_way = line.came * line.ordered < 0
    if not order.is_closed or is_other_way or (came < ordered and rules.closed_short == "keep"):
        return line.ordered
    return line.came


def unit_cost(line: PurchaseOrderLine, factors: Mapping[str, int]) -> Decimal:
    """Price of one unit after discount, exactly: prices in C are for 100, in M for 1,000
    [SP 15.1].
    """
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
    """What an item bears of its line in its text from the first moment, so that it is found before
    it has an external id.
    """
    number, line = split_key(key)
    return f"PO {number} line {line}"


def bears(values: ItemValues, key: str) -> bool:
    """Whether an item's text bears the token of this line, and not that of line 10 for line 1."""
    text = values.source.ref_number or values.name
    return re.search(rf"(?:^|\(){re.escape(token_of(key))}(?:$|[,)])", text) is not None


def _is_ignored(number: str, rules: PurchaseOrderRules) -> bool:
    return any(fnmatchcase(number.upper(), pattern.upper()) for pattern in rules.ignored_jobs)


def _without_match(match: Match, account: Account) -> DesiredItem:
    name, pending_job = match.name.text, match.pending_job
    if pending_job is None:
        return Hold(
            f"no ServiceTrade job carries Spectrum job {name}",
            "Enter the number as external id of the job in ServiceTrade, or add it to"
            " purchase_orders.ignored_jobs.",
            (f"servicetrade: a job with external id {name}",),
            "no ServiceTrade job carries its Spectrum job",
        )
    if pending_job.type in account.jobs.ignored_types:
        reason = (
            f"is for job {pending_job.number} of type {pending_job.type}, which the account file"
            " ignores"
        )
        return ItemLeftAlone(reason, job_id=pending_job.id)
    return Hold(
        f"job {pending_job.number} does not carry Spectrum job {name} yet",
        "Nothing to do if the job is on its way; else see why the job is held.",
        (f"jobs/{pending_job.id}",),
        "its job does not carry a Spectrum job yet",
    )


def _foreign_money(order: PurchaseOrder, account: Account) -> Hold | None:
    """Prices in another currency than the job's would stand there as if they were in its own."""
    if not order.currency or order.currency in account.purchase_orders.currencies:
        return None
    return Hold(
        f"its prices are in {order.currency}, and costs of jobs are in"
        f" {' or '.join(account.purchase_orders.currencies)}",
        f"Enter the cost in ServiceTrade by hand; or, if costs there are in {order.currency}, name"
        " it in purchase_orders.currencies of the account file.",
        ("account: purchase_orders.currencies",),
        "order in another currency",
    )


def _closed_job(job: Job, rules: PurchaseOrderRules) -> ItemLeftAlone | Hold | None:
    rule = (
        rules.invoiced_job
        if job.status in INVOICED
        else rules.completed_job
        if job.status == "completed"
        else "write"
    )
    status = job.status.replace("_", " ")
    if rule == "skip":
        return ItemLeftAlone(f"job {job.number} is {status}", job_id=job.id)
    if rule == "hold":
        return Hold(
            f"job {job.number} is {status}",
            "Reopen the job if the purchase belongs on it, or move the purchase to another job in"
            " Spectrum.",
            (f"servicetrade: job {job.number} open",),
            "its job is completed, invoiced or canceled",
        )
    return None


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
