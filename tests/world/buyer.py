"""The buyer: orders parts at Spectrum's screen, and sees what stands on the jobs in
ServiceTrade.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.audit.orders import OrderSide, compare_orders
from tests.world.clerk import Clerk
from tests.world.contractor import Contractor

FLOW = "purchase_orders"


@dataclass
class Buyer(Clerk):
    """One contractor; `job` is one that can bear items, with its Spectrum number."""

    flow = FLOW

    job: int
    job_number: str
    other_job: int
    other_number: str

    @classmethod
    def of(cls, contractor: Contractor) -> "Buyer":
        """Everything else has crossed, so that jobs have their Spectrum numbers."""
        jobs = [
            row
            for row in contractor.control.records("servicetrade", "job")
            if row["status"] in ("new", "scheduled")
            and (row.get("externalIds") or {}).get("spectrum")
        ]
        one, other = jobs[:2]
        numbers = [str(record["externalIds"]["spectrum"]) for record in (one, other)]
        return cls(contractor, one["id"], numbers[0], other["id"], numbers[1])

    @classmethod
    def on(cls, contractor: Contractor) -> "Buyer":
        """Without any round, on jobs that people linked by hand."""
        (one_number, one), (other_number, other) = contractor.built.bought.linked[:2]
        return cls(contractor, one, one_number, other, other_number)

    def order(self, *lines: dict[str, Any], **header: Any) -> str:
        """An open order for `job` at the Spectrum screen, unless the header says otherwise."""
        known = {
            "Vendor_Code": "V0001",
            "Job_Number": self.job_number,
            "PO_Order_Date": "11/03/2025",
        }
        return str(self.control.make_order(*lines, **known | header))

    def items(self, job: int | None = None) -> list[dict[str, Any]]:
        """What stands on the job."""
        rows = self.control.records("servicetrade", "jobitem")
        return [row for row in rows if row["jobId"] == (self.job if job is None else job)]

    def made_twice(self) -> list[str]:
        """Texts that two items of one job bear; the text names the line."""
        counts = Counter(
            (row["jobId"], row["name"]) for row in self.control.records("servicetrade", "jobitem")
        )
        return [name for (_, name), count in counts.items() if count > 1]

    def assert_exact(self) -> OrderSide:
        """Line by line; whatever has no item, or another one, says why in the ledger."""
        side = compare_orders(self.control, self.contractor.account)
        assert side.problems == [], side.problems
        with self.contractor.session() as session:
            for key, why in (side.waiting | side.conflicts).items():
                held = session.ledger.get(FLOW, key)
                assert held and held.entry.reason, f"{key} is lost without a word: {why}"
        assert self.made_twice() == []
        return side


def part(quantity: str = "4", price: str = "12.50", **changes: Any) -> dict[str, Any]:
    """A line as REST takes it [SP 15.2]."""
    known = {
        "Detail_Entry_Type": "N",
        "PO_Quantity": quantity,
        "Item_Description": "Pump seal kit",
        "Unit_Of_Measure": "EA",
        "Item_Price": price,
        "Delivery_Date": "11/20/2025",
    }
    return known | changes
