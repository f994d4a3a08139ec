"""The demo tells a service that died, and goes on with it."""

import signal
import time
from importlib.resources import files
from pathlib import Path

import psutil
import pytest

from st_spectrum.commands.services import DagsterServices
from st_spectrum.serving.processes import marked_processes
from tests.serving.test_before_anything_starts import ENVIRONMENT


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_service_that_is_killed_is_told_in_the_demo_and_is_back(tmp_path: Path) -> None:
    sentences: list[str] = []
    settings = files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
    environment = ENVIRONMENT | {"ST_SPECTRUM_STATE_DIR": str(tmp_path), "ST_SPECTRUM_SENSORS": "off"}
    with DagsterServices(tmp_path / "dagster", environment, settings, "sandbox", sentences.append) as dagster:
        assert dagster.runs_in_flight() == 0
        [daemon] = [child for child in psutil.Process().children() if "dagster-daemon" in " ".join(child.cmdline())]
        daemon.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 120
        while len(sentences) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)

    assert sentences == [
        "The daemon was ended by SIGKILL; it is started again in 1 s.",
        "The daemon is up again.",
    ]
    assert marked_processes(str(tmp_path / "dagster")) == []
    assert "web server  | " in (tmp_path / "dagster" / "serve.log").read_text(encoding="utf-8")
