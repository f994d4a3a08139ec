"""The histories of the campaign with `benchmarks/naive.py` as the worker, in the product's
place.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from benchmarks.naive import Naive
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.engine.report import Report
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from tests.histories.history import HOUR, History
from tests.histories.life import Life, MortalStore
from tests.world.stores import Killed

FILE = "naive/sent"
LAST_ROUNDS = 6


@dataclass
class SentInStore:
    """The script's file, kept where the product has its ledger: what happens to the one happens to
    the other.
    """

    store: MortalStore

    def __contains__(self, key: str) -> bool:
        return key in self._read()

    def add(self, key: str) -> None:
        """Written over as a file is, whoever wrote it in between."""
        keys = [*self._read(), key]
        self.store.discard(FILE)
        with suppress(ClaimLost):  # of two that write it at once, one is forgotten
            self.store.create(FILE, json.dumps(keys))

    def _read(self) -> list[str]:
        stored = self.store.get(FILE)
        return list(json.loads(stored.body)) if stored else []


class NaiveHistory(History):
    """The same people, systems and faults, another worker."""

    def round(
        self, life: Life | None = None, store: MemoryStore | None = None
    ) -> dict[str, Report] | None:
        """One run of the script."""
        life = life or Life()
        sent = SentInStore(MortalStore(self.store if store is None else store, life))
        through = self.place.door.transports(life.before, life.after)
        servicetrade = ServiceTradeCaller(
            self.place.door.servicetrade_url, transport=through.servicetrade
        )
        spectrum = SpectrumCaller(self.place.door.spectrum_url, transport=through.spectrum)
        with suppress(Killed), servicetrade, spectrum:
            script = Naive(servicetrade, spectrum, self._lines, sent, sleep=lambda _: None)
            script.run(self.case.flows)
        return None

    def night(self, life: Life | None = None, store: MemoryStore | None = None) -> None:
        """It knows no reconciliation: it runs once more."""
        self.round(life, store)

    def settle(self, *, may_stop: bool = False) -> str:  # noqa: ARG002 - it never stops
        """Faults end, and it runs some more times."""
        self.contractor.control.clear_faults()
        for _ in range(LAST_ROUNDS):
            self.clock.move(HOUR)
            self.round()
        return ""

    def _lines(self) -> list[dict[str, Any]]:
        records = self.records
        headers = {
            row["PO_Number"]: row for row in records("spectrum", "PO_PURCHASE_ORDER_HEADER_MC")
        }
        return [
            {**row, "Job_Number": str(headers[row["PO_Number"]]["Job_Number"])}
            for row in records("spectrum", "PO_PURCHASE_ORDER_DETAIL_MC")
        ]
