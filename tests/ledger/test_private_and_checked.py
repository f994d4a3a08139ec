"""A ledger is readable by its owner alone, and is looked through for damage when there is a reason
to.
"""

import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger import sqlite as sqlite_module
from st_spectrum.ledger.sqlite import SqliteStore
from st_spectrum.private_files import keep_folder_private, make_private_folder

WRITE_AND_WAIT = """
import sys
from st_spectrum.ledger.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
store.create("k/a", "1")
print("ready", flush=True)
sys.stdin.readline()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_ledger_and_what_lies_beside_it_are_their_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        store = SqliteStore(tmp_path / "state" / "of acme" / "ledger.sqlite")
        store.create("k/a", "1")
    finally:
        os.umask(old)
    files = sorted((tmp_path / "state" / "of acme").iterdir())
    assert [file.name for file in files] == [
        f"ledger.sqlite{end}" for end in ("", "-shm", "-users", "-wal")
    ]
    assert {mode(file) for file in files} == {0o600}
    assert mode(tmp_path / "state") == mode(tmp_path / "state" / "of acme") == 0o700
    store.close()


def test_a_ledger_that_others_could_read_is_corrected_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    SqliteStore(path).close()
    path.chmod(0o644)
    before = mode(tmp_path)
    SqliteStore(path).close()
    assert mode(path) == 0o600
    assert mode(tmp_path) == before, "a folder that people made may hold other things"


def test_a_state_folder_is_narrowed_but_never_one_for_everybody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state, public = tmp_path / "state", tmp_path / "public"
    make_private_folder(state)
    state.chmod(0o755)
    public.mkdir()
    public.chmod(0o1777)
    with caplog.at_level(logging.WARNING):
        for folder in (state, public, public, tmp_path / "missing"):
            keep_folder_private(folder)
    assert mode(state) == 0o700
    assert mode(public) == 0o1777
    assert [str(public) in record.getMessage() for record in caplog.records] == [True]


def test_a_damaged_page_is_told_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    damage(path)
    sqlite_module._checked.clear()
    with pytest.raises(ContractBroken, match="damaged") as caught:
        SqliteStore(path)
    assert "The ledger is lost" in caught.value.advice


def test_a_ledger_is_looked_through_once_in_a_process_and_not_at_every_opening(
    tmp_path: Path, checks: list[str]
) -> None:
    path = tmp_path / "ledger.sqlite"
    for _ in range(3):
        SqliteStore(path).close()
    assert checks == ["checked"]


def test_after_a_user_that_was_killed_it_is_looked_through_again(
    tmp_path: Path, checks: list[str]
) -> None:
    path = tmp_path / "ledger.sqlite"
    SqliteStore(path).close()
    worker = subprocess.Popen(
        [sys.executable, "-c", WRITE_AND_WAIT, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout.readline() == "ready\n"
    SqliteStore(path).close()
    assert checks == ["checked"], "a living user's log is no sign of trouble"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    store = SqliteStore(path)
    assert checks == ["checked", "checked"]
    assert store.get("k/a").body == "1"
    store.close()
    SqliteStore(path).close()
    assert checks == ["checked", "checked"]


def test_opening_the_ledger_once_more_drops_no_lock_that_this_process_has_on_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    first = SqliteStore(path)
    connection = first._connection
    connection.execute("BEGIN IMMEDIATE")
    SqliteStore(path, timeout_seconds=0.1).close()
    text = (
        "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0.1).execute('BEGIN IMMEDIATE')"
    )
    other = subprocess.run([sys.executable, "-c", text, str(path)], capture_output=True, text=True)
    assert "locked" in other.stderr
    connection.execute("ROLLBACK")
    first.close()


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One word for each time that SQLite was asked to look a file through."""
    found: list[str] = []
    connect = sqlite3.connect

    def connected(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(
            lambda text: found.append("checked") if "quick_check" in text else None
        )
        return connection

    monkeypatch.setattr(sqlite3, "connect", connected)
    sqlite_module._checked.clear()
    return found


def damage(path: Path) -> None:
    """Overwrite the middle of one page of a ledger with entries."""
    store = SqliteStore(path)
    for number in range(200):
        store.create(f"entries/customers/{number}", "x" * 200)
    store.close()
    with path.open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\x7f" * 2000)
