"""Where a sandbox is reached, by ports or by the door."""

from pathlib import Path

FILE_NAME = "infolink.sqlite"
"""Of Spectrum's database, in the folder with the state."""


class Addresses:
    """Of the ports of ServiceTrade, Spectrum and the console, and of the folder with the state."""

    def __init__(self, state_dir: Path, ports: tuple[int, int, int]) -> None:
        self.state_dir = state_dir
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
