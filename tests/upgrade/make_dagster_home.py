"""Writes `dagster_home.sql`: a Dagster instance of the first version, with runs, weeks, and
switches.

It was run once, at the last commit whose asset keys did not tell the account:
`python -m tests.upgrade.make_dagster_home FILE`.
"""

import sqlite3
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    SensorInstigatorData,
)

from st_spectrum.definitions import build
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.contractor import ACCOUNT_FILE
from tests.world.timekeeper import build_timekeeper

DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
LOCATION = "sandbox"
STOPPED = ("sites_changes", "retention_daily")
NOT_KEPT = ("snapshots", "bulk_actions", "instance_info", "job_ticks")
"""Large, or of the machine that it was made on."""


def make(file: Path) -> None:
    """One instance, from runs to text."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder) / "sandbox") as sandbox:
        home = Path(folder) / "home"
        home.mkdir()
        crew = build_timekeeper(sandbox, Path(folder) / "crew", TimeSizes(weeks=2), technicians=1)
        with MonkeyEnvironment(crew.contractor.environment | {"ST_SPECTRUM_STATE_DIR": folder}):
            account_file = Path(folder) / f"{LOCATION}.yaml"
            account_file.write_text(ACCOUNT_FILE.read_text())
            with dg.DagsterInstance.from_config(str(home)) as instance:
                fill(
                    instance,
                    build(account_file),
                    [end - timedelta(days=6) for end in crew.week_ends],
                )
        text = "\n".join(f"-- {name}\n{dump(home / name)}" for name in DATABASES)
        file.write_text(text.replace(folder, "/state"))


def fill(instance: dg.DagsterInstance, defs: dg.Definitions, weeks: list) -> None:
    """What a month of work leaves, in short."""
    keys = {"ops": {"customers": {"config": {"keys": ["1201"]}}}}
    repository = defs.get_repository_def()
    for job, config, week in (
        ("customers_job", keys, None),
        ("reconcile", {}, None),
        *(("reconcile_payroll", {}, f"{first}") for first in (*weeks, weeks[-1])),
    ):
        defs.resolve_job_def(job).execute_in_process(
            instance=instance, run_config=config, partition_key=week, raise_on_error=False
        )
    place = GrpcServerCodeLocationOrigin(host="127.0.0.1", port=4000, location_name=LOCATION)
    origin = RemoteRepositoryOrigin(place, repository.name)
    for definition in (*repository.sensor_defs, *repository.schedule_defs):
        is_sensor = isinstance(definition, dg.SensorDefinition)
        is_on = definition.name not in STOPPED
        data = (
            SensorInstigatorData(
                cursor=f"cursor of {definition.name}", sensor_type=definition.sensor_type
            )
            if is_sensor
            else ScheduleInstigatorData(definition.cron_schedule, 1764460800.0 if is_on else None)
        )
        instance.add_instigator_state(
            InstigatorState(
                RemoteInstigatorOrigin(origin, definition.name),
                InstigatorType.SENSOR if is_sensor else InstigatorType.SCHEDULE,
                InstigatorStatus.RUNNING if is_on else InstigatorStatus.STOPPED,
                data,
            )
        )


def dump(database: Path) -> str:
    """As SQL, without what no test needs."""
    with sqlite3.connect(database) as connection:
        tables = {
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        for table in tables & set(NOT_KEPT):
            connection.execute(f"DELETE FROM {table}")
        if "event_logs" in tables:
            connection.execute(
                "DELETE FROM event_logs WHERE dagster_event_type NOT IN ('ASSET_MATERIALIZATION',"
                " 'ASSET_OBSERVATION')"
            )
        connection.commit()
        return "\n".join(connection.iterdump())


class MonkeyEnvironment:
    """The environment of the crew's contractor."""

    def __init__(self, environment: dict) -> None:
        self._environment = environment

    def __enter__(self) -> None:
        import os

        os.environ.update(self._environment)

    def __exit__(self, *_: object) -> None:
        import os

        for name in self._environment:
            os.environ.pop(name, None)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
