"""The nightly reconciliation: what the rounds and sensors missed is found by comparing everything,
and nothing else is touched.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from st_spectrum.engine.looks.changes import UNBOUNDED
from st_spectrum.engine.reconciled import Reconciled
from st_spectrum.engine.report import Result
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.flows import FLOWS as ALL_FLOWS
from st_spectrum.flows.folders import notice_of
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.contractor import Contractor, build_contractor, output_of

FLOWS = tuple(flow for flow in ALL_FLOWS if flow not in ("timecards", "purchase_orders"))
"""Those whose records ServiceTrade lists as they are."""

WORLD = World(companies=6, vendors=1, locations=8, jobs=10, template_phases=1, invoices=20)


@pytest.fixture
def office(sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    """A contractor with invoices, of which one is to be void; nothing has crossed yet."""
    with closing(build_contractor(sandbox, tmp_path, WORLD)) as office:
        yield office


def reconcile(office: Contractor, hours_later: float = 1) -> dict[str, Reconciled]:
    """As it looks when all that happened in ServiceTrade happened so many hours ago."""
    with office.session() as session:
        done = run_reconciliation(session, FLOWS, "night", now=time.time() + hours_later * 3600)
        return {reconciled.flow: reconciled for reconciled in done}


def miss(office: Contractor) -> None:
    """What stands in ServiceTrade now is taken note of, but nobody acts on it."""
    with office.session() as session:
        for flow in FLOWS:
            cursor = session.ledger.document(Cursor, flow) or Cursor()
            seen = notice_of(flow).notice(session, cursor, UNBOUNDED).cursor
            session.ledger.put(seen, flow)


def results(reconciled: Reconciled) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: count for name, count in reconciled.report.counts().items() if count}


def test_in_good_times_nothing_was_missed_and_nothing_is_written(office: Contractor) -> None:
    office.rounds_until_quiet()
    before = office.writes()
    done = reconcile(office)
    assert tuple(done) == FLOWS
    assert {flow: reconciled.missed for flow, reconciled in done.items()} == dict.fromkeys(
        FLOWS, ()
    )
    assert all(reconciled.listed for flow, reconciled in done.items() if flow != "invoices")
    assert office.writes() == before


def test_everything_that_was_missed_is_found_counted_and_carried_over(office: Contractor) -> None:
    miss(office)
    assert sum(report.writes for report in office.round().values()) == 0
    done = reconcile(office)
    assert all(len(done[flow].missed) == len(done[flow].report.outcomes) > 3 for flow in FLOWS)
    assert done["invoices"].report.money_agrees()
    office.rounds_until_quiet()
    office.assert_exact()
    assert office.assert_invoices_exact().matched > 10
    assert office.posted_twice() == []
    assert {reconciled.missed for reconciled in reconcile(office).values()} == {()}


def test_what_is_minutes_old_is_on_its_way_and_was_not_missed(office: Contractor) -> None:
    done = reconcile(office, hours_later=0)
    assert [reconciled.missed for reconciled in done.values()] == [()] * len(FLOWS)
    assert done["customers"].report.counts()["created"] >= 3


def test_a_void_that_was_missed_is_taken_back_once_and_voids_of_what_never_crossed_are_left_alone(
    office: Contractor,
) -> None:
    early, late = [
        str(made.id)
        for made in office.built.invoices
        if not made.planned.broken and made.planned.is_ready
    ][:2]
    office.built.void(int(early))
    miss(office)
    reconcile(office)
    office.built.void(int(late))
    miss(office)
    done = reconcile(office)["invoices"]
    assert done.missed == (late,)
    assert done.report.counts()["voided"] == 1
    assert early not in {outcome.key for outcome in done.report.outcomes}
    again = reconcile(office)["invoices"]
    assert (again.missed, again.report.counts()["voided"]) == ((), 0)
    assert office.assert_invoices_exact().voided >= 1


def test_an_invoice_that_came_back_into_the_queue_unnoticed_is_found(office: Contractor) -> None:
    office.rounds_until_quiet()
    clerk = office.billing_clerk
    made = clerk.approved({"price": 99999999999.99}, **office.built.billed[0].target)
    assert office.round()["invoices"].counts()["rejected"] == 1
    clerk.correct(made, price=100)
    clerk.submit(made)
    miss(office)
    done = reconcile(office)["invoices"]
    assert done.missed == (made,)
    assert clerk.seen(made)["status"] == "processed"
    office.assert_invoices_exact()


def test_a_refused_invoice_that_nobody_has_corrected_is_left_alone(office: Contractor) -> None:
    office.rounds_until_quiet()
    office.billing_clerk.approved({"price": 99999999999.99}, **office.built.billed[0].target)
    office.round()
    before = office.writes()
    done = reconcile(office)["invoices"]
    assert done.missed == ()
    assert "rejected" not in results(done)
    assert office.writes() == before


def test_a_system_that_is_down_ends_it_with_the_flow_that_met_it(office: Contractor) -> None:
    office.sandbox.control.pause("spectrum")
    try:
        done = reconcile(office)
    finally:
        office.sandbox.control.resume("spectrum")
    assert tuple(done) == ("customers",)
    assert done["customers"].report.stopped_by
    reconcile(office)
    office.rounds_until_quiet()
    office.assert_exact()


def test_a_reconciliation_moves_no_cursor(office: Contractor) -> None:
    reconcile(office)
    with office.session() as session:
        assert [session.ledger.has(Cursor, flow) for flow in FLOWS] == [False] * len(FLOWS)


def test_two_reconciliations_at_once_post_every_invoice_once(office: Contractor) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: reconcile(office), range(2)))
    assert not any(reconciled.report.stopped_by for done in both for reconciled in done.values())
    office.rounds_until_quiet()
    office.assert_exact()
    office.assert_invoices_exact()
    assert office.posted_twice() == []
    assert office.committed_twice() == []


def test_the_command_tells_what_was_missed_and_the_money(office: Contractor) -> None:
    ended = office.command("reconcile", "--json")
    assert ended.returncode == 0, ended.stderr
    found = output_of(ended)
    assert found["is_complete"]
    assert tuple(found["flows"]) == tuple(ALL_FLOWS)
    invoices = found["flows"]["invoices"]
    assert invoices["money_agrees"]
    assert invoices["counts"][Result.CREATED] > 10
    table = office.command("reconcile", "invoices")
    assert table.returncode == 0, table.stderr
    assert "missed by the fast path" in table.stdout
