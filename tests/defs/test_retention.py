"""Old runs of ours leave nothing behind; young and unfinished ones stay, and so do those of
others.
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.assets.names import AccountNames
from st_spectrum.sensors.retention import (
    OurRuns,
    RetentionConfig,
    delete_old_runs,
    event_files,
    retention_job,
)
from st_spectrum.sensors.runs import LOCATION_TAG
from tests.world.job_that_says import say, something

NORTH = AccountNames("north")
TAGS = NORTH.lane("customers")
RETENTION = retention_job(NORTH, ["customers_job", "retention"])
HERE = "__repository__@north"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster as on one machine: SQLite and log folders."""
    manager = {
        "module": "dagster.core.storage.local_compute_log_manager",
        "class": "LocalComputeLogManager",
    }
    overrides = {"compute_logs": {**manager, "config": {"base_dir": str(tmp_path / "storage")}}}
    with dg.instance_for_test(temp_dir=str(tmp_path), overrides=overrides) as instance:
        yield instance


def make_old(instance: dg.DagsterInstance, run_id: str) -> None:
    """Set back when a run was created, in Dagster's own table; there is no other way."""
    import sqlalchemy

    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        connection.execute(
            sqlalchemy.text(
                "UPDATE runs SET create_timestamp = '2020-01-01 00:00:00' WHERE run_id = :id"
            ),
            {"id": run_id},
        )


def old_run(instance: dg.DagsterInstance, job: str = "customers_job", **tags: str) -> str:
    """A run that ended long ago."""
    named = dg.GraphDefinition("work", node_defs=[say]).to_job(job)
    run = instance.create_run_for_job(named, status=dg.DagsterRunStatus.SUCCESS, tags=tags)
    make_old(instance, run.run_id)
    return run.run_id


def test_an_old_run_goes_with_its_event_file_and_its_logs(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    old, young = (
        something.execute_in_process(instance=instance, tags=TAGS).run_id for _ in range(2)
    )
    make_old(instance, old)
    logs = tmp_path / "storage" / old
    assert event_files(instance, old)[0].exists()
    assert logs.exists()

    assert RETENTION.execute_in_process(instance=instance).success

    assert not instance.has_run(old)
    assert not any(file.exists() for file in event_files(instance, old))
    assert not logs.exists()
    assert instance.has_run(young)
    assert event_files(instance, young)[0].exists()


def test_an_old_run_that_never_ended_stays(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(something, status=dg.DagsterRunStatus.STARTED, tags=TAGS)
    make_old(instance, run.run_id)
    assert RETENTION.execute_in_process(instance=instance).success
    assert instance.has_run(run.run_id)


def test_old_runs_of_others_stay_whatever_they_are_called(instance: dg.DagsterInstance) -> None:
    first = {"flow": "customers", "account": "north"}
    ours = [
        old_run(instance, **TAGS),
        old_run(instance, "anything", **TAGS),
        old_run(instance, **first),
        old_run(instance, "retention", **{LOCATION_TAG: HERE}),
    ]
    others = [
        old_run(instance),
        old_run(instance, "their_job", **first),
        old_run(instance, "their_job", **{LOCATION_TAG: HERE}),
        old_run(instance, "retention", **{LOCATION_TAG: "__repository__@theirs"}),
        old_run(instance, "retention"),
        old_run(instance, **AccountNames("south").lane("customers")),
        old_run(instance, flow="customers", account="south"),
    ]
    assert RETENTION.execute_in_process(instance=instance, tags={LOCATION_TAG: HERE}).success
    assert [instance.has_run(run_id) for run_id in ours] == [False] * len(ours)
    assert [instance.has_run(run_id) for run_id in others] == [True] * len(others)


def test_retention_stops_when_its_time_is_over(instance: dg.DagsterInstance) -> None:
    old = old_run(instance, **TAGS)
    ours = OurRuns(NORTH, ["customers_job"], HERE)
    assert delete_old_runs(instance, ours, RetentionConfig(days=1, minutes=1e-9)) == 0
    assert instance.has_run(old)
    assert delete_old_runs(instance, ours, RetentionConfig(days=1)) == 1
