"""`st-spectrum serve` on Postgres and Redis: one of several machines, with a worker of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.serving.ports import free_port
from st_spectrum.serving.processes import end_processes, marked_processes
from tests.machines.servers import dagster_settings, postgres, redis, until
from tests.world.contractor import ACCOUNT_FILE
from tests.world.dispatcher import Dispatcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

CLI = Path(sys.executable).parent / "st-spectrum"
PATIENCE = 300.0
"""Seconds; this must also pass beside other work that keeps the machine busy."""


@dataclass
class Served:
    """The command in a process of its own."""

    sandbox: Sandbox
    home: Path
    log: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes]

    def health(self) -> str:
        done = subprocess.run(
            [CLI, "serve", "--health", "--account", ACCOUNT_FILE],
            env=os.environ | self.settings, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        return done.stdout.strip()

    def has_customer(self, name: str) -> bool:
        rows = self.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        return [row["Name"].strip() for row in rows] == [name]

    def worker(self) -> psutil.Process:
        [found] = [
            process
            for process in psutil.Process(self.process.pid).children()
            if "st-spectrum worker" in " ".join(process.cmdline())
        ]
        return found


@pytest.fixture
def served(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[Served]:
    running_sandbox.control.reset()
    home = tmp_path / "state" / "dagster"
    home.mkdir(parents=True, mode=0o700)
    (home / "dagster.yaml").write_text(dagster_settings(), encoding="utf-8")
    log = tmp_path / "log"
    with ExitStack() as stack:
        settings = {
            **environment(running_sandbox),
            **stack.enter_context(postgres()),
            "ST_SPECTRUM_BROKER": stack.enter_context(redis(tmp_path / "redis")).url,
            "ST_SPECTRUM_STATE_DIR": str(tmp_path / "state"),
            "ST_SPECTRUM_WEB_PORT": str(free_port()),
            "ST_SPECTRUM_CODE_PORT": str(free_port()),
        }
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [CLI, "serve", "--account", ACCOUNT_FILE],
                env=os.environ | settings, stdout=stream, stderr=stream,
            )  # fmt: skip
        try:
            yield Served(running_sandbox, home, log, settings, process)
        finally:
            process.kill()
            process.wait()
            end_processes(marked_processes(str(home)), 0)


def test_a_record_crosses_and_a_worker_that_hangs_is_told(served: Served) -> None:
    def has_said(sentence: str) -> bool:
        assert served.process.poll() is None, served.log.read_text()
        return sentence in served.log.read_text()

    until(lambda: has_said("Everything is up."), "everything is up", PATIENCE)
    until(lambda: served.health().startswith("well:"), "all is well", PATIENCE)
    with ServiceTradeCaller(served.sandbox.servicetrade_url) as office:
        Dispatcher(office).company("Harbor Foods LLC")
    until(lambda: served.has_customer("Harbor Foods LLC"), "the company is a customer", PATIENCE)
    assert not list(served.home.rglob("*.db")), "what Dagster remembers lies in Postgres"

    served.worker().send_signal(signal.SIGSTOP)
    hangs = "not well: the worker gives no sign of life, although its process runs"
    until(lambda: served.health() == hangs, "a worker that hangs is told", PATIENCE)
    served.worker().send_signal(signal.SIGCONT)
    until(lambda: served.health().startswith("well:"), "it is well again", PATIENCE)

    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 130
    assert marked_processes(str(served.home)) == []
