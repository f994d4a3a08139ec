"""What should stand in ServiceTrade because of one line of a purchase order, as values."""

from dataclasses import dataclass, field

from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.purchase_orders.item_coding import Catalog
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues
from st_spectrum.servicetrade.models import Job
from st_spectrum.spectrum.purchase_orders import PurchaseOrder, PurchaseOrderLine


@dataclass(frozen=True)
class JobName:
    """What an order or line says of its job. A custom field may hold ServiceTrade's number."""

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
