"""Invoices of a world: what is planned, what stands in ServiceTrade, and how life goes on with
them.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.sandbox import names
from st_spectrum.sandbox.invoice_plan import (
    CLOSED_DAY,
    DAYS,
    FIRST_DAY,
    ZONE,
    Broken,
    Make,
    PlannedInvoice,
    plan_invoices,
)
from st_spectrum.sandbox.life import INVOICE_EVENTS, Life
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.setup import AR_FIRST_DAY, AR_LAST_DAY
from st_spectrum.sandbox.world import Built, World, build_world

WORLD = replace(World.small(), invoices=120, invoices_in_closed_period=2, invoices_off_by_a_cent=3)


def build(sandbox: Sandbox, world: World = WORLD) -> Built:
    return build_world(world, sandbox.servicetrade_url, sandbox.spectrum_url)


def day_of(invoice: PlannedInvoice) -> date:
    return datetime.fromtimestamp(invoice.at, ZONE).date()


def exact(value: Any) -> Decimal:
    return Decimal(str(value))


@pytest.fixture(scope="module")
def many() -> list[PlannedInvoice]:
    return plan_invoices(1, 5000, 4)


def test_a_large_world_has_every_kind_of_invoice_in_the_shares_that_were_asked_for(
    many: list[PlannedInvoice],
) -> None:
    assert len(many) == 5000
    assert {invoice.make for invoice in many} == set(Make)
    broken = Counter(invoice.broken for invoice in many if invoice.broken)
    assert broken == {Broken.CUSTOMER: 50, Broken.TAX_GROUP: 50, Broken.SERVICE_LINE: 50}
    assert sum(invoice.is_to_be_void for invoice in many) == 500
    assert all(invoice.is_ready and not invoice.broken for invoice in many if invoice.is_to_be_void)
    assert 0.9 < sum(invoice.is_ready for invoice in many) / 5000 < 0.98
    counts = Counter(len(invoice.lines) for invoice in many)
    assert (min(counts), max(counts)) == (1, 40)
    assert sum(counts[lines] for lines in range(1, 5)) > 3000
    assert len({(day_of(invoice).year, day_of(invoice).month) for invoice in many}) >= 6


def test_signs_and_zeros_are_as_the_make_says(many: list[PlannedInvoice]) -> None:
    for invoice in many:
        amounts = [line.subtotal for line in invoice.lines]
        match invoice.make:
            case Make.PLAIN:
                assert min(amounts) > 0
            case Make.CREDIT:
                assert max(amounts) < 0
            case Make.MIXED:
                assert min(amounts) < 0 < max(amounts)
            case Make.ZERO_LINES:
                assert 0 in amounts
                assert invoice.subtotal > 0
            case Make.ZERO:
                assert set(amounts) == {Decimal(0)}
            case Make.CANCELS:
                assert invoice.subtotal == 0
                assert max(amounts) > 0


def test_amounts_have_awkward_cents(many: list[PlannedInvoice]) -> None:
    lines = [line for invoice in many for line in invoice.lines]
    assert any(line.quantity * line.price != line.subtotal for line in lines)
    assert len({line.subtotal % 1 for line in lines}) == 199


@given(seed=st.integers(0, 10_000), count=st.integers(0, 60))
def test_the_same_seed_plans_the_same_and_every_date_lies_in_the_open_range(
    seed: int, count: int
) -> None:
    planned = plan_invoices(seed, count, 3, closed=1)
    assert planned == plan_invoices(seed, count, 3, closed=1)
    first, last = (
        datetime.strptime(day, "%m/%d/%Y").replace(tzinfo=ZONE).date()
        for day in (AR_FIRST_DAY, AR_LAST_DAY)
    )
    for invoice in planned[:-1]:
        assert 0 <= (day_of(invoice) - FIRST_DAY).days < DAYS
        assert first <= day_of(invoice) <= last
    assert day_of(planned[-1]) == CLOSED_DAY < first


def test_what_was_planned_stands_in_servicetrade_to_the_cent(sandbox: Sandbox) -> None:
    built = build(sandbox)
    records = {
        invoice["id"]: invoice for invoice in sandbox.control.records("servicetrade", "invoice")
    }
    assert [made.id for made in built.invoices] == sorted(records)
    assert len(records) == 125
    jobs = {invoice.target["jobId"] for invoice in built.billed}
    groups = {
        group["id"]: group["code"] for group in sandbox.control.records("servicetrade", "taxgroup")
    }
    for made in built.invoices:
        stored, planned = records[made.id], made.planned
        assert exact(stored["subtotal"]) == planned.subtotal
        assert (stored["status"], stored["transactionDate"]) == (planned.status, planned.at)
        assert (stored["jobId"] in jobs) is (planned.broken in ("", Broken.CLOSED, Broken.CENT))
        assert len({line["taxGroupId"] for line in stored["items"]} - {None}) <= 1
        tax = sum((exact(line["taxAmount"]) for line in stored["items"]), Decimal(0))
        assert exact(stored["taxAmount"]) - tax == (
            Decimal("0.01") if planned.broken is Broken.CENT else 0
        )
        assert exact(stored["totalPrice"]) == exact(stored["subtotal"]) + exact(stored["taxAmount"])
    used = {
        groups[line["taxGroupId"]]
        for invoice in records.values()
        for line in invoice["items"]
        if line["taxGroupId"]
    }
    assert used == {code for codes in names.INVOICE_TAX_GROUPS.values() for code in codes} | {
        "CO-DEN"
    }


def test_the_world_before_its_invoices_is_the_same_with_and_without_them(sandbox: Sandbox) -> None:
    build(sandbox, World.small())
    without = sandbox.control.records("servicetrade", "job")
    sandbox.control.reset()
    build(sandbox)
    assert [job["id"] for job in sandbox.control.records("servicetrade", "job")] == [
        job["id"] for job in without
    ]
    assert not [entry for entry in sandbox.control.calls() if not entry.is_committed]


def test_the_same_seed_makes_the_same_invoices(sandbox: Sandbox) -> None:
    def contents() -> list[Any]:
        sandbox.control.reset()
        build(sandbox)
        kept = (
            "id",
            "invoiceNumber",
            "status",
            "totalPrice",
            "jobId",
            "customerId",
            "transactionDate",
        )
        return [
            [invoice[key] for key in kept]
            for invoice in sandbox.control.records("servicetrade", "invoice")
        ]

    assert contents() == contents()


def test_only_jobs_that_can_cross_are_billed(sandbox: Sandbox) -> None:
    built = build(sandbox)
    jobs = {job["id"]: job for job in sandbox.control.records("servicetrade", "job")}
    companies = {
        company["id"]: company for company in sandbox.control.records("servicetrade", "company")
    }
    locations = {
        location["id"]: location for location in sandbox.control.records("servicetrade", "location")
    }
    for invoice in built.billed:
        job = jobs[invoice.target["jobId"]]
        assert job["status"] != "canceled"
        assert job["type"] not in ("administrative", "training")
        assert companies[job["customerId"]]["status"] != "inactive"
        assert locations[job["locationId"]]["status"] == "active"


def test_an_invoice_is_voided_by_hand(sandbox: Sandbox) -> None:
    built = build(sandbox)
    chosen = next(made.id for made in built.invoices if made.planned.is_to_be_void)
    built.void(chosen)
    records = {
        invoice["id"]: invoice["status"]
        for invoice in sandbox.control.records("servicetrade", "invoice")
    }
    assert records[chosen] == "void"


def test_only_the_demo_has_invoices_of_its_own() -> None:
    assert (World.demo().invoices, World.small().invoices, World.load().invoices) == (40, 0, 0)


def test_life_writes_approves_and_voids_invoices(sandbox: Sandbox) -> None:
    built = build(sandbox)
    before = {
        invoice["id"]: invoice["status"]
        for invoice in sandbox.control.records("servicetrade", "invoice")
    }
    with Life(built) as life:
        events = [life.step() for _ in range(150)]
    kinds = Counter(event.kind for event in events)
    assert set(INVOICE_EVENTS) <= set(kinds)
    after = {
        invoice["id"]: invoice["status"]
        for invoice in sandbox.control.records("servicetrade", "invoice")
    }
    assert len(after) - len(before) == kinds["invoice"]
    assert {after[event.id] for event in events if event.kind == "void"} == {"void"}
    approved = {event.id for event in events if event.kind == "approve"}
    assert {after[number] for number in approved} <= {"pending_accounting", "void"}
