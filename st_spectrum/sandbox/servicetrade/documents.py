"""The state of the stand-in: documents by kind and id in memory, each change written through to one
SQLite file.

A document holds its references as ids (`companyId`, `tagIds`); how it looks on the wire is the
business of `shapes` and of the resource modules. Whoever uses the state holds `lock` and calls
`commit` before the answer goes out, so one call is one transaction: after a kill it is there as a
whole or not at all.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Document = dict[str, Any]

FIRST_ID = 2_500_000_000_000_001
"""Ids beyond 32 bits, as seen live; whoever keeps them in a float or an int32 finds out here
[ST 1, 15].
"""
FIRST_NUMBER = {"job": 10_001}
"""Where the visible numbers of a kind begin (assumed)."""
INTERNAL = frozenset({"grant", "session", "upload"})
"""Logins and the contents of attachments are kept too, but are no records of the account."""


@dataclass(frozen=True)
class Event:
    """What one call did to one record: `created`, `updated` or `deleted`."""

    action: str
    kind: str
    number: int
    before: Document
    after: Document


@dataclass(frozen=True)
class Kept:
    """All documents by kind, and the last number of each sequence. A stored document is never
    changed, only replaced.
    """

    documents: Mapping[str, tuple[Document, ...]]
    sequences: Mapping[str, int]


class Documents:
    """All records of the account. `now` gives epoch seconds for `created` and `updated` [ST 1]."""

    def __init__(self, path: Path, now: Callable[[], int]) -> None:
        self.lock = threading.RLock()
        self.now = now
        self._kinds: dict[str, dict[int, Document]] = {}
        self._sequences: dict[str, int] = {}
        self._external: dict[tuple[str, str, str], int] = {}
        self._unsaved: dict[tuple[str, int], Document | None] = {}
        self._unsaved_sequences: set[str] = set()
        self._events: dict[tuple[str, int], Event] = {}
        self.listeners: list[Callable[[list[Event], int | None], None]] = []
        """Each is told, with the id of the user, what a call did, once it is written."""
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing that way; only a power cut could.
        self._file.execute("PRAGMA synchronous = OFF")
        columns = "kind TEXT, id INTEGER, body TEXT, PRIMARY KEY (kind, id)"
        self._file.execute(f"CREATE TABLE IF NOT EXISTS document ({columns})")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, value INTEGER)"
        )
        self._load()

    def _load(self) -> None:
        for kind, number, body in self._file.execute(
            "SELECT kind, id, body FROM document ORDER BY kind, id"
        ):
            document = json.loads(body)
            self._kinds.setdefault(kind, {})[number] = document
            for system, value in document.get("externalIds", {}).items():
                self._external[kind, system, value] = number
        self._sequences = dict(self._file.execute("SELECT name, value FROM sequence"))

    def get(self, kind: str, number: int) -> Document | None:
        """One document, or None. It is the stored one: change it only through `change`."""
        return self._kinds.get(kind, {}).get(number)

    def all(self, kind: str) -> list[Document]:
        """Every document of a kind, oldest id first."""
        return list(self._kinds.get(kind, {}).values())

    def next(self, sequence: str) -> int:
        """The next number of a sequence; never given out twice, not even after a delete."""
        value = self._sequences.get(sequence, FIRST_NUMBER.get(sequence, 1) - 1) + 1
        self._sequences[sequence] = value
        self._unsaved_sequences.add(sequence)
        return value

    def new_id(self) -> int:
        """An id that no record has had."""
        return FIRST_ID - 1 + self.next("id")

    def insert(self, kind: str, fields: Mapping[str, Any]) -> Document:
        """Add a document; `id`, `created` and `updated` are given here."""
        number = self.next(kind) if kind in INTERNAL else self.new_id()
        now = self.now()
        document = {"id": number, **fields, "created": now, "updated": now}
        self._keep(kind, document)
        self._note("created", kind, {}, document)
        return document

    def change(
        self, kind: str, number: int, fields: Mapping[str, Any], *, moves_updated: bool = True
    ) -> Document:
        """Replace some fields and move `updated`; KeyError when there is no such document."""
        before = self._kinds[kind][number]
        document = {**before, **fields}
        if moves_updated:
            document["updated"] = self.now()
        self._keep(kind, document)
        self._note("updated", kind, before, document)
        return document

    def delete(self, kind: str, number: int) -> None:
        """Remove a document; its external ids become free again (assumed)."""
        document = self._kinds[kind].pop(number)
        for system, value in document.get("externalIds", {}).items():
            self._external.pop((kind, system, value), None)
        self._unsaved[kind, number] = None
        self._note("deleted", kind, document, {})

    def _note(self, action: str, kind: str, before: Document, after: Document) -> None:
        """A record that one call touches several times is one event."""
        if kind in INTERNAL or not self.listeners:
            return
        number = (after or before)["id"]
        first = self._events.get((kind, number))
        if first is not None:
            before = first.before
            action = first.action if action == "updated" else action
        self._events[kind, number] = Event(action, kind, number, before, after)

    def _keep(self, kind: str, document: Document) -> None:
        self._kinds.setdefault(kind, {})[document["id"]] = document
        self._unsaved[kind, document["id"]] = document

    def find_external(self, kind: str, system: str, value: str) -> int | None:
        """Id of the one document of this kind that carries `value` in `system`, or None."""
        return self._external.get((kind, system, value))

    def set_external(self, kind: str, number: int, system: str, value: str) -> Document:
        """Give a document its value in a system; "" takes it away [ST 11]."""
        external = dict(self._kinds[kind][number].get("externalIds", {}))
        old = external.pop(system, None)
        if old is not None:
            self._external.pop((kind, system, old), None)
        if value:
            external[system] = value
            self._external[kind, system, value] = number
        return self.change(kind, number, {"externalIds": external})

    def commit(self, user_id: int | None = None) -> None:
        """Write what changed since the last commit, in one transaction; then tell the listeners.

        `user_id` is who did it, None for the controls.
        """
        self._write()
        events, self._events = list(self._events.values()), {}
        for listener in self.listeners if events else ():
            listener(events, user_id)

    def _write(self) -> None:
        if not self._unsaved and not self._unsaved_sequences:
            return
        execute = self._file.execute
        execute("BEGIN")
        for (kind, number), document in self._unsaved.items():
            if document is None:
                execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, number))
            else:
                execute(
                    "REPLACE INTO document VALUES (?, ?, ?)", (kind, number, json.dumps(document))
                )
        for name in self._unsaved_sequences:
            execute("REPLACE INTO sequence VALUES (?, ?)", (name, self._sequences[name]))
        execute("COMMIT")
        self._unsaved.clear()
        self._unsaved_sequences.clear()

    def clear(self) -> None:
        """Forget everything, the sequences too."""
        for memory in (
            self._kinds,
            self._sequences,
            self._external,
            self._unsaved,
            self._unsaved_sequences,
            self._events,
        ):
            memory.clear()
        self._file.execute("BEGIN")
        self._file.execute("DELETE FROM document")
        self._file.execute("DELETE FROM sequence")
        self._file.execute("COMMIT")

    def kept(self) -> "Kept":
        """Everything as it is now."""
        with self.lock:
            return Kept(
                {kind: tuple(held.values()) for kind, held in self._kinds.items()},
                dict(self._sequences),
            )

    def put_back(self, kept: "Kept") -> None:
        """Everything as it was then."""
        with self.lock:
            self.clear()
            for kind, documents in kept.documents.items():
                for document in documents:
                    self._keep(kind, document)
                    for system, value in document.get("externalIds", {}).items():
                        self._external[kind, system, value] = document["id"]
            self._sequences.update(kept.sequences)
            self._unsaved_sequences.update(kept.sequences)
            self.commit()

    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return {
            kind: len(held) for kind, held in sorted(self._kinds.items()) if kind not in INTERNAL
        }

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
