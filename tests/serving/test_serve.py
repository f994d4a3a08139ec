"""`st-spectrum serve` as an operator starts it, with Dagster's real services."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from st_spectrum.serving.health import health
from st_spectrum.serving.ports import free_port
from st_spectrum.serving.processes import end_processes, marked_processes
from tests.serving.test_before_anything_starts import ENVIRONMENT, EXAMPLE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

CLI = Path(sys.executable).parent / "st-spectrum"
PROGRAMS = {
    "code server": "api grpc",
    "worker": "st-spectrum worker",
    "daemon": "dagster-daemon",
    "web server": "dagster-webserver",
}


class Server:
    """The command in a process of its own; sensors stay off, because both systems are nowhere."""

    def __init__(self, state: Path) -> None:
        self.home = state / "dagster"
        self.log = state / "out.log"
        self.ports = (free_port(), free_port())
        self.environment = dict(os.environ) | ENVIRONMENT | {
            "ST_SPECTRUM_STATE_DIR": str(state), "ST_SPECTRUM_SENSORS": "off",
        }  # fmt: skip
        self.environment.pop("DAGSTER_HOME", None)

    def start(self) -> None:
        web_port, code_port = self.ports
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [CLI, "serve", "--account", EXAMPLE, "--web-port", str(web_port), "--code-port", str(code_port)],
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    def soon(self, holds: Callable[[], bool], seconds: float = 900) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.5)

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def process_of(self, part: str) -> psutil.Process:
        processes = psutil.Process(self.process.pid).children()
        [found] = [
            process for process in processes if PROGRAMS[part] in " ".join(process.cmdline())
        ]
        return found

    def health(self) -> tuple[int, str]:
        done = subprocess.run(
            [CLI, "serve", "--account", EXAMPLE, "--health"],
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("serve"))
    server.start()
    try:
        server.soon(lambda: "Everything is up. Dagster: http://127.0.0.1:" in server.text)
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        end_processes(marked_processes(str(server.home)), 0)


def test_everything_is_up_and_its_health_is_one_line(server: Server) -> None:
    server.soon(lambda: server.health()[0] == 0, 60)
    names = ", ".join(PROGRAMS)
    assert re.fullmatch(rf"well: {names} of sandbox, up for \d+ min\n", server.health()[1])


@pytest.mark.parametrize("part", PROGRAMS)
def test_a_part_that_is_killed_is_told_missed_and_started_again(server: Server, part: str) -> None:
    before = server.process_of(part)
    before.send_signal(signal.SIGKILL)
    server.soon(
        lambda: f"The {part} was ended by SIGKILL; it is started again in 1 s." in server.text, 10
    )
    assert health(server.home) == (
        False,
        f"not well: the {part} is not up after it was ended by SIGKILL",
    )

    server.soon(lambda: f"The {part} is up again." in server.text)
    assert server.process_of(part).pid != before.pid
    server.soon(lambda: server.health()[0] == 0, 120)


def test_a_second_server_of_the_home_is_refused(server: Server) -> None:
    done = subprocess.run(
        [CLI, "serve", "--account", EXAMPLE],
        env=server.environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert "`st-spectrum serve` runs on it already" in done.stderr


def test_a_server_that_was_killed_leaves_nothing_that_the_next_one_does_not_end(
    server: Server,
) -> None:
    server.process.kill()
    server.process.wait()
    assert len(marked_processes(str(server.home))) >= len(PROGRAMS)
    assert server.health() == (1, f"not running: nobody serves from {server.home}\n")

    known = len(server.text)
    server.start()
    server.soon(lambda: "Everything is up." in server.text[known:])
    assert re.search(
        r"A server that was killed left \d+ processes behind; they are ended\.", server.text[known:]
    )


def test_ctrl_c_ends_everything(server: Server) -> None:
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 130
    assert marked_processes(str(server.home)) == []
    assert server.text.endswith("Stopped.\n")
