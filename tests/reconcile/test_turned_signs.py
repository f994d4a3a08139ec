"""A sign that somebody turned on either side, wherever a number has one: it is seen, and named."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from st_spectrum.sandbox.world import World
from tests.reconcile.planting import Month
from tests.world.contractor import Contractor, begun_contractor
from tests.world.kept_worlds import begin_with
from tests.world.timekeeper import build_timekeeper

ORDERS = World(
    offices=1, service_lines=1, technicians=0, salespeople=0, companies=4, vendors=1, linked_companies=0,
    locations=6, jobs=10, template_phases=1, old_customers=0, purchase_orders=6,
)  # fmt: skip


@pytest.fixture
def payroll(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """A week of two technicians, all of it in the import queue."""
    folder = tmp_path_factory.mktemp("turned signs")

    def carried() -> tuple[Any, ...]:
        timekeeper = build_timekeeper(
            sandbox, folder, TimeSizes(weeks=1, approved=1), technicians=2
        )
        timekeeper.carry()
        made = timekeeper.contractor
        return made.before, made.built, made.overrides

    begun = begin_with(sandbox, folder, "a week in the import queue", carried)
    with closing(Contractor(sandbox, folder, *begun)) as contractor:
        yield Month(contractor)


@pytest.fixture
def purchases(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """Some orders whose items stand on their jobs."""
    folder = tmp_path_factory.mktemp("turned orders")
    made = begun_contractor(sandbox, folder, ORDERS, Contractor.rounds_until_quiet)
    with closing(made) as contractor:
        yield Month(contractor)


def named(month: Month, flow: str) -> set[tuple[str, str, str]]:
    compared = month.compared()[flow]
    assert any(total.difference for total in compared.totals)
    return {(one.key, one.field, str(one.verdict)) for one in compared.faults}


def test_hours_with_another_sign_are_seen_on_either_side(payroll: Month) -> None:
    (paid, row), (asked, _), *_ = payroll.cards()
    payroll.edit_card(row, Hours=str(-Decimal(str(row["Hours"]))))
    payroll.edit_time(asked, duration=-3600, quantity=-1.0)
    assert named(payroll, "timecards") == {
        (paid, "Hours", "edited in Spectrum"),
        (asked, "Hours", "edited in ServiceTrade"),
    }


def test_quantity_and_cost_with_another_sign_are_seen_on_either_side(purchases: Month) -> None:
    items = purchases.items()
    fewer, cheaper, both, ordered, priced = items[:5]
    purchases.edit_item(fewer[1], quantity=-fewer[1]["quantity"])
    purchases.edit_item(cheaper[1], cost=-cheaper[1]["cost"])
    purchases.edit_item(both[1], quantity=-both[1]["quantity"], cost=-both[1]["cost"])
    purchases.change_line(ordered[0], quantity=str(-ordered[1]["quantity"]))
    purchases.change_line(priced[0], price=str(-priced[1]["cost"]))
    assert named(purchases, "purchase_orders") == {
        (fewer[0], "quantity", "edited in ServiceTrade"),
        (cheaper[0], "cost", "edited in ServiceTrade"),
        (both[0], "quantity", "edited in ServiceTrade"),
        (both[0], "cost", "edited in ServiceTrade"),
        (ordered[0], "quantity", "edited in Spectrum"),
        (priced[0], "cost", "edited in Spectrum"),
    }
