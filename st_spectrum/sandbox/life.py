"""Keeps the world living: one believable event at a time, on request."""

import time
from dataclasses import dataclass
from random import Random
from typing import Self

from st_spectrum.sandbox.billing import Billing
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.entering import Entering
from st_spectrum.sandbox.invoice_plan import READY, plan_invoice
from st_spectrum.sandbox.plan import plan_company, plan_job, plan_location
from st_spectrum.sandbox.timekeeping import Kept
from st_spectrum.sandbox.world import Built

EVENTS = ("job", "location", "company", "rename", "cancel")
WEIGHTS = (55, 18, 15, 6, 6)

INVOICE_EVENTS = ("invoice", "approve", "void")
INVOICE_WEIGHTS = (22, 8, 5)
"""Only in a world that has invoices."""

TIME_WEIGHT = 12
"""Only while there is a card that nobody has approved."""


@dataclass(frozen=True)
class Event:
    """What happened: `kind` is "time" or one of the `EVENTS` and `INVOICE_EVENTS`, `text` says it
    to a person, `id` is the ServiceTrade record.
    """

    kind: str
    id: int
    text: str


class Life:
    """What the office of a built world does next; the same seed does the same things in the same
    order.
    """

    def __init__(self, built: Built, kept: Kept | None = None, seed: int = 7) -> None:
        self._random = Random(seed)  # noqa: S311  a reproducible world, no secret
        self._servicetrade = ServiceTradeCaller(built.servicetrade_url)
        self._entering = Entering(self._servicetrade, built.account)
        self._sizes = built.account.sizes
        self._companies = list(built.companies)
        self._locations = list(built.locations)
        self._open_jobs: list[int] = []
        self._events: tuple[str, ...] = EVENTS
        self._weights: tuple[int, ...] = WEIGHTS
        self._unapproved = [made.id for made in built.invoices if not made.planned.is_ready]
        self._approved = [
            made.id for made in built.invoices if made.planned.is_ready and not made.planned.broken
        ]
        if built.invoices:
            self._events, self._weights = (*EVENTS, *INVOICE_EVENTS), (*WEIGHTS, *INVOICE_WEIGHTS)
            self._billing = Billing(self._servicetrade, built.account, built.billed)
        self._cards = _not_approved(kept) if kept else []
        if self._cards:
            self._events, self._weights = (*self._events, "time"), (*self._weights, TIME_WEIGHT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._servicetrade.close()

    def step(self) -> Event:
        """Let one thing happen now: mostly a new job, rarely a rename or a cancellation."""
        kind = self._random.choices(self._events, self._weights)[0]
        if kind == "cancel" and not self._open_jobs:
            kind = "job"
        if (kind == "approve" and not self._unapproved) or (kind == "void" and not self._approved):
            kind = "invoice"
        if kind == "time" and not self._cards:
            kind = "job"
        event: Event = getattr(self, f"_{kind}")()
        return event

    def _company(self) -> Event:
        made = self._entering.company(plan_company(self._random, self._sizes))
        self._companies.append(made)
        return Event("company", made.id, f"New company {made.planned.name}")

    def _location(self) -> Event:
        owner = self._random.choice(
            [place for place, made in enumerate(self._companies) if made.planned.is_customer]
        )
        number = 1 + sum(made.planned.company == owner for made in self._locations)
        planned = plan_location(
            self._random, owner, self._companies[owner].planned, number, self._sizes
        )
        made = self._entering.location(planned, self._companies)
        self._locations.append(made)
        return Event("location", made.id, f"New location {made.planned.name}")

    def _job(self) -> Event:
        place = self._random.randrange(len(self._locations))
        made = self._entering.job(
            plan_job(self._random, place, self._sizes, status="scheduled"), self._locations
        )
        for call in self._entering.work_of(made):
            call()
        self._open_jobs.append(made.id)
        return Event(
            "job",
            made.id,
            f"New job at {self._locations[place].planned.name}: {made.planned.description}",
        )

    def _rename(self) -> Event:
        made = self._random.choice([made for made in self._companies if made.planned.is_customer])
        name = (
            f"{made.planned.name.strip()} (formerly"
            f" {self._random.choice(('East', 'West', 'Old Town'))})"
        )
        self._servicetrade.put(f"/company/{made.id}", name=name)
        return Event("rename", made.id, f"{made.planned.name} is now called {name}")

    def _cancel(self) -> Event:
        job = self._open_jobs.pop(self._random.randrange(len(self._open_jobs)))
        number = self._servicetrade.put(f"/job/{job}", status="canceled")["number"]
        return Event("cancel", job, f"Job {number} is canceled")

    def _invoice(self) -> Event:
        """A new one of today, approved at once more often than not."""
        status = self._random.choices((READY, "ok"), (70, 30))[0]
        planned = plan_invoice(
            self._random, self._sizes.service_lines, at=int(time.time()), status=status
        )
        made = self._billing.write(planned)
        (self._approved if planned.is_ready else self._unapproved).append(made.id)
        word = "approved" if planned.is_ready else "not approved yet"
        return Event(
            "invoice", made.id, f"New invoice over {planned.subtotal:,} before tax, {word}"
        )

    def _approve(self) -> Event:
        invoice = self._unapproved.pop(self._random.randrange(len(self._unapproved)))
        number = self._servicetrade.put(f"/invoice/{invoice}", status=READY)["invoiceNumber"]
        self._approved.append(invoice)
        return Event("approve", invoice, f"Invoice {number} is approved")

    def _time(self) -> Event:
        card, name = self._cards.pop(0)
        self._servicetrade.put(f"/timecard/{card}", status="approved")
        return Event("time", card, f"Time card {card} of {name} is approved")

    def _void(self) -> Event:
        invoice = self._approved.pop(self._random.randrange(len(self._approved)))
        number = self._servicetrade.put(f"/invoice/{invoice}", status="void")["invoiceNumber"]
        return Event("void", invoice, f"Invoice {number} is void")


def _not_approved(kept: Kept) -> list[tuple[int, str]]:
    """Cards of those whose time can cross, with their employee codes."""
    people = kept.technicians
    pairs = zip(kept.ids, kept.cards, strict=True)
    sound = ((number, card) for number, card in pairs if people[card.technician].is_sound)
    return [
        (number, people[card.technician].employee_code)
        for number, card in sound
        if card.status != "approved"
    ]
