"""Dagster's own launcher for Celery, told by one address where to send, and with an eye on who
takes what it sent.

Dagster's launcher kills the child of a terminated run and leaves the run started; and a run whose
worker is gone stays started until its longest time is over. Here signs of life decide, see `beats`.
"""

import time
from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG, DAGSTER_CELERY_TASK_ID_TAG

from st_spectrum.domain.errors import Unavailable
from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.addressing import account_of, queue_of
from st_spectrum.workers.beats import RUNS, SENDERS, WORKERS, Sign, open_beats
from st_spectrum.workers.broker import QUEUE, broker_in_force
from st_spectrum.workers.celery_app import configure
from st_spectrum.workers.release import environment_digests
from st_spectrum.workers.run_task import WORKER_GONE

SECOND_LOOK_SECONDS = 5.0
NO_WORKER = (
    "No worker takes runs at this moment, so nothing is asked for; `st-spectrum worker` starts one."
)


class WarmCeleryRunLauncher(CeleryRunLauncher):
    """`run_launcher: {module: st_spectrum.workers.launcher, class: WarmCeleryRunLauncher}`;
    `ST_SPECTRUM_BROKER` says the rest.
    """

    def __init__(
        self,
        inst_data: ConfigurableClassData | None = None,
        second_look_seconds: float = SECOND_LOOK_SECONDS,
    ) -> None:
        broker = broker_in_force()
        super().__init__(QUEUE, broker.url, broker.result_backend, inst_data=inst_data)
        configure(self.celery, broker)
        self._beats = open_beats(broker)
        owner, now = new_owner(), time.time()
        self._signs = {
            account: Sign(owner=owner, started_at=now, environment=digest)
            for account, digest in environment_digests().items()
        }
        self._missing_since: dict[str, float] = {}
        self._second_look_seconds = second_look_seconds

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing: two places for one address would disagree one day."""
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData,
        config_value: Mapping[str, Any],  # noqa: ARG003 - as Dagster calls it
    ) -> "WarmCeleryRunLauncher":
        """As Dagster makes it from dagster.yaml."""
        return cls(inst_data)

    @property
    def supports_resume_run(self) -> bool:
        """A run broken off is never gone on with: the ledger asks for its records again."""
        return False

    def why_nothing_starts(self, account: str) -> Unavailable | None:
        """A fault for people while no worker of it is alive or nobody can tell, else None."""
        try:
            signs = self._beats.living(WORKERS).values()
            is_served = any(account in sign.accounts for sign in signs)
            return None if is_served else Unavailable(NO_WORKER)
        except Exception as error:  # noqa: BLE001 - whatever the client of a server raises
            why = f"where workers get their runs cannot be read: {' '.join(str(error).split())}"
            return Unavailable(why, system="broker")

    def launch_run(self, context: LaunchRunContext) -> None:
        """Send the run to the workers of its account; those that started in another environment
        than ours end when they see the sign.
        """
        for account, sign in self._signs.items():
            self._beats.put(SENDERS, account, sign)
        run = context.dagster_run
        tags = {DAGSTER_CELERY_QUEUE_TAG: queue_of(account_of(run)), **run.tags}
        super().launch_run(context._replace(dagster_run=run.with_tags(tags)))

    def terminate(self, run_id: str) -> bool:
        """Whoever has the run in hand sees it within seconds and ends it; a run that waits is not
        begun any more.
        """
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Asked by Dagster's daemon every few seconds. A run is failed here, in words for people,
        when its worker is gone.

        Two looks, because a server that was started anew has forgotten all signs for a moment. A
        run that another launcher started is none of ours.
        """
        if DAGSTER_CELERY_TASK_ID_TAG not in run.tags or self._is_in_living_hands(run.run_id):
            self._missing_since.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        since = self._missing_since.setdefault(run.run_id, time.monotonic())
        if time.monotonic() - since < self._second_look_seconds:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        del self._missing_since[run.run_id]
        recheck = self._instance.get_run_by_id(run.run_id)
        if recheck is not None and recheck.status is dg.DagsterRunStatus.STARTED:
            self._instance.report_run_failed(run, WORKER_GONE)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, WORKER_GONE)

    def _is_in_living_hands(self, run_id: str) -> bool:
        """By its process where that can be seen, as a machine may be too busy for signs of life;
        else by its sign.
        """
        last = self._beats.last(RUNS, run_id)
        return last is not None and (last.is_alive or run_id in self._beats.living(RUNS))

    def get_run_worker_debug_info(
        self,
        run: dg.DagsterRun,  # noqa: ARG002 - as Dagster calls it
        include_container_logs: bool | None = True,  # noqa: ARG002
    ) -> str | None:
        """Nothing: it would stand in front of people."""
        return None
