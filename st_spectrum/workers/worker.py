"""The worker: one process that takes runs and hands them to its children, all with everything
imported.
"""

import logging
import os
import socket
import threading
import time
import uuid
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from celery import Celery, bootsteps, signals
from celery.apps.worker import Worker
from celery.concurrency.prefork import TaskPool
from celery.exceptions import SecurityWarning
from celery.worker import state
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app

from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.addressing import accounts_in_force, queue_of
from st_spectrum.workers.beats import WORKERS, Sign, open_beats
from st_spectrum.workers.broker import QUEUE, Broker, broker_in_force
from st_spectrum.workers.celery_app import configure
from st_spectrum.workers.outdated import Birth
from st_spectrum.workers.run_task import IN_HAND, RunTask, execute

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
TIDY_SECONDS = 3600.0
RUNS_PER_CHILD = 200
MOST_KILOBYTES = 800_000
"""A child that has done so many runs or has grown so large is replaced after its run."""

HANDS_PER_ACCOUNT = 4
"""So many runs of an account Dagster starts at once on one machine (`serving/dagster.yaml`). With
as many hands for each account, what waits does so in Dagster's queue, where no start limit ends it.
"""

WARM = ("st_spectrum.definitions", "st_spectrum.flows.session")
"""Imported before children are forked, so that they share it. Neither opens a connection or starts
a thread; pandas and pyarrow do.
"""


def hands() -> int:
    """How many runs this worker should take at once."""
    return HANDS_PER_ACCOUNT * len(accounts_in_force())


def worker_app(broker: Broker, birth: Birth) -> Celery:
    """Dagster's app on our broker, and the task that its launcher sends runs to."""
    app = configure(make_app({"broker": broker.url, "backend": broker.result_backend}), broker)
    RunTask.birth = birth
    # At once: Dagster's launcher hands its own task of this name to every app of the process.
    app.task(
        execute, name=TASK_EXECUTE_JOB_NAME, base=RunTask, track_started=True, shared=False,
        lazy=False,
    )  # fmt: skip
    app.steps["worker"].add(Heart)
    return app


def run_worker(broker: Broker, concurrency: int) -> int:
    """Take runs until SIGTERM, or until this worker is of an old release. Returns the exit code."""
    birth = Birth()
    warnings.simplefilter("ignore", SecurityWarning)  # it warns of pickled messages; ours are JSON
    for ours in ("celery", "st_spectrum.workers"):
        logging.getLogger(ours).setLevel(logging.INFO)
    for module in WARM:
        import_module(module)
    signals.worker_process_init.connect(_end_with_main(os.getpid()), weak=False)
    app = worker_app(broker, birth)
    worker = app.Worker(
        hostname=f"{uuid.uuid4().hex[:8]}@{socket.gethostname()}",  # two lives of a worker are two nodes
        concurrency=concurrency,
        pool=Pool,
        queues=[QUEUE, *(queue_of(account) for account in accounts_in_force())],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        optimization="fair",
        max_tasks_per_child=RUNS_PER_CHILD,
        max_memory_per_child=MOST_KILOBYTES,
        loglevel="WARNING",
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


class Pool(TaskPool):
    """Children that are replaced, also those that are lost before the worker is ready."""

    def did_start_ok(self) -> bool:
        """Always. Celery asks once, and one child that was killed by then ends its worker, which
        takes no runs until it has been started again. Asked nothing, the loop replaces that child
        like any other.
        """
        return True


class Heart(bootsteps.StartStopStep):
    """Renews the worker's sign of life from its event loop, so that a worker that hangs does not
    look alive.
    """

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Worker, **options: Any) -> None:
        super().__init__(worker, **options)
        self._beats = open_beats(broker_in_force())
        self._timers: list[Any] = []
        self._sign = Sign(owner=new_owner(), started_at=time.time(), accounts=accounts_in_force())

    def start(self, worker: Worker) -> None:
        """The first sign comes with the first turn of the loop."""
        every: Callable[..., Any] = worker.timer.call_repeatedly
        self._timers = [
            every(BEAT_SECONDS, self._beat, (worker,)),
            every(TIDY_SECONDS, worker.app.backend.cleanup),
        ]
        worker.timer.call_after(0.1, self._beat, (worker,))

    def stop(self, worker: Worker) -> None:
        """Nobody asks for runs that would not be taken."""
        for timer in self._timers:
            timer.cancel()
        self._beats.drop(WORKERS, worker.hostname)

    def _beat(self, worker: Worker) -> None:
        try:
            if RunTask.birth is not None and RunTask.birth.is_outdated(self._beats):
                log.warning(
                    "The code or the environment has changed: this worker ends when its runs have"
                    " ended."
                )
                self._beats.drop(WORKERS, worker.hostname)
                state.should_stop = os.EX_OK
                return
            self._beats.renew(WORKERS, worker.hostname, self._sign)
        except Exception:
            # A full disk, a server that is away: the loop goes on, and the next beat tries again.
            log.exception("The worker's sign of life could not be renewed")


def _end_with_main(main: int) -> Callable[..., None]:
    """Children that outlive a killed main process wait for work that nobody can give them."""

    def watch() -> None:
        while os.getppid() == main:
            time.sleep(BEAT_SECONDS)
        while any(thread.name == IN_HAND for thread in threading.enumerate()):
            time.sleep(BEAT_SECONDS)
        os._exit(os.EX_OK)

    def start(**_: Any) -> None:
        threading.Thread(target=watch, name="end-with-main", daemon=True).start()

    return start
