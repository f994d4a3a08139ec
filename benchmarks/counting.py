"""Counts what is asked of the ledger and of its witnesses."""

from collections import Counter
from collections.abc import Iterator

from st_spectrum.ledger.epoch import Witness
from st_spectrum.ledger.store import Store, Stored
from st_spectrum.ledger.witness import WitnessPlace

LISTED_AT_ONCE = 1_000
"""Keys of one listing of S3."""


class CountingStore:
    """A store of the ledger that counts what is asked of it, in what would be requests on S3."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.counts: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        """Reads by key."""

    def get(self, key: str) -> Stored | None:
        """One read."""
        self.counts["reads"] += 1
        self.read[key] += 1
        return self._store.get(key)

    def create(self, key: str, body: str) -> str:
        """One write."""
        self.counts["writes"] += 1
        return self._store.create(key, body)

    def replace(self, key: str, body: str, etag: str) -> str:
        """One write."""
        self.counts["writes"] += 1
        return self._store.replace(key, body, etag)

    def list(self, prefix: str) -> Iterator[str]:
        """One listing for each 1,000 keys, and one for none."""
        keys = list(self._store.list(prefix))
        self.counts["listings"] += max(1, -(-len(keys) // LISTED_AT_ONCE))
        return iter(keys)

    def discard(self, key: str) -> None:
        """One write."""
        self.counts["writes"] += 1
        self._store.discard(key)

    def close(self) -> None:
        """Nothing is counted."""
        self._store.close()


class CountingWitness:
    """A witness that counts how often it was read and written."""

    def __init__(self, place: WitnessPlace) -> None:
        self._place = place
        self.name = place.name
        self.counts: Counter[str] = Counter()

    def read(self) -> Witness | None:
        """One read."""
        self.counts["reads"] += 1
        return self._place.read()

    def write(self, witness: Witness) -> None:
        """One write; that it looks first is part of it."""
        self.counts["writes"] += 1
        self._place.write(witness)
