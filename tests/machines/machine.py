"""A machine of a deployment: a host name, a process table and a Dagster home of its own, and one
program that is started again whenever it ends, as systemd or a container engine does it.

Namespaces of Linux make it: from one machine nobody sees whether a process of another one lives, so
that signs of life and leases alone decide there, as they do between real machines.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil
import pytest

KEEP = 'hostname "$0"; while :; do "$@"; sleep 1; done'
OWN_NAMESPACES = ("--pid", "--uts", "--fork", "--kill-child", "--mount-proc")


def namespaces() -> tuple[str, ...]:
    """The command that makes a machine. Skips the test where Linux does not let us."""
    user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    command = ("unshare", *user, *OWN_NAMESPACES)
    if shutil.which("unshare") is None or subprocess.run([*command, "true"]).returncode:
        pytest.skip("no process and host name spaces here (`unshare`), so no machines can be made")
    return command


class Machine:
    """Use as a context manager: inside, the program is kept running; afterwards nothing of it is
    left.
    """

    def __init__(
        self, folder: Path, name: str, command: tuple[str, ...], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.home = folder / name
        self.log = folder / f"{name}.log"
        self._command = (*namespaces(), "sh", "-c", KEEP, name, *command)
        self._environment = os.environ | dict(environment) | {"DAGSTER_HOME": str(self.home)}
        self._environment["ST_SPECTRUM_STATE_DIR"] = str(self.home / "state")
        self._root: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Machine":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.lose()

    def start(self) -> None:
        """Switch it on."""
        with self.log.open("ab") as log:
            self._root = subprocess.Popen(
                self._command, env=self._environment, cwd=self.home,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def lose(self) -> None:
        """Its power is gone: every process of it at once."""
        if self._root is not None:
            self._root.send_signal(signal.SIGKILL)
            self._root.wait()
            self._root = None

    def program(self) -> psutil.Process | None:
        """The process that is kept running, while there is one."""
        with suppress(psutil.Error):
            assert self._root
            for first in psutil.Process(self._root.pid).children():
                for child in first.children():
                    if child.name() not in ("sleep", "hostname"):
                        return child
        return None

    def kill_program(self) -> bool:
        """Kill the main process; its children live on until they see it. False where none is."""
        program = self.program()
        return program is not None and _kill(program)

    def kill_child(self, random: Random) -> bool:
        """Kill one of those that carry out runs. False where none is."""
        with suppress(psutil.Error):
            program = self.program()
            children = program.children() if program else []
            return bool(children) and _kill(random.choice(children))
        return False


def _kill(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.Error:
        return False
    return True
