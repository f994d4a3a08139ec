"""The gate that a batch passes on its way out: nothing leaves before the epoch is turned."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Create, Decision, Hold, Step, Update, Void
from st_spectrum.domain.errors import SyncFault, UnsafePlan
from st_spectrum.engine.guards.second_ledger import SECOND_CAUSE, SecondLedger
from st_spectrum.engine.retries.absence import still_on_its_way
from st_spectrum.ledger.entry import Entry

log = logging.getLogger(__name__)


class Guard(Protocol):
    """What a gate needs of the guard that opened it."""

    def turn(self, flow: str) -> None:
        """Turn the epoch. Raises `UnsafePlan` when this ledger may not send."""

    def arrives_within(self, command: Command, /) -> float:
        """Seconds for which a call that was given up may still be on its way."""


class Gate:
    """One batch on its way out: the first record sent turns the epoch, the others pass."""

    def __init__(
        self,
        guard: Guard,
        flow: str,
        closed_by: Hold | None = None,
        *,
        since: datetime | None = None,
        opened_at: datetime | None = None,
        watched_since: datetime | None = None,
    ) -> None:
        """`since` is when the ledger was last brought up to date: what was sent before may have
        arrived after that. What stands in the target is asked for once the gate is open, so
        `opened_at` is the moment that counts. `watched_since` is when the ledger began to send,
        None where that is not known.
        """
        self._guard = guard
        self._flow = flow
        self._since = since
        self._opened_at = opened_at
        self._lock = threading.Lock()
        self._is_turned = False
        self._fault: SyncFault | None = None
        self.closed_by = closed_by
        self.watched_since = watched_since
        self.stopped_by: SecondLedger | None = None
        """Set once something was not sent because the ledger is not the account's only one."""

    def keeps_back(self) -> Hold | None:
        """Why not even "nothing to do" is concluded of a record that the ledger does not know:
        another ledger is the account's one, and may know better."""
        if self.closed_by is None or self.closed_by.cause != SECOND_CAUSE:
            return None
        self.stopped_by = SecondLedger(self.closed_by.reason, system="ledger")
        return self.closed_by

    def pass_through(self, decision: Decision, entry: Entry | None) -> Hold | None:
        """Before a record is claimed: why nothing of it may be sent, or None. Raises a `SyncFault`
        when nothing may be sent at all.
        """
        if not _sends(decision, entry):
            return None
        if self.closed_by is not None:
            return self.keeps_back() or self.closed_by
        if (hold := self._late(decision, entry)) is not None:
            return hold
        with self._lock:
            if self._fault is not None:
                raise type(self._fault)(
                    self._fault.message, system="ledger", advice=self._fault.advice
                )
            if not self._is_turned:
                try:
                    self._guard.turn(self._flow)
                except UnsafePlan as fault:
                    self._fault = fault
                    raise
                self._is_turned = True
        return None

    def close(self) -> None:
        """After the batch: one turn more, or a copy of the ledger from the middle of the batch
        would pass for the newest one.
        """
        if not self._is_turned or self._fault is not None:
            return
        try:
            self._guard.turn(self._flow)
        except SyncFault as fault:
            log.warning("The epoch could not be turned after a batch of %s: %s", self._flow, fault)

    def _late(self, decision: Decision, entry: Entry | None) -> Hold | None:
        """Why a record waits of which the older ledger may have sent something that has not arrived
        yet; else None.

        A step that this ledger knows as started is looked up and waited for by itself.
        """
        if self._since is None or self._opened_at is None:
            return None
        started = entry.started_steps if entry else ()
        calls = [
            call
            for step in _left(decision, entry)
            if step.name not in started
            for call in step.calls
        ]
        passed = (self._opened_at - self._since).total_seconds()
        if passed >= (wait := max(map(self._guard.arrives_within, calls), default=0.0)):
            return None
        return still_on_its_way(self._since, wait)


def _sends(decision: Decision, entry: Entry | None) -> bool:
    return any(True for _ in _left(decision, entry))


def _left(decision: Decision, entry: Entry | None) -> Iterator[Step]:
    """The steps that are neither done nor stand there already."""
    if isinstance(decision, Create | Update | Void):
        done = {
            *(entry.done_steps if entry else ()),
            *(decision.standing if isinstance(decision, Create) else ()),
        }
        yield from (step for step in decision.steps if step.name not in done)
