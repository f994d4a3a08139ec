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
    Path(place).touch()

@signals.worker_ready.connect
def lose_a_child(sender, **_):
    (child,) = (process.pid for process in sender.pool._pool._pool)
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)

worker.WARM = ()
raise SystemExit(worker.run_worker(broker_in_force(), 1))
"""


def test_a_child_that_is_killed_while_its_worker_starts_is_replaced(tmp_path: Path) -> None:
    broker = read_broker(str(tmp_path / "broker"))
    arrived = tmp_path / "arrived"
    configure(Celery("test", set_as_current=False), broker).send_task("arrive", (str(arrived),))
    environment = os.environ | {"ST_SPECTRUM_BROKER": str(tmp_path / "broker")}
    environment.pop("ST_SPECTRUM_ACCOUNT", None)
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)
    try:
        wait_for(lambda: arrived.exists() or worker.poll() is not None, 60, "the task is done")
        assert arrived.exists(), "the worker ended"
    finally:
        worker.terminate()
        worker.wait(30)
