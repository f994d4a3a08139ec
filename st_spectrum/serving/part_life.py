"""What has become of a part so far, and when it is started again."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from st_spectrum.serving.parts import Part

LONGEST_PAUSE_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A part that lived so long has started well: its next death is followed by the shortest pause
again.
"""


UNKNOWN_SECONDS = 30.0
"""Where its signs cannot be read, they are not asked for again sooner."""


@dataclass(frozen=True)
class SignPace:
    """How often a part that gives signs of life is asked for one, and after how long a silence it
    hangs.
    """

    look_seconds: float = 5.0
    silent_seconds: float = 60.0


class State(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    STARTING = "starting"
    UP = "up"
    HANGING = "hanging"
    """Its process runs, and gives no sign of life."""
    PAUSED = "paused"
    """It died, and is started again after a pause."""


@dataclass
class PartLife:
    """Times of day are for people; intervals are measured by a clock that nobody sets."""

    part: Part
    state: State = State.WAITING
    process: subprocess.Popen[str] | None = None
    has_been_up: bool = False
    failures: int = 0
    """Ends since it last lived for a while."""
    restarts: int = 0
    last_end: str = ""
    """How it ended the last time, such as "killed by signal 9"."""
    first_pause_seconds: float = 1.0
    sign_pace: SignPace = SignPace()
    monotonic: Callable[[], float] = time.monotonic
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _changed: float = field(init=False)
    _heard: float = field(init=False)
    _next_look: float = 0.0

    def __post_init__(self) -> None:
        self._changed = self._heard = self.monotonic()

    @property
    def seconds_in_state(self) -> float:
        """How long it has stood where it stands."""
        return self.monotonic() - self._changed

    @property
    def pause_seconds(self) -> float:
        """How long to wait before it is started again: 1, 2, 4 ... 60 seconds."""
        return min(
            LONGEST_PAUSE_SECONDS, self.first_pause_seconds * 2.0 ** max(0, self.failures - 1)
        )

    def move(self, state: State) -> None:
        """Note that it stands in another state from now on."""
        self.state = state
        self.changed_at = datetime.now(UTC)
        self._changed = self.monotonic()
        self.has_been_up |= state is State.UP
        if state is State.UP:
            self._heard = self._changed

    def listen(self) -> bool:
        """Ask for a sign of life where the part gives some; whether it stands elsewhere now."""
        ask, now = self.part.gives_signs, self.monotonic()
        is_due = self.state in (State.UP, State.HANGING) and now >= self._next_look
        if ask is None or self.process is None or not is_due:
            return False
        try:
            has_sign = ask(self.process.pid)
            self._next_look = now + self.sign_pace.look_seconds
        except Exception:  # noqa: BLE001 - whatever the client of a server raises
            has_sign = self.state is State.UP  # nobody can tell
            self._next_look = now + UNKNOWN_SECONDS
        if has_sign:
            self._heard = now
        found = State.HANGING if now - self._heard > self.sign_pace.silent_seconds else State.UP
        if found is self.state:
            return False
        self.move(found)
        return True

    def note_end(self, how: str) -> None:
        """Its process has ended, or could not be started; `how` in words."""
        was_steady = self.state is State.UP and self.seconds_in_state > STEADY_SECONDS
        self.failures = 1 if was_steady else self.failures + 1
        self.restarts += 1
        self.last_end = how
        self.process = None
        self.move(State.PAUSED)


def end_in_words(returncode: int) -> str:
    """What a process's return code says; a negative one is the signal that ended it."""
    if returncode >= 0:
        return f"ended with code {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"
