"""The task that carries out one run of Dagster, with what Celery and Dagster leave out around it.

A message may come twice: its worker was killed, or a server gave it to another one. Whoever gets it
looks first whether the run still has to be done. While a run is in hand, a thread renews its sign
of life and looks whether somebody terminated it.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg
from celery import Task
from celery.exceptions import Reject
from dagster._cli.api import _execute_run_command_body
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import unpack_value

from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.addressing import account_of, accounts_in_force
from st_spectrum.workers.beats import ALIVE_SECONDS, RUNS, Beats, Sign, open_beats
from st_spectrum.workers.broker import broker_in_force
from st_spectrum.workers.kept_instance import forget_instance, kept_instance
from st_spectrum.workers.outdated import Birth

log = logging.getLogger(__name__)

IN_HAND = "run-in-hand"
"""Name of the thread of a process that is carrying out a run."""

BEAT_SECONDS = 2.0
CANCEL_SECONDS = 30.0
"""How long a terminated run may take to end what it has in hand; a call to Spectrum that hangs may
take longer.
"""

TO_DO = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING)
TERMINATED = (
    dg.DagsterRunStatus.CANCELING,
    dg.DagsterRunStatus.CANCELED,
    dg.DagsterRunStatus.FAILURE,
)

WORKER_GONE = (
    "The worker that carried this run is gone: it was killed, or its machine was lost. Its records"
    " are asked for again."
)
NOT_OURS = (
    "This run is of the account {}, and the worker that got it serves {}; it was not begun. Its"
    " records are asked for again."
)
KILLED = (
    "What the run had in hand did not end, so its process was killed. What was being sent counts as"
    " in doubt and is looked up."
)


class RunTask(Task):
    """Base of the task that Dagster's launcher sends."""

    abstract = True
    birth: Birth | None = None
    """When and as what the worker began; its children inherit it. Set before they are forked."""
    pause_seconds = BEAT_SECONDS
    """How long a message is kept before it waits again."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Carry out the run unless it is done, in other hands or terminated. Nothing is written
        about one that is done.
        """
        (packed,) = (*arguments, *named.values())
        run_id = unpack_value(packed, as_type=ExecuteRunArgs).run_id
        with ExitStack() as held:
            try:
                if not self._take(run_id, held):
                    return 0
            except Reject:
                raise
            except Exception as error:
                # Dagster's storage or the place of the signs is away for a moment. Given up, the
                # run would count as starting, and its lane would wait, until its start limit.
                log.exception("Run %s cannot be looked at now; its message waits again", run_id)
                forget_instance()
                time.sleep(self.pause_seconds)
                raise Reject(f"Run {run_id} cannot be looked at now.", requeue=True) from error
            return self.run(*arguments, **named)

    def _take(self, run_id: str, held: ExitStack) -> bool:
        """Whether the run is in this process's hands now, until `held` is closed."""
        beats = open_beats(broker_in_force())
        if self.birth is not None and self.birth.is_outdated(beats):
            # This worker ends within moments; its successor takes the run.
            time.sleep(self.pause_seconds)
            raise Reject("This worker is of another release.", requeue=True)
        instance = kept_instance()
        wait_for_other_hands(instance, beats, run_id)
        if not is_to_be_done(instance, beats, run_id):
            return False
        held.enter_context(in_hand(instance, beats, run_id))
        return True


def execute(execute_job_args_packed: Any) -> int:
    """What Dagster's own task does, on the instance that this process keeps: opening one takes
    longer than most runs. 1 where the run failed.
    """
    arguments = unpack_value(execute_job_args_packed, as_type=ExecuteRunArgs)
    return _execute_run_command_body(
        run_id=arguments.run_id,
        instance=kept_instance(),
        write_stream_fn=_tell_nobody,
        set_exit_code_on_failure=arguments.set_exit_code_on_failure is not False,
    )


def _tell_nobody(_event: dg.DagsterEvent) -> None:
    """Dagster's storage has it already."""


def wait_for_other_hands(
    instance: dg.DagsterInstance,
    beats: Beats,
    run_id: str,
    *,
    seconds: float = 2 * ALIVE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once nobody else is about to begin the run: it has begun, or its hands are gone.

    A message that comes again while the sign of a machine that was just lost still counts is the
    only one of its run: discarded, the run would never begin. Raises `Reject` after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while _is_about_to_begin(instance, beats, run_id):
        if time.monotonic() > deadline:
            raise Reject(f"Run {run_id} is in other hands and does not begin.", requeue=True)
        sleep(BEAT_SECONDS)


def _is_about_to_begin(instance: dg.DagsterInstance, beats: Beats, run_id: str) -> bool:
    if run_id not in beats.living(RUNS):
        return False
    run = instance.get_run_by_id(run_id)
    return run is not None and run.status in TO_DO


def is_to_be_done(instance: dg.DagsterInstance, beats: Beats, run_id: str) -> bool:
    """Whether a run that a message asks for has not begun. One that a dead worker left behind is
    ended, and its lane is free.
    """
    run = instance.get_run_by_id(run_id)
    if run is None:
        log.warning(
            "A message asks for run %s, which this Dagster does not have; it is discarded.", run_id
        )
        return False
    if run.is_finished:
        log.info("A message asks for run %s, which has ended; it is discarded.", run_id)
        return False
    account = account_of(run)
    if run.status in TO_DO and account and account not in accounts_in_force():
        # Carried out, it would ask the systems of another account.
        instance.report_run_failed(run, NOT_OURS.format(account, ", ".join(accounts_in_force())))
        return False
    if run.status in TO_DO:
        # A child that outlives its killed worker may have it in hand, and has not come to its
        # beginning yet.
        return run_id not in beats.living(RUNS)
    holder = beats.last(RUNS, run_id)
    if run.status is dg.DagsterRunStatus.CANCELING:
        if holder is None or holder.is_dead:
            instance.report_run_canceled(run)
            beats.drop(RUNS, run_id)
    elif holder is not None and holder.is_dead:
        instance.report_run_failed(run, WORKER_GONE)
        beats.drop(RUNS, run_id)
    return False


@contextmanager
def in_hand(instance: dg.DagsterInstance, beats: Beats, run_id: str) -> Iterator[None]:
    """Others see that the run is being carried out, and a person may terminate it."""
    sign = Sign(owner=new_owner(), started_at=time.time())
    beats.put(RUNS, run_id, sign)
    over = threading.Event()
    watcher = threading.Thread(
        target=_watch, args=(instance, beats, run_id, sign, over), name=IN_HAND, daemon=True
    )
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        beats.drop(RUNS, run_id)


def _watch(
    instance: dg.DagsterInstance, beats: Beats, run_id: str, sign: Sign, over: threading.Event
) -> None:
    told_at: float | None = None
    while not over.wait(BEAT_SECONDS):
        try:
            beats.renew(RUNS, run_id, sign)
            run = instance.get_run_by_id(run_id)
        except Exception:
            # A storage that is locked for a moment must not end the signs of life of a run that
            # goes well.
            log.exception("The sign of life of run %s could not be renewed", run_id)
            continue
        if run is None or run.status not in TERMINATED:
            continue
        if told_at is None:
            told_at = time.monotonic()
            # Dagster turns it into the end of the step, which waits for the records in hand. Said
            # twice it would not wait.
            os.kill(os.getpid(), signal.SIGINT)
        elif time.monotonic() - told_at > CANCEL_SECONDS:
            if run.status is dg.DagsterRunStatus.CANCELING:
                instance.report_run_canceled(run, KILLED)
            os.kill(os.getpid(), signal.SIGKILL)
