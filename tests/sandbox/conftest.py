"""A Spectrum stand-in for a module; tests ask for `spectrum`, which is empty and as it is set
up.
"""

from collections.abc import Iterator

import pytest

from tests.sandbox.spectrum_caller import Caller, running


@pytest.fixture(scope="module")
def started_spectrum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with running(tmp_path_factory.mktemp("spectrum")) as caller:
        yield caller


@pytest.fixture
def spectrum(started_spectrum: Caller) -> Caller:
    started_spectrum.system.reset()
    for name, value in type(started_spectrum.system.switches)().model_dump().items():
        started_spectrum.system.switch(name, value)
    return started_spectrum
