"""A ledger's own store in a test's hands: somebody is asked before each of its calls and after
it, and may step in there, count, or die.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from typing import Self

from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.store import Store, Stored

WRITES = frozenset({"create", "replace", "discard"})
VERBS = WRITES | {"get", "list"}


class Killed(BaseException):
    """`kill -9`: nothing catches it, and nothing is tidied up."""


class Between:
    """A real store behind `before` and `after`, which do nothing here."""

    _store: Store

    def over(self, store: Store) -> Self:
        """From now on in front of this one."""
        self._store = store
        return self

    def before(self, verb: str, key: str, /) -> None:
        """What happens just before a call."""

    def after(self, verb: str, key: str, /) -> None:
        """What happens once a write is kept."""

    def get(self, key: str) -> Stored | None:
        self.before("get", key)
        return self._store.get(key)

    def create(self, key: str, body: str) -> str:
        self.before("create", key)
        etag = self._store.create(key, body)
        self.after("create", key)
        return etag

    def replace(self, key: str, body: str, etag: str) -> str:
        self.before("replace", key)
        etag = self._store.replace(key, body, etag)
        self.after("replace", key)
        return etag

    def list(self, prefix: str) -> Iterator[str]:
        self.before("list", prefix)
        return self._store.list(prefix)

    def discard(self, key: str) -> None:
        self.before("discard", key)
        self._store.discard(key)
        self.after("discard", key)

    def close(self) -> None:
        self._store.close()


def opened(store: Store) -> Ledger:
    """A ledger over it, of a worker of its own."""
    return Ledger(store, "one", 60)


class Meanwhile(Between):
    """Another process acts once, between the reading of a document and its writing."""

    def __init__(self, acts: Callable[[Ledger], object]) -> None:
        self._acts: Callable[[Ledger], object] | None = acts

    def before(self, verb: str, key: str, /) -> None:  # noqa: ARG002
        if verb in WRITES and (acts := self._acts):
            self._acts = None
            acts(opened(self._store))


class Counted(Between):
    """Notes every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def before(self, verb: str, key: str, /) -> None:
        self.calls.append((verb, key))

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] in WRITES]


class Interrupted(Between):
    """Before its calls of these numbers somebody else does something, once each; only calls of
    `verbs` count.
    """

    def __init__(
        self, others: dict[int, Callable[[], object]], verbs: Collection[str] = VERBS
    ) -> None:
        self._others = others
        self._verbs = verbs
        self._calls = 0

    def before(self, verb: str, _key: str, /) -> None:
        if verb in self._verbs:
            self._calls += 1
            if other := self._others.pop(self._calls, None):
                other()


class Overtaken(Between):
    """Once this document was read, and before anything comes of it, somebody else acts; once."""

    def __init__(self, key: str, acts: Callable[[], object]) -> None:
        self._key = key
        self._acts = [acts]

    def get(self, key: str) -> Stored | None:
        found = super().get(key)
        if key == self._key and self._acts:
            self._acts.pop()()
        return found


class Dying(Between):
    """The ledger of a process that dies at its n-th write, before or after that one is kept."""

    def __init__(self, at: int, *, is_written: bool = False) -> None:
        self._left = at
        self._is_written = is_written
        self._lock = threading.Lock()

    @property
    def is_over(self) -> bool:
        """Whether it has come to that write."""
        return self._left <= 0

    def before(self, verb: str, _key: str, /) -> None:
        if verb not in WRITES:
            return
        with self._lock:
            self._left -= 1
            is_last, was_over = self._left == 0, self._left < 0
        if was_over or (is_last and not self._is_written):
            raise Killed

    def after(self, *_: str) -> None:
        if self.is_over:
            raise Killed
