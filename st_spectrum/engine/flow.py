"""What the engine asks of a flow over its whole life, and of the systems it writes to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from st_spectrum.domain.commands import Command, System
from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Decision, Hold
from st_spectrum.domain.errors import Rejected
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.flow_answers import (
    Evaluation,
    LookupResult,
    Rebuilt,
    Recovered,
    SharedKeyHold,
    Unlinked,
)
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.report import Report
from st_spectrum.engine.retries.code_places import SpectrumPlace
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import Entry
from st_spectrum.spectrum.lookup_answers import CodesInUse


class Flow(Protocol):
    """One flow: where its records come from, what is to be done about one of them, and what else
    its life brings.

    What concerns one record only reads. A class that has nothing to say to a part of it takes the
    answer of `FlowDefaults`.
    """

    name: str
    """That of its description."""
    description: FlowDescription
    has_second_guard: bool
    """Whether `standing` asks the target; else the engine spares itself the question."""

    @property
    def shared_key_hold(self) -> SharedKeyHold | None:
        """Why both wait when people typed one target key on two records; None where two may share
        one, as `FlowDescription.shared_keys` says.
        """

    @property
    def places_in_spectrum(self) -> Mapping[str, SpectrumPlace]:
        """By field of a call, which record of Spectrum a code is taken from where the account file
        leaves it to that; a refusal then names it in place of the description's `code_places`.
        """

    def standing(self, keys: Sequence[str]) -> Standing:
        """What the target holds already under our keys of these records, of which the ledger knows
        no write.

        Asked once for a batch, before any record of it is looked at, also by a dry run; a record
        that is looked at anew asks for
        itself. One question for all keys, whatever their number. Raises a `SyncFault` when it
        cannot be answered just now: then nothing is sent for these keys, and they wait by
        themselves. Where the target can never be asked the answer is `NOTHING`.
        """

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:
        """Read all that one decision needs and decide. Raises a `SyncFault` when a read failed.

        `standing` is the answer for the record's batch. What stands there is taken over as it
        stands, without a write, by `Create.standing`; other values than ours are told by
        `Create.differs`. For a record that has begun it says nothing.
        """

    def before_sending(self, key: str, decision: Decision) -> None:
        """What must be kept before the first write of a claimed record; most keep nothing."""

    def classify_refusal(self, refusal: Rejected, decision: Decision) -> Hold | None:
        """What the record waits for when the refusal is no fault of its own: set-up in the target,
        a lock. Else None.

        `decision` is what was being carried out.
        """

    def notify_source(self, key: str, refusal: Rejected) -> None:
        """Tell the people at the source that the record was refused, where the flow does that;
        once, however often asked.

        Called while the record is claimed, so that what is interrupted is done by whoever claims it
        next. Raises a `SyncFault` when they could not be told.
        """

    def notify_waiting(self, key: str, decision: Hold) -> None:
        """Tell the people at the source what a record waits for that they can correct there, where
        the flow does that; once, however often asked. Raises a `SyncFault` when they could not be
        told.
        """

    def confirmed(self, entry: Entry) -> None:
        """What is left behind once a record has crossed; after the ledger knows, so it may be
        missing after a crash.
        """

    # Rounds and runs of a batch.

    def why_idle(self) -> str:
        """Why the account file has nothing of it carried, in one sentence; "" where it is."""

    def before_round(self) -> None:
        """Before a sending round lists anything. Raises a `SyncFault` when it cannot begin."""

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        """What is new or changed at the source; what was read is kept for `evaluate`. Raises a
        `SyncFault` when a read failed.
        """

    def shows_what_crossed(self, changes: Changes) -> bool:
        """Whether the very first list shows records that carry codes of ours: a ledger that is
        empty then was lost.
        """

    def accept(self, changes: Changes) -> None:
        """Before the first of these keys is carried; not in a dry run."""

    def before_batch(self, keys: Sequence[str]) -> Changes:
        """These records as they are now, for a run of them alone. Raises as `before_round` does."""

    def remember(self, changes: Changes, report: Report) -> None:
        """After all of these keys have been through the engine, unless a system stopped that; for
        what no cursor says.
        """

    def vanished_now(self) -> Vanished | None:
        """What a round would find gone just now, whether that is suspicious or not; None where
        nothing is ever concluded from what is missing. Raises a `SyncFault`.
        """

    def resolve(self, entry: Entry, *, is_there: bool) -> str:
        """Take a person's word about a held record, that its target record is there, or is not.

        Returns in one sentence what became of it, or "" when the record waits for no such word. A
        write whose answer was lost is settled without the flow.
        """

    def find_named(self, target_key: str) -> str:
        """What stands in the target under a key that a person names, in words; "" for nothing.

        Raises `LookupImpossible` where nobody can look.
        """

    def link(self, key: str, target_key: str) -> None:
        """Say at the source that the record stands in the target under that key. Harmless to
        repeat; raises a `SyncFault`.
        """

    def unlink(self, entry: Entry) -> Unlinked:
        """Take back what `link` said, as far as the source lets one. Raises a `SyncFault`,
        `StillThere` where the record would then stand in the target twice, `LookupImpossible`.
        """

    def steps_left(self, entry: Entry) -> tuple[str, ...]:
        """Which steps stay done of a record that is gone from the target and is to go out again.

        Raises `StillThere` with what stands in the target yet, `LookupImpossible` where nobody can
        look.
        """

    def codes_in_use(self) -> CodesInUse:
        """The taken target keys of the flow's range. Raises `LookupImpossible` if not listed."""

    # Both sides compared.

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:
        """Compare all that the source lists with what the ledger knows, and have carried what is
        missing or open.

        What changed before `settled_before` (epoch seconds) and nobody had asked for was missed.
        Raises a `SyncFault` when a list could not be read.
        """

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:
        """What stands twice in the target under one key of ours, as far as that can be seen.

        `carried` are the codes that the source's records carry, `now` is in epoch seconds. Raises a
        `SyncFault` or `LookupImpossible` when the target could not be read.
        """

    def compare_sides(self, lists: SourceLists, month: str) -> FlowCompared | None:
        """What is not equal in both systems, both read afresh; only reads. `month` such as 2026-03
        narrows records that have a date, "" takes all.

        None where the flow is not compared so. Raises a `SyncFault` when a list or a table could
        not be read.
        """

    # A ledger that was lost, or is older than what has happened.

    @property
    def stopped_unseen(self) -> Hold | None:
        """Why nothing of this flow is sent by an older ledger while nobody can see what the target
        holds of it.

        None where it goes on all the same: the target refuses a second record, or the source tells
        what has crossed.
        """

    def rebuild(self) -> Rebuilt | None:
        """Note what both systems show of records that the ledger does not know. Only reads the two
        systems.

        None where the flow has no part in that. Raises `LookupImpossible` where the target cannot
        be looked through.
        """

    def recover(self, since: datetime | None) -> Recovered:
        """`rebuild` for an older ledger, copied at `since` (None: unknown); what cannot be seen is
        said and no fault.
        """


class Targets(Protocol):
    """Where steps are carried out and looked up."""

    def prove_login(self, system: System) -> None:
        """Returns once a read has shown in this run that the system lets us in; raises the
        `SyncFault` of one that does not.
        """

    def send(self, call: Command) -> str | None:
        """Carry out one call, once; the key that the target gave in place of its own, if it gave
        one.

        Raises `Rejected`, `OutcomeUnknown`, `Unavailable`, ...
        """

    def find(self, commands: Sequence[Command]) -> LookupResult:
        """Look the commands of one step up by their natural keys. Raises `LookupImpossible` where
        nobody can tell.
        """

    def arrives_within(self, call: Command) -> float:
        """Seconds for which a call that is not found may still be on its way, where a second one
        would do harm; else 0.
        """

    def is_absence_proven(self, call: Command, since: datetime) -> bool:
        """Whether "not there" is no word of an old copy: something shows in the same place that was
        confirmed after `since`.
        """

    def answers(self, system: str) -> bool:
        """Whether a system takes calls and lets us in just now; by a read about no record."""
