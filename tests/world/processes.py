"""Rounds in processes of their own, which are killed in the middle."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.sandbox.calls import CallLog
from st_spectrum.sandbox.faults import FaultKind
from tests.world.contractor import Contractor

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(
    [
        __name__,  # what is called in each, with all that this file imports
        "st_spectrum.spectrum.infolink.reader",
        *(f"st_spectrum.flows.{flow}.flow" for flow in FLOWS),
        *("st_spectrum.ledger.sqlite", "st_spectrum.spectrum.look_alikes"),
        "st_spectrum.spectrum.infolink.order_records",
        "st_spectrum.spectrum.infolink.time_tables",
        *("httpcore", "phonenumbers", "sqlalchemy.dialects.sqlite.pysqlite"),
        "zeep.wsdl.bindings",
    ]
)
"""A process with the heavy modules loaded, those too that are imported when they are needed, from
which the ones to be killed are forked in milliseconds.
"""


def _one_round(account: Account) -> None:
    with suppress(SyncFault), open_session(account) as session:
        run_round(session, FLOWS, "to be killed")


@contextmanager
def other_process(contractor: Contractor) -> Iterator[BaseProcess]:
    """A round in a process of its own, which is killed at the end if it still runs."""
    process = FORKSERVER.Process(target=_one_round, args=(contractor.account,))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def killed_during(
    contractor: Contractor, operation: str, system: str = "spectrum", skip: int = 0
) -> None:
    """One round that is killed while it waits for the answer to one call, which is carried out a
    moment later. Calls of its other threads go on until then.
    """
    rig = contractor.sandbox.rig  # from inside: each question to the console costs milliseconds
    before = _held_up(rig.calls, operation)
    contractor.fault(system=system, operation=operation, kind="slow", delay=1.0, skip=skip)
    with other_process(contractor) as process:
        while rig.faults.list():
            assert process.is_alive(), f"the round ended without call {skip + 1} of {operation}"
            time.sleep(0.005)
    while _held_up(rig.calls, operation) == before:
        time.sleep(0.01)


def _held_up(calls: CallLog, operation: str) -> int:
    """How many calls were carried out late because a fault held them up."""
    return sum(call.fault == FaultKind.SLOW for call in calls.entries(operation=operation))
