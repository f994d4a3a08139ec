"""Target codes that are given out once: the next free customer code or site id, also when several workers ask at once."""

import json
from collections.abc import Iterator
from threading import Lock

from st_spectrum.domain.errors import ClaimLost, ContractBroken
from st_spectrum.ledger.layout import code_of_path, code_path, codes_prefix, last_word
from st_spectrum.ledger.store import Store

_TRIES = 5
_NOBODY = ""


class Codes:
    """Reservations in a `Store`.

    A source key first writes down which code it is about to take, then takes it. So a worker that died between the two
    leaves no gap: the next one finds the note and goes on with the same code.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._taken: dict[str, set[str]] = {}

    def reserve(self, kind: str, source_key: str, candidates: Iterator[str]) -> str | None:
        """The code this source key has, else the first candidate that nobody took; None when all are taken.

        Raises `ClaimLost` when another worker reserves for the same source key right now.
        """
        path = code_of_path(kind, source_key)
        noted = self._store.get(path)
        if noted:
            code = _text(noted.body, "code", path)
            if self._take(kind, code, source_key):
                return code
        etag = noted.etag if noted else None
        for code in self._untaken(kind, candidates):
            body = json.dumps({"code": code})
            etag = self._store.replace(path, body, etag) if etag else self._store.create(path, body)
            if self._take(kind, code, source_key):
                return code
        return None

    def reserved(self, kind: str) -> frozenset[str]:
        """All codes of this kind that are reserved or taken, from one listing."""
        return frozenset(last_word(path) for path in self._store.list(codes_prefix(kind)))

    def mark_taken(self, kind: str, code: str) -> None:
        """The target uses the code for a record that is not ours; a reservation of it, if there is one, ends."""
        path = code_path(kind, code)
        for _ in range(_TRIES):
            stored = self._store.get(path)
            if stored and _text(stored.body, "source_key", path) == _NOBODY:
                return
            try:
                if stored:
                    self._store.replace(path, _reservation(_NOBODY), stored.etag)
                else:
                    self._store.create(path, _reservation(_NOBODY))
                return
            except ClaimLost:
                continue
        raise ClaimLost(f"{path} is changed by others all the time", system="ledger", operation="mark_taken")

    def _take(self, kind: str, code: str, source_key: str) -> bool:
        """Whether the code now is this source key's."""
        path = code_path(kind, code)
        try:
            self._store.create(path, _reservation(source_key))
        except ClaimLost:
            stored = self._store.get(path)
            return stored is not None and _text(stored.body, "source_key", path) == source_key
        return True

    def _untaken(self, kind: str, candidates: Iterator[str]) -> Iterator[str]:
        """Candidates not known as taken. Each is tried by one thread of this process only, to save lost races."""
        with self._lock:
            if kind not in self._taken:
                self._taken[kind] = set(self.reserved(kind))
        for code in candidates:
            with self._lock:
                if code in self._taken[kind]:
                    continue
                self._taken[kind].add(code)
            yield code


def _reservation(source_key: str) -> str:
    return json.dumps({"source_key": source_key})


def _text(body: str, name: str, path: str) -> str:
    try:
        return str(json.loads(body)[name])
    except (ValueError, KeyError, TypeError):
        raise ContractBroken(f"{path} is damaged: it has no {name}", system="ledger") from None
