"""One log for all parts: each line with its time and the part that wrote it."""

import errno
import re
import sys
import threading
from datetime import UTC, datetime
from typing import TextIO

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
"""Dagster colours what it writes, for terminals; a log is read by other programs too."""

WIDTH = len("code server")

GONE = (errno.EPIPE, errno.EIO, errno.EBADF)
"""The terminal or the reader of a pipe is gone, and does not come back. A full disk has room again
one day.
"""


class OneLog:
    """Lines of several threads into one stream, never mixed. A stream that nobody reads any more is
    left alone.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream: TextIO | None = stream or sys.stdout
        self._lock = threading.Lock()
        self._has_gap = False

    @property
    def place(self) -> str:
        """Where a person finds it: a file, or the lines above."""
        name = getattr(self._stream, "name", None)
        return f"in {name}" if isinstance(name, str) and not name.startswith("<") else "above"

    def write(self, name: str, line: str) -> None:
        """One line of the part `name`."""
        text = COLOUR.sub("", line).rstrip()
        moment = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        with self._lock:
            if self._stream is None:
                return
            try:
                if self._has_gap:
                    gap = (
                        "The log could not be written for a while; lines of that time are missing."
                    )
                    self._stream.write(f"{moment} {'serve':<{WIDTH}} | {gap}\n")
                self._stream.write(f"{moment} {name:<{WIDTH}} | {text}\n")
                self._stream.flush()
                self._has_gap = False
            except ValueError:
                self._stream = None
            except OSError as error:
                # What is served goes on without its log.
                self._has_gap = True
                if error.errno in GONE:
                    self._stream = None
