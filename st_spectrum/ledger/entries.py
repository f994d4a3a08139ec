"""The part of the ledger that keeps entries: each under the key of its record, with a marker as
long as it is open, and one in its week once it is done. Who may change an entry, and to what, is
decided in `ledger`.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from st_spectrum.domain.errors import ClaimLost, ContractBroken
from st_spectrum.ledger.entry import Entry, decode, encode, is_open
from st_spectrum.ledger.layout import (
    done_path,
    done_prefix,
    entries_prefix,
    entry_path,
    last_word,
    open_path,
    open_prefix,
)
from st_spectrum.ledger.store import Store


@dataclass(frozen=True)
class Versioned:
    """An entry as read, and the etag of that version. Whoever holds a claim passes the newest one
    on to the next call.
    """

    entry: Entry
    etag: str


class KeptEntries:
    """Entries of a store by flow and key, and their markers."""

    _store: Store

    def get(self, flow: str, key: str) -> Versioned | None:
        """The entry, or None. Raises `ContractBroken` when it cannot be read."""
        path = entry_path(flow, key)
        stored = self._store.get(path)
        return Versioned(decode(stored.body, path), stored.etag) if stored else None

    def keys(self, flow: str, beginning: str = "") -> tuple[str, ...]:
        """The keys of every entry of a flow, or of those whose key begins so, without reading
        them.
        """
        return self._keys(entry_path(flow, beginning) if beginning else entries_prefix(flow))

    def has_entries(self, flow: str) -> bool:
        """Whether there is any entry of a flow; reads the beginning of the list alone."""
        return next(iter(self._store.list(entries_prefix(flow))), None) is not None

    def entries(self, flow: str) -> Iterator[Entry]:
        """Every entry of a flow, one read each: for reports and reconciliation, not for rounds."""
        for key in self.keys(flow):
            if found := self.get(flow, key):
                yield found.entry

    def open_keys(self, flow: str) -> tuple[str, ...]:
        """Keys that somebody has to come back to. A few may have been closed meanwhile, or have no
        entry yet because a worker died before writing it: these are to be asked for too.
        """
        return self._keys(open_prefix(flow))

    def open_entries(self, flow: str) -> Iterator[tuple[str, Versioned | None]]:
        """Each open key with its entry, None when it has none yet or one that cannot be read:
        asking for it tells why. Stale markers are removed on the way.
        """
        for key in self.open_keys(flow):
            try:
                found = self.get(flow, key)
            except ContractBroken:
                yield key, None
                continue
            if found is None or is_open(found.entry.state):
                yield key, found
            else:
                self._close_marker(flow, key)

    def mark_done(self, flow: str, week: str, key: str) -> None:
        """Leave a marker that a record of this week is done; nothing happens when there is one.
        Mark after the entry is confirmed, never before: who finds a marker does not look at the
        entry.
        """
        with suppress(ClaimLost):
            self._store.create(done_path(flow, week, key), "{}")

    def unmark_done(self, flow: str, week: str, key: str) -> None:
        """Take the marker back; nothing happens when there is none."""
        self._store.discard(done_path(flow, week, key))

    def done(self, flow: str, week: str) -> frozenset[str]:
        """The keys marked as done in a week: one listing for each 1,000, however many entries there
        are.
        """
        return frozenset(self._keys(done_prefix(flow, week)))

    def _write(self, before: Versioned | None, after: Entry) -> Versioned:
        """Change an entry and keep its marker right: there before the entry opens, removed after it
        closed.

        While one worker removes the marker another may open the entry. So the remover reads the
        entry afterwards, and the opener of a closed entry sets the marker once more afterwards:
        whichever comes last sees the other.
        """
        was_open = before is not None and is_open(before.entry.state)
        opens = is_open(after.state) and not was_open
        was_marked = opens and not self._mark(after.flow, after.key)
        path = entry_path(after.flow, after.key)
        body = encode(after)
        etag = (
            self._store.replace(path, body, before.etag)
            if before
            else self._store.create(path, body)
        )
        if opens and (before or was_marked):
            self._mark(after.flow, after.key)
        if was_open and not is_open(after.state):
            self._close_marker(after.flow, after.key, etag)
        return Versioned(after, etag)

    def _mark(self, flow: str, key: str) -> bool:
        """Set the marker; False when it was there."""
        try:
            self._store.create(open_path(flow, key), "{}")
        except ClaimLost:
            return False
        return True

    def _close_marker(self, flow: str, key: str, closed: str = "") -> None:
        """`closed` is the etag of a version that is known to be closed: while it stands there,
        it need not be decoded.
        """
        self._store.discard(open_path(flow, key))
        path = entry_path(flow, key)
        stored = self._store.get(path)
        if stored and stored.etag != closed and is_open(decode(stored.body, path).state):
            self._mark(flow, key)

    def _keys(self, prefix: str) -> tuple[str, ...]:
        return tuple(last_word(path) for path in self._store.list(prefix))
