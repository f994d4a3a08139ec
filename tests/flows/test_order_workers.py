"""Several workers on the same purchase orders, at once or one after another's end: each item once,
and as Spectrum says now.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from st_spectrum.engine.rounds.round import run_round
from tests.world.buyer import FLOW, Buyer, part

pytestmark = pytest.mark.slow


def test_two_workers_on_the_same_lines_make_each_item_once(buyer: Buyer) -> None:
    for _ in range(3):
        buyer.order(*(part(str(number)) for number in range(1, 9)))
    with (
        buyer.contractor.session() as one,
        buyer.contractor.session() as other,
        ThreadPoolExecutor(2) as pool,
    ):
        reports = list(
            pool.map(lambda session: run_round(session, (FLOW,), "race")[FLOW], (one, other))
        )

    assert not any(report.stopped_by for report in reports)
    for _ in range(2):
        buyer.round()
    assert buyer.assert_exact().matched == 24


def test_workers_killed_in_the_middle_leave_nothing_double_and_nothing_out(buyer: Buyer) -> None:
    numbers = [buyer.order(*(part(str(number)) for number in range(1, 16))) for _ in range(4)]
    for point in (1, 20, 55):
        process = buyer.contractor.start_command("sync", FLOW)
        try:
            deadline = time.monotonic() + 60
            while (
                len(buyer.control.records("servicetrade", "jobitem")) < point
                and process.poll() is None
            ):
                assert time.monotonic() < deadline
                time.sleep(0.01)
        finally:
            process.kill()
            process.wait()
    for number in numbers:
        buyer.control.order(number, "change_line", line=3, quantity="30")

    buyer.round()  # what was on its way when a worker was killed may still arrive, and waits
    buyer.contractor.ahead = timedelta(minutes=16)
    for _ in range(3):
        buyer.round()

    assert buyer.assert_exact().matched == 60
    assert buyer.round().writes == 0


@pytest.mark.parametrize(
    ("action", "values"), [("change_line", {"line": 1, "quantity": "6"}), ("cancel", {})]
)
def test_what_another_worker_carried_after_ours_read_the_order_is_not_undone(
    buyer: Buyer, action: str, values: dict[str, object]
) -> None:
    number = buyer.order(part("4"))
    buyer.round()
    with buyer.contractor.session() as slower:
        slower.flows[FLOW].orders.orders([number])
        buyer.control.order(number, action, **values)
        buyer.round()
        before = buyer.contractor.writes()
        slower.engine.run(FLOW, [f"{number}|1"], run_id="slower")

    assert buyer.contractor.writes() == before
    assert [item["quantity"] for item in buyer.items()] == ([6] if values else [])
    buyer.assert_exact()
