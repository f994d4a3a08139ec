"""The SQLite store among several processes, and on files that it cannot use."""

import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from st_spectrum.domain.errors import ClaimLost, ContractBroken, SettingsInvalid, Unavailable
from st_spectrum.ledger.sqlite import SqliteStore

_COUNT_UP = """
import sys
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.sqlite import SqliteStore
print("ready", flush=True)
sys.stdin.readline()
store = SqliteStore(sys.argv[1])
try:
    store.create("counter", "0")
except ClaimLost:
    pass
done = 0
while done < 25:
    found = store.get("counter")
    try:
        store.replace("counter", str(int(found.body) + 1), found.etag)
        done += 1
    except ClaimLost:
        pass
store.close()
"""


def test_processes_that_open_a_new_file_at_once_all_work_and_count_exactly(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.sqlite"
    command = [sys.executable, "-c", _COUNT_UP, str(path)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)
        assert worker.returncode == 0
    assert SqliteStore(path).get("counter").body == "100"


def test_a_power_cut_must_not_lose_a_claim(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.sqlite")
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_file_locked_beyond_the_bound_is_unavailable_and_usable_afterwards(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    store = SqliteStore(path, timeout_seconds=0.2)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match=r"locked by another process for more than 0\.2 s"):
        store.create("k/a", "1")
    assert store.get("k/a") is None
    blocker.execute("ROLLBACK")
    store.create("k/a", "1")


def test_a_full_disk_is_named_with_what_to_do_and_the_store_goes_on_afterwards(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    store = SqliteStore(path)
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(
        Unavailable, match=r"the disk that .*ledger\.sqlite lies on is full"
    ) as full:
        store.create("k/a", "1" * 100_000)

    assert "make room there" in full.value.advice
    store._connection.execute(f"PRAGMA max_page_count = {pages + 100}")
    store.create("k/a", "1" * 100_000)


def test_a_new_file_locked_by_another_process_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="locked"):
        SqliteStore(path, timeout_seconds=0.2)


def test_a_file_that_is_no_ledger_is_said_plainly(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_text("This is a letter, not a database. " * 100)
    with pytest.raises(ContractBroken, match="is not a ledger"):
        SqliteStore(path)


def test_a_place_where_no_file_can_be_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsInvalid, match=r"ledger\.path"):
        SqliteStore(tmp_path / "file" / "ledger.sqlite")
    with pytest.raises(SettingsInvalid, match=r"ledger\.path"):
        SqliteStore(tmp_path)


def test_a_child_process_opens_the_file_anew(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.sqlite")
    store.create("k/parent", "1")
    inherited = store._connection
    if (child := os.fork()) == 0:
        try:
            store.create("k/child", "1")
        finally:
            os._exit(0 if store._connection is not inherited else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert list(store.list("k/")) == ["k/child", "k/parent"]


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.sqlite")
    store.close()
    store.close()
    with pytest.raises(Unavailable, match="closed"):
        store.get("k/a")


def test_threads_that_write_at_once_share_one_transaction_and_each_learns_its_own_outcome(
    tmp_path: Path,
) -> None:
    store, commits = SqliteStore(tmp_path / "ledger.sqlite"), []
    store._connection.set_trace_callback(
        lambda text: commits.append(text) if text == "COMMIT" else None
    )

    def wins(number: int) -> bool:
        try:
            store.create(f"key/{number // 2}", str(number))
        except ClaimLost:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        with store._lock:
            tasks = [pool.submit(wins, number) for number in range(20)]
            while len(store._waiting) < 20:
                time.sleep(0.001)
        won = [task.result() for task in tasks]

    assert len(commits) == 1
    assert [sum(won[place : place + 2]) for place in range(0, 20, 2)] == [1] * 10
    assert [
        store.get(f"key/{number // 2}").body for number, is_mine in enumerate(won) if is_mine
    ] == [str(number) for number, is_mine in enumerate(won) if is_mine]


def test_a_transaction_that_fails_fails_for_every_thread_that_shared_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.sqlite")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as other:
        other.execute("ALTER TABLE documents RENAME TO elsewhere")
    with ThreadPoolExecutor(5) as pool:
        with store._lock:
            tasks = [pool.submit(store.create, f"key/{number}", "x") for number in range(5)]
            while len(store._waiting) < 5:
                time.sleep(0.001)
        faults = [task.exception() for task in tasks]
    assert [type(fault) for fault in faults] == [Unavailable] * 5
    assert len({id(fault) for fault in faults}) == 5
