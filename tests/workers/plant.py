"""A sandbox, and a real Dagster in a folder of its own, whose worker is started again when it is
killed.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import dagster as dg
import httpx

from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.commands.services import DagsterServices
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.workers.beats import WORKERS, FolderBeats, Sign

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
T = TypeVar("T")


def dagster_yaml() -> str:
    """The demo's instance."""
    return files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")


def wait_for(probe: Callable[[], T], seconds: float, said: str) -> T:
    """What `probe` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.2)
    raise AssertionError(f"{said}: not within {seconds:.0f} s")


def children_of(pid: int) -> list[int]:
    """Process ids, as the kernel lists them."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    return []


def process_of(sign: Sign) -> int:
    """The process that a sign is of."""
    return int(sign.owner.split("|")[3])


@dataclass
class Plant:
    """Where a test works: `home` is Dagster's, `settings` what all processes are told."""

    folder: Path
    sandbox: Sandbox
    settings: dict[str, str]
    services: DagsterServices

    @property
    def home(self) -> Path:
        return self.folder / "dagster"

    @property
    def signs(self) -> FolderBeats:
        """Who is alive."""
        return FolderBeats(self.folder / "broker")

    def worker(self, seconds: float, other_than: int = 0) -> int:
        """The process id of a worker that is alive."""

        def alive_worker() -> int | None:
            living = [process_of(sign) for sign in self.signs.living(WORKERS).values()]
            return next((pid for pid in living if pid != other_than), None)

        return wait_for(alive_worker, seconds, "a worker is alive")

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """Dagster's memory, as another process sees it."""
        with (
            patch.dict(os.environ, DAGSTER_HOME=str(self.home)),
            dg.DagsterInstance.from_config(str(self.home)) as instance,
        ):
            yield instance

    def runs(self, *statuses: dg.DagsterRunStatus) -> list[dg.DagsterRun]:
        with self.instance() as instance:
            return list(
                instance.get_runs(dg.RunsFilter(statuses=list(statuses)) if statuses else None)
            )

    def ask(self, query: str, **variables: Any) -> Any:
        """One question to Dagster's web server."""
        body = {"query": query, "variables": variables}
        return httpx.post(f"{self.services.url}/graphql", json=body, timeout=30).json()["data"]

    def terminate(self, run_id: str) -> None:
        """The button."""
        query = "mutation($id: String!) {terminateRun(runId: $id) {__typename}}"
        assert self.ask(query, id=run_id)["terminateRun"]["__typename"] == "TerminateRunSuccess"


@contextmanager
def plant(
    folder: Path,
    sandbox: Sandbox,
    yaml: str,
    *,
    are_sensors_on: bool = True,
    batch_size: int = 250,
) -> Iterator[Plant]:
    """Everything at work, a worker too where `yaml` asks for one."""
    folder.mkdir(parents=True, exist_ok=True)
    account = folder / "sandbox.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    account.write_text(
        text.replace("batch_size: 250", f"batch_size: {batch_size}"), encoding="utf-8"
    )
    settings = environment(sandbox) | {
        "ST_SPECTRUM_STATE_DIR": str(folder / "state"),
        "ST_SPECTRUM_ACCOUNT": str(account),
        "ST_SPECTRUM_SENSORS": "on" if are_sensors_on else "off",
        "ST_SPECTRUM_BROKER": str(folder / "broker"),
    }
    name = load_account(account, dict(os.environ) | settings).name
    services = DagsterServices(folder / "dagster", settings, yaml, name)
    made = Plant(folder, sandbox, settings, services)
    with services:
        yield made
