"""A table of purchase orders that is empty or blank for one poll looks like many cancelled lines;
nothing is removed by it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import pytest

from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.flows.purchase_orders.description import PURCHASE_ORDERS
from st_spectrum.flows.purchase_orders.notice import notice_orders
from st_spectrum.sandbox.server import Sandbox
from tests.world.buyer import FLOW, Buyer, part
from tests.world.infolink_tables import emptied, spoiled

pytestmark = pytest.mark.slow

DETAILS, HEADERS = "PO_PURCHASE_ORDER_DETAIL_MC", "PO_PURCHASE_ORDER_HEADER_MC"

Spoil = Callable[[Sandbox], AbstractContextManager[None]]


def no_lines(sandbox: Sandbox) -> AbstractContextManager[None]:
    return emptied(sandbox, DETAILS)


def no_orders(sandbox: Sandbox) -> AbstractContextManager[None]:
    return emptied(sandbox, HEADERS)


def no_jobs(sandbox: Sandbox) -> AbstractContextManager[None]:
    both = ExitStack()
    for table in (DETAILS, HEADERS):
        both.enter_context(spoiled(sandbox, table, f"UPDATE \"{table}\" SET Job_Number = ''"))
    return both


def no_quantities(sandbox: Sandbox) -> AbstractContextManager[None]:
    return spoiled(sandbox, DETAILS, f'UPDATE "{DETAILS}" SET PO_Quantity_List1 = 0')


def by_round(buyer: Buyer) -> Report:
    return buyer.round()


def by_reconciliation(buyer: Buyer) -> Report:
    return buyer.night().report


def by_batches(buyer: Buyer) -> Report:
    """One line in each batch of Dagster."""
    for key in line_keys(buyer):
        with buyer.contractor.session() as session:
            try:
                return run_batch(session, FLOW, [key], "batch")
            except UnsafePlan as unsafe:
                report = Report(PURCHASE_ORDERS, stopped_by=unsafe)
    return report


def line_keys(buyer: Buyer) -> tuple[str, ...]:
    with buyer.contractor.session() as session:
        return session.ledger.keys(FLOW)


@pytest.fixture
def bought(buyer: Buyer) -> Buyer:
    """Twelve orders of two lines each, all carried."""
    for _ in range(12):
        buyer.order(part("4"), part("2", "3.10"))
    buyer.round()
    assert len(buyer.items()) == 24
    return buyer


@pytest.mark.parametrize(
    ("spoil", "carry"),
    [
        (no_lines, by_round),
        (no_lines, by_batches),
        (no_orders, by_reconciliation),
        (no_quantities, by_batches),
        (no_jobs, by_round),
    ],
)
def test_a_table_that_is_empty_for_one_poll_removes_no_job_item(
    bought: Buyer, spoil: Spoil, carry: Callable[[Buyer], Report]
) -> None:
    sandbox = bought.contractor.sandbox
    with spoil(sandbox):
        stopped = carry(bought).stopped_by

    assert isinstance(stopped, UnsafePlan), stopped
    assert "24" in stopped.message + stopped.advice
    assert "ledger allow purchase_orders 24" in stopped.advice
    assert len(bought.items()) == 24
    assert bought.round().stopped_by is None
    assert len(bought.items()) == 24
    assert bought.assert_exact().matched == 24


def test_a_few_orders_are_too_many_when_the_whole_table_of_lines_is_empty(buyer: Buyer) -> None:
    for _ in range(3):
        buyer.order(part("4"))
    buyer.round()
    with emptied(buyer.contractor.sandbox, DETAILS):
        assert isinstance(buyer.round().stopped_by, UnsafePlan)
    assert len(buyer.items()) == 3


def test_a_tick_and_a_plan_that_would_remove_too_much_say_so_too(bought: Buyer) -> None:
    contractor = bought.contractor
    with (
        no_quantities(contractor.sandbox),
        contractor.session() as session,
        pytest.raises(UnsafePlan, match="24 job items"),
    ):
        notice_orders(session.spectrum, session.ledger, session.account, limit=2)
    with no_lines(bought.contractor.sandbox):
        assert isinstance(bought.round(is_dry_run=True).stopped_by, UnsafePlan)
        failed = bought.contractor.command("sync", FLOW)
    assert failed.returncode == 1
    assert "ledger allow purchase_orders 24" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_one_order_with_many_lines_that_a_buyer_cancels_is_removed_without_a_question(
    buyer: Buyer,
) -> None:
    number = buyer.order(*(part("4") for _ in range(25)))
    buyer.order(part("1"))
    buyer.round()
    assert len(buyer.items()) == 26
    for line in range(1, 26):
        buyer.control.order(number, "cancel_line", line=line)

    report = buyer.round()

    assert report.stopped_by is None
    assert len(buyer.items()) == 1
    assert buyer.assert_exact().matched == 1


def test_orders_that_were_closed_in_the_header_are_believed(buyer: Buyer) -> None:
    numbers = [buyer.order(part("4"), part("5"), part("6")) for _ in range(8)]
    buyer.round()
    for number in numbers:
        buyer.control.order(number, "cancel")

    assert buyer.round().stopped_by is None
    assert buyer.items() == []


def test_goods_that_came_do_not_go_again_because_their_closed_orders_lose_their_quantities(
    buyer: Buyer,
) -> None:
    numbers = [buyer.order(part("4"), part("5")) for _ in range(12)]
    for number in numbers:
        buyer.control.order(number, "receive")
        buyer.control.order(number, "close")
    buyer.round()
    assert len(buyer.items()) == 24
    nothing = f'UPDATE "{DETAILS}" SET PO_Quantity_List1 = 0, PO_Quantity_List2 = 0'
    with spoiled(buyer.contractor.sandbox, DETAILS, nothing):
        assert isinstance(buyer.round().stopped_by, UnsafePlan)
    assert len(buyer.items()) == 24


def test_a_person_confirms_once_what_is_really_gone(bought: Buyer) -> None:
    contractor = bought.contractor
    numbers = [
        header["PO_Number"].strip() for header in bought.control.records("spectrum", HEADERS)
    ]
    for number in numbers[:11]:
        for line in (1, 2):
            bought.control.order(number, "cancel_line", line=line)
    assert isinstance(bought.round().stopped_by, UnsafePlan)

    too_few = contractor.command("ledger", "allow", FLOW, "5")
    assert (too_few.returncode, len(bought.items())) == (1, 24)
    assert "22 and not 5" in too_few.stdout
    assert isinstance(bought.round().stopped_by, UnsafePlan)

    said = contractor.command("ledger", "allow", FLOW, "22")
    assert said.returncode == 0, said.stdout + said.stderr
    assert bought.round().stopped_by is None
    assert len(bought.items()) == 2
    assert bought.round().writes == 0

    for number in numbers[:11]:
        for line in (1, 2):
            bought.control.order(number, "change_line", line=line, quantity="3")
    bought.round()
    assert len(bought.items()) == 24
    with no_quantities(contractor.sandbox):
        assert isinstance(bought.round().stopped_by, UnsafePlan), "the word counted once"
    assert contractor.command("ledger", "allow", FLOW, "22").returncode == 1
    assert contractor.command("ledger", "allow", "jobs", "3").returncode == 1


def test_a_line_that_goes_after_the_poll_was_looked_at_waits_for_the_next_poll(
    buyer: Buyer,
) -> None:
    number = buyer.order(part("4"))
    buyer.order(part("4"))
    buyer.round()
    with buyer.contractor.session() as session:
        changes = notice_orders(session.spectrum, session.ledger, session.account)
        session.flows[FLOW].orders.let_go(changes.removable)
        buyer.control.order(number, "cancel")
        report = session.engine.run(FLOW, [f"{number}|1"], run_id="late")
    assert report.counts()["held"] == 1
    assert len(buyer.items()) == 2

    buyer.round()

    assert len(buyer.items()) == 1
    buyer.assert_exact()
