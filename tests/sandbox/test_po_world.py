"""Purchase orders of the world: as many as asked for, the same every time, on jobs of both
systems.
"""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.order_plan import LINES_MOST, plan_orders
from st_spectrum.sandbox.purchasing import enter_orders
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World, build_world

HEADERS, DETAILS = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"


def test_a_world_with_orders_has_them_on_linked_and_on_unlinked_jobs(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        built = build_world(
            replace(World.small(), purchase_orders=40),
            sandbox.servicetrade_url,
            sandbox.spectrum_url,
        )
        bought = built.bought
        headers = {
            row["PO_Number"].strip(): row for row in sandbox.control.records("spectrum", HEADERS)
        }
        assert [made.number for made in bought.orders] == list(headers)
        assert len(headers) == 40
        for made in bought.orders:
            assert headers[made.number]["Job_Number"].strip() == made.job_number
        assert sandbox.control.counts()["spectrum"][DETAILS] == sum(
            len(made.planned.lines) for made in bought.orders
        )
        jobs = {job["id"]: job for job in sandbox.control.records("servicetrade", "job")}
        assert bought.linked
        assert all(
            jobs[job]["externalIds"] == {"spectrum": number} for number, job in bought.linked
        )
        on_nothing = [made for made in bought.orders if made.job_number in bought.unlinked]
        assert on_nothing
        assert any(not made.job_number for made in bought.orders)
        with ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade:
            vendors = [
                company
                for company in servicetrade.all("/company", "companies")
                if company["partsVendor"]
            ]
        assert {vendor["externalIds"]["spectrum"] for vendor in vendors} == {"V0001", "V0002"}
        with SpectrumCaller(sandbox.spectrum_url) as spectrum:
            more = enter_orders(spectrum, plan_orders(2, 3, 1), [bought.linked[0][0]])
        assert {made.job_number for made in more} == {bought.linked[0][0]}


def test_a_world_without_orders_has_no_jobs_entered_by_hand(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        built = build_world(World.small(), sandbox.servicetrade_url, sandbox.spectrum_url)
        assert built.bought.orders == built.bought.linked == ()
        assert sandbox.control.records("spectrum", HEADERS) == []


@given(st.integers(0, 10_000))
def test_orders_are_the_same_for_a_seed_and_never_longer_than_thirty_lines(seed: int) -> None:
    planned = plan_orders(seed, 25, 10)
    assert planned == plan_orders(seed, 25, 10)
    assert {order.job for order in planned[:10]} == set(range(10))
    assert planned[19].job is None
    for order in planned:
        assert 1 <= len(order.lines) <= LINES_MOST
        assert all(line.is_message or line.quantity > 0 for line in order.lines)


def test_among_many_orders_there_is_everything_that_matters() -> None:
    planned = plan_orders(1, 2000, 800)
    lines = [line for order in planned for line in order.lines]
    assert {len(order.lines) for order in planned} >= {1, 2, 10, 28}
    assert {line.unit for line in lines} >= {"EA", "C", "M", "FT"}
    assert any(line.is_message for line in lines)
    assert any(line.discount for line in lines)
    assert any(not line.item and not line.is_message for line in lines)
    assert any(order.is_proposed for order in planned)
