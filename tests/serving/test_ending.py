"""How the parts of a server are ended, with all that they started."""

import io
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.processes import MARK
from st_spectrum.serving.service import end_leftovers
from st_spectrum.serving.supervisor import Supervisor
from tests.serving.scripts import QUICK, Observed, sh, soon, unnoted


def test_nothing_is_left_of_the_parts_nor_of_what_they_started(watched: Observed) -> None:
    stubborn = "trap '' TERM; while :; do sleep 1; done"
    with watched.over(
        sh("code server", f'sleep 600 & (setsid sh -c "{stubborn}" &) ; wait', stop_seconds=0.2),
        sh("worker", f"sleep 600 & {stubborn}", has_own_children=True, stop_seconds=0.2),
    ):
        soon(lambda: len(watched.processes()) >= 6)

    assert watched.processes() == []


def test_whoever_asks_another_part_ends_before_it(watched: Observed) -> None:
    """A daemon that outlives its code server fills the log with complaints that nobody answers."""
    on = "echo ready; while :; do sleep 0.02; done"
    slow = f"trap 'sleep 0.3; echo done; exit' TERM; {on}"
    quick = f"trap 'echo gone; exit' TERM; {on}"
    with watched.over(
        sh("code server", quick), sh("daemon", slow, after=("code server",)), sh("worker", quick)
    ):
        soon(lambda: sum(line.endswith("ready") for line in watched.lines) == 3)

    said = [line for line in watched.lines if line.endswith(("done", "gone"))]
    assert said[-1] == "code server | gone"
    assert sorted(said[:-1]) == ["daemon      | done", "worker      | gone"]


def test_children_of_a_killed_part_are_ended_with_the_rest(watched: Observed) -> None:
    with watched.over(sh("code server", "sleep 600 & wait")) as running:
        soon(lambda: len(watched.processes()) == 2)
        [life] = running.lives
        assert life.process
        os.kill(life.process.pid, signal.SIGKILL)
        soon(lambda: len(watched.processes()) == 3)

    assert watched.processes() == []


def test_what_a_killed_server_left_behind_is_found_and_ended(
    watched: Observed, tmp_path: Path
) -> None:
    part = sh("daemon", "trap '' HUP; exec sleep 600")
    orphaned = Supervisor(
        (part,), os.environ, watched.mark, OneLog(io.StringIO()), print, unnoted, QUICK
    )
    orphaned.__enter__()
    orphaned._is_over.set()  # as if it had been killed: nobody looks after the part any more

    assert end_leftovers(tmp_path) == 1
    assert watched.processes() == []
    assert end_leftovers(tmp_path) == 0


def test_what_serves_another_folder_under_the_same_path_is_left_alone(
    watched: Observed, tmp_path: Path
) -> None:
    """Two containers in one process table, each with a volume of its own at /state/dagster."""
    own_mounts = (
        "unshare",
        *(() if os.geteuid() == 0 else ("--user", "--map-root-user")),
        "--mount",
    )
    if shutil.which("unshare") is None or subprocess.run([*own_mounts, "true"]).returncode:
        pytest.skip("no mounts of its own can be given to a process here (`unshare`)")
    script = f"mount -t tmpfs none {tmp_path} && echo ready && exec sleep 600"
    with subprocess.Popen(
        [*own_mounts, "sh", "-c", script],
        env=os.environ | {MARK: watched.mark}, stdout=subprocess.PIPE,
    ) as neighbour:  # fmt: skip
        assert neighbour.stdout
        assert neighbour.stdout.readline() == b"ready\n"
        try:
            assert end_leftovers(tmp_path) == 0
            assert neighbour.poll() is None
        finally:
            neighbour.kill()
