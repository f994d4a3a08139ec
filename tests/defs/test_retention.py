"""Old runs leave nothing behind; young and unfinished ones stay."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.sensors.retention import RetentionConfig, delete_old_runs, event_files, retention_job


@dg.op
def say(context: dg.OpExecutionContext) -> None:
    context.log.info("said")


@dg.job
def something() -> None:
    say()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster as on one machine: SQLite and log folders."""
    manager = {"module": "dagster.core.storage.local_compute_log_manager", "class": "LocalComputeLogManager"}
    overrides = {"compute_logs": {**manager, "config": {"base_dir": str(tmp_path / "storage")}}}
    with dg.instance_for_test(temp_dir=str(tmp_path), overrides=overrides) as instance:
        yield instance


def make_old(instance: dg.DagsterInstance, run_id: str) -> None:
    """Set back when a run was created, in Dagster's own table; there is no other way."""
    import sqlalchemy

    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        connection.execute(
            sqlalchemy.text("UPDATE runs SET create_timestamp = '2020-01-01 00:00:00' WHERE run_id = :id"),
            {"id": run_id},
        )


def test_an_old_run_goes_with_its_event_file_and_its_logs(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    old, young = (something.execute_in_process(instance=instance).run_id for _ in range(2))
    make_old(instance, old)
    logs = tmp_path / "storage" / old
    assert event_files(instance, old)[0].exists()
    assert logs.exists()

    assert retention_job.execute_in_process(instance=instance).success

    assert not instance.has_run(old)
    assert not any(file.exists() for file in event_files(instance, old))
    assert not logs.exists()
    assert instance.has_run(young)
    assert event_files(instance, young)[0].exists()


def test_an_old_run_that_never_ended_stays(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(something, status=dg.DagsterRunStatus.STARTED)
    make_old(instance, run.run_id)
    assert retention_job.execute_in_process(instance=instance).success
    assert instance.has_run(run.run_id)


def test_retention_stops_when_its_time_is_over() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_op_context(instance=instance)
        delete_old_runs(context, RetentionConfig(days=1, minutes=1e-9))
        assert context.get_output_metadata("result") == {"deleted_runs": 0}
