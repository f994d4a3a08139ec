"""Which function carries a command out, and which looks it up, by the type of the command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from st_spectrum.domain.commands import Command
from st_spectrum.engine.flow_answers import LookupResult


class Similar:
    """Neither quite the record that we sent nor clearly another one."""


@dataclass(frozen=True)
class Elsewhere:
    """Nothing stands under our key, but what was sent may stand under one of these, which no other
    record has: the target may have given it a key of its own.
    """

    keys: tuple[str, ...]


Verdict = bool | Similar | Elsewhere | None
"""True: it is there as we would write it. False: something else is. None: nothing is."""

C = TypeVar("C", bound=Command)


@dataclass(frozen=True)
class _Handler:
    send: Callable[[Any], str | None]
    find: Callable[[Sequence[Any]], LookupResult]
    is_absence_proven: Callable[[Any, datetime], bool]


class Handlers:
    """Filled once, while the flows are put together; after that safe for several threads."""

    def __init__(self) -> None:
        self._handlers: dict[type[Command], _Handler] = {}

    def add(
        self,
        kind: type[C],
        send: Callable[[C], str | None],
        find: Callable[[C], Verdict],
        is_absence_proven: Callable[[C, datetime], bool] = lambda _command, _since: True,
    ) -> None:
        """For commands that are looked up one by one, under their own keys. `send` answers the key
        that the target gave, where it gave another one. `is_absence_proven`
        tells whether "not there" is no word of an old copy: something shows in the same place that
        was confirmed after a moment."""
        self._handlers[kind] = _Handler(
            send, lambda commands: _found_one_by_one(commands, find), is_absence_proven
        )

    def add_together(
        self,
        kind: type[C],
        send: Callable[[C], str | None],
        find: Callable[[Sequence[C]], LookupResult],
    ) -> None:
        """For commands of one step that are looked up by one question."""
        self._handlers[kind] = _Handler(send, find, lambda _command, _since: True)

    @property
    def kinds(self) -> frozenset[type[Command]]:
        """The types that somebody takes."""
        return frozenset(self._handlers)

    def send(self, command: Command) -> str | None:
        """Carry it out, once; the key that the target gave in place of its own, if it gave one."""
        return self._handlers[type(command)].send(command)

    def find(self, commands: Sequence[Command]) -> LookupResult:
        """Look the commands of one step up; they are of one type."""
        return self._handlers[type(commands[0])].find(commands)

    def is_absence_proven(self, command: Command, since: datetime) -> bool:
        """Whether "not there" counts for a command that is looked up in tables, and of which nobody
        knew at `since` what became."""
        return self._handlers[type(command)].is_absence_proven(command, since)


def _found_one_by_one(commands: Sequence[C], find: Callable[[C], Verdict]) -> LookupResult:
    verdicts: Mapping[str, Verdict] = {command.key: find(command) for command in commands}
    return LookupResult(
        present=frozenset(key for key, verdict in verdicts.items() if verdict is True),
        foreign=frozenset(key for key, verdict in verdicts.items() if verdict is False),
        similar=frozenset(key for key, verdict in verdicts.items() if isinstance(verdict, Similar)),
        elsewhere={
            key: verdict.keys for key, verdict in verdicts.items() if isinstance(verdict, Elsewhere)
        },
    )
