"""Which processes serve an account, as data: each entry is a command, what it waits for, how it
ends.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from st_spectrum.serving.ports import reachable
from st_spectrum.workers.beats import worker_gives_signs
from st_spectrum.workers.broker import broker_in_force

WORKSPACE = "serve-workspace.yaml"
STORAGE = "storage"
"""Dagster's, at this release."""
FILLED = "filled"
"""What the sensors are to find from the start."""
OURS = "st_spectrum.workers."
"""With a run launcher out of here in dagster.yaml, runs wait for `st-spectrum worker`."""


@dataclass(frozen=True)
class Part:
    """A process that must be there all the time.

    It is up once something listens on `port`; without one, once it has lived for a moment. It is
    started for the first time when all parts named in `after` are up and all preparations named
    there are done. `has_own_children` says that
    it ends its children by itself: a stop is then said to it alone, and not to its whole session.
    """

    name: str
    command: tuple[str, ...]
    host: str = "127.0.0.1"
    port: int | None = None
    after: tuple[str, ...] = ()
    has_own_children: bool = False
    stop_seconds: float = 10
    gives_signs: Callable[[int], bool] | None = None
    last_word: str = ""
    """In the last line that concerns anybody once it was told to stop; what threads of it complain
    of after that is only that everything is closed.
    """


@dataclass(frozen=True)
class Addresses:
    """Where the two servers listen. The web page has no login, the code server neither."""

    web_port: int
    code_port: int
    host: str = "127.0.0.1"
    """Of the web server; the code server never listens beyond this machine."""
    doorbell: tuple[str, int] | None = None
    """Host and port at which the doorbell listens, as the account file says; None without one."""

    @property
    def url(self) -> str:
        """Of the Dagster UI, as seen from this machine."""
        return f"http://{reachable(self.host)}:{self.web_port}"


def parts_of(
    home: Path, location: str, addresses: Addresses, environment: Mapping[str, str]
) -> tuple[Part, ...]:
    """The parts of the Dagster home `home`, whose workspace file names the code server.

    `environment` is theirs, in which `DAGSTER_HOME` is set.
    """
    workspace = str(home / WORKSPACE)
    code_server = Part(
        "code server",
        (
            *_program("dagster"), "api", "grpc", "-h", "127.0.0.1", "-p", str(addresses.code_port),
            "-m", "st_spectrum.definitions", "--location-name", location,
        ),
        port=addresses.code_port, after=() if may_be_opened_at_once(home) else (STORAGE,),
    )  # fmt: skip
    worker = Part(
        "worker", (*_program("st-spectrum"), "worker"), after=(STORAGE,), has_own_children=True,
        stop_seconds=30, gives_signs=partial(_worker_gives_signs, dict(environment)),
    )  # fmt: skip
    daemon = Part(
        "daemon",
        (*_program("dagster-daemon"), "run", "-w", workspace),
        after=(code_server.name, STORAGE, FILLED),
        last_word="Daemon threads shut down",
    )
    web_server = Part(
        "web server",
        (
            *_program("dagster-webserver"),
            "-h",
            addresses.host,
            "-p",
            str(addresses.web_port),
            "-w",
            workspace,
        ),
        host=addresses.host,
        port=addresses.web_port,
        after=(code_server.name, STORAGE),
    )
    workers = (worker,) if has_warm_workers(home) else ()
    doorbells = (_doorbell(location, addresses, web_server),) if addresses.doorbell else ()
    return (code_server, *workers, daemon, web_server, *doorbells)


def _doorbell(location: str, addresses: Addresses, web_server: Part) -> Part:
    host, port = addresses.doorbell or ("", 0)
    command = ("doorbell", "--dagster", addresses.url, "--location", location)
    return Part(
        "doorbell",
        (*_program("st-spectrum"), *command),
        host=host,
        port=port,
        after=(web_server.name,),
    )


def has_warm_workers(home: Path) -> bool:
    """Whether runs of this Dagster home are carried out by workers that are already there."""
    launcher = _settings(home).get("run_launcher") or {}
    return str(launcher.get("module", "")).startswith(OURS)


def may_be_opened_at_once(home: Path) -> bool:
    """Whether several processes may open the storage of a brand-new home at once. The code server
    opens it when it starts, and asks it nothing before a sensor ticks.
    """
    storage = (_settings(home).get("storage") or {}).get("custom") or {}
    return str(storage.get("module", "")).startswith(OURS)


def _settings(home: Path) -> dict[str, Any]:
    return yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8")) or {}


def _worker_gives_signs(environment: Mapping[str, str], pid: int) -> bool:
    return worker_gives_signs(broker_in_force(environment), pid)


def migration() -> tuple[str, ...]:
    """Brings the storage of a Dagster home to this release, before any part opens it."""
    return (*_program("dagster"), "instance", "migrate")


def _program(name: str) -> tuple[str, ...]:
    # Of this environment, whether or not it is on the PATH.
    return (str(Path(sys.executable).parent / name),)
