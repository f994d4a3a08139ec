"""An office with one customer, one site and two jobs that have crossed: whatever is billed there
comes from the test alone.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from st_spectrum.engine.report import Outcome, Report
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.audit.invoices import compare_invoices
from tests.world.billing_clerk import BillingClerk, Line
from tests.world.clerk import Clerk
from tests.world.contractor import build_contractor

TINY = World(
    offices=1, service_lines=2, technicians=0, salespeople=0, companies=1, vendors=0, linked_companies=0,
    locations=1, jobs=2, template_phases=1, old_customers=0,
)  # fmt: skip

HEADERS, LINES = "CR_INVOICE_HEADER_MC", "CR_INVOICE_DETAIL_MC"
KEY = ("Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
POST = "POST /customer/invoice"


@dataclass
class ArClerk(BillingClerk, Clerk):
    """Bills the contractor's jobs, and sees what stands in Spectrum of it."""

    flow = "invoices"

    jobs: tuple[Mapping[str, int], ...]
    tax_groups: tuple[int, ...]
    switches: Mapping[str, Mapping[str, Any]]

    def reset(self) -> None:
        """No faults, no logged calls, both systems and the account as at the start; what was billed
        stays.
        """
        self.control.clear_faults()
        self.control.clear_calls()
        for system, values in self.switches.items():
            self.control.switch(system, **values)
        self.contractor.overrides.clear()
        self.contractor.environ.clear()

    def invoice(self, *lines: Line, job: int = 0, **more: Any) -> str:
        """An approved invoice; its id as the flow's key."""
        target = self.jobs[job % len(self.jobs)]
        return self.approved(*lines, **{**target, **more})

    def ask(self, *keys: str) -> dict[str, Outcome]:
        """These invoices through the engine, whatever the cursor says."""
        with self.contractor.session() as session:
            report = session.engine.run("invoices", keys, run_id="test")
        return {outcome.key: outcome for outcome in report.outcomes}

    def ask_after(self, key: str, **changes: Any) -> Report:
        """The invoice through the engine as it was read before a person made these changes."""
        with self.contractor.session() as session:
            read = session.servicetrade.invoice(int(key))
            assert read is not None
            self.change(key, **changes)
            session.sources.keep("invoice", [read])
            return session.engine.run("invoices", [key], run_id="test")

    def complaints(self, *keys: str) -> list[str]:
        """What the comparison of both sides has to say about these invoices."""
        numbers = [self.number(key) for key in keys]
        problems = compare_invoices(self.control, self.contractor.account).problems
        return [
            problem
            for problem in problems
            if any(f" {number}:" in problem or f" {number} " in problem for number in numbers)
        ]

    def documents(self, key: str) -> list[tuple[str, str, str, tuple[tuple[str, str, str], ...]]]:
        """What stands in Spectrum under the numbers of one invoice: type, suffix, tax, lines as
        text, amount, account.
        """
        base = self.number(key).upper()
        headers = self.control.records("spectrum", HEADERS)
        lines = self.control.records("spectrum", LINES)
        found = []
        for header in headers:
            number = header["Invoice_Or_Transaction"].strip()
            suffix = number.removeprefix(base)
            if number.startswith(base) and suffix in ("", "C", "V", "W"):
                own = tuple(
                    (
                        line["Detail_Description"].strip(),
                        str(line["Line_Extension"]),
                        line["GL_Account"].strip(),
                    )
                    for line in lines
                    if [line[name] for name in KEY] == [header[name] for name in KEY]
                )
                found.append(
                    (
                        header["Transaction_Type"].strip(),
                        suffix,
                        str(header["Sales_Tax_Amount"]),
                        own,
                    )
                )
        return sorted(found)

    def comments(self, key: str) -> list[str]:
        rows = self.control.records("servicetrade", "comment")
        return [row["content"] for row in rows if str(row["entityId"]) == key]

    def reverse(self, key: str) -> None:
        """Take the invoice back at Spectrum's screen."""
        self.contractor.controller.reverse(self.number(key))

    def sent(self, number: str = "") -> int:
        """How often Spectrum was asked to take a document, or one with this number."""
        calls = self.control.calls(system="spectrum", writes=True)
        return sum(not number or number in call.key.split(",") for call in calls)

    def net(self, key: str) -> Decimal:
        """What the customer owes in Spectrum for one invoice."""
        net = Decimal(0)
        for kind, _, tax, lines in self.documents(key):
            total = Decimal(tax) + sum((Decimal(amount) for _, amount, _ in lines), Decimal(0))
            net += -total if kind == "C" else total
        return net

    def lose(self, kind: str) -> None:
        """The next answer of Spectrum is lost, and nobody can look anything up until
        `find_again`.
        """
        self.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
        self.control.add_fault(system="spectrum", operation=POST, kind=kind)

    def find_again(self) -> None:
        """Info-Link is back."""
        del self.contractor.environ["SPECTRUM_INFOLINK_URL"]


@contextmanager
def ar_clerk_at_work(sandbox: Sandbox, state_dir: Path) -> Iterator[ArClerk]:
    """A sandbox emptied and filled, customer, site and jobs already in Spectrum."""
    sandbox.control.reset()
    made = build_contractor(sandbox, state_dir, TINY)
    with made.session() as session:
        reports = run_round(session, FLOWS, "set-up")
    assert not any(report.counts()["held"] for report in reports.values())
    groups = tuple(int(group["id"]) for group in made.office.all("/taxgroup", "taxGroups"))
    jobs = tuple(invoice.target for invoice in made.built.billed)
    try:
        yield ArClerk(made, made.office, jobs, groups, sandbox.control.switches())
    finally:
        made.close()
