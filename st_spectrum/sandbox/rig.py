"""Everything that surrounds the two systems, in one hand: what the control API changes and the
console shows.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.applications import Starlette

from st_spectrum.sandbox.calls import SYSTEM_NAMES, CallLog, SystemName
from st_spectrum.sandbox.faults import Faults
from st_spectrum.sandbox.gate import Identify, Latency
from st_spectrum.sandbox.mailsink import MailSink
from st_spectrum.sandbox.servicetrade.documents import Kept


class Entrance(Protocol):
    """Where calls come in: a port, or a door in the same process. It can be closed and opened
    again.
    """

    @property
    def is_open(self) -> bool:
        """Whether calls come in."""

    async def open(self) -> None:
        """Let calls in."""

    async def close(self, grace_seconds: float = 0.0) -> None:
        """Let none in, and cut those in progress."""


@dataclass
class System:
    """One of the two stand-ins: its app, the switches it was built with, its latency and where
    calls come in.
    """

    name: SystemName
    app: Starlette
    switches: Any
    latency: Latency
    listener: Entrance

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        counts: dict[str, int] = self.app.state.sandbox.counts()
        return counts

    def records(self, table: str) -> list[dict[str, Any]]:
        """The raw rows of one table; KeyError when there is no such table."""
        rows: list[dict[str, Any]] = self.app.state.sandbox.records(table)
        return rows

    def switch(self, values: Mapping[str, Any]) -> None:
        """Set some switches, all of them or none; ValueError names what does not fit."""
        before = self.switch_values()
        try:
            for name, value in values.items():
                self.app.state.sandbox.switch(name, value)
        except ValueError:
            self._restore(before)
            raise

    def switch_values(self) -> dict[str, Any]:
        return dict(vars(self.switches))

    def quieten(self) -> None:
        """Switches and latency as at the start."""
        self.latency.seconds = 0.0
        self._restore(vars(type(self.switches)()))

    def reset(self) -> None:
        """Empty but for the fixed set-up; switches and latency as at the start."""
        self.quieten()
        self.app.state.sandbox.reset()

    def _restore(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            setattr(self.switches, name, value)

    def close(self) -> None:
        """Let go of the files in the state folder."""
        self.app.state.sandbox.close()


@dataclass(frozen=True)
class KeptWorld:
    """What both systems held at one moment."""

    servicetrade: Kept
    spectrum: sqlite3.Connection


@dataclass
class Rig:
    """Both systems and what is common to them."""

    systems: dict[SystemName, System] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    calls: CallLog = field(default_factory=CallLog)
    mails: MailSink = field(default_factory=MailSink)

    def quieten(self) -> None:
        """No faults, calls or mails; what both systems hold stays."""
        self.faults.clear()
        for system in self.systems.values():
            system.quieten()
        self.mails.clear()
        self.calls.clear()

    def reset(self) -> None:
        """As freshly started: no faults, calls or mails, both systems empty."""
        self.quieten()
        for system in self.systems.values():
            system.reset()
        self.calls.clear()

    def inside(self, name: SystemName) -> Any:
        """A system itself, for what no API would take."""
        return self.systems[name].app.state.sandbox

    def records(self, name: SystemName, table: str) -> list[dict[str, Any]]:
        """The raw rows of one table, as the control API answers them."""
        return self.systems[name].records(table)

    def kept(self) -> KeptWorld:
        """What both systems hold now; typed in once, it can be put back as often as one likes."""
        servicetrade, spectrum = (self.inside(name) for name in SYSTEM_NAMES)
        return KeptWorld(servicetrade.kept(), spectrum.database.kept())

    def put_back(self, world: KeptWorld) -> None:
        """Both systems as they were then, with no faults, calls or mails."""
        servicetrade, spectrum = (self.inside(name) for name in SYSTEM_NAMES)
        self.quieten()
        servicetrade.put_back(world.servicetrade)
        spectrum.database.put_back(world.spectrum)


def parts_of(name: SystemName) -> tuple[Any, Identify, Any]:
    """Builder, call naming and untouched switches of one system; imported when needed, as both are
    heavy.
    """
    if name == "servicetrade":
        from st_spectrum.sandbox.servicetrade import app as servicetrade
        from st_spectrum.sandbox.servicetrade.switches import Switches as ServiceTradeSwitches

        return servicetrade.build, servicetrade.identify, ServiceTradeSwitches()
    from st_spectrum.sandbox.spectrum import app as spectrum
    from st_spectrum.sandbox.spectrum.switches import Switches as SpectrumSwitches

    return spectrum.build, spectrum.identify, SpectrumSwitches()
