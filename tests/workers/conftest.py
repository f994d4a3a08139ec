"""A Dagster with our launcher, in files, without any of its services."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.definitions import build
from st_spectrum.workers.beats import Beats, open_beats
from st_spectrum.workers.broker import broker_in_force
from tests.world.dagster_daemon import DagsterDaemon

LAUNCHER = {"module": "st_spectrum.workers.launcher", "class": "WarmCeleryRunLauncher"}


@pytest.fixture(scope="module")
def warm_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterDaemon]:
    """Made once for a module, as Dagster's files take a moment; the account cannot be read, for no
    test here opens it.
    """
    folder = tmp_path_factory.mktemp("warm")
    (folder / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ST_SPECTRUM_BROKER", str(folder / "broker"))
        patch.setenv("ST_SPECTRUM_ACCOUNT", str(folder / "none.yaml"))
        with dg.DagsterInstance.local_temp(
            str(folder / "home"), overrides={"run_launcher": LAUNCHER}
        ) as instance:
            yield DagsterDaemon(build(folder / "none.yaml"), instance)


@pytest.fixture
def broker_folder(warm_instance: DagsterDaemon) -> Path:
    """Where messages and signs of life are; empty."""
    folder = broker_in_force().folder
    assert folder
    shutil.rmtree(folder / "beats", ignore_errors=True)
    return folder


@pytest.fixture
def warm(warm_instance: DagsterDaemon, broker_folder: Path) -> DagsterDaemon:
    """Definitions on an instance with our launcher; nobody is alive."""
    warm_instance.cursors.clear()
    warm_instance.forget_runs()
    return warm_instance


@pytest.fixture
def beats(warm: DagsterDaemon) -> Beats:
    """Where the launcher looks for signs."""
    return open_beats(broker_in_force())
