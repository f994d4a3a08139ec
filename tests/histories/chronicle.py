"""Carries out a history that is written down as a list of events."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from st_spectrum.ledger.memory import MemoryStore
from tests.histories.events import (
    Backup,
    Change,
    Event,
    Fault,
    Make,
    Pass,
    PutBack,
    SideBySide,
    Twin,
    Work,
)
from tests.histories.history import Copy, History
from tests.histories.life import Life


def execute(history: History, events: Iterable[Event]) -> None:
    """One event after another."""
    chronicler = Chronicler(history)
    for event in events:
        chronicler.execute(event)


@dataclass
class Chronicler:
    """Carries out events, and remembers the copies of the ledger between them."""

    history: History
    copies: list[Copy] = field(default_factory=list)

    @property
    def copy(self) -> Copy | None:
        """The last one."""
        return self.copies[-1] if self.copies else None

    def execute(self, event: Event) -> None:
        """The next one."""
        history = self.history
        match event:
            case Make():
                history.make()
            case Change(which):
                history.change(which)
            case Fault():
                history.fault(**event.rule())
            case Work():
                _work(history, event)
            case SideBySide():
                with ThreadPoolExecutor(2) as pool:
                    list(pool.map(lambda _: history.round(), range(2)))
            case Pass(seconds):
                history.clock.move(seconds)
            case Backup():
                self.copies.append(history.copy())
            case PutBack():
                history.put_back(self.copy) if self.copy else history.lose()
            case Twin():
                history.round(store=MemoryStore(self.copy.ledger if self.copy else None))


def _work(history: History, event: Work) -> None:
    life = Life(
        dies_at=event.dies_at,
        is_carried_out=event.is_carried_out,
        is_seen_dead=event.is_seen_dead,
        meets_at=event.meets_at,
        meets=history.round,
    )
    if event.is_night:
        history.night(life)
    else:
        history.round(life)
