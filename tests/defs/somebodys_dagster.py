"""A Dagster with its daemon and web server, the limits of the shipped `dagster.yaml` and a launcher
of its own, two accounts of ours in one code location, and the location of somebody else.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from st_spectrum.serving.ports import free_port

ROOT = Path(__file__).parents[2]
THEIRS = """
import dagster as dg

@dg.asset
def customers(): ...

@dg.op
def work(): ...

@dg.job(tags={"flow": "customers", "account": "north"})
def their_job(): work()

defs = dg.Definitions([customers], jobs=[their_job])
"""
WORKSPACE = """
load_from:
  - python_module: {module_name: st_spectrum.definitions, location_name: ours}
  - python_file: {relative_path: theirs.py, location_name: theirs}
"""
LAUNCH = """mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {... on LaunchRunSuccess {run {runId}}}
}"""
RUNS = "{runsOrError {... on Runs {results {runId jobName status tags {key value}}}}}"
LOCATIONS = (
    "{workspaceOrError {... on Workspace {locationEntries {locationOrLoadError {__typename}}}}}"
)


@dataclass
class SomebodysDagster:
    """Its address, and the folder where it keeps everything."""

    url: str
    home: Path

    def ask(self, query: str, **variables: Any) -> Any:
        """What the web server answers."""
        asked = {"query": query, "variables": variables}
        return (
            httpx.post(f"{self.url}/graphql", json=asked, timeout=60)
            .raise_for_status()
            .json()["data"]
        )

    def launch(self, location: str, job: str) -> str:
        """Start a job as its page does; the id of the run."""
        place = {
            "repositoryName": "__repository__",
            "repositoryLocationName": location,
            "jobName": job,
        }
        params = {"selector": place, "runConfigData": {}}
        return str(self.ask(LAUNCH, params=params)["launchRun"]["run"]["runId"])

    def runs(self) -> dict[str, dict[str, Any]]:
        """Every run by its id."""
        return {run["runId"]: run for run in self.ask(RUNS)["runsOrError"]["results"]}

    def wait_until_quiet(self, runs: int, seconds: float = 240) -> dict[str, dict[str, Any]]:
        """All runs, as soon as there are so many and all have ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.runs()
            if len(found) >= runs and {run["status"] for run in found.values()} <= {
                "SUCCESS",
                "FAILURE",
            }:
                return found
            time.sleep(1)
        raise AssertionError(f"not quiet after {seconds} s: {self.runs()}")

    def let_a_year_pass(self) -> None:
        """Every run was made long ago."""
        with sqlite3.connect(self.home / "history" / "runs.db", timeout=30) as database:
            database.execute("UPDATE runs SET create_timestamp = '2020-01-01 00:00:00'")


@contextmanager
def somebodys_dagster(folder: Path, environment: Mapping[str, str]) -> Iterator[SomebodysDagster]:
    """Everything up, until the end of the block."""
    home = folder / "home"
    home.mkdir()
    settings = yaml.safe_load((ROOT / "st_spectrum" / "serving" / "dagster.yaml").read_text())
    del settings["run_launcher"]
    (home / "dagster.yaml").write_text(yaml.safe_dump(settings))
    files = [account(folder, name) for name in ("north", "south")]
    (folder / "theirs.py").write_text(THEIRS)
    (folder / "workspace.yaml").write_text(WORKSPACE)
    known = {"DAGSTER_HOME": str(home), "ST_SPECTRUM_ACCOUNT": os.pathsep.join(map(str, files))}
    variables = dict(os.environ) | dict(environment) | known
    program, port = str(Path(sys.executable).parent / "dagster"), free_port()
    subprocess.run([program, "instance", "migrate"], env=variables, capture_output=True, check=True)
    with (folder / "dagster.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)],
            cwd=folder,
            env=variables,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        dagster = SomebodysDagster(f"http://127.0.0.1:{port}", home)
        _wait_for_locations(dagster, 2)
        yield dagster
    finally:
        _end(process)


def account(folder: Path, name: str) -> Path:
    """The example account under another name, with a state folder, an account of ServiceTrade and a
    company of Spectrum of its own; that of `north` is the sandbox's.
    """
    text = (ROOT / "accounts" / "sandbox.yaml").read_text()
    text = text.replace("name: sandbox", f"name: {name}", 1)
    theirs = "Example Fire & Mechanical" if name == "north" else name
    text = text.replace("  # account: Example Contractor ", f"  account: {theirs} ")
    if name != "north":
        text = text.replace("company_code: 001 ", "company_code: 002 ")
    file = folder / f"{name}.yaml"
    file.write_text(text.replace("${ST_SPECTRUM_STATE_DIR:-.local}", str(folder / f"state-{name}")))
    return file


def _wait_for_locations(dagster: SomebodysDagster, number: int) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        try:
            entries = dagster.ask(LOCATIONS)["workspaceOrError"]["locationEntries"]
        except httpx.HTTPError:
            entries = []
        kinds = [(entry["locationOrLoadError"] or {}).get("__typename") for entry in entries]
        if len(kinds) == number and set(kinds) == {"RepositoryLocation"}:
            return
        time.sleep(1)
    raise AssertionError("the code locations did not load")


def _end(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
