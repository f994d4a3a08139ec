"""A process that lives for months: no round leaves anything behind."""

import gc
import multiprocessing
import tracemalloc
from multiprocessing.queues import Queue

import pytest

from st_spectrum.account import Account
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger import owner
from tests.world.contractor import Contractor

pytestmark = pytest.mark.slow

ROUNDS = 30
MOST_BYTES_PER_ROUND = 4000
"""The interpreter's own free lists still fill up that much."""


def _measure(account: Account, has_one_session: bool, results: "Queue[tuple[float, int]]") -> None:
    def rounds(count: int) -> None:
        if has_one_session:
            with open_session(account) as session:
                for _ in range(count):
                    run_round(session, FLOWS, "memory")
            return
        for _ in range(count):
            with open_session(account) as session:
                run_round(session, FLOWS, "memory")

    rounds(8)
    tracemalloc.start()
    rounds(3)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    rounds(ROUNDS)
    gc.collect()
    results.put(((tracemalloc.get_traced_memory()[0] - before) / ROUNDS, len(owner._retired)))


@pytest.mark.parametrize("has_one_session", [True, False])
def test_nothing_grows_with_the_number_of_rounds(
    contractor: Contractor, has_one_session: bool
) -> None:
    for _ in range(4):
        contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    contractor.dispatcher.company(addressState="ZZ")
    spawn = multiprocessing.get_context("spawn")
    results: Queue[tuple[float, int]] = spawn.Queue()
    process = spawn.Process(target=_measure, args=(contractor.account, has_one_session, results))
    process.start()
    try:
        bytes_per_round, retired = results.get(timeout=120)
    finally:
        process.kill()
        process.join()

    assert bytes_per_round < MOST_BYTES_PER_ROUND
    assert retired <= 1
