"""What was called on the two systems, in order: the evidence that nothing was sent twice."""

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Literal, get_args

SystemName = Literal["servicetrade", "spectrum"]
SYSTEM_NAMES: tuple[SystemName, ...] = get_args(SystemName)

DEFAULT_LIMIT = 200_000

BODIES_KEPT = 300
"""Of so many of the newest writes, and of so many of the newest reads, the console shows what was
asked and answered: looks for changes ask every few seconds, and a write is what people look up.
"""

BODY_SHOWN = 60_000
"""Bytes of one body; a list of a thousand records is longer than anybody reads."""


@dataclass(frozen=True)
class Operation:
    """One call as its system names it: `name` is the route or the SOAP service, `key` the id or
    natural key.
    """

    name: str
    key: str
    is_write: bool


@dataclass(frozen=True)
class CallEntry:
    """One logged call.

    `status` is the HTTP status that the system gave, 0 when it was never asked and gave none.
    `is_committed` says that the inner system ran and took the call, of a batch at least one record;
    `taken` are the keys of the records that it took;
    `is_answered` that the client was given the complete answer; `fault` names the fault rule's
    kind, or is empty.
    """

    seq: int
    at: datetime
    system: str
    operation: str
    key: str
    is_write: bool
    status: int
    is_committed: bool
    is_answered: bool
    fault: str = ""
    taken: tuple[str, ...] = ()


class CallLog:
    """A bounded, thread-safe log; sequence numbers go on counting when old entries fall out or the
    log is cleared.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._lock = threading.Lock()
        self._entries: deque[CallEntry] = deque(maxlen=limit)
        self._bodies: dict[bool, OrderedDict[int, tuple[bytes, bytes]]] = {
            is_write: OrderedDict() for is_write in (True, False)
        }
        self._last_seq = 0

    def add(
        self,
        system: str,
        operation: Operation,
        *,
        status: int,
        is_committed: bool,
        is_answered: bool,
        fault: str = "",
        taken: tuple[str, ...] = (),
        asked: bytes = b"",
        answered: bytes = b"",
    ) -> CallEntry:
        """Append one call with the next sequence number; `asked` and `answered` are the bodies."""
        with self._lock:
            self._last_seq += 1
            entry = CallEntry(
                self._last_seq,
                datetime.now(UTC),
                system,
                operation.name,
                operation.key,
                operation.is_write,
                status,
                is_committed,
                is_answered,
                fault,
                taken,
            )
            self._entries.append(entry)
            bodies = self._bodies[entry.is_write]
            bodies[entry.seq] = (asked[:BODY_SHOWN], answered[:BODY_SHOWN])
            if len(bodies) > BODIES_KEPT:
                bodies.popitem(last=False)
        return entry

    def bodies(self, seq: int) -> tuple[CallEntry, str, str] | None:
        """One of the newest calls with the beginnings of both bodies; None for an older one."""
        with self._lock:
            entry = next((one for one in reversed(self._entries) if one.seq == seq), None)
            found = self._bodies[entry.is_write].get(seq) if entry else None
        if found is None or entry is None:
            return None
        asked, answered = (body.decode("utf-8", "replace") for body in found)
        return entry, asked, answered

    @property
    def last_seq(self) -> int:
        """The number of the newest call; 0 before the first."""
        return self._last_seq

    def entries(
        self,
        system: str | None = None,
        operation: str | None = None,
        writes: bool | None = None,
        after: int = 0,
    ) -> tuple[CallEntry, ...]:
        """The entries after sequence number `after` that match all filters given, oldest first."""
        with self._lock:
            kept = tuple(self._entries)
        return tuple(
            entry
            for entry in kept
            if entry.seq > after
            and (system is None or entry.system == system)
            and (operation is None or entry.operation == operation)
            and (writes is None or entry.is_write == writes)
        )

    def newest(self, count: int, *, only_writes: bool = False) -> tuple[CallEntry, ...]:
        """The last `count` entries, newest first."""
        with self._lock:
            wanted = (one for one in reversed(self._entries) if one.is_write or not only_writes)
            return tuple(islice(wanted, count))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            for bodies in self._bodies.values():
                bodies.clear()

    def __len__(self) -> int:
        return len(self._entries)
