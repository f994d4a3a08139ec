"""One contractor for each file of tests, which only read; and one for a test that changes it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from tests.setup.ten_years_office import Newcomer, office_of


@pytest.fixture(scope="module")
def filled(
    running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newcomer]:
    """Ten years, typed once."""
    office = office_of(running_sandbox, tmp_path_factory.mktemp("office"))
    yield office
    running_sandbox.control.reset()


@pytest.fixture
def office(filled: Newcomer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newcomer:
    """With a folder of its own, in which commands are run."""
    monkeypatch.chdir(tmp_path)
    return replace(filled, folder=tmp_path)
