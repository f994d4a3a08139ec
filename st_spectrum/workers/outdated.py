"""A worker that was started before the code or the environment changed must not go on with the old
one.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from st_spectrum.workers.beats import SENDERS, Beats
from st_spectrum.workers.release import code_digest, environment_digests


@dataclass(frozen=True)
class Birth:
    """What a worker was when it started; `environments` are digests by account."""

    code: str = field(default_factory=code_digest)
    environments: Mapping[str, str] = field(default_factory=environment_digests)
    started_at: float = field(default_factory=time.time)

    def is_outdated(self, beats: Beats) -> bool:
        """Whether files have changed since, or a launcher that started later has another
        environment for one of the accounts. A launcher without an account's variables, as of a
        Dagster that several accounts share, says nothing about it.
        """
        if self.code != code_digest():
            return True
        return any(
            sender.started_at > self.started_at and sender.environment != digest
            for account, digest in self.environments.items()
            if (sender := beats.last(SENDERS, account)) is not None
        )
