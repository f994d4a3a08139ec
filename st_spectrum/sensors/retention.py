"""Old runs of ours leave Dagster's storage: by default nothing ever does, and a busy account makes
thousands a day.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from st_spectrum.assets.jobs import run_tags
from st_spectrum.assets.names import ACCOUNT_TAG, OURS_TAG, AccountNames
from st_spectrum.flows import FLOWS
from st_spectrum.sensors.first_keys import carry_over
from st_spectrum.sensors.runs import LOCATION_TAG

JOB = "retention"

FINISHED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
PAGE = 100


class RetentionConfig(dg.Config):
    """How long runs are kept."""

    days: int = Field(
        default=30, ge=1, description="Finished runs older than this many days are deleted."
    )
    minutes: float = Field(
        default=10, gt=0, description="Stop after this long; the next day goes on."
    )


def delete_run_completely(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete a run and, where they are files, its events and logs: Dagster leaves those."""
    instance.delete_run(run_id)
    for file in event_files(instance, run_id):
        file.unlink(missing_ok=True)
    instance.compute_log_manager.delete_logs(prefix=[run_id])


def event_files(instance: dg.DagsterInstance, run_id: str) -> tuple[Path, ...]:
    """On SQLite each run has its own event database, with side files; elsewhere there are none."""
    from dagster._core.storage.event_log import SqliteEventLogStorage

    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        return ()
    database = storage.path_for_shard(run_id)
    return tuple(Path(database + ending) for ending in ("", "-wal", "-shm", "-journal"))


@dataclass(frozen=True)
class OurRuns:
    """Runs of one account that ended before a moment. No other run is ever deleted: what does not
    show that it is ours stays.
    """

    names: AccountNames
    jobs: Collection[str]
    location: str

    def filters(self, before: datetime) -> Iterator[dg.RunsFilter]:
        """Those that carry our tag; and those of the first version, by job, flow and account."""
        yield self._ended(before, tags={OURS_TAG: self.names.account})
        for job in self.jobs:
            if job != self.retention:
                yield self._ended(before, tags={ACCOUNT_TAG: self.names.account}, job_name=job)
        # Retention itself carried no tag of ours; it is known by the code location that we run in.
        if self.location:
            yield self._ended(before, tags={LOCATION_TAG: self.location}, job_name=self.retention)

    @property
    def retention(self) -> str:
        """What our retention job is called."""
        return self.names.of(JOB)

    def _ended(self, before: datetime, **known_by: Any) -> dg.RunsFilter:
        return dg.RunsFilter(statuses=FINISHED, created_before=before, **known_by)


def delete_old_runs(instance: dg.DagsterInstance, ours: OurRuns, config: RetentionConfig) -> int:
    """Delete page by page, oldest first, until nothing is old or the time is over; how many."""
    deadline = time.monotonic() + config.minutes * 60
    count = 0
    for old in ours.filters(datetime.now(UTC) - timedelta(days=config.days)):
        while time.monotonic() < deadline:
            records = instance.get_run_records(old, limit=PAGE, ascending=True)
            for record in records:
                delete_run_completely(instance, record.dagster_run.run_id)
            count += len(records)
            if len(records) < PAGE:
                break
    return count


def retention_job(names: AccountNames, jobs: Collection[str]) -> dg.JobDefinition:
    """In the run's own process. `jobs` are all of the account's."""

    @dg.op(
        name=names.of("carry_over_first_keys"),
        out=dg.Out(dg.Nothing),
        description=(
            "Reports what stands under an earlier version's asset keys under today's. Once: then it"
            " finds nothing."
        ),
    )
    def carry_over_first_keys(context: dg.OpExecutionContext) -> None:
        carried = carry_over(context.instance, names, FLOWS, context.run.tags.get(LOCATION_TAG, ""))
        context.add_output_metadata(
            {
                "reported_weeks": len(carried.weeks),
                "keys_to_wipe": ", ".join(carried.to_wipe) or "None.",
            }
        )
        context.log.info(carried.sentence())

    @dg.op(
        name=names.of("delete_old_runs"),
        # With a run goes what it made: the weeks must have been reported again before.
        ins={"carried": dg.In(dg.Nothing)},
        description="Deletes finished runs with their events and logs. The ledger is not touched.",
    )
    def delete_runs(context: dg.OpExecutionContext, config: RetentionConfig) -> None:
        ours = OurRuns(names, jobs, context.run.tags.get(LOCATION_TAG, ""))
        count = delete_old_runs(context.instance, ours, config)
        context.add_output_metadata({"deleted_runs": count})
        context.log.info(f"Deleted {count} runs older than {config.days} days.")

    @dg.job(
        name=names.of(JOB),
        executor_def=dg.in_process_executor,
        tags=run_tags(names, JOB) | {"dagster/max_retries": "1"},
        description="Deletes Dagster runs of this account that are older than a month.",
    )
    def retention() -> None:
        delete_runs(carry_over_first_keys())

    return retention


def retention_schedule(
    job: dg.JobDefinition, names: AccountNames, timezone: str, status: dg.DefaultScheduleStatus
) -> dg.ScheduleDefinition:
    """Every night at a quarter past three in the account's time zone."""
    return dg.ScheduleDefinition(
        name=names.of("retention_daily"),
        job=job,
        cron_schedule="15 3 * * *",
        execution_timezone=timezone,
        default_status=status,
        description="Deletes old Dagster runs every night, so that the disk does not fill.",
    )
