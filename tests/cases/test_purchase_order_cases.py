"""Golden cases: `<rule>.json` is what differs from an ordinary line, `<rule>.md` what happens to
its job item.

`make cases` writes the `.md` files anew; the difference is then reviewed like any change.
"""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.domain.progress import Progress
from st_spectrum.flows.purchase_orders.desired import JobName, LineBundle, Match
from st_spectrum.flows.purchase_orders.item_coding import Catalog
from st_spectrum.flows.purchase_orders.job_item_steps import ItemBundle, decide_item
from st_spectrum.flows.purchase_orders.rules import desired_item, without_job
from st_spectrum.servicetrade.invoice_models import LibItem
from tests.cases.item_form import rendered
from tests.flows.purchase_orders.orders import item, line, memory, order, values
from tests.flows.records import account, job

FOLDER = Path(__file__).parent / "purchase_orders"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))
AMOUNTS = ("ordered", "received", "price", "discount_percent", "quantity", "cost")
CATALOG = Catalog({"sk-20": 540, "misc": 541}, {"general supplies": 541}, {"sprinkler": 12})
WRITTEN = {
    "name": "Pump seal kit (PO 4412 line 1, Ferguson Inc.)", "used_on": 1762189200, "lib_item_id": 540,
}  # fmt: skip


def decided(case: dict[str, Any]) -> Any:
    settings = account(**case.get("account", {}))
    lines = [
        line(number, **typed(values)) for number, values in enumerate(case.get("lines", [{}]), 1)
    ]
    of = order(*lines, **typed(case.get("order", {})))
    desired = without_job(of, of.lines[0], settings)
    if desired is None:
        name = JobName(of.lines[0].job_number or of.job_number)
        found = (
            None
            if case.get("job") == "none"
            else job(**{"externalIds": {"spectrum": "10482"}} | case.get("job", {}))
        )
        match = Match(name, found, job() if case.get("coming") else None)
        desired = desired_item(
            LineBundle(of, of.lines[0], match, CATALOG, case.get("vendor_id")), settings
        )
    if "written" not in case:
        return decide_item(ItemBundle("4412|1", desired))
    sent = values(
        **WRITTEN | {"source": values().source.model_copy(update={"expected_delivery": 1763658000})}
    )
    known = memory(sent)
    present = case.get("present", {})
    stands = None if present == "deleted" else item(values(**vars(sent) | typed(present)))
    if stands is not None:
        stands = stands.model_copy(update={"lib_item": LibItem(id=540)})
    done = Progress("job 10482", done_steps=("item 1", "external id 1"), is_confirmed=True)
    return decide_item(ItemBundle("4412|1", desired, known, stands, done))


def typed(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (
            Decimal(value)
            if name in AMOUNTS
            else date.fromisoformat(value)
            if name.endswith("_date")
            else value
        )
        for name, value in changes.items()
    }


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_line_is_what_a_controller_approved(name: str) -> None:
    case = json.loads((FOLDER / f"{name}.json").read_text())
    found = rendered(case["rule"], decided(case))
    golden = FOLDER / f"{name}.md"
    if os.environ.get("ST_SPECTRUM_REWRITE_CASES"):
        golden.write_text(found)

    assert golden.read_text() == found
