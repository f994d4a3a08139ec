"""SQLAlchemy's engines of SQLite files, one for each file of a process and kept, with its open
connections.

Dagster makes an engine for each question that it asks of a file: SQLAlchemy compiles each statement
anew for it, and SQLite reads the tables again, and empties its journal when nobody else has the
file open. That is four fifths of what an event of a run costs.
"""

import os
import threading
from collections import OrderedDict
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 90.0
"""How long to wait for another process that writes. A program that copies the files away may hold
one for a minute; Dagster itself waits 5 or 30 seconds.
"""
MOST_FILES = 16
"""As many runs as go at once, and the three files of all. Each connection is three open files."""

_File = tuple[str, int, int]
"""Its place, device and number there: a file that was put in its place is another."""


class Engines:
    """Safe to use from any thread, and in a forked child."""

    def __init__(self, most: int = MOST_FILES) -> None:
        self._most = most
        self._forget()

    def of(self, place: Path) -> Engine:
        """The engine of a file that exists. Raises `FileNotFoundError`."""
        if self._process != os.getpid():
            self._forget()
        stands = place.stat()
        file = (str(place), stands.st_dev, stands.st_ino)
        with self._lock:
            engine = self._engines.get(file) or _opened(place)
            self._engines[file] = engine
            self._engines.move_to_end(file)
            oldest = self._engines.popitem(last=False)[1] if self._is_full() else None
        if oldest is not None:
            oldest.dispose()
        return engine

    def _is_full(self) -> bool:
        return len(self._engines) > self._most

    def _forget(self) -> None:
        # A child must not close what its parent goes on with, so it lets that lie.
        self._inherited = getattr(self, "_engines", None)
        self._process, self._lock = os.getpid(), threading.Lock()
        self._engines: OrderedDict[_File, Engine] = OrderedDict()


def _opened(place: Path) -> Engine:
    return create_engine(
        URL.create("sqlite", database=str(place)),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=-1,
        connect_args={"timeout": BUSY_SECONDS},
    )
