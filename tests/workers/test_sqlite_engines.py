"""Dagster's files are kept open, and whatever happens to a file meanwhile is seen."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from st_spectrum.workers.sqlite_engines import Engines
from st_spectrum.workers.sqlite_storage import PromptEventLogStorage


def made(place: Path, number: int = 1) -> Path:
    with closing(sqlite3.connect(place)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE notes (number INTEGER)")
        database.execute("INSERT INTO notes VALUES (?)", (number,))
        database.commit()
    return place


def numbers(engines: Engines, place: Path) -> list[int]:
    with engines.of(place).connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT number FROM notes")]


def open_files(place: Path) -> int:
    """How often this process has the file open."""
    descriptors = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(descriptor) == str(place) for descriptor in descriptors)


def entry(run_id: str) -> dg.EventLogEntry:
    return dg.EventLogEntry(
        error_info=None, level=20, user_message="said", run_id=run_id, timestamp=time.time()
    )


def test_what_another_process_writes_is_read_at_the_next_question(tmp_path: Path) -> None:
    engines, place = Engines(), made(tmp_path / "notes.db")
    assert numbers(engines, place) == [1]
    with closing(sqlite3.connect(place)) as database:
        database.execute("INSERT INTO notes VALUES (2)")
        database.commit()
    assert numbers(engines, place) == [1, 2]


def test_a_file_that_was_put_in_its_place_is_read_and_not_the_old_one(tmp_path: Path) -> None:
    engines, place = Engines(), made(tmp_path / "notes.db")
    assert numbers(engines, place) == [1]
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(FileNotFoundError):
        engines.of(place)
    made(place, 7)
    assert numbers(engines, place) == [7]


def test_no_more_files_stay_open_than_are_asked_for(tmp_path: Path) -> None:
    engines = Engines(most=2)
    places = [made(tmp_path / f"{number}.db", number) for number in range(5)]
    assert [numbers(engines, place) for place in places] == [[0], [1], [2], [3], [4]]
    assert [open_files(place) for place in places] == [0, 0, 0, 1, 1]


def test_a_forked_child_opens_its_own_and_leaves_its_parents_alone(tmp_path: Path) -> None:
    engines, place = Engines(), made(tmp_path / "notes.db")
    before = engines.of(place)
    with before.connect() as parents:
        parents.exec_driver_sql("BEGIN IMMEDIATE")
        child = os.fork()
        if child == 0:
            is_well = engines.of(place) is not before and numbers(engines, place) == [1]
            os._exit(0 if is_well else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        parents.exec_driver_sql("INSERT INTO notes VALUES (2)")
        parents.commit()
    assert engines.of(place) is before and numbers(engines, place) == [1, 2]


def test_many_threads_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    engines, place = Engines(), made(tmp_path / "notes.db", 0)

    def write(begin: int) -> None:
        for number in range(begin, begin + 20):
            with engines.of(place).begin() as connection:
                connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (number,))

    threads = [Thread(target=write, args=(begin,)) for begin in range(1, 161, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers(engines, place)) == list(range(161))


def test_the_page_of_a_run_is_told_of_each_event_though_the_file_is_kept_open(
    tmp_path: Path,
) -> None:
    """What the worker commits stands in the journal first, and Dagster looks at the file alone."""
    worker = PromptEventLogStorage(str(tmp_path))
    worker.store_event(entry("run"))
    assert open_files(Path(worker.path_for_shard("run"))) == 1
    heard: list[str] = []
    page = PromptEventLogStorage(str(tmp_path))

    def tell(event: dg.EventLogEntry, _cursor: str) -> None:
        heard.append(event.user_message)

    page.watch("run", None, tell)
    stored, deadline = 1, time.monotonic() + 20
    try:
        while len(heard) < 4 and time.monotonic() < deadline:  # it takes a moment to look
            worker.store_event(entry("run"))
            stored += 1
            time.sleep(0.2)
    finally:
        page.end_watch("run", tell)
        page.dispose()
    assert 4 <= len(heard) <= stored


def seconds(storage: SqliteEventLogStorage) -> float:
    storage.store_event(entry("run"))
    began = time.process_time()
    for _ in range(40):
        storage.store_event(entry("run"))
    return time.process_time() - began


def test_an_event_costs_less_than_half_of_what_it_costs_dagster(tmp_path: Path) -> None:
    kinds: tuple[Callable[[str], SqliteEventLogStorage], ...] = (
        PromptEventLogStorage,
        SqliteEventLogStorage,
    )
    ours, theirs = (seconds(kind(str(tmp_path / str(place)))) for place, kind in enumerate(kinds))
    assert ours < theirs / 2


def test_a_run_whose_file_was_deleted_gets_a_new_one(tmp_path: Path) -> None:
    storage = PromptEventLogStorage(str(tmp_path))
    storage.store_event(entry("run"))
    for file in tmp_path.glob("run.db*"):
        file.unlink()
    storage.store_event(entry("run"))
    assert len(storage.get_records_for_run("run").records) == 1
