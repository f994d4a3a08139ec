"""Where a sandbox is reached, by ports or by the door, and what surrounds its systems."""

from functools import cached_property
from pathlib import Path

from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.rig import Rig
from st_spectrum.sandbox.spectrum.database import FILE_NAME
from st_spectrum.transports import NETWORK, Transports


class Addresses:
    """Of the ports of ServiceTrade, Spectrum and the console, and of the folder with the state."""

    def __init__(self, state_dir: Path, ports: tuple[int, int, int], smtp_port: int) -> None:
        self.state_dir = state_dir
        self.smtp_port = smtp_port
        self.rig = Rig()
        self._ports = ports

    @property
    def servicetrade_url(self) -> str:
        """Base of the REST API, `/api` included."""
        return f"http://127.0.0.1:{self._ports[0]}/api"

    @property
    def spectrum_url(self) -> str:
        """Base of Data Exchange; `/wsdls/...` and `/ws/...` hang below it."""
        return f"http://127.0.0.1:{self._ports[1]}"

    @property
    def console_url(self) -> str:
        """Base of the console and of the control API."""
        return f"http://127.0.0.1:{self._ports[2]}"

    @property
    def infolink_url(self) -> str:
        """SQLAlchemy address of Spectrum's database; to be read only."""
        return f"sqlite:///{self.state_dir.resolve() / FILE_NAME}"

    @cached_property
    def control(self) -> Control:
        """Calls that came, faults, switches, and what is stored."""
        return Control(self.console_url)

    def transports(self) -> Transports:
        """How the integration reaches both systems."""
        return NETWORK

    def for_people(self) -> Transports:
        """The same for those who type something in."""
        return NETWORK
