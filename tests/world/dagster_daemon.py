"""Dagster's daemon for tests: evaluates a tick, runs what it asks for in this process, and feeds
the cursor back.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from st_spectrum.sensors.requests import Bookmark


@dataclass
class DagsterDaemon:
    """One account's definitions on one ephemeral instance."""

    defs: dg.Definitions
    instance: dg.DagsterInstance
    cursors: dict[str, str | None] = field(default_factory=dict)

    def tick(self, sensor: str) -> Any:
        """One tick; the cursor moves as the daemon would move it, and nothing is run yet."""
        repository = self.defs.get_repository_def()
        with dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursors.get(sensor),
            repository_def=repository,
            sensor_name=sensor,
            resources=dict(self.defs.resources or {}),
        ) as context:
            answer = repository.get_sensor_def(sensor).evaluate_tick(context)
        self.cursors[sensor] = answer.cursor
        return answer

    def run(self, job: str, request: Any) -> dg.ExecuteInProcessResult:
        """Run one request, without stopping the test when the run fails."""
        return self.defs.resolve_job_def(job).execute_in_process(
            run_config=request.run_config,
            tags=request.tags,
            instance=self.instance,
            raise_on_error=False,
        )

    def tick_and_run(self, sensor: str) -> list[dg.ExecuteInProcessResult]:
        """One tick and everything that it asked for."""
        job = f"{sensor.rpartition('_')[0]}_job"
        return [self.run(job, request) for request in self.tick(sensor).run_requests or []]

    def settle(self, *flows: str, rounds: int = 10) -> None:
        """Tick all sensors of the flows until none of them asks for anything."""
        sensors = [f"{flow}_{kind}" for flow in flows for kind in ("changes", "redrive")]
        for _ in range(rounds):
            asked_for = [run for sensor in sensors for run in self.tick_and_run(sensor)]
            if not asked_for:
                return
        raise AssertionError(f"still asking after {rounds} rounds")

    def wait(self, sensor: str, seconds: float) -> None:
        """Let so much time pass for what a change sensor has asked for, as if it had asked that
        much earlier.
        """
        bookmark = Bookmark.open(self.cursors[sensor], datetime.now(UTC))
        assert bookmark.asked
        asked = replace(
            bookmark.asked, asked_at=bookmark.asked.asked_at - timedelta(seconds=seconds)
        )
        self.cursors[sensor] = replace(bookmark, asked=asked).encode()

    def make_run(
        self, flow: str, status: dg.DagsterRunStatus, tags: dict[str, str] | None = None
    ) -> dg.DagsterRun:
        """A run that somebody else started and that stands in `status`."""
        job = self.defs.resolve_job_def(f"{flow}_job")
        config = {"ops": {flow: {"config": {"keys": []}}}}
        every_tag = {**job.tags, **(tags or {})}
        repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("here"), "repository")
        return self.instance.create_run_for_job(
            job,
            status=status,
            run_config=config,
            tags=every_tag,
            remote_job_origin=RemoteJobOrigin(repository, job.name),
        )

    def forget_runs(self) -> None:
        """Take all runs out of Dagster's storage."""
        for run in self.instance.get_runs():
            self.instance.delete_run(run.run_id)
