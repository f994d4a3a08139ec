"""Whom the contract is tried on: the sandbox, every recording in this folder, and with `--live` a
tenant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import read_connections
from st_spectrum.record.folder import PRIVATE
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.transports import NETWORK, Transports
from tests.record.replay import replay
from tests.record.worlds import installation

HERE = Path(__file__).parent
RECORDINGS = sorted(folder.parent.name for folder in HERE.glob(f"*/{PRIVATE}"))
SANDBOX, LIVE = "the sandbox", "live"


@dataclass(frozen=True)
class Asked:
    """One installation with the product's own clients; nothing is written."""

    account: Account
    servicetrade: ServiceTrade
    spectrum: Spectrum


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "asked" in metafunc.fixturenames:
        names = [SANDBOX, *RECORDINGS]
        if metafunc.config.getoption("--live"):
            names.append(LIVE)
        metafunc.parametrize("asked", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    """The installation of that name."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if request.param == SANDBOX:
            with installation(folder) as world, connected(world.account, folder) as found:
                yield found
        elif request.param == LIVE:
            account, problems = read_connections(Path(request.config.getoption("--live")))
            assert account is not None, problems
            with connected(account, folder) as found:
                yield found
        else:
            replayed = replay(HERE / request.param, folder)
            with connected(replayed.account, folder, replayed.transports) as found:
                yield found


@contextmanager
def connected(account: Account, folder: Path, transports: Transports = NETWORK) -> Iterator[Asked]:
    with (
        ServiceTrade(account.servicetrade, transport=transports.servicetrade) as servicetrade,
        Spectrum(account.spectrum, folder / "wsdl", transports) as spectrum,
    ):
        yield Asked(account, servicetrade, spectrum)
