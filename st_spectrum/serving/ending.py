"""How the parts are ended: politely, those first that ask others; then by force."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from st_spectrum.serving.part_life import PartLife
from st_spectrum.serving.processes import end_processes, marked_processes

MOST_ROUNDS = 5
"""What is ended may start something in its last moment; what hangs in the kernel cannot be ended at
all.
"""


def ask_to_end(lives: Sequence[PartLife]) -> None:
    """Ask each to end, and wait as long as it may take."""
    for wave in _waves(lives):
        for life in wave:
            _ask(life)
        deadline = time.monotonic() + max(life.part.stop_seconds for life in wave)
        for life in wave:
            if life.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    life.process.wait(max(0.1, deadline - time.monotonic()))


def end_whatever_is_left(mark: str) -> int:
    """Kill every process that bears the mark; how many do not end all the same."""
    left = marked_processes(mark)
    for _ in range(MOST_ROUNDS):
        if not left:
            break
        with suppress(KeyboardInterrupt):  # a third Ctrl-C has nothing more to say
            end_processes(left, seconds=1)
        left = marked_processes(mark)
    return len(left)


def _waves(lives: Sequence[PartLife]) -> Iterator[tuple[PartLife, ...]]:
    """Who ends together: first those for whom nobody was started. Whoever asks another part must
    not outlive it, or its last lines are complaints that nobody answers.
    """
    left = list(reversed(lives))
    while left:
        asked = {name for life in left for name in life.part.after}
        wave = tuple(life for life in left if life.part.name not in asked) or tuple(left)
        yield wave
        left = [life for life in left if life not in wave]


def _ask(life: PartLife) -> None:
    if life.process is None or life.process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        if life.part.has_own_children:
            life.process.terminate()
        else:
            os.killpg(life.process.pid, signal.SIGTERM)
