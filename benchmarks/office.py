"""What people do while the latency is measured: every kind of event of all six flows, at random.

An event is of a record whose prerequisites stand in the target, or of one that was entered a moment
ago and still waits for another: both happen in an office, and the two are told apart.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from st_spectrum.sandbox.billing import KEPT_INSIDE, Billable, Billing
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.entering import Entering, Made
from st_spectrum.sandbox.invoice_plan import READY, Make, PlannedInvoice, plan_invoice
from st_spectrum.sandbox.plan import (
    PlannedCompany,
    PlannedLocation,
    plan_company,
    plan_job,
    plan_location,
)
from st_spectrum.sandbox.timekeeping import Kept, TimeSizes
from st_spectrum.sandbox.world import Built, World

Row = Mapping[str, Any]
EVENTS = {"company": 4, "location": 5, "job": 7, "invoice": 6, "void": 3, "order": 4, "time": 3}
"""How often each happens."""

RUNG_FOR = ("company", "location", "job", "invoice", "void")
"""Of these ServiceTrade's webhooks tell. Of time cards they do not [ST 12.2], and a purchase order
changes in Spectrum.
"""

WORLD = World(
    companies=8, vendors=1, linked_companies=1, locations=10, jobs=16, template_phases=3,
    old_customers=3, invoices=6, purchase_orders=10,
)  # fmt: skip
NEWEST_SHARE = 0.15
"""Of the events that need another record: how many take the one that was entered last."""

BILLED_MAKES = (Make.PLAIN, Make.MIXED, Make.CREDIT)
"""What is posted; an invoice of nothing is closed, and no document of it comes to Spectrum."""


def card_weeks(weeks: int = 8) -> TimeSizes:
    """Weeks until now, none of whose cards is approved yet."""
    recent = TimeSizes().first_week.toordinal()
    today = datetime.now(UTC).date()
    sunday = today.toordinal() - (today.toordinal() - recent) % 7 - 7 * (weeks - 1)
    return TimeSizes(weeks=weeks, first_week=today.fromordinal(sunday), approved=0.0)


@dataclass(frozen=True)
class Event:
    """What a person did. `id` is the record in ServiceTrade, of an order its `PO|line`; `at` is
    when its system had it; `is_ready` that everything it needs stood in the target by then.
    """

    kind: str
    id: str
    at: datetime
    is_ready: bool


class Office:
    """Types events into both systems; the same seed does the same things as far as the target has
    kept up.
    """

    def __init__(
        self,
        control: Control,
        servicetrade: ServiceTradeCaller,
        built: Built,
        kept: Kept,
        seed: int,
    ) -> None:
        self._control, self._servicetrade = control, servicetrade
        self._account, self._sizes = built.account, built.account.sizes
        self._entering = Entering(servicetrade, built.account)
        self._random = Random(seed)  # noqa: S311 - moments, not secrets
        self._companies, self._locations = list(built.companies), list(built.locations)
        self._jobs = list(built.billed)
        self._invoices = [made.id for made in built.invoices if made.planned.is_ready]
        self._cards = list(zip(kept.ids, kept.cards, strict=True))
        self._changed: set[str] = set()
        self._kinds: list[str] = []

    def gap(self, mean: float) -> float:
        """Seconds until the next person does something."""
        return self._random.expovariate(1 / mean)

    def step(self) -> Event:
        """Let one thing happen now; in so many events as `EVENTS` adds up to, each kind comes as
        often as it should.
        """
        if not self._kinds:
            self._kinds = [kind for kind, times in EVENTS.items() for _ in range(times)]
            self._random.shuffle(self._kinds)
        return self.do(self._kinds.pop()) or self._job()

    def do(self, kind: str) -> Event | None:
        """One event of a kind; None when there is nothing to do it to."""
        event: Event | None = getattr(self, f"_{kind}")()
        return event

    def _company(self) -> Event:
        planned = plan_company(self._random, self._sizes)
        made = self._entering.company(replace(planned, status="active"))
        self._companies.append(made)
        return self._entered("company", made.id, "POST /company", is_ready=True)

    def _location(self) -> Event:
        there = self._numbered("company")
        place = self._pick(
            [place for place, made in enumerate(self._companies) if is_in_business(made)],
            [place for place, made in enumerate(self._companies) if made.id in there],
        )
        number = 1 + sum(made.planned.company == place for made in self._locations)
        owner = self._companies[place]
        planned = plan_location(self._random, place, owner.planned, number, self._sizes)
        made = self._entering.location(replace(planned, status="active"), self._companies)
        self._locations.append(made)
        return self._entered("location", made.id, "POST /location", is_ready=owner.id in there)

    def _job(self) -> Event:
        there = self._numbered("location")
        place = self._pick(
            [place for place, made in enumerate(self._locations) if self._is_served(made)],
            [place for place, made in enumerate(self._locations) if made.id in there],
        )
        planned = plan_job(self._random, place, self._sizes, status="scheduled")
        while planned.type in KEPT_INSIDE:
            planned = plan_job(self._random, place, self._sizes, status="scheduled")
        made = self._entering.job(planned, self._locations)
        location = self._locations[place]
        self._jobs.append(Billable({"jobId": made.id}, location.planned.address.state))
        return self._entered("job", made.id, "POST /job", is_ready=location.id in there)

    def _invoice(self) -> Event:
        there = self._numbered("job")
        job = self._pick(self._jobs, [job for job in self._jobs if job.target["jobId"] in there])
        billing = Billing(self._servicetrade, self._account, [job])
        made = billing.write(self._planned_invoice())
        self._invoices.append(made.id)
        return self._entered(
            "invoice", made.id, "POST /invoice", is_ready=job.target["jobId"] in there
        )

    def _planned_invoice(self) -> PlannedInvoice:
        while True:
            planned = plan_invoice(
                self._random, self._sizes.service_lines, at=int(time.time()), status=READY
            )
            if planned.make in BILLED_MAKES and planned.subtotal:
                return planned

    def _void(self) -> Event | None:
        rows = self._control.records("servicetrade", "invoice")
        posted = {row["id"] for row in rows if row["status"] == "processed"}
        if not (ready := [invoice for invoice in self._invoices if invoice in posted]):
            return None
        invoice = self._random.choice(ready)
        self._invoices.remove(invoice)
        seq = self._newest()
        self._servicetrade.put(f"/invoice/{invoice}", status="void")
        return self._entered("void", invoice, "PUT /invoice/{id}", is_ready=True, seq=seq)

    def _order(self) -> Event | None:
        """Somebody types another quantity into a line whose job item stands."""
        items = self._control.records("servicetrade", "jobitem")
        there = {number for row in items if (number := number_of(row))}
        lines = {
            f"{str(row['PO_Number']).strip()}|{int(row['Line_Number'])}": row
            for row in self._control.records("spectrum", "PO_PURCHASE_ORDER_DETAIL_MC")
        }
        free = sorted(lines.keys() & there - self._changed)
        if not free:
            return None
        key = self._random.choice(free)
        self._changed.add(key)
        order, line = key.split("|")
        quantity = float(lines[key]["PO_Quantity_List1"]) + 1
        at = datetime.now(UTC)  # the screen is in no log; before it is a little early, never late
        self._control.order(order, "change_line", line=int(line), quantity=str(quantity))
        return Event("order", key, at, is_ready=True)

    def _time(self) -> Event | None:
        """The office approves a week of a technician."""
        if not self._cards:
            return None
        card, _ = self._cards.pop(self._random.randrange(len(self._cards)))
        there = self._numbered("job")
        jobs = {
            row["jobId"]
            for record in self._control.records("servicetrade", "timecard")
            for row in record["dayLogs"]
            if record["id"] == card and row.get("jobId") and row["type"] == "labor"
        }
        inside = {
            row["id"]
            for row in self._control.records("servicetrade", "job")
            if row["type"] in KEPT_INSIDE
        }
        seq = self._newest()
        self._servicetrade.put(f"/timecard/{card}", status="approved")
        ready = jobs - inside <= there
        return self._entered("time", card, "PUT /timecard/{id}", is_ready=ready, seq=seq)

    def _pick(self, every: Sequence[Any], ready: Sequence[Any]) -> Any:
        """One that stands in the target mostly, the newest of all now and then."""
        is_newest = self._random.random() < NEWEST_SHARE
        return every[-1] if is_newest or not ready else self._random.choice(ready)

    def _is_served(self, location: Made[PlannedLocation]) -> bool:
        owner = self._companies[location.planned.company]
        return location.planned.status == "active" and is_in_business(owner)

    def _numbered(self, table: str) -> set[int]:
        """Ids of the records that carry their Spectrum code."""
        return {row["id"] for row in self._control.records("servicetrade", table) if number_of(row)}

    def _newest(self) -> int:
        calls = self._control.calls(system="servicetrade", writes=True)
        return calls[-1].seq if calls else 0

    def _entered(
        self, kind: str, record: int, operation: str, *, is_ready: bool, seq: int = 0
    ) -> Event:
        """The moment is that of ServiceTrade's own log, in which calls of others stand too."""
        own = (
            call.at
            for call in self._control.calls(system="servicetrade", operation=operation, after=seq)
            if call.is_committed and (operation.startswith("POST") or call.key == f"{record}")
        )
        moments = list(own)
        at = moments[-1] if operation.startswith("POST") else moments[0]
        return Event(kind, str(record), at, is_ready)


def is_in_business(company: Made[PlannedCompany]) -> bool:
    """Whether sites and jobs of it cross."""
    return company.planned.is_customer and company.planned.status != "inactive"


def number_of(row: Row) -> str:
    """What a record was called by the other system; "" as long as it was not."""
    return str((row.get("externalIds") or {}).get(EXTERNAL_SYSTEM, ""))
