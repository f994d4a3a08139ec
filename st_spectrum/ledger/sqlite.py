"""The ledger's documents in one SQLite file, for a contractor whose integration runs on one
machine.

Several threads and several processes may use the file at once. It must lie on a local disk:
SQLite's locks do not hold on network shares.
"""

import os
import sqlite3
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from st_spectrum.domain.errors import (
    ClaimLost,
    ContractBroken,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.ledger.store import Stored
from st_spectrum.ledger.users import USERS_FILE, Users
from st_spectrum.private_files import create_private_file, keep_file_private, make_private_folder

_TABLE = (
    "CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, body TEXT NOT NULL, etag TEXT NOT"
    " NULL) WITHOUT ROWID"
)
_BEHIND_ALL = "\U0010ffff"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_SETTINGS = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
)
_FULL = (sqlite3.SQLITE_FULL,)
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_ITS_FILES = ("", "-wal", "-shm", USERS_FILE)
_DAMAGED_ADVICE = (
    "Stop everything that uses the ledger, and go on as the runbook says under 'The ledger is"
    " lost'."
)
_FULL_ADVICE = "Nothing is lost: make room there, and the next round goes on by itself."

_checked: set[tuple[int, int, int]] = set()
"""Process, device and file of every ledger that this process has looked through for damage."""


@dataclass(eq=False)
class _Change:
    """One changing statement of a thread that waits for it, and what became of it: whether it
    changed a row, or a fault.
    """

    statement: str
    values: tuple[str, ...]
    pid: int
    outcome: bool | SyncFault | None = None


