"""Invoices and voids between the two systems: to the cent, once, and where AR sees it when Spectrum
says no.
"""

from pathlib import Path

import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.contractor import Contractor, build_contractor
from tests.world.ledger_file import lose_ledger

pytestmark = pytest.mark.slow

WORLD = World(companies=12, vendors=2, locations=18, jobs=30, template_phases=2, invoices=60)


@pytest.fixture
def billing(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    """Sixty invoices on thirty jobs: all signs, credits, zeros, a few that cannot go out."""
    return build_contractor(sandbox, tmp_path, WORLD)


def test_approved_invoices_are_posted_to_the_cent_and_a_second_round_makes_no_write(
    billing: Contractor,
) -> None:
    billing.round()
    before = billing.writes()

    again = billing.round()

    side = billing.assert_invoices_exact()
    assert side.matched > 40
    assert again["invoices"].writes == 0
    assert billing.writes() == before
    assert billing.posted_twice() == []


def test_voids_after_posting_net_to_nothing_and_voids_before_need_nothing(
    billing: Contractor,
) -> None:
    to_void = [made.id for made in billing.built.invoices if made.planned.is_to_be_void]
    early, late = to_void[::2], to_void[1::2]
    for invoice in early:
        billing.built.void(invoice)
    billing.round()
    for invoice in late:
        billing.built.void(invoice)

    billing.round()

    billing.rounds_until_quiet()
    side = billing.assert_invoices_exact()
    assert side.voided == len(to_void) > 2
    assert billing.posted_twice() == []


def test_a_lost_answer_of_a_whole_batch_is_resolved_by_looking_up_each_number(
    billing: Contractor,
) -> None:
    billing.sandbox.control.add_fault(
        system="spectrum", operation="POST /customer/invoice", kind="drop_answer", count=4
    )

    billing.round()

    billing.rounds_until_quiet()
    assert billing.sandbox.control.faults() == ()
    assert billing.posted_twice() == []
    billing.assert_invoices_exact()


def test_a_dropped_answer_of_closing_in_servicetrade_is_looked_up(billing: Contractor) -> None:
    billing.sandbox.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="drop_answer", count=5
    )

    billing.rounds_until_quiet()

    assert billing.sandbox.control.faults() == ()
    assert billing.posted_twice() == []
    billing.assert_invoices_exact()


def test_a_refused_invoice_fails_in_servicetrade_with_one_comment_and_goes_out_once_corrected(
    billing: Contractor,
) -> None:
    billing.round()
    with ServiceTradeCaller(billing.sandbox.servicetrade_url, parallel=1) as office:
        job = billing.built.billed[0].target
        lines = [{"description": "Labor", "quantity": 1, "price": 99999999999.99}]
        made = office.post("/invoice", **job, status="pending_accounting", items=lines)
        counts = billing.round()["invoices"].counts()
        refused = office.get(f"/invoice/{made['id']}")
        comments = billing.sandbox.control.records("servicetrade", "comment")

        office.put(f"/invoice/{made['id']}", status="pending_accounting")
        billing.round()
        again = billing.sandbox.control.records("servicetrade", "comment")

    assert counts["rejected"] == 1
    assert refused["status"] == "failed"
    assert len(comments) == len(again) == 1
    assert "Spectrum did not take this invoice" in comments[0]["content"]
    assert "Line Extension" in comments[0]["content"]


def test_a_closed_period_holds_the_invoice_and_its_opening_releases_it(billing: Contractor) -> None:
    billing.overrides["pace"] = {"retry_held_after_seconds": 0.001}
    control = billing.sandbox.control
    control.switch("spectrum", ar_first_day="2030-01-01", ar_last_day="2030-12-31")
    waiting = billing.round()["invoices"]
    control.switch("spectrum", ar_first_day="2020-01-01", ar_last_day="2030-12-31")
    billing.retry("invoices")

    billing.rounds_until_quiet()

    assert waiting.counts()["held"] > 40
    assert any("AR period closed" in cause for cause in waiting.holds_by_cause())
    assert billing.assert_invoices_exact().matched > 40


def test_two_processes_at_once_post_every_invoice_once(billing: Contractor) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: billing.process("sync", "--json"), range(2)))

    assert [result.returncode for result in results] == [0, 0], (
        results[0].stderr + results[1].stderr
    )
    billing.rounds_until_quiet()
    assert billing.posted_twice() == []
    billing.assert_invoices_exact()


def test_a_lost_ledger_is_rebuilt_with_its_invoices_and_a_later_void_still_offsets_them(
    billing: Contractor,
) -> None:
    billing.sandbox.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="fail_before", count=4
    )
    billing.round()
    posted = [made.id for made in billing.built.invoices if made.planned.is_to_be_void]
    lose_ledger(billing)

    result = billing.command("ledger", "rebuild")
    for invoice in posted:
        billing.built.void(invoice)

    assert result.returncode == 0, result.stderr
    billing.rounds_until_quiet()
    side = billing.assert_invoices_exact()
    assert side.voided == len(posted)
    assert billing.posted_twice() == []
