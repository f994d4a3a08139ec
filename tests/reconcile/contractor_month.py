"""A month of a contractor, everything of it across: invoices with voids, four weeks of time,
orders.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TIME_OFF_JOB, TimeSizes, keep_time
from st_spectrum.sandbox.world import World
from tests.reconcile.planting import Month
from tests.world.contractor import Contractor, build_contractor

FIRST_WEEK = date(2026, 4, 5)
WEEKS = 4
CARDS_AT_ONCE = 500


@dataclass(frozen=True)
class Size:
    """How much of everything; a contractor has 5,000 invoices, 250 voids, 60 technicians and 2,000
    orders.
    """

    invoices: int = 5_000

    @property
    def voids(self) -> int:
        return max(3, self.invoices // 20)

    @property
    def technicians(self) -> int:
        return max(4, round(self.invoices * 0.012))

    @property
    def world(self) -> World:
        """The other records grow along."""
        count = self.invoices
        return World(
            offices=4,
            companies=max(24, count * 3 // 100),
            vendors=3,
            linked_companies=1,
            locations=max(30, count * 8 // 100),
            jobs=max(60, count // 5),
            technicians=self.technicians,
            salespeople=1,
            template_phases=3,
            old_customers=2,
            invoices=count,
            purchase_orders=count * 2 // 5,
        )


def build_month(sandbox: Sandbox, folder: Path, size: Size) -> Month:
    """Half of the voids are voided before and half after they crossed; all time is approved."""
    contractor = build_contractor(sandbox, folder, size.world)
    contractor.begin_time()
    keep_time(
        sandbox.control,
        contractor.built,
        TimeSizes(weeks=WEEKS, first_week=FIRST_WEEK, approved=1),
    )
    pay_types = contractor.account.timecards.pay_types
    names = {**pay_types.by_generic_name, TIME_OFF_JOB: "V"}
    contractor.overrides["timecards"] = {
        "pay_types": pay_types.model_copy(update={"by_generic_name": names})
    }
    voids = [made.id for made in contractor.built.invoices if made.planned.is_to_be_void]
    for invoice in voids[: size.voids // 2]:
        contractor.built.void(invoice)
    contractor.rounds_until_quiet(20)
    for invoice in voids[size.voids // 2 : size.voids]:
        contractor.built.void(invoice)
    contractor.rounds_until_quiet(20)
    carry_time(contractor)
    return Month(contractor)


def carry_time(contractor: Contractor) -> None:
    """All weeks, as the nights do it."""
    from st_spectrum.flows.timecards.rebuild import weeks_since_first_day

    with contractor.session() as session:
        weeks = [end for end in weeks_since_first_day(session) if end.month in (4, 5)]
        listed = time_context(session.flows).times.weeks_with_other_cards(weeks)
        keys = [entry.key for end in weeks for entry in listed[end]]
        for start in range(0, len(keys), CARDS_AT_ONCE):
            report = session.engine.run(
                "timecards", keys[start : start + CARDS_AT_ONCE], run_id="month"
            )
            assert not report.stopped_by, report.stopped_by
