"""Postgres and Redis as a deployment has them, on free ports of loopback; each ends with the test.

Both come from Debian packages, which `make machines` installs where it may.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_spectrum.serving.ports import free_port, is_answering

DEPLOY = Path(__file__).parents[2] / "deploy"
HOW = "`make machines` installs it as root on Debian"
POSTGRES_USER = "postgres"
DATABASE = "dagster"
PATIENCE_SECONDS = 60.0


def dagster_settings() -> str:
    """`deploy/dagster-postgres.yaml` for two machines that run workers."""
    text = (DEPLOY / "dagster-postgres.yaml").read_text(encoding="utf-8")
    of_one_machine, of_two = "limit: 4\n", "limit: 8\n"
    assert of_one_machine in text
    return text.replace(of_one_machine, of_two)


def postgres_programs() -> Path:
    """The folder of Debian's newest Postgres. Skips the test where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda place: float(place.parts[-3]),
    )
    if not found:
        pytest.skip(f"no Postgres server here (Debian's package postgresql); {HOW}")
    return found[-1].parent


def redis_program() -> str:
    """The redis-server on the path. Skips the test where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(f"no redis-server here (Debian's package redis-server); {HOW}")
    return program


@contextmanager
def postgres() -> Iterator[Mapping[str, str]]:
    """An empty database; yields the variables that `deploy/dagster-postgres.yaml` names.

    Postgres refuses to run as root, so root hands it to the user of Debian's package, to whom
    pytest's own folders are closed.
    """
    programs = postgres_programs()
    is_root = os.geteuid() == 0
    user = POSTGRES_USER if is_root else None
    with tempfile.TemporaryDirectory(prefix="machines-pg-") as folder:
        if is_root:
            shutil.chown(folder, POSTGRES_USER, POSTGRES_USER)
        port = free_port()

        def run(*command: str) -> None:
            subprocess.run(
                command, cwd=folder, user=user, check=True, stdout=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
            )  # fmt: skip

        run(
            str(programs / "initdb"), "-D", f"{folder}/data", "-A", "trust", "-U", POSTGRES_USER,
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        command = [
            str(programs / "postgres"), "-D", f"{folder}/data", "-k", folder, "-p", str(port),
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
        ]  # fmt: skip
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(command, cwd=folder, user=user, stdout=log, stderr=log)
        try:
            until(lambda: is_answering("127.0.0.1", port), "Postgres answers")
            until(lambda: _takes_a_database(programs, port), "Postgres makes a database")
            yield {
                "DAGSTER_PG_HOST": "127.0.0.1",
                "DAGSTER_PG_PORT": str(port),
                "DAGSTER_PG_USERNAME": POSTGRES_USER,
                "DAGSTER_PG_PASSWORD": "trusted",
                "DAGSTER_PG_DB": DATABASE,
            }
        finally:
            server.send_signal(signal.SIGINT)  # at once, and without losing what was committed
            server.wait(30)


def _takes_a_database(programs: Path, port: int) -> bool:
    command = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", POSTGRES_USER]
    return subprocess.run([*command, DATABASE], capture_output=True).returncode == 0


class Redis:
    """A server that keeps on its disk what it holds, as `deploy/compose.yaml` starts it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._command = [
            redis_program(), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(folder),
            "--appendonly", "yes", "--maxmemory-policy", "noeviction",
        ]  # fmt: skip
        self._log = folder / "log"

    @property
    def url(self) -> str:
        """For `ST_SPECTRUM_BROKER`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(self._command, stdout=log, stderr=log)
        until(lambda: is_answering("127.0.0.1", self.port), "Redis answers")

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(30)


@contextmanager
def redis(folder: Path) -> Iterator[Redis]:
    """Running inside; may be stopped and started again meanwhile."""
    folder.mkdir(parents=True)
    made = Redis(folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def until(probe: Callable[[], bool], said: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for it; an AssertionError with `said` after so long."""
    deadline = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < deadline, f"{said}: not within {seconds:.0f} s"
        time.sleep(0.1)
