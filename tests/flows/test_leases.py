"""A worker that is slower than its lease is taken over; whoever comes late sees it, and nothing is
made twice.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.engine.report import Result
from st_spectrum.engine.retries.redrive import is_due
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import State, new_entry
from tests.world.contractor import Contractor
from tests.world.processes import other_process


def test_a_write_slower_than_the_lease_is_taken_over_and_made_once(contractor: Contractor) -> None:
    """For every write of every flow: `tests/histories/test_every_write_in_trouble.py`."""
    company, location, job = contractor.dispatcher.chain()
    contractor.overrides = {"ledger": {"lease_seconds": 0.4}}
    key = [str(job)]
    with contractor.session() as slow, contractor.session() as quick, ThreadPoolExecutor(1) as pool:
        for earlier, record in (("customers", company), ("sites", location)):
            slow.engine.run(earlier, [str(record)], run_id="before")
        contractor.fault(system="spectrum", operation="AddPhase", kind="slow", delay=1.2)
        first = pool.submit(slow.engine.run, "jobs", key, run_id="slow")
        while contractor.sandbox.rig.faults.list():
            time.sleep(0.01)
        time.sleep(0.6)
        second = quick.engine.run("jobs", key, run_id="quick").outcomes[0]
        late = first.result().outcomes[0]

    assert second.result in (Result.CREATED, Result.COMPLETED)
    assert late.result is Result.BUSY, late
    assert contractor.doubled() == []
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


@pytest.mark.parametrize("operation", ["AddCustomer", "AddWOSiteAddress", "AddJob", "AddPhase"])
def test_a_call_of_a_killed_worker_that_arrives_after_the_next_one_looked_makes_nothing_twice(
    contractor: Contractor, operation: str
) -> None:
    contractor.dispatcher.chain()
    contractor.fault(system="spectrum", operation=operation, kind="slow", delay=1.0)
    with other_process(contractor) as process:
        while contractor.sandbox.rig.faults.list():
            assert process.is_alive()
            time.sleep(0.005)

    contractor.round()
    time.sleep(1.1)

    contractor.rounds_until_quiet()
    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_a_claim_whose_owner_was_taken_over_cannot_be_settled(contractor: Contractor) -> None:
    contractor.overrides = {"ledger": {"lease_seconds": 0.05}}
    with contractor.session() as one, contractor.session() as other:
        held = one.ledger.claim("customers", "1", run_id="one")
        time.sleep(0.1)
        other.ledger.claim("customers", "1", run_id="other")
        with pytest.raises(ClaimLost):
            one.ledger.settle(held, State.CONFIRMED)


@pytest.mark.parametrize("state", [State.HELD, State.REJECTED])
def test_a_pause_that_a_wrong_clock_made_endless_is_over_when_the_clock_is_right(
    contractor: Contractor, state: State
) -> None:
    now = datetime.now(UTC)
    ahead = now + timedelta(days=3)
    ours = new_entry("customers", "1", state, now, retry_at=now + timedelta(hours=1))
    from_the_future = new_entry("customers", "1", state, ahead, retry_at=ahead + timedelta(hours=1))

    with contractor.session() as session:
        assert not is_due(ours, session.ledger, FLOWS, now)
        assert is_due(from_the_future, session.ledger, FLOWS, now)
        assert is_due(ours, session.ledger, FLOWS, now + timedelta(hours=2))
