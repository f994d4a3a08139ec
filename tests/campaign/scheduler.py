"""Several workers, interleaved at their calls to systems and ledger as a seed says.

A worker gives way before each of them; who goes on is drawn, and nobody else does anything
meanwhile. Should the drawn one wait for something that another one holds, that one goes on after a
while, so that nothing locks up for good.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from tests.histories.life import Life

PATIENCE = 60.0
"""Seconds, of real time, that one may be at work between two calls."""


class Turns:
    """Whose turn it is."""

    def __init__(self, workers: int, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - an order that repeats
        self._here = set(range(workers))
        self._turn = self._random.randrange(workers)
        self._changed = Condition()

    def begin(self, worker: int) -> None:
        """Wait until it is this one's turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._turn == worker, PATIENCE)

    def give_way(self, worker: int) -> None:
        """Let the lot say who goes on, and wait until it is this one."""
        with self._changed:
            if self._turn == worker:
                self._draw()
            if not self._changed.wait_for(lambda: self._turn == worker, PATIENCE):
                self._turn = worker

    def leave(self, worker: int) -> None:
        """This one is done, or dead."""
        with self._changed:
            self._here.discard(worker)
            if self._turn == worker:
                self._draw()

    def _draw(self) -> None:
        if self._here:
            self._turn = self._random.choice(sorted(self._here))
            self._changed.notify_all()


@dataclass
class LifeAmongOthers(Life):
    """A worker that gives way at every call to the outside."""

    turns: Turns = field(default_factory=lambda: Turns(1, 0))
    number: int = 0

    def breathe(self) -> None:
        self.turns.give_way(self.number)
        super().breathe()


def interleave(work: Callable[[Life], Any], workers: int, seed: int) -> None:
    """The same work by so many workers at once."""
    turns = Turns(workers, seed)

    def one(number: int) -> None:
        turns.begin(number)
        try:
            work(LifeAmongOthers(turns=turns, number=number))
        finally:
            turns.leave(number)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(workers)))
