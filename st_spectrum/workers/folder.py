"""A queue of messages in a folder. Each message is a file, and each move of one is a rename, which
happens whole or not at all.

    queues/<queue>/    messages that wait, oldest name first
    taken/<queue>/     messages in hand of the one consumer; a new one puts back what it finds
    bad/               files that are no message; they are told and kept
    writing/           messages that are being written

Nothing is flushed to the disk: after a power cut a message may be gone or empty. That costs a
delay, because the ledger asks again for what was not carried.
"""

import fcntl
import json
import logging
import os
import stat
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

log = logging.getLogger(__name__)

OWNER_ONLY = 0o700
LOCK_SECONDS = 15.0
LOOK_SECONDS = 0.2


class FolderTaken(Exception):
    """Another process consumes from this folder. One consumer only knows whose hands a taken
    message is in.
    """


class MessageFolder:
    """The queues of one folder. Any process may put; the one that called `consume` may take."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writing, self.bad = folder / "writing", folder / "bad"
        self._listed: defaultdict[str, deque[str]] = defaultdict(deque)
        self._lock_fd: int | None = None
        for place in (folder, self.writing, self.bad):
            make_private(place)
        if stat.S_IMODE(folder.stat().st_mode) != OWNER_ONLY:
            folder.chmod(OWNER_ONLY)  # whoever can write here can start runs

    def put(self, queue: str, payload: Mapping[str, Any]) -> None:
        """Add a message. Raises OSError when it could not be written; then nobody will ever see a
        part of it.
        """
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}.json"
        draft, place = self.writing / name, self.waiting(queue)
        text = json.dumps(payload)
        try:
            try:
                draft.write_text(text, encoding="utf-8")
                draft.rename(place / name)
            except FileNotFoundError:  # somebody emptied the folder
                for missing in (self.writing, place):
                    make_private(missing)
                draft.write_text(text, encoding="utf-8")
                draft.rename(place / name)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def consume(self, seconds: float = LOCK_SECONDS) -> None:
        """Become the consumer, and put back what one that was killed had in hand. Raises
        `FolderTaken` after `seconds`.
        """
        if self._lock_fd is not None:
            return
        # A lock of this process alone: children that outlive a killed consumer do not hold it.
        lock_fd = os.open(
            self.folder / "consumer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.lockf(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    os.close(lock_fd)
                    raise FolderTaken(
                        f"Another worker takes messages from {self.folder}; it has to end first."
                    ) from None
                time.sleep(LOOK_SECONDS)
        self._lock_fd = lock_fd
        for queue in _names(self.folder / "taken"):
            for name in _names(self.folder / "taken" / queue):
                self._move(self.in_hand_folder(queue) / name, self.waiting(queue) / name)

    def take(self, queue: str) -> tuple[str, dict[str, Any]] | None:
        """The oldest message and the name to settle it by; None when none waits. What cannot be
        read is told and set aside.
        """
        listed = self._listed[queue]
        if not listed:
            listed.extend(sorted(_names(self.waiting(queue))))
        while listed:
            name = listed.popleft()
            taken = self.in_hand_folder(queue) / name
            if not self._move(self.waiting(queue) / name, taken):
                continue
            try:
                payload = json.loads(taken.read_text(encoding="utf-8"))
                if _is_message(payload):
                    return name, payload
                why = "it is no message"
            except (OSError, ValueError) as error:
                why = str(error)
            self.set_aside(queue, name, why)
        return None

    def set_aside(self, queue: str, name: str, why: str) -> None:
        """Keep a message that was taken and cannot be read where nobody takes it, and tell it."""
        log.error("A message could not be read and lies in %s now: %s", self.bad / name, why)
        self._move(self.in_hand_folder(queue) / name, self.bad / name)

    def done(self, queue: str, name: str) -> None:
        """Forget a message that was taken."""
        (self.in_hand_folder(queue) / name).unlink(missing_ok=True)

    def put_back(self, queue: str, name: str) -> None:
        """Let a message that was taken wait again, where it stood. It is told where it is gone."""
        if self._move(self.in_hand_folder(queue) / name, self.waiting(queue) / name):
            self._listed[queue].clear()
        else:
            log.error("A message that was in hand is gone: %s", name)

    def in_hand(self, queue: str) -> set[str]:
        """The names of the messages that were taken and are not settled."""
        return set(_names(self.in_hand_folder(queue)))

    def purge(self, queue: str) -> int:
        """Remove all messages that wait; returns how many."""
        names = _names(self.waiting(queue))
        for name in names:
            (self.waiting(queue) / name).unlink(missing_ok=True)
        return len(names)

    def size(self, queue: str) -> int:
        """How many messages wait."""
        return len(_names(self.waiting(queue)))

    def waiting(self, queue: str) -> Path:
        """The folder of the messages that wait."""
        return self.folder / "queues" / quote(queue, safe="")

    def in_hand_folder(self, queue: str) -> Path:
        """The folder of the messages that were taken and are not settled."""
        return self.folder / "taken" / quote(queue, safe="")

    def _move(self, source: Path, target: Path) -> bool:
        """Whether it moved; not when it is gone."""
        try:
            source.rename(target)
        except FileNotFoundError:
            if not source.exists():
                return False
            make_private(target.parent)
            source.rename(target)
        return True


def make_private(place: Path) -> None:
    """Make a folder and those above it that are missing; nobody else can read them."""
    for folder in (*reversed(place.parents), place):
        if not folder.is_dir():
            folder.mkdir(mode=OWNER_ONLY, exist_ok=True)


def _is_message(payload: Any) -> bool:
    if not isinstance(payload, dict) or not isinstance(payload.get("body"), str):
        return False
    properties = payload.get("properties")
    return isinstance(properties, dict) and isinstance(properties.get("delivery_tag"), str)


def _names(place: Path) -> list[str]:
    try:
        return os.listdir(place)  # noqa: PTH208 - names alone, a hundred thousand of them
    except FileNotFoundError:
        return []
