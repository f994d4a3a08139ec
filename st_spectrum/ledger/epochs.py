"""The ledger's epoch in its store, changed by conditional writes only."""

from datetime import datetime

from st_spectrum.domain.errors import ClaimLost, Unavailable
from st_spectrum.ledger.epoch import Epoch
from st_spectrum.ledger.layout import EPOCH_PATH
from st_spectrum.ledger.store import Store

_TRIES = 8


class Epochs:
    """Reads and moves the epoch. Several workers may turn it at once: each turn gives another
    number.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def check_form(self) -> None:
        """Raises `NewerForm` where a newer program has sent from this ledger. One that cannot be
        read is told by `read`.
        """
        if stored := self._store.get(EPOCH_PATH):
            Epoch.check_form(stored.body, EPOCH_PATH)

    def read(self) -> Epoch | None:
        """None where this ledger never sent anything, or only by a version that knew no epochs."""
        stored = self._store.get(EPOCH_PATH)
        return Epoch.read(stored.body, EPOCH_PATH) if stored else None

    def turn(self, at: datetime, account: str = "") -> Epoch:
        """One further, for an account. Raises `Unavailable` when others turn it all the time."""
        for _ in range(_TRIES):
            stored = self._store.get(EPOCH_PATH)
            before = Epoch.read(stored.body, EPOCH_PATH) if stored else Epoch.first()
            after = before.turned(at, account)
            try:
                self._put(after, stored.etag if stored else None)
            except ClaimLost:
                continue
            return after
        raise Unavailable(
            "the epoch is turned by others all the time", system="ledger", operation="turn"
        )

    def replace(self, before: Epoch | None, after: Epoch) -> bool:
        """Put `after` in the place of `before`; False when another worker was quicker."""
        stored = self._store.get(EPOCH_PATH)
        if (Epoch.read(stored.body, EPOCH_PATH) if stored else None) != before:
            return False
        try:
            self._put(after, stored.etag if stored else None)
        except ClaimLost:
            return False
        return True

    def _put(self, epoch: Epoch, etag: str | None) -> None:
        body = epoch.model_dump_json()
        if etag is None:
            self._store.create(EPOCH_PATH, body)
        else:
            self._store.replace(EPOCH_PATH, body, etag)
