"""Who carries which external id, as lists of ServiceTrade say: asked for once for many rows."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Company, Job, Location, User

FRESH_SECONDS = 60.0
"""So old a list may be when a link is decided on, as everywhere else that lists are kept."""
TIMES_AS_LONG = 10
"""Or so many times what it took to read it: most of the time is for writing."""

Listed = Company | Location | Job | User


@dataclass
class Carriers:
    """The external ids of one kind of record in one system; read anew when they are old."""

    read: Callable[[], Iterable[Listed]]
    system: str
    clock: Callable[[], float] = time.monotonic
    _records: dict[int, Listed] = field(default_factory=dict)
    _by_code: dict[str, int] = field(default_factory=dict)
    _stale_at: float | None = None

    def record(self, record: int) -> Listed | None:
        """As the list shows it; None for one that is not in it."""
        self._refresh()
        return self._records.get(record)

    def code_of(self, record: Listed) -> str:
        """What a listed record carries, or got since; "" for nothing."""
        return record.external_ids.get(self.system, "")

    def holder(self, code: str) -> int | None:
        """The record that carries a code."""
        self._refresh()
        return self._by_code.get(code)

    def note(self, record: int, code: str) -> None:
        """A record was given this code just now."""
        if known := self._records.get(record):
            ids = {**known.external_ids, self.system: code}
            self._records[record] = known.model_copy(update={"external_ids": ids})
        self._by_code[code] = record

    def _refresh(self) -> None:
        began = self.clock()
        if self._stale_at is not None and began < self._stale_at:
            return
        self._records = {record.id: record for record in self.read()}
        self._by_code = {
            code: record.id for record in self._records.values() if (code := self.code_of(record))
        }
        took = self.clock() - began
        self._stale_at = began + max(FRESH_SECONDS, TIMES_AS_LONG * took)


def carriers_of(entity: str, servicetrade: ServiceTrade, system: str) -> Carriers:
    """Of the records that bear this name in external ids [ST 11]."""
    lists: dict[str, Callable[[], Iterable[Listed]]] = {
        "company": servicetrade.companies,
        "location": servicetrade.locations,
        "job": servicetrade.jobs,
        "user": servicetrade.users,
    }
    return Carriers(lists[entity], system)
