"""Types planned invoices into ServiceTrade, and what they need: library items, more tax groups,
records that cannot cross.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from st_spectrum.sandbox import names
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.entering import Account, Made
from st_spectrum.sandbox.invoice_plan import (
    UNKNOWN_SERVICE_LINE,
    Broken,
    PlannedInvoice,
    PlannedLine,
)
from st_spectrum.sandbox.plan import PlannedAddress, PlannedCompany, PlannedJob, PlannedLocation

KEPT_INSIDE = frozenset({"administrative", "training"})
"""Types of jobs that never cross and are not billed."""

HOME = PlannedAddress("14 Shore Dr", "Norfolk", "VA", "23502")
FAR = PlannedAddress("1701 Wynkoop St", "Denver", "CO", "80202")
FAR_TAX_GROUP = "CO-DEN"


@dataclass(frozen=True)
class Billable:
    """What an invoice is written for: a job, or a customer's site without one. `state` says which
    tax groups go with it.
    """

    target: dict[str, int]
    state: str


@dataclass(frozen=True)
class TaxGroup:
    """A tax group as it was entered; `rate` is a fraction, 0.0725 for 7.25 percent."""

    id: int
    rate: Decimal


def billables(
    companies: Sequence[Made[PlannedCompany]],
    locations: Sequence[Made[PlannedLocation]],
    jobs: Sequence[Made[PlannedJob]],
) -> list[Billable]:
    """The jobs that can cross and be billed: neither canceled nor kept inside, of an active site of
    a customer in business.
    """
    found = []
    for job in jobs:
        location = locations[job.planned.location].planned
        is_served = (
            location.status == "active" and companies[location.company].planned.status != "inactive"
        )
        if is_served and job.planned.status != "canceled" and job.planned.type not in KEPT_INSIDE:
            found.append(Billable({"jobId": job.id}, location.address.state))
    return found


class Billing:
    """Writes the invoices of one account, as its office would; may be shared by threads."""

    def __init__(
        self, servicetrade: ServiceTradeCaller, account: Account, jobs: Sequence[Billable]
    ) -> None:
        self._servicetrade = servicetrade
        self._account = account
        self._jobs = tuple(jobs)
        self._broken: dict[Broken, Billable] = {}
        self._read_set_up()

    def set_up(self, customer: int) -> None:
        """What only a world with invoices has: more tax groups, library items, and customers and
        sites that lack something.

        `customer` is a company that crosses; its site in Denver does not, as nobody there is known
        to the contractor.
        """
        post = self._servicetrade.post
        for name, code, rate in names.MORE_TAX_GROUPS:
            post("/taxgroup", name=name, code=code, combinedRate=rate)
        for name, kind, code in names.LIB_ITEMS:
            post("/libitem", name=name, type=kind, code=code)
        self._read_set_up()
        closed = int(
            post(
                "/company", name="Bayview Diner", customer=True, status="inactive", **HOME.as_keys()
            )["id"]
        )
        sites = {
            Broken.CUSTOMER: (closed, "Bayview Diner", HOME),
            Broken.TAX_GROUP: (customer, "Denver Depot", FAR),
            Broken.SERVICE_LINE: (customer, "Shore Drive Kiosk", HOME),
        }
        for broken, (company, name, address) in sites.items():
            site = int(post("/location", name=name, companyId=company, **address.as_keys())["id"])
            self._broken[broken] = Billable(
                {"customerId": company, "locationId": site}, address.state
            )

    def write(self, planned: PlannedInvoice) -> Made[PlannedInvoice]:
        """One call for the whole invoice, lines and status included."""
        billable = self._broken.get(planned.broken) or self._jobs[planned.place % len(self._jobs)]
        group = self._tax_group(planned, billable.state)
        made = self._servicetrade.post(
            "/invoice",
            **billable.target,
            status=planned.status,
            transactionDate=planned.at,
            notes=planned.notes or None,
            items=[self._line(line, group, planned.broken) for line in planned.lines],
            **(_off_by_a_cent(planned, group.rate) if planned.broken is Broken.CENT else {}),
        )
        return Made(int(made["id"]), planned)

    def _line(self, line: PlannedLine, group: TaxGroup, broken: Broken) -> dict[str, Any]:
        place = line.service_line
        known = (
            None
            if place is None
            else self._account.service_lines[place % len(self._account.service_lines)]
        )
        return {
            "description": line.description,
            # Two or three decimals are safe in a float, which prints as it was written.
            "quantity": float(line.quantity),
            "price": float(line.price),
            "libItemId": self._items.get(names.LIB_ITEMS[line.item][2]),
            "serviceLineId": self._unknown_line if broken is Broken.SERVICE_LINE else known,
            "taxGroupId": group.id if line.has_tax else None,
        }

    def _tax_group(self, planned: PlannedInvoice, state: str) -> TaxGroup:
        if planned.broken is Broken.TAX_GROUP:
            return self._groups[FAR_TAX_GROUP]
        codes = [code for code in names.INVOICE_TAX_GROUPS[state] if code in self._groups]
        return self._groups[codes[planned.tax_group % len(codes)]]

    def _read_set_up(self) -> None:
        read = self._servicetrade.all
        self._items = {item["code"]: int(item["id"]) for item in read("/libitem", "libItems")}
        self._groups = {
            group["code"]: TaxGroup(int(group["id"]), Decimal(str(group["combinedRate"])))
            for group in read("/taxgroup", "taxGroups")
        }
        lines = {line["name"]: int(line["id"]) for line in read("/serviceline", "servicelines")}
        self._unknown_line = lines[UNKNOWN_SERVICE_LINE]


def _off_by_a_cent(planned: PlannedInvoice, rate: Decimal) -> dict[str, float]:
    """Header amounts whose tax is a cent more than that of the lines, as rounding over the whole
    would leave it.
    """
    cent = Decimal("0.01")
    lines = (line.subtotal * rate for line in planned.lines if line.has_tax)
    tax = sum((amount.quantize(cent, ROUND_HALF_UP) for amount in lines), Decimal(0)) + cent
    return {"taxAmount": float(tax), "totalPrice": float(planned.subtotal + tax)}
