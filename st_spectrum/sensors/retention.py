"""Old runs leave Dagster's storage: by default nothing ever does, and a busy account makes thousands a day."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from pydantic import Field

FINISHED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
PAGE = 100


class RetentionConfig(dg.Config):
    """How long runs are kept."""

    days: int = Field(default=30, ge=1, description="Finished runs older than this many days are deleted.")
    minutes: float = Field(default=10, gt=0, description="Stop after this long; the next day goes on.")


@dg.op(
    name="delete_old_runs", description="Deletes finished runs with their events and logs. The ledger is not touched."
)
def delete_old_runs(context: dg.OpExecutionContext, config: RetentionConfig) -> None:
    """Delete page by page, oldest first, until nothing is old or the time is over."""
    deadline = time.monotonic() + config.minutes * 60
    old = dg.RunsFilter(statuses=FINISHED, created_before=datetime.now(UTC) - timedelta(days=config.days))
    count = 0
    while time.monotonic() < deadline:
        records = context.instance.get_run_records(old, limit=PAGE, ascending=True)
        for record in records:
            delete_run_completely(context.instance, record.dagster_run.run_id)
        count += len(records)
        if len(records) < PAGE:
            break
    context.add_output_metadata({"deleted_runs": count})
    context.log.info(f"Deleted {count} runs older than {config.days} days.")


def delete_run_completely(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete a run and, where they are files, its events and logs: Dagster itself leaves those behind."""
    instance.delete_run(run_id)
    for file in event_files(instance, run_id):
        file.unlink(missing_ok=True)
    instance.compute_log_manager.delete_logs(prefix=[run_id])


def event_files(instance: dg.DagsterInstance, run_id: str) -> tuple[Path, ...]:
    """On SQLite each run has an event database of its own, with side files; elsewhere there are none."""
    from dagster._core.storage.event_log import SqliteEventLogStorage

    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        return ()
    database = storage.path_for_shard(run_id)
    return tuple(Path(database + ending) for ending in ("", "-wal", "-shm", "-journal"))


@dg.job(
    name="retention",
    executor_def=dg.in_process_executor,
    description="Deletes Dagster runs that are older than a month.",
)
def retention_job() -> None:
    """One op, in the run's own process."""
    delete_old_runs()


def retention_schedule(timezone: str, status: dg.DefaultScheduleStatus) -> dg.ScheduleDefinition:
    """Every night at a quarter past three in the account's time zone."""
    return dg.ScheduleDefinition(
        name="retention_daily",
        job=retention_job,
        cron_schedule="15 3 * * *",
        execution_timezone=timezone,
        default_status=status,
        description="Deletes old Dagster runs every night, so that the disk does not fill.",
    )
