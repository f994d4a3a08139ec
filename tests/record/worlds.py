"""A contractor in both stand-ins, some of whose records have crossed: something of everything that
a recorder looks for.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import keep_time, weeks_until_now
from st_spectrum.sandbox.world import Built, World, build_world
from st_spectrum.spectrum.services import SERVICES

ACCOUNT_FILE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"

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
    built: Built
    services: frozenset[str] = frozenset()
    """Those of Spectrum that the round before called."""


def go_on(sandbox: Sandbox) -> None:
    """What people do at the Spectrum screen afterwards: receive, close and propose orders, post and
    reverse invoices, bar a customer and a job.
    """
    control = sandbox.control
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
    path = sandbox.infolink_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute(
            "UPDATE CR_CUSTOMER_MASTER_MC SET Status = 'N'"
            " WHERE rowid = (SELECT max(rowid) FROM CR_CUSTOMER_MASTER_MC)"
        )
        connection.execute(
            "UPDATE JC_JOB_MASTER_MC SET Status_Code = 'C', Lock_Revenue_Entry = 'Y'"
            " WHERE rowid = (SELECT max(rowid) FROM JC_JOB_MASTER_MC)"
        )
        connection.commit()


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """A sandbox of its own, so that a test may spoil its tables."""
    with Sandbox(folder / "sandbox") as sandbox:
        built = build_world(CONTRACTOR, sandbox.servicetrade_url, sandbox.spectrum_url)
        keep_time(sandbox.control, built, weeks_until_now())
        environ = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(folder / "state")}
        account = load_account(ACCOUNT_FILE, environ)
        with open_session(account, store=MemoryStore()) as session:
            run_round(session, FLOWS, "before")
        called = {call.operation for call in sandbox.control.calls(system="spectrum")}
        go_on(sandbox)
        services = frozenset(called & SERVICES.keys())
        yield Installation(sandbox, account, environ, built, services)
