"""Who is certainly dead, with real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.owner import describe, is_certainly_dead, new_owner, retire
from st_spectrum.ledger.sqlite import SqliteStore

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="only Linux tells in /proc who is dead"
)

_CLAIM_AND_WAIT = """
import sys, time
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.owner import new_owner
from st_spectrum.ledger.sqlite import SqliteStore
ledger = Ledger(SqliteStore(sys.argv[1]), new_owner(), 3600)
held = ledger.claim("jobs", "10482", run_id="r1")
ledger.progress(held, target_key="10482", started_steps=("job",))
print("claimed", flush=True)
time.sleep(60)
"""


def test_a_worker_killed_between_claim_and_end_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    worker = subprocess.Popen(
        [sys.executable, "-c", _CLAIM_AND_WAIT, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert worker.stdout.readline() == "claimed\n"
        ledger = Ledger(SqliteStore(path), new_owner(), 3600)
        with pytest.raises(ClaimLost, match=f"process {worker.pid} on"):
            ledger.claim("jobs", "10482", run_id="r2")
        worker.send_signal(signal.SIGKILL)
        entry = _claimed_within(
            ledger, 5
        )  # not waited for: a zombie is as dead as one that is gone
        assert (entry.started_steps, entry.target_key, entry.attempts) == (("job",), "10482", 2)
        assert f"process {worker.pid} on" in entry.history[-1].reason
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def _claimed_within(ledger: Ledger, seconds: float):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ledger.claim("jobs", "10482", run_id="r2").entry
        except ClaimLost:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def test_a_living_owner_is_not_dead() -> None:
    assert not is_certainly_dead(new_owner())


def test_a_process_that_is_gone_is_dead() -> None:
    assert is_certainly_dead(_with(pid=str(_pid_that_is_gone())))


def test_another_process_with_the_same_number_is_not_the_owner() -> None:
    assert is_certainly_dead(_with(start="1"))


@pytest.mark.parametrize("part", ["host", "boot", "namespace"])
def test_elsewhere_nobody_is_certainly_dead(part: str) -> None:
    gone = {"pid": str(_pid_that_is_gone())}
    assert not is_certainly_dead(_with(**gone, **{part: "another"}))
    assert not is_certainly_dead(_with(**gone, **{part: ""}))


@pytest.mark.parametrize("owner", ["", "somebody", "a|b|c|d|e|f", "|||||", "h|b|n|-1|5|t"])
def test_an_owner_that_tells_nothing_is_not_dead(owner: str) -> None:
    assert not is_certainly_dead(owner)


def test_a_retired_worker_is_dead_although_its_process_lives() -> None:
    one, two = new_owner(), new_owner()
    retire(one)
    assert is_certainly_dead(one)
    assert not is_certainly_dead(two)


def test_a_person_reads_host_and_process() -> None:
    assert describe(new_owner()).startswith(f"process {os.getpid()} on ")
    assert describe("worker one") == "worker one"


def _with(**changes: str) -> str:
    names = ("host", "boot", "namespace", "pid", "start", "token")
    parts = dict(zip(names, new_owner().split("|"), strict=True))
    return "|".join((parts | changes).values())


def _pid_that_is_gone() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid
