"""The ledger's documents in the memory of one process, for tests and trials: nothing outlives the
process.

What a file or a bucket can suffer can be done to it in one line: a copy made at any moment can be
put back at any later one.

    store = MemoryStore()
    before = store.snapshot()
    ...                        # a round with `Ledger(store, new_owner(), 300)`
    store.restore(before)      # the ledger of this morning
    second = store.copy()      # two ledgers, each of which believes to be the only one
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import RLock
from types import MappingProxyType

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.store import Stored

_versions = itertools.count(1)
"""One count for all stores: a version made after a copy was taken is never mistaken for one made
beside it.
"""


@dataclass(frozen=True)
class Snapshot:
    """All documents of a store at one moment; it does not change."""

    documents: Mapping[str, Stored]


class MemoryStore:
    """`Store` in a dictionary. Several `Ledger` objects and threads may share one, as they share a
    file.

    `close` keeps everything: a worker that ends gives back no more than its own hold, and the next
    one opens the same store.
    """

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self._lock = RLock()
        self._documents: dict[str, Stored] = dict(snapshot.documents) if snapshot else {}

    def get(self, key: str) -> Stored | None:
        """The document, or None."""
        with self._lock:
            return self._documents.get(key)

    def create(self, key: str, body: str) -> str:
        """Write a new document; `ClaimLost` when there is one."""
        with self._lock:
            if key in self._documents:
                raise ClaimLost(f"{key} exists already", system="ledger", operation="create")
            return self._put(key, body)

    def replace(self, key: str, body: str, etag: str) -> str:
        """Write over one version; `ClaimLost` when it is another one or gone."""
        with self._lock:
            stored = self._documents.get(key)
            if stored is None or stored.etag != etag:
                raise ClaimLost(
                    f"{key} was changed by another worker", system="ledger", operation="replace"
                )
            return self._put(key, body)

    def list(self, prefix: str) -> Iterator[str]:
        """Keys in byte order, which for UTF-8 is the order of code points."""
        with self._lock:
            return iter(sorted(key for key in self._documents if key.startswith(prefix)))

    def discard(self, key: str) -> None:
        """Remove a marker."""
        with self._lock:
            self._documents.pop(key, None)

    def close(self) -> None:
        """Nothing to give back."""

    def snapshot(self) -> Snapshot:
        """All documents as they are now, as a backup taken between two writes has them."""
        with self._lock:
            return Snapshot(MappingProxyType(dict(self._documents)))

    def restore(self, snapshot: Snapshot) -> None:
        """Put an older (or newer) state in the place of this one; whoever holds a version from in
        between has lost it.
        """
        with self._lock:
            self._documents = dict(snapshot.documents)

    def clear(self) -> None:
        """Lose everything."""
        with self._lock:
            self._documents = {}

    def copy(self) -> "MemoryStore":
        """A second store with the same documents, which goes its own way from now on."""
        return MemoryStore(self.snapshot())

    def _put(self, key: str, body: str) -> str:
        etag = f"m{next(_versions)}"
        self._documents[key] = Stored(body, etag)
        return etag
