"""Enters planned purchase orders into Spectrum, and what they need: jobs that people keep in both
systems, parts vendors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.order_plan import PlannedOrder, as_record, plan_orders
from st_spectrum.sandbox.spectrum.setup import PHASE_CATEGORY, VENDORS

ORDERS_AT_ONCE = 40
JOB_PREFIX = "S"
JOBS_PER_ORDER = 0.4
"""2,000 orders are spread over 800 jobs."""
UNMATCHED_PART = 10
"""One job in so many is in Spectrum alone, so that its orders match nothing until somebody links
it.
"""


@dataclass(frozen=True)
class MadeOrder:
    """An order that exists; `job_number` is "" for one that is bought for a warehouse."""

    number: str
    job_number: str
    planned: PlannedOrder


@dataclass(frozen=True)
class Bought:
    """What stands in Spectrum. `linked` is Spectrum job -> ServiceTrade job; `unlinked` jobs are in
    Spectrum alone.
    """

    orders: tuple[MadeOrder, ...] = ()
    linked: tuple[tuple[str, int], ...] = ()
    unlinked: tuple[str, ...] = ()


def buy(
    seed: int,
    count: int,
    servicetrade: ServiceTradeCaller,
    spectrum: SpectrumCaller,
    jobs: Sequence[int],
    customer_code: str,
) -> Bought:
    """`count` orders on jobs that people entered in Spectrum long ago, for `customer_code`, and
    linked by hand.

    `jobs` are the ServiceTrade jobs to choose from, the first ones first; all others cross by
    themselves.
    """
    if not count:
        return Bought()
    wanted = max(1, round(count * JOBS_PER_ORDER))
    unlinked_count = max(1, wanted // UNMATCHED_PART) if wanted > 1 else 0
    linked_jobs = jobs[: wanted - unlinked_count]
    numbers = [
        f"{JOB_PREFIX}{place:05d}" for place in range(1, len(linked_jobs) + unlinked_count + 1)
    ]
    for number in numbers:
        spectrum.write(
            "AddJob",
            Job_Number=number,
            Job_Description=f"Entered by hand {number}",
            Customer_Code=customer_code,
            Standard_Phase_Category=PHASE_CATEGORY,
            Taxable_Flag="N",
            Price_Method_Code="F",
        )
    unlinked = (
        numbers[:: max(1, len(numbers) // unlinked_count)][:unlinked_count]
        if unlinked_count
        else []
    )
    linked = tuple(
        zip((number for number in numbers if number not in unlinked), linked_jobs, strict=True)
    )
    for number, job in linked:
        servicetrade.put(f"/externalid/job/{job}/{EXTERNAL_SYSTEM}", value=number)
    _add_parts_vendors(servicetrade)
    orders = enter_orders(spectrum, plan_orders(seed, count, len(numbers)), numbers)
    return Bought(orders, linked, tuple(unlinked))


def enter_orders(
    spectrum: SpectrumCaller, planned: Sequence[PlannedOrder], job_numbers: Sequence[str]
) -> tuple[MadeOrder, ...]:
    """Post the orders, many in a message; the places of their jobs are those in `job_numbers`,
    which Spectrum holds.
    """
    today = datetime.now(UTC).date()
    made: list[MadeOrder] = []
    for start in range(0, len(planned), ORDERS_AT_ONCE):
        some = planned[start : start + ORDERS_AT_ONCE]
        jobs = [
            "" if order.job is None else job_numbers[order.job % len(job_numbers)] for order in some
        ]
        records = [as_record(order, job, today) for order, job in zip(some, jobs, strict=True)]
        numbers = spectrum.post_orders(records)
        made += [MadeOrder(*order) for order in zip(numbers, jobs, some, strict=True)]
    return tuple(made)


def _add_parts_vendors(servicetrade: ServiceTradeCaller) -> None:
    """All vendors but the last are parts vendors in ServiceTrade as well, under their Spectrum
    code.
    """
    for code, name in list(VENDORS.items())[:-1]:
        made = servicetrade.post(
            "/company",
            name=name,
            vendor=True,
            partsVendor=True,
            addressStreet="8 Supply Ct",
            addressCity="Norfolk",
            addressState="VA",
            addressPostalCode="23504",
        )
        servicetrade.put(f"/externalid/company/{made['id']}/{EXTERNAL_SYSTEM}", value=code)
