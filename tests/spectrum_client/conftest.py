"""A client against a server that can misbehave; reads wait no time between attempts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from st_spectrum.account.connections import SpectrumConnection
from st_spectrum.spectrum.client import Spectrum

from .stand_in import SpectrumStandIn, stand_in


@pytest.fixture
def server() -> Iterator[SpectrumStandIn]:
    with stand_in() as state:
        yield state


@pytest.fixture
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def connection_to(url: str, **changes: Any) -> SpectrumConnection:
    values: dict[str, Any] = {
        "base_url": url,
        "company_code": "001",
        "authorization_id": SecretStr("TOP-SECRET-ID"),
        "timeout_seconds": 5,
        **changes,
    }
    return SpectrumConnection(**values)


@pytest.fixture
def client(server: SpectrumStandIn, tmp_path: Path, no_waiting: None) -> Iterator[Spectrum]:
    with Spectrum(connection_to(server.url), tmp_path / "wsdl") as spectrum:
        yield spectrum