class SqliteStore:
    """`Store` in a file. `timeout_seconds` is how long a call waits for other processes before it
    raises `Unavailable`.
    """

    def __init__(self, path: Path | str, timeout_seconds: float = 20) -> None:
        self._path = Path(path)
        self._timeout = timeout_seconds
        self._lock = RLock()
        self._waiting: deque[_Change] = deque()
        self._connection: sqlite3.Connection | None = None
        self._inherited: tuple[sqlite3.Connection | None, Users | None] = (None, None)
        self._users: Users | None = None
        self._pid = 0
        self._is_closed = False
        with self._session():
            pass

    def get(self, key: str) -> Stored | None:
        """The document, or None."""
        with self._session() as connection:
            row = connection.execute(
                "SELECT body, etag FROM documents WHERE key = ?", (key,)
            ).fetchone()
        return Stored(*row) if row else None

    def create(self, key: str, body: str) -> str:
        """Write a new document; `ClaimLost` when there is one."""
        etag = uuid.uuid4().hex
        if not self._write(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (key, body, etag)
        ):
            raise ClaimLost(f"{key} exists already", system="ledger", operation="create")
        return etag

    def replace(self, key: str, body: str, etag: str) -> str:
        """Write over one version; `ClaimLost` when it is another one or gone."""
        new = uuid.uuid4().hex
        if not self._write(
            "UPDATE documents SET body = ?, etag = ? WHERE key = ? AND etag = ?",
            (body, new, key, etag),
        ):
            raise ClaimLost(
                f"{key} was changed by another worker", system="ledger", operation="replace"
            )
        return new

    def list(self, prefix: str) -> Iterator[str]:
        """Keys in byte order, which is how SQLite compares text."""
        query = "SELECT key FROM documents WHERE key >= ? AND key < ? ORDER BY key"
        with self._session() as connection:
            rows = connection.execute(query, (prefix, prefix + _BEHIND_ALL)).fetchall()
        return (row[0] for row in rows)

    def discard(self, key: str) -> None:
        """Remove a marker."""
        self._write("DELETE FROM documents WHERE key = ?", (key,))

    def copy_to(self, file: Path) -> int:
        """All documents as of one moment into another file, whoever writes meanwhile; how many."""
        with self._session() as connection, closing(sqlite3.connect(file)) as target:
            connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it
            (count,) = target.execute("SELECT count(*) FROM documents").fetchone()
        return int(count)

    def close(self) -> None:
        """Close the file; what is called afterwards raises `Unavailable`."""
        with self._lock:
            self._is_closed = True
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
                if self._users is not None:
                    self._users.leave()
            self._connection, self._users = None, None

    def _write(self, statement: str, values: tuple[str, ...]) -> bool:
        """Run one changing statement; whether it changed a row. It lies safely on disk when this
        returns.

        What other threads want to change while the disk is busy shares the next transaction, for a
        disk takes as long for one change as for thirty.
        """
        change = _Change(statement, values, os.getpid())
        self._waiting.append(change)
        with self._lock:
            if change.outcome is None:
                self._commit(change)
        if isinstance(change.outcome, SyncFault):
            raise change.outcome.with_traceback(None)
        return bool(change.outcome)

    def _commit(self, own: _Change) -> None:
        """All changes that wait, in one transaction: they are all there afterwards, or none of
        them.
        """
        waiting = []
        while self._waiting:
            change = self._waiting.popleft()
            if change.pid == own.pid:  # a fork takes along what threads of the parent wait for
                waiting.append(change)
        fault: SyncFault = Unavailable(
            "the thread that was to write was interrupted", system="ledger"
        )
        outcomes: list[bool | SyncFault] = []
        try:
            with self._session() as connection:
                outcomes = [changed == 1 for changed in _changed_rows(connection, waiting)]
        except SyncFault as problem:
            fault = problem
        finally:
            for place, change in enumerate(waiting):
                change.outcome = outcomes[place] if outcomes else _own(fault)

    @contextmanager
    def _session(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connected()
            except sqlite3.Error as error:
                raise self._fault(error) from error

    def _connected(self) -> sqlite3.Connection:
        if self._is_closed:
            raise Unavailable("the ledger was closed", system="ledger")
        if self._connection is None or self._pid != os.getpid():
            # A connection must not cross a fork: the child opens its own, and does not even close
            # the one it inherited.
            self._inherited = (self._connection, self._users)
            (self._connection, self._users), self._pid = self._open(), os.getpid()
        return self._connection

    def _open(self) -> tuple[sqlite3.Connection, Users]:
        try:
            make_private_folder(self._path.parent)
            create_private_file(self._path)  # what SQLite puts beside it takes over its mode
            for ending in _ITS_FILES:
                keep_file_private(Path(f"{self._path}{ending}"))
            users = Users(self._path)
        except OSError as error:
            text = f"ledger.path: {self._path} cannot be opened for writing: {error.strerror}"
            raise SettingsInvalid([text]) from None
        try:
            return self._connect(users), users
        except BaseException:
            users.leave()
            raise

    def _connect(self, users: Users) -> sqlite3.Connection:
        is_unclean = users.is_alone and _has_content(Path(f"{self._path}-wal"))
        connection = sqlite3.connect(
            self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
            self._check(connection, is_unclean=is_unclean)
        except BaseException:
            connection.close()
            raise
        users.let_others_in()
        return connection

    def _check(self, connection: sqlite3.Connection, *, is_unclean: bool) -> None:
        """Look the file through for damage: once in a process, and after a user that did not come
        to a clean end.
        """
        status = self._path.stat()
        name = (os.getpid(), status.st_dev, status.st_ino)
        if name in _checked and not is_unclean:
            return
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            text = f"{self._path} is damaged: {' '.join(str(found).split())}"
            raise ContractBroken(text, system="ledger", advice=_DAMAGED_ADVICE)
        _checked.add(name)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # SQLite does not wait for the lock when a file becomes WAL, so two processes that make it
        # at once collide here.
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(_TABLE)
                return
            except sqlite3.OperationalError as error:
                if not _is(error, _BUSY) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _fault(self, error: sqlite3.Error) -> SyncFault:
        if _is(error, _BUSY):
            text = f"{self._path} is locked by another process for more than {self._timeout:g} s"
            return Unavailable(text, system="ledger")
        if _is(error, _SETTINGS):
            return SettingsInvalid(
                [f"ledger.path: {self._path} cannot be opened for writing: {error}"]
            )
        if _is(error, _DAMAGED):
            text = f"{self._path} is not a ledger, or is damaged: {error}"
            return ContractBroken(text, system="ledger", advice=_DAMAGED_ADVICE)
        if _is(error, _FULL):
            text = f"the disk that {self._path} lies on is full"
            return Unavailable(text, system="ledger", advice=_FULL_ADVICE)
        return Unavailable(f"{self._path} cannot be used: {error}", system="ledger")


def fill_file(file: Path, documents: Iterable[tuple[str, str]]) -> int:
    """Make a ledger of an empty file, in one transaction; how many documents there were."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(_TABLE)
        rows = ((key, body, uuid.uuid4().hex) for key, body in documents)
        return connection.executemany("INSERT INTO documents VALUES (?, ?, ?)", rows).rowcount


def _changed_rows(connection: sqlite3.Connection, changes: Iterable[_Change]) -> list[int]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        counts = [
            connection.execute(change.statement, change.values).rowcount for change in changes
        ]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return counts


def _own(fault: SyncFault) -> SyncFault:
    """A copy that one thread may raise: raising one object in several threads would mix up their
    tracebacks.
    """
    copy = type(fault).__new__(type(fault))
    copy.args = fault.args
    copy.__dict__.update(fault.__dict__)
    return copy


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _is(error: sqlite3.Error, codes: tuple[int, ...]) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in codes
