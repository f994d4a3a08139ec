"""A contractor in both stand-ins, some of whose records have crossed: something of everything that
a recorder looks for.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from st_spectrum.account import Account
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS
from st_spectrum.sandbox.timekeeping import keep_time, weeks_until_now
from st_spectrum.sandbox.world import World
from st_spectrum.spectrum.services import SERVICES
from tests.world.contractor import Contractor, fill_sandbox

CONTRACTOR = World(
    companies=6, vendors=2, linked_companies=1, locations=7, jobs=10, technicians=2, salespeople=2,
    template_phases=3, old_customers=3, invoices=6, purchase_orders=6,
)  # fmt: skip


@dataclass
class Installation:
    """Both systems, filled, and the account that leads to them."""

    sandbox: Sandbox
    account: Account
    environ: dict[str, str]
    services: frozenset[str]
    """Those of Spectrum that the round before called."""


def go_on(contractor: Contractor) -> None:
    """What people do at the Spectrum screen afterwards: receive, close and propose orders, post and
    reverse invoices, bar a customer and a job.
    """
    control = contractor.control
    orders = control.records("spectrum", "PO_PURCHASE_ORDER_HEADER_MC")
    received, closed, proposed, *_ = (str(row["PO_Number"]).strip() for row in orders)
    lines = [
        row
        for row in control.records("spectrum", "PO_PURCHASE_ORDER_DETAIL_MC")
        if str(row["PO_Number"]).strip() == received and float(row["PO_Quantity_List1"]) > 0
    ]
    control.order(received, "receive", line=int(lines[0]["Line_Number"]))
    control.order(closed, "close")
    control.order(proposed, "propose")
    invoices = [
        str(row["Invoice_Or_Transaction"]).strip()
        for row in control.records("spectrum", "CR_INVOICE_HEADER_MC")
        if row["Transaction_Type"] == "I"
    ]
    for number in invoices[:2]:
        control.ar_document(number, "post")
    control.ar_document(invoices[1], "reverse")
    customer, job = (
        str(control.records("spectrum", table.name)[-1][table.key[1]]).strip()
        for table in (CUSTOMERS, JOBS)
    )
    contractor.controller.change(CUSTOMERS, customer, Status="N")
    contractor.controller.change(JOBS, job, Status_Code="C", Lock_Revenue_Entry="Y")


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """A sandbox of its own, so that a test may spoil its tables."""
    with Sandbox(folder / "sandbox") as sandbox:
        filled = fill_sandbox(sandbox, CONTRACTOR)
        made = Contractor(sandbox, folder / "state", *filled, store=MemoryStore())
        with closing(made):
            keep_time(sandbox.control, made.built, weeks_until_now())
            made.round("before")
            called = {call.operation for call in sandbox.control.calls(system="spectrum")}
            go_on(made)
        services = frozenset(called & SERVICES.keys())
        yield Installation(sandbox, made.account, made.environment, services)
