"""The Dagster home that is served from: one server at a time, set up before any part starts."""

import fcntl
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import IO

import yaml

from st_spectrum.domain.errors import Unavailable
from st_spectrum.private_files import create_private_file, make_private_folder
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.parts import WORKSPACE, Addresses, migration
from st_spectrum.serving.status import STATUS

EXCEPTION_NAME = re.compile(r"^(?:\w+\.)+\w+: ")
LOCK = "serve.lock"
LOCK_ATTEMPTS = 5
HOME_VARIABLE = "DAGSTER_HOME"


class HomeIsServed(Exception):
    """Another server holds the home at this moment."""


def home_of(state_dir: Path, environ: Mapping[str, str]) -> Path:
    """`DAGSTER_HOME` where it is set, else the folder `dagster` beside the ledger."""
    return Path(environ.get(HOME_VARIABLE) or state_dir / "dagster").resolve()


def shipped_settings() -> str:
    """The dagster.yaml of one machine."""
    return files("st_spectrum.serving").joinpath("dagster.yaml").read_text(encoding="utf-8")


@contextmanager
def sole_server(home: Path) -> Iterator[None]:
    """Inside, nobody else serves from this home. Raises `HomeIsServed`."""
    make_private_folder(home)
    create_private_file(home / LOCK)
    with (home / LOCK).open("r+", encoding="utf-8") as file:
        # Who asks for the health holds the lock for a moment; a server keeps it.
        if not any(_is_locked(file) for _ in range(LOCK_ATTEMPTS)):
            raise HomeIsServed
        # What the last server noted; until this one notes something, it is starting.
        (home / STATUS).unlink(missing_ok=True)
        yield


def is_served(home: Path) -> bool:
    """Whether somebody serves from this home now."""
    try:
        with (home / LOCK).open("r+", encoding="utf-8") as file:
            return not _is_locked(file, pause=0)
    except OSError:
        return False


def _is_locked(file: IO[str], pause: float = 0.2) -> bool:
    """Whether the lock is ours now; after a moment when it is not."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        time.sleep(pause)
        return False
    return True


def set_up(home: Path, location: str, addresses: Addresses, settings: str) -> None:
    """Write what Dagster wants to find; a dagster.yaml that is there already stays as it is."""
    make_private_folder(home)
    if not (home / "dagster.yaml").exists():
        _write_whole(home / "dagster.yaml", settings)
    server = {"host": "127.0.0.1", "port": addresses.code_port, "location_name": location}
    workspace = yaml.safe_dump({"load_from": [{"grpc_server": server}]}, sort_keys=False)
    _write_whole(home / WORKSPACE, workspace)


def _write_whole(file: Path, text: str) -> None:
    # On a full disk half of it would stay: a dagster.yaml without limits, that nobody replaces any
    # more.
    new = file.with_suffix(".new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def migrate(environment: Mapping[str, str], log: OneLog) -> None:
    """Bring Dagster's storage to this release. Raises `Unavailable` when it cannot be opened.

    Several processes that open a brand-new home at once trip over each other in its first
    migration, so this runs alone before any part that opens it starts.
    """
    done = subprocess.run(  # noqa: S603 - our own programs
        migration(), env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        lines = done.stdout.splitlines()
        for line in lines:
            log.write("serve", line)
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        last = EXCEPTION_NAME.sub("", last)
        raise Unavailable(
            f"its storage cannot be opened: {last}",
            system="dagster",
            advice=(
                f"Correct {environment.get(HOME_VARIABLE, '')}{os.sep}dagster.yaml, or start what"
                " it names."
            ),
        )
