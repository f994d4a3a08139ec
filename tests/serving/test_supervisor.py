"""Small shell scripts in place of Dagster's services: what dies is started again."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from st_spectrum.domain.errors import Unavailable
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.part_life import PartLife, SignPace, State
from st_spectrum.serving.parts import Part
from st_spectrum.serving.ports import free_port
from st_spectrum.serving.processes import is_listening
from st_spectrum.serving.supervisor import Supervisor
from tests.serving.scripts import AT_ONCE, QUICK, Observed, sh, soon, unnoted

LISTENER = (
    "import socket,sys,time; s=socket.create_server(('127.0.0.1', int(sys.argv[1])));"
    " time.sleep(600)"
)


def test_a_killed_part_is_started_again_and_told_in_one_sentence_each(watched: Observed) -> None:
    with watched.over(
        sh("daemon", "exec sleep 600"), sh("web server", "exec sleep 600")
    ) as running:
        daemon, web_server = running.lives
        first, other = daemon.process, web_server.process
        assert first and other
        os.kill(first.pid, signal.SIGKILL)
        soon(lambda: daemon.state is State.UP and daemon.process is not first)

        assert watched.sentences == [
            "The daemon was ended by SIGKILL; it is started again in 1 s.",
            "The daemon is up again.",
        ]
        assert web_server.process is other
        assert [line for line in watched.lines if line.startswith("serve")] == [
            f"serve       | {sentence}" for sentence in watched.sentences
        ]


def test_a_part_is_up_when_its_port_answers_and_others_wait_for_it(
    watched: Observed, tmp_path: Path
) -> None:
    port = free_port()
    seen = tmp_path / "seen"
    code = (
        f"import socket; socket.create_connection(('127.0.0.1', {port})); open({str(seen)!r}, 'w');"
        " input()"
    )
    parts = (
        Part(
            "daemon",
            ("sh", "-c", f'{sys.executable} -c "{code}"; sleep 600'),
            after=("code server",),
        ),
        Part("code server", (sys.executable, "-c", LISTENER, str(port)), port=port),
    )
    with watched.over(*parts):
        soon(seen.exists)
    assert watched.sentences == []


def test_a_part_whose_port_somebody_else_took_is_not_started_beside_it_and_comes_back_when_it_is_free(
    watched: Observed,
) -> None:
    port = free_port()
    with watched.over(
        Part("code server", (sys.executable, "-c", LISTENER, str(port)), port=port)
    ) as running:
        [life] = running.lives
        assert life.process
        os.killpg(life.process.pid, signal.SIGKILL)
        soon(lambda: life.state is State.PAUSED)
        with socket.create_server(("127.0.0.1", port)):
            soon(lambda: len(watched.sentences) == 2)
        soon(lambda: life.state is State.UP)
    taken = f"port {port} is in use on 127.0.0.1: end what listens there, or choose another port"
    assert watched.sentences == [
        "The code server was ended by SIGKILL; it is started again in 1 s.",
        f"The code server could not be started: {taken}; it is started again in 2 s.",
        "The code server is up again.",
    ]


def test_a_part_is_up_by_its_own_port_and_not_by_that_of_somebody_else(watched: Observed) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        watched.over(sh("daemon", "exec sleep 600")) as running,
    ):
        [life] = running.lives
        assert life.process
        assert is_listening(os.getpid(), server.getsockname()[1])
        assert not is_listening(life.process.pid, server.getsockname()[1])


def test_what_a_part_complains_of_after_its_last_word_is_in_no_log(watched: Observed) -> None:
    words = "echo threads shut down; echo Traceback; exit"
    with watched.over(
        sh(
            "daemon",
            f"trap '{words}' TERM; echo threads shut down; echo again; while :; do sleep 0.02;"
            " done",
            last_word="threads shut down",
        )
    ):
        soon(lambda: "daemon      | again" in watched.lines)

    of_the_script = [line for line in watched.lines if not line.endswith("Terminated")]
    assert of_the_script == [
        "daemon      | threads shut down",
        "daemon      | again",
        "daemon      | threads shut down",
    ]


def test_a_part_that_never_comes_up_ends_the_start_with_one_sentence(watched: Observed) -> None:
    with (
        pytest.raises(
            Unavailable, match="the daemon ended with code 3, 3 times before it was ever up"
        ) as caught,
        watched.over(
            sh("daemon", "echo no such setting; exit 3"),
            sh("other", "exec sleep 600"),
            pace=AT_ONCE,
        ),
    ):
        pytest.fail("it is not up")
    assert caught.value.advice == "The last lines of it above tell why."
    soon(lambda: watched.lines.count("daemon      | no such setting") == 3)


def test_a_log_in_a_file_is_named(tmp_path: Path) -> None:
    with (tmp_path / "serve.log").open("a", encoding="utf-8") as file:
        assert OneLog(file).place == f"in {tmp_path / 'serve.log'}"


def test_a_program_that_is_not_there_is_told_like_any_other_end(watched: Observed) -> None:
    with (
        pytest.raises(Unavailable, match="could not be started"),
        watched.over(Part("worker", ("./no-such-program",)), pace=AT_ONCE),
    ):
        pytest.fail("it is not up")


def test_what_all_parts_write_stands_in_one_log_with_their_names(watched: Observed) -> None:
    with watched.over(
        sh("daemon", r"printf '\033[32mgreen\033[0m line\n'; exec sleep 600"),
        sh("web server", "echo to the other stream >&2; exec sleep 600"),
    ):
        soon(lambda: len(watched.lines) == 2)
    assert sorted(watched.lines) == [
        "daemon      | green line",
        "web server  | to the other stream",
    ]


def test_a_log_that_nobody_reads_any_more_ends_nothing(watched: Observed) -> None:
    with watched.over(sh("daemon", "exec sleep 600")) as running:
        watched.stream.close()
        [life] = running.lives
        first = life.process
        assert first
        os.kill(first.pid, signal.SIGKILL)
        soon(lambda: life.state is State.UP and life.process is not first)


def test_a_terminal_that_is_gone_keeps_nobody_from_starting_a_part_again(watched: Observed) -> None:
    def announce(sentence: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    log = OneLog(watched.stream)
    parts = (sh("daemon", "exec sleep 600"),)
    with Supervisor(parts, os.environ, watched.mark, log, announce, unnoted, QUICK) as running:
        [life] = running.lives
        first = life.process
        assert first
        os.kill(first.pid, signal.SIGKILL)
        soon(lambda: life.state is State.UP and life.process is not first)


def test_what_is_noted_of_an_earlier_server_is_overwritten_before_anything_starts(
    watched: Observed,
) -> None:
    noted: list[list[State]] = []

    def note(lives: Sequence[PartLife]) -> None:
        noted.append([life.state for life in lives])

    parts = (sh("daemon", "exec sleep 600"),)
    with Supervisor(parts, os.environ, watched.mark, OneLog(watched.stream), print, note, QUICK):
        soon(lambda: noted[-1] == [State.UP])
    assert noted == [[State.WAITING], [State.STARTING], [State.UP]]


def test_pauses_double_up_to_a_minute_and_start_anew_after_a_steady_while() -> None:
    now = 0.0
    life = PartLife(sh("daemon", ""), monotonic=lambda: now)
    pauses = []
    for _ in range(9):
        life.move(State.UP)
        life.note_end("ended with code 1")
        pauses.append(life.pause_seconds)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    life.move(State.UP)
    now = 61.0
    life.note_end("ended with code 1")
    assert life.pause_seconds == 1
    assert life.restarts == 10


def test_a_part_that_runs_without_a_sign_of_life_is_told_and_so_is_its_return(
    watched: Observed,
) -> None:
    pace = replace(QUICK, signs=SignPace(look_seconds=0.02, silent_seconds=0.2))
    silent = threading.Event()
    part = sh("worker", "exec sleep 600", gives_signs=lambda _: not silent.is_set())
    with watched.over(part, pace=pace) as running:
        [life] = running.lives
        silent.set()
        soon(lambda: life.state is State.HANGING)
        silent.clear()
        soon(lambda: life.state is State.UP)
        assert life.restarts == 0
    assert watched.sentences == [
        "The worker gives no sign of life, although its process runs.",
        "The worker gives signs of life again.",
    ]


def test_a_part_is_not_said_to_hang_while_nobody_can_read_its_signs() -> None:
    now = 0.0
    answers: list[bool | Exception] = []

    def ask(_: int) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    life = PartLife(sh("worker", "", gives_signs=ask), monotonic=lambda: now)
    with subprocess.Popen(["true"], text=True) as process:
        life.process = process
        life.move(State.UP)
        for at, answer, expected in (
            (10.0, True, State.UP),
            (90.0, ConnectionError("the server is away"), State.UP),
            (140.0, False, State.UP),
            (151.0, False, State.HANGING),
            (200.0, ConnectionError("the server is away"), State.HANGING),
            (240.0, True, State.UP),
        ):
            now = at
            answers.append(answer)
            life.listen()
            assert (life.state, answers) == (expected, [])
