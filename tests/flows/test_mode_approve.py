"""With `mode: approve` nothing is sent that no person has read."""

from datetime import UTC, datetime

import pytest

from st_spectrum.engine.approval import UNAPPROVED, Approval, PlanSheet
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.applying import apply
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.engine.rounds.plan import Plan, make_plan, parse_plan
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.entry import State
from tests.world.ar_clerk import POST, ArClerk
from tests.world.contractor import Contractor


@pytest.fixture
def careful(ar_clerk: ArClerk) -> ArClerk:
    """Masters stand; from now on a person reads everything first."""
    ar_clerk.contractor.round()
    ar_clerk.contractor.overrides["mode"] = "approve"
    return ar_clerk


def plan_of(contractor: Contractor) -> Plan:
    sheet, made_at = PlanSheet(), datetime.now(UTC)
    with open_session(contractor.account, as_of=made_at) as session:
        run_round(session, FLOWS, "plan", is_dry_run=True, sheet=sheet)
    plan = make_plan(contractor.account.name, made_at, sheet, lambda _: "C00017")
    return parse_plan(plan.text())


def apply_plan(contractor: Contractor, plan: Plan) -> dict[str, Report]:
    with open_session(contractor.account, as_of=plan.made_at) as session:
        return apply(session, plan, Approval(plan.by_record()), "apply")


def test_nothing_is_sent_by_rounds_and_batches_and_each_record_waits_with_its_money(
    careful: ArClerk,
) -> None:
    contractor = careful.contractor
    keys = [careful.invoice({"price": 100}), careful.invoice({"price": 20})]
    company = contractor.dispatcher.company("Harbor Foods")
    before = contractor.writes()

    report = contractor.round()["invoices"]
    with contractor.session() as session:
        run_batch(session, "invoices", keys, "test")

    assert contractor.writes() == before
    waiting = {outcome.key: outcome for outcome in report.waiting}
    assert {waiting[key].reason for key in keys} == {UNAPPROVED.reason}
    assert report.money()["held"] == sum(waiting[key].amount or 0 for key in keys) > 0
    entry = contractor.entry_of("customers", company)
    assert (entry.state, entry.reason) == (State.HELD, UNAPPROVED.reason)


def test_what_waits_for_approval_is_in_the_plan_and_crosses_by_it_alone(careful: ArClerk) -> None:
    contractor = careful.contractor
    approved = careful.invoice({"price": 100})
    contractor.round()
    plan = plan_of(contractor)
    later = careful.invoice({"price": 20})
    contractor.round()

    apply_plan(contractor, plan)
    contractor.round()

    assert (careful.net(approved), careful.net(later)) == (100, 0)
    assert contractor.posted_twice() == []


def test_what_was_begun_before_is_completed_without_a_second_word(ar_clerk: ArClerk) -> None:
    contractor = ar_clerk.contractor
    contractor.round()
    key = ar_clerk.invoice({"price": 100})
    contractor.fault(system="spectrum", operation=POST, kind="drop_answer", count=1)
    contractor.round()
    contractor.overrides["mode"] = "approve"
    contractor.retry_at_once()

    contractor.rounds_until_quiet()

    entry = contractor.entry_of("invoices", key)
    assert entry.state is State.CONFIRMED
    assert ar_clerk.net(key) == 100
    assert contractor.posted_twice() == []


def test_once_the_account_trusts_what_waited_crosses_with_the_next_round(careful: ArClerk) -> None:
    key = careful.invoice({"price": 100})
    careful.contractor.round()
    del careful.contractor.overrides["mode"]

    careful.contractor.round()

    assert careful.net(key) == 100


def test_a_limit_does_not_stop_a_round_that_sends_nothing(careful: ArClerk) -> None:
    careful.contractor.overrides["limits"] = {"records_per_round": 1}
    for _ in range(3):
        careful.invoice()

    assert careful.contractor.round()["invoices"].stopped_by is None
