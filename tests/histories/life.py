"""How long a worker lives, counted in its calls to the outside, and a store that it cannot touch
after its death.
"""

from collections.abc import Callable
from dataclasses import dataclass

from st_spectrum.ledger.store import Store
from st_spectrum.sandbox.exchange import Asked
from tests.world.stores import WRITES, Between, Killed


@dataclass
class Life:
    """One worker. It dies at call `dies_at`, before it is made or after it was carried out, or at
    its write `dies_at_write` to the ledger, just before or just after it; `meets` happens just
    before call `meets_at`, in the same thread, so that another worker always comes in between at
    the same place.
    """

    dies_at: int = 0
    dies_at_write: int = 0
    is_carried_out: bool = False
    is_seen_dead: bool = True
    meets_at: int = 0
    meets: Callable[[], None] | None = None
    calls: int = 0
    writes: int = 0
    is_over: bool = False

    def before(self, _system: str, _asked: Asked) -> None:
        """Called before each call to a system."""
        self.breathe()
        self.calls += 1
        if self.calls == self.meets_at and self.meets:
            self.meets()
        if self.calls == self.dies_at and not self.is_carried_out:
            self.end()

    def after(self, _system: str, _asked: Asked) -> None:
        """Called once a call was carried out, whatever its answer."""
        self.breathe()
        if self.dies_at and self.calls >= self.dies_at and self.is_carried_out:
            self.end()

    def before_write(self) -> None:
        """Called before each write to the ledger."""
        self.writes += 1
        if self.writes == self.dies_at_write and not self.is_carried_out:
            self.end()

    def after_write(self) -> None:
        """Called once a write to the ledger is kept."""
        if self.writes == self.dies_at_write and self.is_carried_out:
            self.end()

    def breathe(self) -> None:
        """Only the living act."""
        if self.is_over:
            raise Killed

    def end(self) -> None:
        """Die here and now, with all threads."""
        self.is_over = True
        raise Killed


class MortalStore(Between):
    """The ledger as one worker reaches it."""

    def __init__(self, store: Store, life: Life) -> None:
        self.over(store)
        self._life = life

    def before(self, verb: str, _key: str, /) -> None:
        self._life.breathe()
        if verb in WRITES:
            self._life.before_write()

    def after(self, _verb: str, _key: str, /) -> None:
        self._life.after_write()
