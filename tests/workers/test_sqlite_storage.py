"""A home whose files are opened promptly holds what Dagster itself would have put there."""

import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from st_spectrum.workers.sqlite_storage import (
    PromptEventLogStorage,
    PromptSqliteStorage,
    bears_revision,
)
from tests.world.job_that_says import something

SETTINGS = """
telemetry: {enabled: false}
storage:
  custom:
    module: st_spectrum.workers.sqlite_storage
    class: PromptSqliteStorage
    config: {base_dir: {env: DAGSTER_HOME}}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


def contents(file: Path) -> tuple[Any, ...]:
    """Tables, revision and kind of journal."""
    with closing(sqlite3.connect(file)) as database:
        tables = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        revision = database.execute("SELECT version_num FROM alembic_version")
        journal = database.execute("PRAGMA journal_mode")
        return tables.fetchall(), revision.fetchall(), journal.fetchall()


def open_run(storage: SqliteEventLogStorage, run_id: str) -> Path:
    with storage.run_connection(run_id):
        return Path(storage.path_for_shard(run_id))


def asks_alembic(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that Dagster looks through its migrations from now on."""
    asked: list[str] = []
    for module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
        original = module.check_alembic_revision

        def ask(*arguments: Any, _original: Any = original, _name: str = module.__name__) -> Any:
            asked.append(_name)
            return _original(*arguments)

        monkeypatch.setattr(module, "check_alembic_revision", ask)
    return asked


def test_the_file_of_a_run_is_what_dagster_itself_makes(tmp_path: Path) -> None:
    ours, theirs = (
        open_run(kind(str(tmp_path / kind.__name__)), "run")
        for kind in (PromptEventLogStorage, SqliteEventLogStorage)
    )
    assert contents(ours) == contents(theirs)
    assert sorted(file.suffix for file in ours.parent.iterdir() if file.name[:3] == "run") == [
        ".db"
    ]


def test_a_run_asks_for_no_migrations_and_dagster_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when Dagster makes these files in another way than we know."""
    ours = PromptEventLogStorage(str(tmp_path / "ours"))
    theirs = SqliteEventLogStorage(str(tmp_path / "theirs"))
    open_run(ours, "first")
    asked = asks_alembic(monkeypatch)
    open_run(ours, "second")
    open_run(PromptEventLogStorage(str(tmp_path / "ours")), "second")
    assert asked == []
    open_run(theirs, "second")
    assert asked


def test_a_home_is_opened_again_without_them_and_holds_its_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run_id = something.execute_in_process(instance=instance).run_id
    asked = asks_alembic(monkeypatch)
    with dg.DagsterInstance.from_config(str(home)) as again:
        assert isinstance(again.event_log_storage, PromptEventLogStorage)
        assert again.get_run_by_id(run_id) is not None
        assert any(entry.user_message == "said" for entry in again.all_logs(run_id))
        assert again.all_instigator_state() == []
        assert something.execute_in_process(instance=again).success
    assert asked == []


def test_dagster_s_own_storage_and_this_one_take_turns_in_one_home(home: Path) -> None:
    settings = (home / "dagster.yaml").read_text()
    run_ids = []
    for text in ("telemetry: {enabled: false}", settings, "telemetry: {enabled: false}", settings):
        (home / "dagster.yaml").write_text(text)
        with dg.DagsterInstance.from_config(str(home)) as instance:
            run_ids.append(something.execute_in_process(instance=instance).run_id)
            assert {run.run_id for run in instance.get_runs()} == set(run_ids)
            assert all(instance.all_logs(run_id) for run_id in run_ids)


def test_its_places_are_those_of_dagster(tmp_path: Path) -> None:
    for kind in (PromptSqliteStorage, DagsterSqliteStorage):
        kind(str(tmp_path / kind.__name__))
    ours, theirs = (
        {
            str(file.relative_to(tmp_path / kind.__name__))
            for file in (tmp_path / kind.__name__).rglob("*.db")
        }
        for kind in (PromptSqliteStorage, DagsterSqliteStorage)
    )
    assert ours == theirs


def test_a_file_whose_making_was_cut_off_is_finished(tmp_path: Path) -> None:
    storage = PromptEventLogStorage(str(tmp_path))
    whole = contents(open_run(storage, "first"))
    Path(storage.path_for_shard("empty")).touch()
    with closing(sqlite3.connect(storage.path_for_shard("begun"))) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.commit()
    assert not bears_revision(Path(storage.path_for_shard("begun")))
    assert contents(open_run(storage, "empty"))[1:] == whole[1:]
    assert contents(open_run(storage, "begun"))[1] == whole[1]


def test_many_processes_that_meet_a_run_at_once_share_one_file(tmp_path: Path) -> None:
    storages = [PromptEventLogStorage(str(tmp_path)) for _ in range(8)]
    for turn in range(5):
        with ThreadPoolExecutor(8) as pool:
            files = set(pool.map(open_run, storages, [f"run{turn}"] * 8))
        assert all(bears_revision(file) for file in files) and len(files) == 1
    left = {file.name for file in tmp_path.iterdir() if file.name.startswith("empty.")}
    assert left == {f"empty.{dg.__version__}"}


def test_many_that_open_a_new_home_at_once_make_its_files_once(tmp_path: Path) -> None:
    for turn in range(3):
        with ThreadPoolExecutor(6) as pool:
            storages = list(pool.map(PromptSqliteStorage, [str(tmp_path / str(turn))] * 6))
        for storage in storages:
            assert storage.run_storage.get_runs() == []
            assert list(storage.schedule_storage.all_instigator_state()) == []
            assert list(storage.event_log_storage.all_asset_keys()) == []


def test_without_hard_links_dagster_makes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert bears_revision(open_run(PromptEventLogStorage(str(tmp_path)), "run"))


def test_a_run_and_a_tick_cost_a_small_part_of_what_they_did(tmp_path: Path) -> None:
    def seconds(kind: type[SqliteEventLogStorage]) -> float:
        storage = kind(str(tmp_path / kind.__name__))
        open_run(storage, "first")
        began = time.process_time()
        for turn in range(5):
            open_run(storage, f"run{turn}")
        return time.process_time() - began

    assert seconds(PromptEventLogStorage) < seconds(SqliteEventLogStorage) / 5


def test_migrations_go_through_it(instance: dg.DagsterInstance) -> None:
    run_id = something.execute_in_process(instance=instance).run_id
    instance.upgrade()
    assert instance.all_logs(run_id)
