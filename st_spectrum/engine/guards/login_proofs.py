"""Whether the systems let us in, shown by a read before a run's first write: a wrong password must
cost no write.
"""

import threading
import time
from collections.abc import Callable, Mapping

from st_spectrum.domain.commands import System
from st_spectrum.domain.errors import SyncFault

COUNTS_SECONDS = 5.0
"""So long a fault speaks for the other threads of its run too, which would all ask."""


class LoginProofs:
    """Safe to use from many threads; one of them asks, the others wait for its answer."""

    def __init__(self, proofs: Mapping[System, Callable[[], None]]) -> None:
        self._proofs = proofs
        self._lock = threading.Lock()
        self._refused: dict[System, tuple[SyncFault, float]] = {}

    def prove(self, system: System) -> None:
        """Raises the fault of a system that does not let us in."""
        with self._lock:
            fault, until = self._refused.get(system, (None, 0.0))
            if fault is not None and time.monotonic() < until:
                raise fault
            try:
                self._proofs[system]()
            except SyncFault as found:
                self._refused[system] = (found, time.monotonic() + COUNTS_SECONDS)
                raise
            self._refused.pop(system, None)
