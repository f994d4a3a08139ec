"""Payroll's workers in processes of their own, and one that is killed at an exact moment of its
reconciliation.
"""

import itertools
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing.synchronize import Barrier
from typing import Any

from st_spectrum.account import Account
from st_spectrum.flows.session import open_session
from st_spectrum.reconcile.payroll_week import reconcile_week
from tests.world.processes import FORKSERVER
from tests.world.timekeeper import Timekeeper

LATE = 0.8
"""Seconds on the way of a call that outlives its sender."""

QUIET = 0.3
"""Seconds without a call after which none of a dead worker is on the line any more."""


@dataclass(frozen=True)
class Moment:
    """Just before or just after the `turn`-th call of a method in the worker, whichever of its
    threads makes it.
    """

    owner: type
    method: str
    turn: int
    is_before: bool = True


def _die_at(moment: Moment) -> None:
    """From now on this process kills itself, as `kill -9` does, when the moment comes."""
    whole = getattr(moment.owner, moment.method)
    turns = itertools.count(1)

    def watched(*arguments: Any, **named: Any) -> Any:
        is_now = next(turns) == moment.turn
        if is_now and moment.is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = whole(*arguments, **named)
        if is_now:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(moment.owner, moment.method, watched)


def _reconcile(
    account: Account,
    ends: Sequence[date],
    moment: Moment | None = None,
    start: Barrier | None = None,
) -> None:
    if moment is not None:
        _die_at(moment)
    with open_session(account) as session:
        if start is not None:
            start.wait()
        for end in ends:
            reconcile_week(session, end, "reconciliation")


def _carry(account: Account, keys: Sequence[str], start: Barrier) -> None:
    with open_session(account) as session:
        start.wait()
        session.engine.run("timecards", keys, run_id="real time")


def killed_at(timekeeper: Timekeeper, moment: Moment) -> None:
    """One reconciliation of all weeks that does not live longer than until this moment."""
    worker = FORKSERVER.Process(
        target=_reconcile, args=(timekeeper.contractor.account, timekeeper.week_ends, moment)
    )
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL, f"{moment} never came"
    # What its other threads had on the line is not there yet: a person who says what stands in
    # payroll looks later.
    control = timekeeper.control
    calls = -1
    while calls != (calls := len(control.calls())):
        time.sleep(QUIET)


def killed_on_the_line(timekeeper: Timekeeper, operation: str, skip: int) -> None:
    """One reconciliation that is killed while it waits for the answer to one call, which arrives
    much later.
    """
    control = timekeeper.control
    control.add_fault(system="spectrum", operation=operation, kind="slow", delay=LATE, skip=skip)
    worker = FORKSERVER.Process(
        target=_reconcile, args=(timekeeper.contractor.account, timekeeper.week_ends)
    )
    worker.start()
    try:
        while timekeeper.contractor.sandbox.rig.faults.list():
            time.sleep(0.005)
            assert worker.is_alive(), f"it ended without call {skip + 1} of {operation}"
    finally:
        worker.kill()
        worker.join()


def until_it_has_arrived(timekeeper: Timekeeper, operation: str) -> None:
    """Until Spectrum has carried out the call that outlived its sender; the integration's clock is
    not the wall's.
    """
    control, until = timekeeper.control, time.monotonic() + 60
    while not any(call.fault == "slow" for call in control.calls(operation=operation)):
        assert time.monotonic() < until, "it never arrived"
        time.sleep(0.02)


def side_by_side(timekeeper: Timekeeper, keys: Sequence[str]) -> None:
    """A real-time run over `keys` and a reconciliation, each in a process of its own, until both
    have ended.
    """
    account, start = timekeeper.contractor.account, FORKSERVER.Barrier(2)
    workers = (
        FORKSERVER.Process(target=_carry, args=(account, keys, start)),
        FORKSERVER.Process(target=_reconcile, args=(account, timekeeper.week_ends, None, start)),
    )
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
