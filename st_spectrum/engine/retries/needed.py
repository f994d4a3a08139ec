"""Records that the account file leaves out until one that crosses needs them: a company from before
go-live, for instance.

Whoever asks leaves a marker first and looks at the entry then; whoever leaves a record out writes
the entry first and looks for the marker then. So of two at once one sees the other, and nothing
waits for what nobody asks for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from st_spectrum.engine.retries.redrive import ASKED_FOR, has_crossed, is_left_out
from st_spectrum.ledger.documents.records import NeededRecord
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger


class NeededRecords:
    """What was asked for, by the ledger; a dry run keeps its own. Safe for several threads."""

    def __init__(self, ledger: Ledger, *, is_active: bool) -> None:
        """`is_active` says whether the account file leaves records out until they are needed."""
        self._ledger = ledger
        self._is_active = is_active
        self._in_memory: set[tuple[str, str]] = set()
        self._asked: dict[tuple[str, str], None] = {}
        self._counts_all = False
        self._lock = threading.Lock()

    def has(self, flow: str, key: str) -> bool:
        """Whether something that crosses needs the record."""
        if self._counts_all or (flow, key) in self._in_memory:
            return True
        return self._is_active and self._ledger.has(NeededRecord, flow, key)

    def ask(self, flow: str, key: str, by: str, run_id: str) -> None:
        """A record that crosses, `by` as `flow/key`, needs this one, to be seen anew."""
        if not self._is_active or has_crossed(self._ledger, flow, key):
            return
        is_news = self._ledger.put_first(NeededRecord(by), flow, key)
        held = self._ledger.get(flow, key)
        if held is not None and is_left_out(held.entry):
            self.look_again(held.entry, by, run_id)
            is_news = True
        if is_news:
            with self._lock:
                self._asked[flow, key] = None

    def look_again(self, entry: Entry, by: str, run_id: str) -> None:
        """Have a record that was left out asked for next."""
        self._ledger.record(
            entry.flow,
            entry.key,
            Judgement(State.HELD, f"{by} waits for it", ASKED_FOR),
            title=entry.title,
            run_id=run_id,
        )

    def ask_in_memory(self, flow: str, key: str) -> None:
        """The same for a dry run, which changes nothing anywhere."""
        if not self._is_active or has_crossed(self._ledger, flow, key):
            return
        with self._lock:
            if (flow, key) not in self._in_memory:
                self._in_memory.add((flow, key))
                self._asked[flow, key] = None

    def take_asked(self) -> tuple[tuple[str, str], ...]:
        """What was asked for since the last call, newly or after it was left out: (flow, key)."""
        with self._lock:
            asked = tuple(self._asked)
            self._asked.clear()
        return asked

    @contextmanager
    def all_counted(self) -> Iterator[None]:
        """While a lost ledger is made anew everything may have been needed."""
        before, self._counts_all = self._counts_all, True
        try:
            yield
        finally:
            self._counts_all = before
