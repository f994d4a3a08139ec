"""Many purchase orders through their whole life: exact after every step, and a second round makes
no write.
"""

from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.buyer import FLOW, Buyer
from tests.world.contractor import Contractor, build_contractor

pytestmark = pytest.mark.slow


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    return build_contractor(
        sandbox,
        tmp_path,
        World(
            companies=12, vendors=2, locations=40, jobs=110, template_phases=1, purchase_orders=200
        ),
    )


def test_two_hundred_orders_are_exact_after_every_step(world: Contractor) -> None:
    exact_through_life(world)


@pytest.mark.timeout(3000)
def test_two_thousand_orders_on_eight_hundred_jobs_are_exact_after_every_step(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    year = World(
        companies=150, vendors=6, locations=400, jobs=900, template_phases=1, purchase_orders=2000
    )
    exact_through_life(build_contractor(sandbox, tmp_path, year))


def exact_through_life(company: Contractor) -> None:
    """Orders as they come; one in five changed, one in twenty cancelled; then the jobs that nobody
    had linked are linked.
    """
    company.overrides["pace"] = {"retry_held_after_seconds": 0.001}
    company.overrides[FLOW] = {"most_deleted_at_once": 100, "most_removed_at_once": 1000}
    buyer = Buyer.on(company)
    control, orders = company.sandbox.control, company.built.bought.orders
    first = buyer.round()
    assert not first.stopped_by
    side = buyer.assert_exact()
    assert side.matched > len(orders)
    assert side.conflicts == {}
    unlinked = set(company.built.bought.unlinked)
    assert sum("no job carries" in why for why in side.waiting.values()) > 0
    quiet(buyer)

    for place, order in enumerate(orders[::5]):
        line = 1 + next(
            index for index, line in enumerate(order.planned.lines) if not line.is_message
        )
        changes = (
            {"price": "77.7"},
            {"quantity": "33"},
            {"description": "Something else"},
            {"job": ""},
        )[place % 4]
        if place % 6 == 5:
            control.order(order.number, "receive")
        else:
            control.order(order.number, "change_line", line=line, **changes)
    for place, order in enumerate(orders[3::20]):
        control.order(order.number, ("cancel", "delete", "close")[place % 3])
    changed = buyer.round()
    assert changed.writes > 0
    assert buyer.assert_exact().conflicts == {}
    quiet(buyer)

    free = (row for row in control.records("servicetrade", "job") if row["status"] != "canceled")
    free = (row["id"] for row in free if not (row.get("externalIds") or {}).get("spectrum"))
    office = buyer.contractor.office
    for number, job in zip(sorted(unlinked), free, strict=False):
        office.put(f"/externalid/job/{job}/spectrum", value=number)
    buyer.round()
    side = buyer.assert_exact()
    assert not any("no job carries" in why for why in side.waiting.values()), side.waiting
    quiet(buyer)


def quiet(buyer: Buyer) -> None:
    """A second round makes no write."""
    before = buyer.contractor.writes()
    assert buyer.round().writes == 0
    assert buyer.contractor.writes() == before
