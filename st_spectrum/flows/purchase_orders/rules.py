"""Purchase order line -> job item: for which job, or why for none. `job_item` says what is in it,
`job_item_steps` how it gets there.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Protocol, TypeGuard

from st_spectrum.account import Account
from st_spectrum.account.purchase_orders import PurchaseOrderRules
from st_spectrum.domain.decisions import Hold, Skip
from st_spectrum.domain.fitting import Fitting, tidy
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.go_live import SCOPE
from st_spectrum.flows.jobs.at_work import left_out
from st_spectrum.flows.purchase_orders.desired import (
    DesiredItem,
    ItemLeftAlone,
    JobName,
    LineBundle,
    Match,
    NoItem,
    WantedItem,
)
from st_spectrum.flows.purchase_orders.item_coding import Catalog
from st_spectrum.flows.purchase_orders.job_item import quantity_of, to_job_item
from st_spectrum.servicetrade.models import Job
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine

INVOICED = frozenset({"pending_invoice", "sending_invoice", "invoiced", "closed", "canceled"})
"""Job statuses from billing on [ST 5.1]."""


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
    return spectrum_number.casefold() in (part.casefold() for part in held.split(SEPARATOR))


class NamedRecords(Protocol):
    """Finds in ServiceTrade what an order names."""

    def match(self, names: Iterable[JobName]) -> Match:
        """The first of the names that leads to a job; else what the last of them leads to."""

    def vendor_id(self, vendor_code: str) -> int | None:
        """The parts vendor that carries a Spectrum vendor code as external id."""

    def catalog(self) -> Catalog:
        """Library items and service lines."""


def desired_of(
    order: PurchaseOrder | None,
    line: PurchaseOrderLine | None,
    records: NamedRecords,
    account: Account,
) -> DesiredItem:
    """What should stand in ServiceTrade because of a line of an order; None for what is gone."""
    unwanted = without_job(order, line, account)
    if unwanted is not None or order is None or line is None:
        assert unwanted is not None  # noqa: S101 - without order or line something is told
        return unwanted
    match = records.match(job_names(order, line, account))
    if match.job is None:
        return desired_item(LineBundle(order, line, match), account)
    wants_vendor = account.purchase_orders.source == "vendor"
    vendor_id = records.vendor_id(order.vendor_code) if wants_vendor else None
    return desired_item(LineBundle(order, line, match, records.catalog(), vendor_id), account)


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
    left = left_out(pending_job, account, is_needed=False)
    if isinstance(left, Skip) and left.by_setting == SCOPE:
        return ItemLeftAlone(
            f"is for job {pending_job.number}, which {left.reason}", job_id=pending_job.id
        )
    if isinstance(left, Skip):
        return Hold(
            f"job {pending_job.number} does not carry Spectrum job {name}, and was"
            f" {left.reason.partition(',')[0]}",
            f"Enter {name} as external id of the job in ServiceTrade.",
            (f"jobs/{pending_job.id}",),
            "its job was done before go-live and carries no Spectrum job",
        )
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
