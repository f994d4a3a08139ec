"""The newest write of each kind that a target confirmed: by it a later look-up is known to be no
old copy of the tables.

Info-Link may be a copy that is hours behind. "Not there" proves nothing then, unless something
shows that is younger than the doubt: another write of ours into the same tables whose answer came
after the doubt had arisen.
"""

import logging
import threading
from datetime import datetime, timedelta

from st_spectrum.domain.errors import SyncFault
from st_spectrum.ledger.documents.guards import NewestWrite
from st_spectrum.ledger.ledger import Ledger

log = logging.getLogger(__name__)

WRITTEN_DOWN_EVERY = timedelta(minutes=1)
"""In between only this process knows of newer ones: a write for each card says little more."""


class NewestWrites:
    """Of this process, and of all others as of a minute ago at most. Safe for several threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._own: dict[str, NewestWrite] = {}
        self._kept_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def confirmed(self, flow: str, key: str) -> None:
        """The target has said that it holds what was sent under `key`. Never raises for the ledger:
        the write has happened.
        """
        newest = NewestWrite(key, self._ledger.now())
        with self._lock:
            self._own[flow] = newest
            kept_at = self._kept_at.get(flow)
            if kept_at is not None and newest.at - kept_at < WRITTEN_DOWN_EVERY:
                return
            self._kept_at[flow] = newest.at
        self._keep(flow, newest)

    def close(self) -> None:
        """Write down what this process alone knows."""
        with self._lock:
            left = {
                flow: newest
                for flow, newest in self._own.items()
                if self._kept_at.get(flow) != newest.at
            }
        for flow, newest in left.items():
            self._keep(flow, newest)

    def _keep(self, flow: str, newest: NewestWrite) -> None:
        try:
            self._ledger.put(newest, flow)
        except SyncFault as fault:
            log.warning("The newest write of %s is not noted: %s", flow, fault)

    def doubted(self, flow: str) -> None:
        """An answer was lost: the next confirmed write is worth noting at once, for it is younger
        than the doubt.
        """
        with self._lock:
            self._kept_at.pop(flow, None)

    def newest(self, flow: str) -> NewestWrite | None:
        """The newest known; None where nothing was ever confirmed."""
        kept = self._ledger.document(NewestWrite, flow)
        with self._lock:
            own = self._own.get(flow)
        known = [write for write in (kept, own) if write is not None]
        return max(known, key=lambda write: write.at, default=None)
