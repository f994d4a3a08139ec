"""Which resource of ServiceTrade pays the time of a week: the same hours stand in time cards, job
items and clock events alike.

Where an account pays labor by its rows and travel by the clock, both together are one such
resource. The ledger remembers it by payroll week. So a change of the account file between two runs
never pays hours under a second key.
"""

import threading

from st_spectrum.account.timecards import TimecardRules
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.ledger.documents.timecards import TimePaidFrom
from st_spectrum.ledger.ledger import Ledger

BOTH = "labor and clocked rows of time cards"


class PaidFrom:
    """The bases of weeks. Safe for several threads."""

    def __init__(self, ledger: Ledger, rules: TimecardRules) -> None:
        self._ledger = ledger
        self._rules = rules
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def other(self, entry: TimeEntry, *, is_sent: bool = False) -> str:
        """The basis of the entry's week when it is another one than the entry's, else "". With
        `is_sent` the first one stays.
        """
        week = f"{entry.week}.{'off' if entry.kind == 'generic' else 'work'}"
        basis = self._basis(entry)
        with self._lock:
            known = self._known.get(week)
        if known is None:
            is_first = is_sent and self._ledger.put_first(TimePaidFrom(basis), week)
            kept = TimePaidFrom(basis) if is_first else self._ledger.document(TimePaidFrom, week)
            if kept is None:
                return ""
            known = kept.basis
            with self._lock:
                self._known[week] = known
        return "" if known == basis else known

    def _basis(self, entry: TimeEntry) -> str:
        is_one_of_both = entry.source == "timecard" and entry.kind != "generic"
        return BOTH if self._rules.has_labor_and_clock and is_one_of_both else entry.basis
