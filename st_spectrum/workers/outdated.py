"""A worker that was started before the code or the environment changed must not go on with the old
one.
"""

import time
from dataclasses import dataclass, field

from st_spectrum.workers.beats import SENDERS, Beats
from st_spectrum.workers.release import code_digest, environment_digest

SENDER = "launcher"


@dataclass(frozen=True)
class Birth:
    """What a worker was when it started."""

    code: str = field(default_factory=code_digest)
    environment: str = field(default_factory=environment_digest)
    started_at: float = field(default_factory=time.time)

    def is_outdated(self, beats: Beats) -> bool:
        """Whether files have changed since, or a launcher that started later has another
        environment.
        """
        if self.code != code_digest():
            return True
        sender = beats.last(SENDERS, SENDER)
        return (
            sender is not None
            and sender.started_at > self.started_at
            and sender.environment != self.environment
        )
