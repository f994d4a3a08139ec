"""Dagster's three services as child processes on loopback: code server, web server, daemon."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from st_spectrum.domain.errors import Unavailable

START_SECONDS = 240
STOP_SECONDS = 10


class DagsterServices:
    """Starts the services in `home` and ends exactly what it started. Use as a context manager."""

    def __init__(self, home: Path, environment: Mapping[str, str], dagster_yaml: str, location: str) -> None:
        self.home = home
        self._environment = dict(os.environ) | dict(environment) | {"DAGSTER_HOME": str(home.resolve())}
        self._yaml = dagster_yaml
        self._location = location
        self._processes: list[subprocess.Popen[bytes]] = []
        self.port = free_port()

    @property
    def url(self) -> str:
        """Address of the Dagster UI."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "DagsterServices":
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "dagster.yaml").write_text(self._yaml, encoding="utf-8")
        # Several processes that open a brand-new home at once trip over each other in its first migration.
        self._run_to_end("dagster", "instance", "migrate")
        code_port = free_port()
        workspace = self.home / "workspace.yaml"
        workspace.write_text(
            "load_from:\n  - grpc_server:\n      host: 127.0.0.1\n"
            f"      port: {code_port}\n      location_name: {self._location}\n",
            encoding="utf-8",
        )
        self._spawn("dagster", "api", "grpc", "-h", "127.0.0.1", "-p", str(code_port), "-m", "st_spectrum.definitions",
                    "--location-name", self._location)  # fmt: skip
        _wait_for_port(code_port, self._processes)
        self._spawn("dagster-webserver", "-h", "127.0.0.1", "-p", str(self.port), "-w", str(workspace))
        self._spawn("dagster-daemon", "run", "-w", str(workspace))
        _wait_for_port(self.port, self._processes)

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).parent / program), *arguments]

    def _run_to_end(self, program: str, *arguments: str) -> None:
        with (self.home / f"{program}-once.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - our own programs
                self._command(program, *arguments), env=self._environment, stdout=log, stderr=log, check=True
            )

    def _spawn(self, program: str, *arguments: str) -> None:
        with (self.home / f"{program}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                self._command(program, *arguments),
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._processes.append(process)

    def stop(self) -> None:
        """End every service with its children: politely, then by force."""
        for process in reversed(self._processes):
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
        for process in self._processes:
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def runs_in_flight(self) -> int:
        """Runs that are queued or at work, as the web server tells; -1 when it does not answer just now."""
        query = (
            "{runsOrError(filter: {statuses: [QUEUED, NOT_STARTED, STARTING, STARTED]}) {... on Runs {results {id}}}}"
        )
        try:
            answer = httpx.post(f"{self.url}/graphql", json={"query": query}, timeout=10).json()
            return len(answer["data"]["runsOrError"]["results"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return -1


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if dead := [process for process in processes if process.poll() is not None]:
            raise Unavailable(f"a service ended with {dead[0].returncode}; its log tells why", system="dagster")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise Unavailable(
        f"nothing listens on port {port} after {START_SECONDS} seconds",
        system="dagster",
        advice="This machine is very busy or very slow: end what else is at work on it, and start again.",
    )


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group outlives its leader: run workers stay behind when a code server is killed.
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
