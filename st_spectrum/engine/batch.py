"""What the threads of one run share: above all whether a fault is one record's own, or that of a
whole system.

A fault that one record meets while its system answers others is its own: the record waits with the
reason, and the others go on. A fault that several records meet one after another, or that the
system itself shows when asked, stops the run.
"""

import threading
from collections.abc import Callable, Iterable

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    SyncFault,
    Unavailable,
)
from st_spectrum.engine.approval import Approval, PlanSheet
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.guards.epoch_gate import Gate

IN_A_ROW = 3
"""So many records in a row that meet a fault of one system point to the system."""

VOUCHED = 3
"""So often a system that answers when asked is believed in a run; then its faults stop it."""

OF_A_SYSTEM = (Unavailable, AccessDenied, ContractBroken)
"""Families that tell of a system; met by one record only, they are that record's."""

Probe = Callable[[str], bool]
"""Whether a system ("servicetrade", "spectrum") answers now, to a question about no record."""


class Batch:
    """One run of one flow over a batch of keys."""

    def __init__(
        self,
        flow: Flow,
        run_id: str,
        is_dry_run: bool,
        answers: Probe,
        sheet: PlanSheet | None = None,
        approval: Approval | None = None,
    ) -> None:
        """A dry run notes its decisions on `sheet`; with an `approval` only what it approves is
        sent, and nothing is noted or told of the others.
        """
        self.sheet = sheet
        self.approval = approval
        self.flow = flow
        self.run_id = run_id
        self.is_dry_run = is_dry_run
        self.stopped_by: SyncFault | None = None
        self.mistake: ContractBroken | None = None
        self.gate: Gate | None = None
        self._answers = answers
        self._paused: dict[str, RateLimited] = {}
        self._rows: dict[tuple[str, str], list[SyncFault]] = {}
        self._vouched = 0
        self._lock = threading.Lock()

    def stop(self, fault: SyncFault) -> None:
        """No further record is begun."""
        with self._lock:
            self.stopped_by = self.stopped_by or fault

    def note_fault(self, while_doing: str, fault: SyncFault) -> None:
        """A record met a fault of a system."""
        with self._lock:
            row = self._rows.setdefault((while_doing, fault.system), [])
            row.append(fault)
            if len(row) < IN_A_ROW or self.stopped_by:
                return
            # Rights and shapes are the same for all records; that it cannot be reached may be only
            # where one record lies.
            if (
                isinstance(fault, Unavailable | OutcomeUnknown)
                and self._vouched < VOUCHED
                and self._answers(fault.system)
            ):
                self._vouched += 1
                row.clear()
            else:
                self.stopped_by = fault

    def note_doubt(self, doubt: OutcomeUnknown, *, was_in_doubt: bool) -> None:
        """Nobody knows what became of a record's write. The first page of a middle box in a
        system's place ends the run: the next record would only be in doubt too. A record that met
        one before may be the reason itself; then several in a row count.
        """
        if isinstance(doubt, ForeignAnswer) and not was_in_doubt:
            self.stop(doubt)
        elif isinstance(doubt, ForeignAnswer):
            self.note_fault("writing", doubt)

    def note_success(self, while_doing: str, systems: Iterable[str] | None = None) -> None:
        """A record got through; `systems` are those that it got through, all of them for None."""
        named = None if systems is None else set(systems)
        with self._lock:
            for doing, system in list(self._rows):
                if doing == while_doing and (named is None or system in named):
                    del self._rows[doing, system]

    def conclude(self) -> None:
        """At the end: a fault that nobody got past since stops the run too, unless its system
        answers.
        """
        with self._lock:
            left = [row[-1] for row in self._rows.values() if row]
            silent = (fault for fault in left if not self._answers(fault.system))
            self.stopped_by = (
                self.stopped_by
                or (self.gate and self.gate.stopped_by)
                or next(silent, None)
                or next(iter(self._paused.values()), None)
            )

    def pause(self, key: str, fault: RateLimited) -> None:
        """The record goes round again, once its system takes calls again."""
        with self._lock:
            self._paused[key] = fault

    def take_paused(self) -> list[str]:
        """The records that go round again."""
        with self._lock:
            keys = list(self._paused)
            self._paused.clear()
        return keys

    def keep_mistake(self, mistake: ContractBroken) -> None:
        """The first mistake of ours in this run."""
        with self._lock:
            self.mistake = self.mistake or mistake
