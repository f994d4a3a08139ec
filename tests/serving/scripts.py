"""Small shell scripts in place of Dagster's services, and a supervisor over them."""

import io
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.parts import Part
from st_spectrum.serving.processes import marked_processes
from st_spectrum.serving.supervisor import Pace, Supervisor


def unnoted(lives: object) -> None:
    """Nobody asks for the health of these."""


QUICK = Pace(look_seconds=0.02, settling_seconds=0.1)
AT_ONCE = replace(QUICK, first_pause_seconds=0.05)


class Observed:
    """A supervisor with what it said, and what its parts wrote."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)
        self.stream = io.StringIO()
        self.sentences: list[str] = []

    def supervisor(
        self,
        *parts: Part,
        pace: Pace = QUICK,
        preparations: Mapping[str, Callable[[], None]] | None = None,
    ) -> Supervisor:
        say, log = self.sentences.append, OneLog(self.stream)
        return Supervisor(parts, os.environ, self.mark, log, say, unnoted, pace, preparations)

    @contextmanager
    def over(self, *parts: Part, pace: Pace = QUICK) -> Iterator[Supervisor]:
        with self.supervisor(*parts, pace=pace) as running:
            yield running

    def processes(self) -> list[int]:
        return [process.pid for process in marked_processes(self.mark)]

    @property
    def lines(self) -> list[str]:
        """Without the time."""
        return [line[20:] for line in self.stream.getvalue().splitlines()]


def sh(name: str, script: str, **traits: object) -> Part:
    return Part(name, ("sh", "-c", script), **traits)  # type: ignore[arg-type]


def soon(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)
