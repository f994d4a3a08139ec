"""The sandbox process of a benchmark, filled as often as wanted, and commands measured against
it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.recording import RecordedCall, read_calls, span
from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, CLIENT_ID, CLIENT_SECRET
from st_spectrum.sandbox.world import World, build_world

ROOT = Path(__file__).parents[1]
ACCOUNT_FILE = ROOT / "accounts" / "sandbox.yaml"
UP_SECONDS = 60


class BenchmarkFailed(Exception):
    """The numbers would mean nothing; the text says why."""


@dataclass(frozen=True)
class Measured:
    """One command against a filled sandbox.

    `seconds` are those at the sandbox's door; `process_seconds` run from the start of the
    interpreter to its end.
    """

    output: str
    calls: list[RecordedCall]
    counts: dict[str, dict[str, int]]
    process_seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def seconds(self) -> float:
        return span(self.calls)


@dataclass(frozen=True)
class Stage:
    """One running sandbox and the folder in which everything lies."""

    folder: Path
    addresses: dict[str, str]
    control: Control
    environ: dict[str, str]
    account: Account

    @property
    def addresses_file(self) -> Path:
        return self.folder / "addresses.json"

    def fill(self, world: World) -> None:
        """Empty both systems and the ledger, then make the world."""
        self.control.reset()
        shutil.rmtree(self.folder / "sync", ignore_errors=True)
        build_world(world, self.addresses["servicetrade_url"], self.addresses["spectrum_url"])

    def measure(self, command: Sequence[str], latency_ms: int) -> Measured:
        """Run a command in a process of its own, every call waiting `latency_ms` in the sandbox."""
        recorded = self.folder / "recorded.jsonl"
        before = recorded.stat().st_size
        self.control.latency(servicetrade=latency_ms / 1000, spectrum=latency_ms / 1000)
        cost = self.folder / "cost.json"
        result = subprocess.run(  # noqa: S603  our own commands
            [sys.executable, "-m", "benchmarks.measured", str(cost), *command],
            cwd=ROOT,
            env=compiling(self.folder / "bytecode") | self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        self.control.latency()
        if result.returncode:
            raise BenchmarkFailed(
                f"{command[0]} ended with {result.returncode}: {result.stderr[-2000:]}"
            )
        return Measured(
            result.stdout,
            read_calls(recorded, before),
            self.control.counts(),
            **json.loads(cost.read_text(encoding="utf-8")),
        )


def world_of(jobs: int) -> World:
    """The first load scaled to so many jobs: as many companies, locations and the rest for each,
    the template unchanged.
    """
    load = World.load()
    share = jobs / load.jobs
    scaled = {
        name: round(getattr(load, name) * share)
        for name in ("vendors", "linked_companies", "old_customers")
    }
    scaled |= {
        name: max(1, round(getattr(load, name) * share)) for name in ("companies", "locations")
    }
    return replace(load, jobs=jobs, **scaled)


@contextmanager
def open_stage() -> Iterator[Stage]:
    """A sandbox with nothing in it; ended and removed afterwards."""
    with TemporaryDirectory(prefix="st-spectrum-bench-") as name:
        folder = Path(name)
        files = [str(folder / part) for part in ("sandbox", "addresses.json", "recorded.jsonl")]
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "benchmarks.recording_sandbox", *files], cwd=ROOT
        )
        try:
            addresses = _wait_for(folder / "addresses.json", process)
            with Control(addresses["console_url"]) as control:
                environ = environ_of(addresses, folder)
                yield Stage(
                    folder, addresses, control, environ, load_account(ACCOUNT_FILE, environ)
                )
        finally:
            process.terminate()
            process.wait()


def environ_of(addresses: dict[str, str], folder: Path) -> dict[str, str]:
    """What `accounts/sandbox.yaml` wants to find."""
    return {
        "SERVICETRADE_URL": addresses["servicetrade_url"],
        "SERVICETRADE_CLIENT_ID": CLIENT_ID,
        "SERVICETRADE_CLIENT_SECRET": CLIENT_SECRET,
        "SPECTRUM_URL": addresses["spectrum_url"],
        "SPECTRUM_AUTHORIZATION_ID": AUTHORIZATION_ID,
        "SPECTRUM_INFOLINK_URL": addresses["infolink_url"],
        "ST_SPECTRUM_STATE_DIR": str(folder / "sync"),
    }


def compiling(folder: Path) -> dict[str, str]:
    """Our environment, but what is imported is compiled once and kept, as where the program is
    installed for good.

    Without that every start compiles some hundreds of modules anew, and the start is all that one
    would see.
    """
    environ = os.environ | {"PYTHONPYCACHEPREFIX": str(folder)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            addresses: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            time.sleep(0.05)
        else:
            return addresses
    raise BenchmarkFailed("the sandbox did not come up")
