"""Dagster's own storage in SQLite files, without a look through Alembic's history at each opening.

Dagster keeps the events of each run in a file of its own, and asks Alembic at each first opening of
a file which revision is the newest. Alembic reads all migrations for that: 40 ms of a processor for
each process that meets a run and for each of the three files that a sensor's tick opens, and 140 ms
where a file is made. A file that bears a revision is left as it is by Dagster, so it is enough to
see that it does; and the file of a new run is a copy of an empty one, which Dagster made once. Open
files are kept open; see `sqlite_engines`.

Files, names and contents are Dagster's: a home may change between this class and Dagster's.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorageWatchdog
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import URL, create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from st_spectrum.workers.sqlite_engines import BUSY_SECONDS, Engines

RUNS, EVENTS, INDEX, SCHEDULES = (
    "history/runs.db", "history/runs", "history/runs/index.db", "schedules/schedules.db",
)  # fmt: skip

LOCK = "storage.lock"
ENGINES = Engines()
"""Of this process: Dagster opens its storage anew at each tick of a sensor."""


class RunWatcher(SqliteEventLogStorageWatchdog):
    """Tells a run's page of new events, which stand in the journal of a file that is kept open."""

    def dispatch(self, event: Any) -> None:
        """Called by watchdog for whatever happens in the folder."""
        files = (self._log_path, f"{self._log_path}-wal")
        if event.event_type == "modified" and event.src_path in files:
            self._process_log()


class PromptEventLogStorage(SqliteEventLogStorage):
    """Events of each run in a file of its own, which is copied and not made."""

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """Called by Dagster for each question and each event."""
        place = Path(self.path_for_shard(shard))
        with self._db_lock:
            if shard not in self._initialized_dbs or not place.exists():
                self._initdb(_engine_for_once(place))
                self._initialized_dbs.add(shard)
            with ENGINES.of(place).begin() as connection:
                yield connection

    def watch(self, run_id: str, cursor: str | None, callback: Callable[..., Any]) -> None:
        """Called by the web server when somebody opens a run's page."""
        super().watch(run_id, cursor, callback)
        dagsters, watch = self._watchers[run_id][callback]
        watcher = RunWatcher(self, run_id, callback, cursor)
        observer: Any = self._obs
        observer.add_handler_for_watch(watcher, watch)
        observer.remove_handler_for_watch(dagsters, watch)
        self._watchers[run_id][callback] = (watcher, watch)

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
        super()._initdb(_engine_for_once(place))
        _flush(place)


class PromptRunStorage(SqliteRunStorage):
    """What runs there are, in a file that is kept open."""

    def __init__(self, place: Path) -> None:
        self._place = place
        super().__init__(f"sqlite:///{place}")

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Called by Dagster for each question."""
        with ENGINES.of(self._place).begin() as connection:
            yield connection


class PromptScheduleStorage(SqliteScheduleStorage):
    """What sensors and schedules did, in a file that is kept open."""

    def __init__(self, place: Path) -> None:
        self._place = place
        super().__init__(f"sqlite:///{place}")

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Called by Dagster for each question."""
        with ENGINES.of(self._place).begin() as connection:
            yield connection


class PromptSqliteStorage(DagsterSqliteStorage):
    """`storage: {custom: {module: st_spectrum.workers.sqlite_storage, class: PromptSqliteStorage,
    config: {base_dir: {env: DAGSTER_HOME}}}}`.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        home = Path(base_dir)
        runs, index, schedules = (home / file for file in (RUNS, INDEX, SCHEDULES))
        if not all(map(bears_revision, (runs, index, schedules))):
            _make_what_is_missing(home)
        self.base_dir = base_dir
        self._run_storage = PromptRunStorage(runs)
        self._event_log_storage = PromptEventLogStorage(str(home / EVENTS))
        self._schedule_storage = PromptScheduleStorage(schedules)
        self._inst_data = inst_data
        # Not Dagster's own beginning of this class, which asks for the migrations.
        super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Any
    ) -> "PromptSqliteStorage":
        """As Dagster makes it from dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)


def bears_revision(place: Path) -> bool:
    """Whether Dagster has made this file, all of it: the revision is what it writes last."""
    if not place.exists():  # opening would make it
        return False
    try:
        with ENGINES.of(place).connect() as connection:
            row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    except (SQLAlchemyError, FileNotFoundError):
        return False
    return bool(row and row[0])


def _make_what_is_missing(home: Path) -> None:
    # Processes that meet a brand-new home at once would trip over each other in Dagster's first
    # migrations. To whoever had to wait nothing is missing any more.
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        DagsterSqliteStorage(str(home))


def _engine_for_once(place: Path) -> Engine:
    return create_engine(
        URL.create("sqlite", database=str(place)),
        poolclass=NullPool,
        connect_args={"timeout": BUSY_SECONDS},
    )


def _flush(place: Path) -> None:
    with place.open("rb") as file:
        os.fsync(file.fileno())
