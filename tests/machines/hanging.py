"""Which runs hang, judged by Dagster's storage and by what Redis holds of them.

A run counts as *starting* from the moment that its message is sent. One that waits because every
hand of its account is busy does not hang; one whose message is nowhere, or that is in nobody's
hands, does.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import dagster as dg
import redis
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from st_spectrum.workers.addressing import queue_of
from st_spectrum.workers.beats import RUNS, open_beats
from st_spectrum.workers.broker import REDIS_PREFIX, read_broker

HANDS_SECONDS = 150.0
"""No run that has been taken is in nobody's hands for longer: one whose worker is gone is failed or
given to another worker within a minute.
"""
LOST_SECONDS = 30.0
"""Between two places a message is nowhere for moments; most of it is patience with a busy
machine.
"""
FREED_SECONDS = 300 + 60.0
"""No run is without a word for longer, whoever has it: calls here take 10 s at most, and Dagster
fails what has not begun at its start limit.
"""
LOOK_SECONDS = 1.0
IN_FLIGHT = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


class Messages:
    """When last the message of each run waited or was held, and when last a run's sign of life
    counted.
    """

    def __init__(self, url: str, accounts: Sequence[str]) -> None:
        self._client = redis.Redis.from_url(url)
        self._beats = open_beats(read_broker(url))
        self._queues = [f"{REDIS_PREFIX}{queue_of(account)}" for account in ("", *accounts)]
        self.waited: dict[str, float] = {}
        self.held: dict[str, float] = {}
        self.alive: dict[str, float] = {}

    def look(self) -> None:
        """Where everything is at this moment. Raises redis's errors."""
        with self._client.pipeline() as pipe:
            for queue in self._queues:
                pipe.lrange(queue, 0, -1)
            pipe.hvals(f"{REDIS_PREFIX}unacked")
            *lines, held = pipe.execute()
        now = time.time()
        self.waited.update((_task(json.loads(raw)), now) for raw in chain.from_iterable(lines))
        self.held.update((_task(json.loads(raw)[0]), now) for raw in held)
        self.alive.update((run_id, now) for run_id in self._beats.living(RUNS))


def _task(message: Any) -> str:
    return str(message["headers"]["id"])


@contextmanager
def watched(url: str, accounts: Sequence[str]) -> Iterator[Messages]:
    """Looked at every second inside, also while the test waits for something else."""
    messages, over = Messages(url, accounts), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_SECONDS):
            try:
                messages.look()
            except redis.RedisError:
                continue  # it is started anew

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield messages
    finally:
        over.set()
        thread.join()


def hanging(instance: dg.DagsterInstance, messages: Messages) -> Iterator[str]:
    """A sentence about each run that hangs."""
    messages.look()  # first: what is starting afterwards was somewhere at that moment
    now = time.time()
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(IN_FLIGHT))):
        run = record.dagster_run
        task = run.tags.get(DAGSTER_CELERY_TASK_ID_TAG, "")
        updated_at = record.update_timestamp.timestamp()
        waited, held = messages.waited.get(task, updated_at), messages.held.get(task, updated_at)
        alive = messages.alive.get(run.run_id, updated_at)
        said = f"{run.job_name} {run.run_id} {run.status.value}"
        is_starting = run.status is dg.DagsterRunStatus.STARTING
        if is_starting and now - max(updated_at, waited, held, alive) > LOST_SECONDS:
            yield f"{said}: its message is nowhere"
        elif now - max(updated_at, waited, alive) > HANDS_SECONDS:
            yield f"{said}: in nobody's hands"
        elif now - updated_at > FREED_SECONDS:
            yield f"{said}: not a word for {now - updated_at:.0f} s"
