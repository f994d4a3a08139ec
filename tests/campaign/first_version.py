"""Histories that begin with the state of the first version: both systems, and a ledger that holds
every state of every flow, as `tests/upgrade` keeps them.

What is right of these records is what becomes of them when nothing goes wrong: in the end no key
may stand in the target more often than then, and what is missing or too much must be told.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from st_spectrum.flows import FLOWS
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sandbox.hand_clock import HandClock
from tests.campaign.tally import Tally
from tests.histories.cases import CASES, Case
from tests.histories.history import History
from tests.histories.judge import OPEN, Judged
from tests.histories.place import Base, Place, keep_descriptions
from tests.upgrade.first_day import UPGRADED_AFTER, WAYS, FirstDay, about, fill

KEYS: dict[tuple[Any, str], tuple[str, ...]] = {
    ("spectrum", "CR_CUSTOMER_MASTER_MC"): ("Name",),
    ("spectrum", "WO_ADDRESS_MC"): ("Ship_To_Name",),
    ("spectrum", "JC_JOB_MASTER_MC"): ("Job_Number",),
    ("spectrum", "CR_INVOICE_HEADER_MC"): ("Invoice_Or_Transaction", "Transaction_Type"),
    ("spectrum", "PR_PRE_TC_IMPORT_ERR_MC"): ("Message",),
    ("servicetrade", "jobitem"): ("jobId", "name"),
}
"""By which columns a record of the target is known."""
Standing = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class FirstVersionCase(Case):
    """All flows go on with what stands there, and people make further companies."""

    @property
    def flows(self) -> tuple[str, ...]:
        return tuple(FLOWS)


OPERATIONS = tuple(dict.fromkeys(one for case in CASES.values() for one in case.operations))
FIRST_VERSION: dict[str, Case] = {
    case.name: case
    for case in (
        FirstVersionCase(
            f"state of the first version, {way.upper()}",
            "customers",
            CASES["customers"].make,
            OPERATIONS,
            settings=dict(WAYS[way]),
        )
        for way in WAYS
    )
}


class FirstVersionPlace(Place):
    """The two systems as the first version left them."""

    def __init__(self, folder: Path) -> None:
        day = FirstDay(folder, HandClock(datetime.fromisoformat(about()["made_at"])))
        self.door, self.wsdl, self.contractor = day.door, day.wsdl, day.by("rest")
        keep_descriptions(self.door, self.wsdl)
        store = MemoryStore()
        fill(store)
        self.base = Base(self.door.rig.kept(), store.snapshot())
        self._quiet: dict[str, tuple[Standing, frozenset[str]]] = {}

    @contextmanager
    def history(
        self, case: Case, kind: type[History] | None = None, **more: Any
    ) -> Iterator[History]:
        self.quiet(case)
        with self._opened(case, kind, **more) as history:
            yield history

    @contextmanager
    def _opened(
        self, case: Case, kind: type[History] | None = None, **more: Any
    ) -> Iterator[History]:
        with super().history(case, kind, **more) as history:
            self.door.clock.move(UPGRADED_AFTER.total_seconds())
            yield history

    def quiet(self, case: Case) -> tuple[Standing, frozenset[str]]:
        """What stands in the end, and what is open, when nothing goes wrong."""
        if case.name not in self._quiet:
            with self._opened(case) as history:
                history.settle(may_stop=True)
                history.night()
                history.settle(may_stop=True)
                self._quiet[case.name] = (standing(history), open_entries(history))
        return self._quiet[case.name]


def standing(history: History) -> Standing:
    """How often each key stands in the target."""
    found: Standing = Counter()
    for (system, table), names in KEYS.items():
        for row in history.records(system, table):
            found[table, *(str(row[name]).strip() for name in names)] += 1
    return found


def open_entries(history: History) -> frozenset[str]:
    """Records of which somebody reads why they wait."""
    found = set()
    for path in history.store.list("entries/"):
        stored = history.store.get(path)
        entry = json.loads(stored.body) if stored else {}
        if entry.get("state") in OPEN and entry.get("reason"):
            found.add(path)
    return frozenset(found)


def judge_first_version(
    history: History, quiet: tuple[Standing, frozenset[str]]
) -> tuple[Judged, Tally]:
    """The end of a history beside the quiet one. A key is doubled when it stands twice and did not
    there.
    """
    wanted, were_open = quiet
    wanted = wanted.copy()
    for place in range(len(history.made)):
        wanted["CR_CUSTOMER_MASTER_MC", f"Ghent Bakery {place}"] += 1
    found, newly_open = standing(history), sorted(open_entries(history) - were_open)
    doubled = {
        key: count - max(1, wanted[key])
        for key, count in found.items()
        if count > max(1, wanted[key])
    }
    off = [key for key in wanted.keys() | found.keys() if bool(wanted[key]) != bool(found[key])]
    judged = Judged([f"{key} stands {count} times too often" for key, count in doubled.items()])
    if off and not newly_open:
        judged.silent += [f"{key}: {found[key]} instead of {wanted[key]}" for key in off]
    judged.waiting |= dict.fromkeys(newly_open, "told")
    missing = sum(not found[key] for key in off)
    return judged, Tally(wanted.total(), missing, sum(doubled.values()))
