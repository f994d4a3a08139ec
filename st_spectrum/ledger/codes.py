"""Target codes that are given out once: the next free customer code or site id, also when several
workers ask at once.
"""

from collections.abc import Iterator
from threading import Lock

from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.documents.records import ReservedCode, TakenCode
from st_spectrum.ledger.layout import last_word
from st_spectrum.ledger.store import Store

_TRIES = 5
_NOBODY = ""


class Codes:
    """Reservations in a `Store`.

    A source key first writes down which code it is about to take, then takes it. So a worker that
    died between the two leaves no gap: the next one finds the note and goes on with the same code.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._taken: dict[str, set[str]] = {}

    def reserve(self, kind: str, source_key: str, candidates: Iterator[str]) -> str | None:
        """The code this source key has, else the first candidate that nobody took; None when all
        are taken.

        Raises `ClaimLost` when another worker reserves for the same source key right now.
        """
        path = ReservedCode.path(kind, source_key)
        noted = self._store.get(path)
        if noted:
            code = ReservedCode.read(noted.body, ReservedCode.name(kind, source_key)).code
            if self._take(kind, code, source_key):
                return code
        etag = noted.etag if noted else None
        for code in self._untaken(kind, candidates):
            body = ReservedCode(code).as_text()
            etag = self._store.replace(path, body, etag) if etag else self._store.create(path, body)
            if self._take(kind, code, source_key):
                return code
        return None

    def take(self, kind: str, source_key: str, code: str) -> bool:
        """Give a source key the code under which the target has its record, whatever was reserved
        for it before; False where another one has it.

        Raises `ClaimLost` when another worker reserves for the same source key right now.
        """
        path = TakenCode.path(kind, code)
        stored = self._store.get(path)
        if stored and _taker(stored.body, kind, code) not in (_NOBODY, source_key):
            return False
        self._note(kind, source_key, code)
        if stored and _taker(stored.body, kind, code) == _NOBODY:
            self._store.replace(path, TakenCode(source_key).as_text(), stored.etag)
        elif not self._take(kind, code, source_key):
            return False
        return True

    def is_given(self, kind: str, code: str) -> bool:
        """Whether somebody has the code, as far as this process has seen: one listing for all of a
        kind, and what it has given since.
        """
        return code in self._known(kind)

    def taker(self, kind: str, code: str) -> str | None:
        """The source key that has a code, "" where it is that of a record which is not ours, None
        where nobody took it.
        """
        stored = self._store.get(TakenCode.path(kind, code))
        return None if stored is None else _taker(stored.body, kind, code)

    def reserved(self, kind: str) -> frozenset[str]:
        """All codes of this kind that are reserved or taken, from one listing."""
        return frozenset(last_word(path) for path in self._store.list(TakenCode.folder(kind)))

    def mark_taken(self, kind: str, code: str) -> None:
        """The target uses the code for a record that is not ours; a reservation of it, if there is
        one, ends.
        """
        path = TakenCode.path(kind, code)
        for _ in range(_TRIES):
            stored = self._store.get(path)
            if stored and _taker(stored.body, kind, code) == _NOBODY:
                return
            try:
                if stored:
                    self._store.replace(path, TakenCode(_NOBODY).as_text(), stored.etag)
                else:
                    self._store.create(path, TakenCode(_NOBODY).as_text())
                return
            except ClaimLost:
                continue
        raise ClaimLost(
            f"{path} is changed by others all the time", system="ledger", operation="mark_taken"
        )

    def _note(self, kind: str, source_key: str, code: str) -> None:
        path, body = ReservedCode.path(kind, source_key), ReservedCode(code).as_text()
        noted = self._store.get(path)
        self._store.replace(path, body, noted.etag) if noted else self._store.create(path, body)

    def _take(self, kind: str, code: str, source_key: str) -> bool:
        """Whether the code now is this source key's."""
        path = TakenCode.path(kind, code)
        try:
            self._store.create(path, TakenCode(source_key).as_text())
        except ClaimLost:
            stored = self._store.get(path)
            return stored is not None and _taker(stored.body, kind, code) == source_key
        return True

    def _untaken(self, kind: str, candidates: Iterator[str]) -> Iterator[str]:
        """Candidates not known as taken. Each is tried by one thread of this process only, to save
        lost races.
        """
        known = self._known(kind)
        for code in candidates:
            with self._lock:
                if code in known:
                    continue
                known.add(code)
            yield code

    def _known(self, kind: str) -> set[str]:
        with self._lock:
            if kind not in self._taken:
                self._taken[kind] = set(self.reserved(kind))
            return self._taken[kind]


def _taker(body: str, kind: str, code: str) -> str:
    return TakenCode.read(body, TakenCode.name(kind, code)).source_key
