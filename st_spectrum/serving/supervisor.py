"""Keeps the parts of an account running: starts them in order, starts again what died, ends all of
them.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Self

from st_spectrum.domain.errors import Unavailable
from st_spectrum.serving.ending import ask_to_end, end_whatever_is_left
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.part_life import PartLife, SignPace, State, end_in_words
from st_spectrum.serving.parts import Part
from st_spectrum.serving.ports import is_answering, obstacle
from st_spectrum.serving.preparations import Preparations
from st_spectrum.serving.processes import MARK, is_listening

START_SECONDS = 600.0
"""On a machine with ten times more work than processors, the code server needs minutes to import
what it serves.
"""
MOST_FAILED_STARTS = 3
"""A part that has never been up and ended so often will not come up by itself."""


@dataclass(frozen=True)
class Pace:
    """How often the parts are looked at, and how patiently."""

    look_seconds: float = 0.2
    settling_seconds: float = 2.0
    """A part without a port is up once it has lived so long."""
    first_pause_seconds: float = 1.0
    """Before a part that died is started again; it doubles with each death."""
    signs: SignPace = field(default_factory=SignPace)


class Supervisor:
    """Use as a context manager: inside, the parts are up, and stay so; after it, nothing is left of
    them.

    `announce` gets one sentence whenever a part has died, is up again, or does not come up; it is
    called from another thread, and so is `on_change`, after each change. `preparations` are done
    once, each in a thread of its own, for the parts that name them.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        environment: Mapping[str, str],
        mark: str,
        log: OneLog,
        announce: Callable[[str], None],
        on_change: Callable[[Sequence[PartLife]], None],
        pace: Pace = Pace(),
        preparations: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self.lives = tuple(
            PartLife(part, first_pause_seconds=pace.first_pause_seconds, sign_pace=pace.signs)
            for part in parts
        )
        self._pace = pace
        self._preparations = Preparations(preparations or {})
        self._environment = dict(environment) | {MARK: mark, "PYTHONUNBUFFERED": "1"}
        self._mark = mark
        self._log = log
        self._announce = announce
        self._on_change = on_change
        self._is_over = threading.Event()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self._note_change()
        try:
            self._preparations.start()
            self._thread.start()
            self._wait_until_up()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self) -> None:
        """Stay until a signal interrupts. Raises what kept the supervisor from going on."""
        while self._thread.is_alive():
            self._thread.join(1)
        if self._fault:
            raise self._fault

    def stop(self) -> None:
        """End every part and all that it started: politely in turn, then by force.

        A second Ctrl-C means by force, now.
        """
        self._is_over.set()
        try:
            self._end_politely()
        except KeyboardInterrupt:
            self._log.write("serve", "Interrupted again: what is left is ended by force.")
        finally:
            self._end_by_force()

    def _end_politely(self) -> None:
        if self._thread.is_alive():
            self._thread.join()
        ask_to_end(self.lives)

    def _end_by_force(self) -> None:
        if left := end_whatever_is_left(self._mark):
            self._log.write("serve", f"{left} processes do not end, not even by force.")
        for life in self.lives:
            if life.process is not None:
                life.process.kill()
                life.process.wait()
                life.process = None

    def _wait_until_up(self) -> None:
        while not all(life.has_been_up for life in self.lives):
            if self._fault:
                raise self._fault
            for life in self.lives:
                _refuse_hopeless(life, self._log.place)
            time.sleep(self._pace.look_seconds)

    def _watch(self) -> None:
        try:
            while not self._is_over.wait(self._pace.look_seconds):
                changes = [self._look_after(life) for life in self.lives]
                if any(changes):
                    self._note_change()
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            self._fault = error

    def _note_change(self) -> None:
        try:
            self._on_change(self.lives)
        except OSError as error:  # a full disk ends nobody
            self._log.write("serve", f"What the parts do could not be noted: {error.strerror}.")

    def _look_after(self, life: PartLife) -> bool:
        """Do what is due for one part; whether anything has changed."""
        if life.process is None:
            is_due = life.state is State.WAITING or life.seconds_in_state >= life.pause_seconds
            return is_due and self._may_start(life.part) and self._start(life)
        if (returncode := life.process.poll()) is not None:
            life.note_end(end_in_words(returncode))
            return self._tell_end(life)
        if life.state is State.STARTING and self._is_up(life):
            is_again = life.has_been_up
            life.move(State.UP)
            if is_again:
                self._tell(f"The {life.part.name} is up again.")
            return True
        if life.state is State.STARTING and life.seconds_in_state > START_SECONDS:
            self._tell(
                f"The {life.part.name} did not come up within {START_SECONDS:.0f} seconds; it is"
                " ended."
            )
            with suppress(ProcessLookupError):
                os.killpg(life.process.pid, signal.SIGKILL)
        if life.listen():
            silent = "gives no sign of life, although its process runs"
            self._tell(
                f"The {life.part.name}"
                f" {silent if life.state is State.HANGING else 'gives signs of life again'}."
            )
            return True
        return False

    def _may_start(self, part: Part) -> bool:
        parts = {life.part.name: life.has_been_up for life in self.lives}
        return all(parts.get(name) or self._preparations.is_done(name) for name in part.after)

    def _start(self, life: PartLife) -> bool:
        # Two code servers may listen on one port without an error, and each daemon would ask now
        # the one, now the other.
        if life.part.port and (why := obstacle(life.part.host, life.part.port)):
            life.note_end(f"could not be started: port {life.part.port} {why}")
            return self._tell_end(life)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                life.part.command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:  # no memory, no process left, no such program
            life.note_end(f"could not be started: {error.strerror}")
            return self._tell_end(life)
        life.process = process
        life.move(State.STARTING)
        lines = process.stdout
        assert lines is not None  # noqa: S101 - a pipe was asked for
        threading.Thread(target=self._copy_lines, args=(life.part, lines), daemon=True).start()
        return True

    def _copy_lines(self, part: Part, lines: IO[str]) -> None:
        """To its end, for a pipe that nobody reads stops who writes; after its last word only while
        nobody has told it to stop.
        """
        has_ended = False
        with lines:
            for line in lines:
                if not has_ended:
                    self._log.write(part.name, line)
                is_last = bool(part.last_word) and part.last_word in line
                has_ended = has_ended or (is_last and self._is_over.is_set())

    def _tell_end(self, life: PartLife) -> bool:
        self._tell(
            f"The {life.part.name} {life.last_end}; it is started again in"
            f" {life.pause_seconds:.0f} s."
        )
        return True

    def _is_up(self, life: PartLife) -> bool:
        if life.part.port is None:
            return life.seconds_in_state >= self._pace.settling_seconds
        # Somebody else may have taken the port of a part that died.
        is_there = is_answering(life.part.host, life.part.port)
        return (
            is_there and life.process is not None and is_listening(life.process.pid, life.part.port)
        )

    def _tell(self, sentence: str) -> None:
        self._log.write("serve", sentence)
        with suppress(OSError, ValueError):  # a terminal that is gone ends nobody
            self._announce(sentence)


def _refuse_hopeless(life: PartLife, log_place: str) -> None:
    if life.has_been_up:
        return
    if life.failures >= MOST_FAILED_STARTS:
        raise Unavailable(
            f"the {life.part.name} {life.last_end}, {life.failures} times before it was ever up",
            system="dagster",
            advice=f"The last lines of it {log_place} tell why.",
        )
    if life.state is State.STARTING and life.seconds_in_state > START_SECONDS:
        raise Unavailable(
            f"nothing listens on port {life.part.port} after {START_SECONDS:.0f} seconds",
            system="dagster",
            advice=(
                "This machine is very busy or very slow: end what else is at work on it, and start"
                " again."
            ),
        )
