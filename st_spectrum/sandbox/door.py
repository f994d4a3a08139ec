"""Both systems in one process with whoever calls them: no port, no socket, no thread, no waiting.

    with Door(Path("state")) as door:
        door.transports()          # for `open_session(account, transports=...)`: the product's own clients
        door.clock                 # for `open_session(account, clock=...)`; `door.clock.move(600)` lets ten minutes pass
        door.servicetrade_url, door.spectrum_url, door.infolink_url, door.control      # as with `Sandbox`

What a client meets is what it meets on the wire: `door_clients` raises what httpx raises when a
connection is refused, cut or silent. A call that a fault makes slower than the client's time-out is
carried out later: when the clock is moved that far.
"""

from collections.abc import Callable
from email.utils import formatdate
from functools import cached_property
from pathlib import Path
from typing import Self

from starlette.applications import Starlette

from st_spectrum.sandbox.addresses import Addresses
from st_spectrum.sandbox.calls import SYSTEM_NAMES, SystemName
from st_spectrum.sandbox.control import control_routes
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.door_clients import HttpxDoor
from st_spectrum.sandbox.exchange import Answer, Asked, Closed, Exchange, pause
from st_spectrum.sandbox.gate import App, Gate, Latency
from st_spectrum.sandbox.hand_clock import HandClock
from st_spectrum.sandbox.rig import KeptWorld, System, parts_of
from st_spectrum.transports import Transports

PORTS = (1, 2, 3)
"""Of addresses on this machine on which nobody listens: what goes past the door meets a refused
connection.
"""

Step = Callable[[str, Asked], None]
"""Stands beside every call, with the system's name; what it raises is raised to the caller."""


class Doorway:
    """The one way into one system. `before` and `after` see every call of the clients that go
    through.
    """

    def __init__(self, app: App, clock: HandClock) -> None:
        self.app = app
        self.is_open = True
        self.mistakes: list[BaseException] = []
        self._clock = clock

    async def open(self) -> None:
        """Let calls in again."""
        self.is_open = True

    async def close(self, grace_seconds: float = 0.0) -> None:  # noqa: ARG002 - of a port's
        """Refuse every connection."""
        self.is_open = False

    def ask(self, asked: Asked) -> Answer:
        """One call; raises `Closed`, `NoAnswer` or `TooLate`."""
        if not self.is_open:
            raise Closed
        answer = Exchange(self.app, asked, self._clock, self.mistakes.append).answer()
        answer.headers.append((b"date", formatdate(self._clock.seconds(), usegmt=True).encode()))
        return answer


class Door(Addresses):
    """The two stand-ins with faults, call log and control. All threads may use it at once.

    With `state_dir` in memory (`/dev/shm`) Spectrum's database, which Info-Link reads, costs no
    disk.
    """

    def __init__(self, state_dir: Path, clock: HandClock | None = None) -> None:
        super().__init__(state_dir, PORTS, PORTS[-1])
        self.clock = clock or HandClock()
        state_dir.mkdir(parents=True, exist_ok=True)
        self.rig.systems = {name: self._system(name) for name in SYSTEM_NAMES}
        self._console = Doorway(Starlette(routes=control_routes(self.rig)), self.clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def control(self) -> Control:
        """What the control API can do, without its port."""
        return Control(self.console_url, HttpxDoor(self._console.ask))

    @property
    def mistakes(self) -> list[BaseException]:
        """What the stand-ins raised instead of answering: mistakes of their own."""
        return [
            mistake
            for system in self.rig.systems.values()
            for mistake in self.doorway(system.name).mistakes
        ]

    def doorway(self, name: SystemName) -> Doorway:
        """The way into one system."""
        entrance = self.rig.systems[name].listener
        assert isinstance(entrance, Doorway)  # noqa: S101 - this class made it
        return entrance

    def transports(self, before: Step | None = None, after: Step | None = None) -> Transports:
        """For the clients of one worker. `before` and `after` stand beside each of its calls; what
        they raise, the worker meets:
        raised before, the call was never made, raised after, it was carried out and its answer is
        not seen.
        """
        servicetrade, spectrum = (self._watched(name, before, after) for name in SYSTEM_NAMES)
        return Transports(HttpxDoor(servicetrade), HttpxDoor(spectrum))

    def for_people(self) -> Transports:
        """For those who type something in: past faults and latency, and in no call log."""
        servicetrade, spectrum = (
            Doorway(self.rig.systems[name].app, self.clock).ask for name in SYSTEM_NAMES
        )
        return Transports(HttpxDoor(servicetrade), HttpxDoor(spectrum))

    def _watched(
        self, name: SystemName, before: Step | None, after: Step | None
    ) -> Callable[[Asked], Answer]:
        ask = self.doorway(name).ask

        def watched(asked: Asked) -> Answer:
            if before:
                before(name, asked)
            try:
                return ask(asked)
            finally:
                if after:
                    after(name, asked)

        return watched

    def reset(self) -> None:
        """As freshly started: both systems empty, no faults, no calls, nothing late, the time of
        this machine.
        """
        self.clock.forget()
        self.rig.reset()
        self._open_all()

    def put_back(self, world: KeptWorld) -> None:
        """Both systems as they were then; otherwise as freshly started, see `reset`."""
        self.clock.forget()
        self.rig.put_back(world)
        self._open_all()

    def close(self) -> None:
        """Let go of the files in the state folder."""
        for system in self.rig.systems.values():
            system.close()

    def _open_all(self) -> None:
        for name in self.rig.systems:
            doorway = self.doorway(name)
            doorway.is_open = True
            doorway.mistakes.clear()

    def _system(self, name: SystemName) -> System:
        build, identify, switches = parts_of(name)
        app = build(self.state_dir, switches, self.clock.seconds)
        latency = Latency()
        faults, calls = self.rig.faults, self.rig.calls
        gate = Gate(
            app,
            identify,
            system=name,
            faults=faults,
            calls=calls,
            latency=latency,
            sleep=pause,
            now=self.clock.seconds,
        )
        return System(name, app, switches, latency, Doorway(gate, self.clock))
