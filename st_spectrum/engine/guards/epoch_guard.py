"""Nothing is sent by a ledger that is older than what has happened, or that is not the account's
only one.

Before a batch the witnesses are asked: an older ledger is brought up to date from both systems, a
second one sends nothing. Before its first write the epoch is turned, in the ledger first and then
in the witnesses, and once more after its last one.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import SettingsInvalid, UnsafePlan
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.guards.epoch_gate import Gate
from st_spectrum.engine.guards.recovering import bring_up_to_date
from st_spectrum.engine.guards.second_ledger import (
    SECOND_ADVICE,
    SecondLedger,
    second_ledger,
    two_ledgers,
)
from st_spectrum.ledger.epoch import Epoch, Standing, Witness, judge
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.recovery import keep_recovery
from st_spectrum.ledger.witness import WitnessPlace
from st_spectrum.spectrum.lookup_answers import LookupImpossible

log = logging.getLogger(__name__)

OTHERS_ADVICE = (
    "Give each account a ledger of its own; if the account was renamed, say `st-spectrum ledger"
    " accept --this-ledger`"
)
LOST = "the ledger was found empty although it had sent before"
OLDER = "the ledger was found to be a copy from before the last records were sent"
PUT_BACK = "the ledger was put back from a backup"


ArrivesWithin = Callable[[Command], float]
"""Seconds for which a call may still be on its way although nobody waits for it, where a second one
would do harm; else 0.
"""


class EpochGuard:
    """One ledger and its witnesses. `place` is where the ledger lies, as its witnesses note it;
    `account` whose ledger it is.

    `flows` bring an older ledger up to date. `outer_witnesses` cost a call each, and are asked only
    for flows that nothing but a witness can stop where the target cannot be seen.
    """

    def __init__(
        self,
        ledger: Ledger,
        witnesses: Sequence[WitnessPlace],
        place: str,
        flows: Mapping[str, Flow],
        outer_witnesses: Sequence[WitnessPlace] = (),
        account: str = "",
        arrives_within: ArrivesWithin = lambda _: 0.0,
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._witnesses = tuple(witnesses)
        self._outer_witnesses = tuple(outer_witnesses)
        self._place = place
        self._flows = flows
        self.arrives_within = arrives_within
        self.warnings: list[str] = []
        """What was found and done, for whoever started the round."""

    def open(self, flow: str) -> Gate:
        """Before a batch of a flow. An older ledger is brought up to date, which reads both systems
        and may raise a `SyncFault`.
        """
        noted = self._noted(flow)
        epoch = self._own_epoch()
        standing = standing_of(epoch, noted, self._place)
        if standing is Standing.SECOND:
            return Gate(self, flow, second_ledger(self._place, noted))
        if standing is Standing.OLDER:
            epoch = self._recover(epoch, noted)
        stopped = (
            self._stopped_unseen(flow) if epoch is not None and epoch.time_stopped_at else None
        )
        if epoch is not None and stopped is not None and not self._is_seen_now(flow, epoch):
            return Gate(self, flow, stopped)
        now = self._ledger.now()
        return Gate(
            self,
            flow,
            since=epoch.recovered_at if epoch else None,
            opened_at=now,
            watched_since=epoch.began_at if epoch else now,
        )

    def preview(self, flow: str) -> Gate | None:
        """Before a dry run, which has no gate: say what a real one would find."""
        noted = self._noted(flow)
        match standing_of(self._own_epoch(), noted, self._place):
            case Standing.SECOND:
                text = f"{two_ledgers(self._place, noted)}. {SECOND_ADVICE}"
            case Standing.OLDER:
                text = (
                    "The ledger is older than what was sent: a round brings it up to date first,"
                    " and sends less than is shown."
                )
            case _:
                return None
        if text not in self.warnings:
            self._warn(text)
        return None

    def turn(self, flow: str) -> None:
        """Before the first write: the ledger says that it sends, then the witnesses. Raises
        `SecondLedger`, or `UnsafePlan` when the ledger has become an older one since the batch
        began.
        """
        noted = self._noted(flow)
        before = self._own_epoch()
        standing = standing_of(before, noted, self._place)
        if standing is Standing.SECOND:
            raise SecondLedger(two_ledgers(self._place, noted), system="ledger")
        if standing is Standing.OLDER:
            text = "the ledger was changed for an older one while a batch was under way"
            raise UnsafePlan(
                text,
                system="ledger",
                advice="Nothing to do: the next round brings it up to date.",
                cause=text,
            )
        after = self._ledger.epochs.turn(self._ledger.now(), self._account)
        self._note(after, flow)
        if before is not None and before.number and not noted:
            self._warn("no witness of the ledger was found outside of it; it is noted anew.")

    def expect_late_calls(self) -> None:
        """The ledger was found to lack what had been sent, and no witness knew of it: what is on
        its way is waited for.
        """
        epoch = self._ledger.epochs.read()
        after = (epoch or Epoch.first()).model_copy(update={"recovered_at": self._ledger.now()})
        self._ledger.epochs.replace(epoch, after)

    def take_over(self) -> None:
        """Make this ledger the account's one, as a person says; what it does not know is read from
        both systems.
        """
        noted = self._noted()
        self._recover(
            self._ledger.epochs.read(), noted, "a person made this ledger the one to go on with"
        )

    def adopt(self) -> None:
        """Go on with a ledger that was just built from both systems, whatever witnesses know."""
        noted = self._noted()
        epoch = self._ledger.epochs.read()
        after = (epoch or Epoch.first()).replacing(noted, self._ledger.now(), self._account)
        if self._ledger.epochs.replace(epoch, after):
            self._note(after)

    def _recover(self, epoch: Epoch | None, noted: Sequence[Witness], reason: str = "") -> Epoch:
        log.warning(
            "The ledger is older than what was sent: it is brought up to date before anything is"
            " sent."
        )
        recovery, is_seen = bring_up_to_date(self._flows.values(), self._ledger, epoch)
        why = reason or (
            PUT_BACK if epoch is not None and epoch.is_put_back else OLDER if epoch else LOST
        )
        recovery = replace(recovery, reason=why)
        after = (epoch or Epoch.first()).replacing(noted, self._ledger.now(), self._account)
        if not is_seen:
            after = after.model_copy(update={"time_stopped_at": self._ledger.now()})
        if not self._ledger.epochs.replace(epoch, after):
            return self._ledger.epochs.read() or after  # another worker has done the same
        keep_recovery(self._ledger, after.number, recovery)
        self._note(after)
        self._warn(recovery.sentence())
        return after

    def _own_epoch(self) -> Epoch | None:
        """Raises `SettingsInvalid` for the ledger of another account: numbers, cursors and orders
        of the two would be mixed up.
        """
        epoch = self._ledger.epochs.read()
        if epoch is not None and not epoch.is_of(self._account):
            text = (
                f"ledger: {self._place} is that of account {epoch.account!r}, and this account file"
                f" is of {self._account!r}"
            )
            raise SettingsInvalid([f"{text}. {OTHERS_ADVICE}"])
        return epoch

    def _stopped_unseen(self, flow: str) -> Hold | None:
        return self._flows[flow].stopped_unseen

    def _is_seen_now(self, flow: str, epoch: Epoch) -> bool:
        """Look the target through once more."""
        try:
            self._flows[flow].rebuild()
        except LookupImpossible:
            return False
        self._ledger.epochs.replace(epoch, epoch.model_copy(update={"time_stopped_at": None}))
        return True

    def _noted(self, flow: str | None = None) -> list[Witness]:
        """By the witnesses of a flow, else by all of them.

        Read before the ledger is: a worker beside this one turns the ledger first, so this can only
        be behind.
        """
        return [witness for place in self._places(flow) if (witness := place.read()) is not None]

    def _note(self, epoch: Epoch, flow: str | None = None) -> None:
        for place in self._places(flow):
            place.write(epoch.witness(self._place))

    def _places(self, flow: str | None) -> tuple[WitnessPlace, ...]:
        needs_all = flow is None or self._stopped_unseen(flow) is not None
        return self._witnesses + (self._outer_witnesses if needs_all else ())

    def _warn(self, text: str) -> None:
        log.warning(text)
        self.warnings.append(text)


def standing_of(epoch: Epoch | None, noted: Sequence[Witness], place: str) -> Standing:
    """What all witnesses together say about a ledger."""
    if epoch is not None and epoch.is_put_back:
        return Standing.OLDER
    return max((judge(epoch, witness, place) for witness in noted), default=Standing.CURRENT)
