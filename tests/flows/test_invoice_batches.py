"""Batches of invoices that a fault or a kill ends in the middle: nothing lost, nothing doubled."""

import time
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.ar_clerk import POST
from tests.world.contractor import Contractor, build_contractor

PATIENCE = 3.0
"""Seconds for which a call may be on its way: ten times as long as the slowest here takes on an
idle machine.
"""
WORLD = World(companies=8, vendors=1, locations=12, jobs=20, template_phases=1, invoices=40)


@pytest.fixture
def billing(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    """Forty invoices on twenty jobs."""
    return build_contractor(sandbox, tmp_path, WORLD)


def test_a_queue_that_is_suddenly_empty_writes_nothing_and_forgets_nothing(
    billing: Contractor,
) -> None:
    billing.overrides["pace"] = {"retry_held_after_seconds": 0.001}
    control = billing.sandbox.control
    control.switch("spectrum", ar_first_day="2038-01-01")
    billing.round()
    queue = [
        row
        for row in control.records("servicetrade", "invoice")
        if row["status"] == "pending_accounting"
    ]
    for row in queue:
        control.edit("invoice", row["id"], status="draft")
    control.clear_calls()
    control.switch("spectrum", ar_first_day="2020-01-01")
    billing.retry("invoices")
    empty = billing.round()["invoices"]
    written = billing.writes()
    for row in queue:
        control.edit("invoice", row["id"], status="pending_accounting")

    billing.rounds_until_quiet()

    assert len(queue) > 30
    assert empty.writes == written == 0
    side = billing.assert_invoices_exact()
    assert side.matched > 30
    assert billing.posted_twice() == []


@pytest.mark.slow
@pytest.mark.parametrize("operation", [POST, "PUT /invoice/{id}"])
@pytest.mark.parametrize("after", [1, 3])
def test_a_worker_killed_in_the_middle_of_a_batch_leaves_nothing_lost_and_nothing_doubled(
    billing: Contractor, operation: str, after: int
) -> None:
    control = billing.sandbox.control
    billing.overrides["spectrum"] = {"timeout_seconds": PATIENCE}
    control.add_fault(system="spectrum", operation=POST, kind="slow", delay=0.3, count=200)
    process = billing.start_command("sync")
    until = time.monotonic() + 120
    while (
        len(control.calls(operation=operation)) < after
        and process.poll() is None
        and time.monotonic() < until
    ):
        time.sleep(0.01)
    process.kill()
    assert process.wait(30) == -9
    control.clear_faults()

    for _ in range(2):
        billing.rounds_until_quiet()
        time.sleep(
            PATIENCE + 0.1
        )  # after which what was not there is believed never to have been sent
    billing.rounds_until_quiet()

    side = billing.assert_invoices_exact()
    assert side.matched > 30
    assert billing.posted_twice() == []
