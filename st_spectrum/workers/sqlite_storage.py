"""Dagster's own storage in SQLite files, without a look through Alembic's history at each opening.

Dagster keeps the events of each run in a file of its own, and asks Alembic at each first opening of
a file which revision is the newest. Alembic reads all migrations for that: 40 ms of a processor for
each process that meets a run and for each of the three files that a sensor's tick opens, and 140 ms
where a file is made. A file that bears a revision is left as it is by Dagster, so it is enough to
see that it does; and the file of a new run is a copy of an empty one, which Dagster made once.

Files, names and contents are Dagster's: a home may change between this class and Dagster's.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import URL, create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

BUSY_SECONDS = 30.0
"""As long as Dagster waits for another process that writes."""
RUNS, EVENTS, INDEX, SCHEDULES = (
    "history/runs.db", "history/runs", "history/runs/index.db", "schedules/schedules.db",
)  # fmt: skip


class PromptEventLogStorage(SqliteEventLogStorage):
    """Events of each run in a file of its own, which is copied and not made."""

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Called by Dagster before it first opens a file."""
        place = Path(str(engine.url.database))
        if bears_revision(place):
            return
        is_of_a_run = not for_index_shard and place.name != Path(INDEX).name
        if not (is_of_a_run and self._copy_empty(place)):
            super()._initdb(engine, for_index_shard)

    def _copy_empty(self, place: Path) -> bool:
        """Whether the file stands there whole now. It appears in one moment: a process that meets
        the same run at the same time sees all of it or nothing.
        """
        empty = place.with_name(f"empty.{dg.__version__}")
        draft = place.with_name(f"empty.{uuid4().hex}")
        try:
            if not empty.exists():
                self._make_empty(draft)
                draft.replace(empty)
            shutil.copyfile(empty, draft)
            _flush(draft)
            os.link(draft, place)
        except OSError:  # somebody else was first; or no hard links here, or no space
            return bears_revision(place)
        finally:
            draft.unlink(missing_ok=True)
        return True

    def _make_empty(self, place: Path) -> None:
        engine = create_engine(URL.create("sqlite", database=str(place)), poolclass=NullPool)
        super()._initdb(engine)
        _flush(place)


class PromptSqliteStorage(DagsterSqliteStorage):
    """`storage: {custom: {module: st_spectrum.workers.sqlite_storage, class: PromptSqliteStorage,
    config: {base_dir: {env: DAGSTER_HOME}}}}`.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        home = Path(base_dir)
        runs, index, schedules = (home / file for file in (RUNS, INDEX, SCHEDULES))
        if not all(bears_revision(file) for file in (runs, index, schedules)):
            DagsterSqliteStorage(base_dir)  # makes what is missing
        self.base_dir = base_dir
        self._run_storage = SqliteRunStorage(f"sqlite:///{runs}")
        self._event_log_storage = PromptEventLogStorage(str(home / EVENTS))
        self._schedule_storage = SqliteScheduleStorage(f"sqlite:///{schedules}")
        self._inst_data = inst_data
        # Not Dagster's own beginning of this class, which asks for the migrations.
        super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Any
    ) -> "PromptSqliteStorage":
        """As Dagster makes it from dagster.yaml."""
        Path(config_value["base_dir"]).mkdir(parents=True, exist_ok=True)
        return cls(inst_data=inst_data, **config_value)


def bears_revision(place: Path) -> bool:
    """Whether Dagster has made this file, all of it: the revision is what it writes last."""
    if not place.exists():  # opening would make it
        return False
    try:
        with closing(sqlite3.connect(place, timeout=BUSY_SECONDS)) as database:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return False
    return bool(row and row[0])


def _flush(place: Path) -> None:
    with place.open("rb") as file:
        os.fsync(file.fileno())
