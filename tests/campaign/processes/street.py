"""Both systems on ports of loopback, with the clock and the hands of a door.

Time stands still unless it is moved. A call that a fault makes slow waits on the server until it
was moved so far; its client gives up after a second of real time.
"""

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from st_spectrum.sandbox.door import Door
from st_spectrum.sandbox.hand_clock import HandClock
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.transports import NETWORK, Transports

MOMENT = 10.0
"""Seconds by the clock: a pause up to this, as between two parts of an answer, is none at all."""
POLL_SECONDS = 0.01
ARRIVAL_SECONDS = 10.0
"""Of real time, within which a call that has become due is carried out."""


class StreetClock(HandClock):
    """Moved by hand; what waits for it on the servers goes on then."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._late: dict[object, float] = {}
        self._age = 0

    async def sleep(self, seconds: float) -> None:
        """How the servers let time pass."""
        if seconds <= MOMENT:
            return
        me, age, end = object(), self._age, self.seconds() + seconds
        self._late[me] = end
        try:
            while self.seconds() < end:
                await asyncio.sleep(POLL_SECONDS)
                if age != self._age:
                    raise asyncio.CancelledError  # of a history that is over
            await asyncio.sleep(POLL_SECONDS)
        finally:
            self._late.pop(me, None)

    def move(self, seconds: float) -> None:
        super().move(seconds)
        deadline = time.monotonic() + ARRIVAL_SECONDS
        while any(end <= self.seconds() for end in tuple(self._late.values())):
            assert time.monotonic() < deadline, "a call that is due is not carried out"
            time.sleep(POLL_SECONDS)
        if seconds > MOMENT:
            time.sleep(2 * POLL_SECONDS)

    def waiting(self) -> int:
        return len(self._late)

    def forget(self) -> None:
        super().forget()
        self._age += 1
        while self._late:
            time.sleep(POLL_SECONDS)


class Street(Door):
    """The same as a door, but whoever comes through `transports` comes over sockets."""

    def __init__(self, state_dir: Path, clock: StreetClock) -> None:
        self.state_dir, self.clock = state_dir, clock
        self._server = Sandbox(state_dir, clock=clock.seconds, sleep=clock.sleep)
        self._server.start()
        self.rig = self._server.rig
        self.control, self._ports = self._server.control, self._server._ports
        self.smtp_port = self._server.smtp_port

    @property
    def mistakes(self) -> list[BaseException]:
        """A server tells its mistakes by an answer 500 alone."""
        return []

    def transports(self, before: Any = None, after: Any = None) -> Transports:
        assert before is None and after is None, "a worker is watched in its own process"
        return NETWORK

    def close(self) -> None:
        self._server.stop()

    def _open_all(self) -> None:
        """They always are."""
