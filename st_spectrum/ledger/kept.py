"""Kept documents that several workers change: each change is made of what stands there, by conditional write."""

from collections.abc import Callable

from st_spectrum.domain.errors import ClaimLost, Unavailable
from st_spectrum.ledger.layout import kept_path
from st_spectrum.ledger.store import Store

TRIES = 5
"""So often a change is made anew because another worker was quicker."""


class Revising:
    """The part of the ledger that changes kept documents."""

    _store: Store

    def revise(self, kind: str, key: str, change: Callable[[str | None], str | None]) -> str | None:
        """Replace a kept text by what `change` makes of it, None for none, by conditional write; the text afterwards.

        `change` is called again when another worker was quicker; None of it leaves things as they are.
        """
        path = kept_path(kind, key)
        for _ in range(TRIES):
            stored = self._store.get(path)
            text = change(stored.body if stored else None)
            if text is None or (stored and stored.body == text):
                return stored.body if stored else None
            try:
                if stored:
                    self._store.replace(path, text, stored.etag)
                else:
                    self._store.create(path, text)
            except ClaimLost:
                continue
            return text
        raise Unavailable(f"{path} is changed by others all the time", system="ledger", operation="keep")
