"""Children of a real worker."""

import os
import subprocess
import sys
from pathlib import Path

from celery import Celery

from st_spectrum.workers.broker import read_broker
from st_spectrum.workers.celery_app import configure
from tests.workers.plant import wait_for

WORKER = """
import os, signal
from pathlib import Path
from celery import shared_task, signals
from st_spectrum.workers import worker
from st_spectrum.workers.broker import broker_in_force

@shared_task(name="arrive")
def arrive(place):
    Path(place + ".new").write_text(str(os.getpid()))
    Path(place + ".new").rename(place)
    {in_the_task}

{at_the_start}
worker.WARM = ()
worker.RUNS_PER_CHILD = {runs}
worker.MOST_KILOBYTES = {kilobytes}
raise SystemExit(worker.run_worker(broker_in_force(), 1))
"""
LOSE_A_CHILD = """
@signals.worker_ready.connect
def lose_a_child(sender, **_):
    (child,) = (process.pid for process in sender.pool._pool._pool)
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
"""
PLENTY = 10_000_000


def children_that_took(folder: Path, tasks: int, **program: object) -> list[str]:
    """The child that each of some tasks was done by, of a worker with one hand."""
    broker = read_broker(str(folder / "broker"))
    arrived = [folder / f"arrived-{number}" for number in range(tasks)]
    sender = configure(Celery("test", set_as_current=False), broker)
    for place in arrived:
        sender.send_task("arrive", (str(place),))
    environment = os.environ | {"ST_SPECTRUM_BROKER": str(folder / "broker")}
    environment.pop("ST_SPECTRUM_ACCOUNT", None)
    asked = {"in_the_task": "", "at_the_start": "", "runs": PLENTY, "kilobytes": PLENTY}
    code = WORKER.format(**asked | program)
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment)
    try:

        def is_over() -> bool:
            return all(place.exists() for place in arrived) or worker.poll() is not None

        wait_for(is_over, 60, "the tasks are done")
        assert arrived[-1].exists(), "the worker ended"
        return [place.read_text() for place in arrived]
    finally:
        worker.terminate()
        worker.wait(30)


def test_a_child_that_is_killed_while_its_worker_starts_is_replaced(tmp_path: Path) -> None:
    assert children_that_took(tmp_path, 1, at_the_start=LOSE_A_CHILD)


def test_a_child_is_replaced_after_so_many_runs(tmp_path: Path) -> None:
    first, second, third, fourth = children_that_took(tmp_path, 4, runs=2)
    assert first == second != third == fourth


def test_a_child_that_has_grown_too_large_is_replaced_after_its_run(tmp_path: Path) -> None:
    hoard = "globals()['hoard'] = b'x' * 300_000_000"
    assert len(set(children_that_took(tmp_path, 2, in_the_task=hoard, kilobytes=300_000))) == 2
