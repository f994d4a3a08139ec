"""Takes one claimed record through its steps: every write is announced in the ledger before and
closed after.

    announce  the step's name goes into `started_steps`, by conditional write
    look up   only when the step may have been sent before: by a worker that died, or when an answer was lost
    send      the calls that are not there yet
    close     the step's name moves to `done_steps`, written with the next announcement or the record's end

Whatever happens in between, the ledger says enough for the next worker to finish and to repeat
nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.domain.answers import ForeignAnswer, UnsureRefusal
from st_spectrum.domain.commands import Command, Numbering, System
from st_spectrum.domain.decisions import Create, Step, Update, Void, renumbered
from st_spectrum.domain.errors import (
    AccessDenied,
    ClaimLost,
    OutcomeUnknown,
    Rejected,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.engine.flow import Targets
from st_spectrum.engine.flow_answers import LookupResult
from st_spectrum.engine.retries.absence import on_its_way, unproven
from st_spectrum.engine.retries.sends import NeedsAPerson, Sends
from st_spectrum.engine.steps.call_log import FOUND, LOST, STOOD_THERE, TAKEN, CallLog
from st_spectrum.engine.steps.codes import Codes, CodesUsedUp
from st_spectrum.engine.steps.reservations import take_numbers
from st_spectrum.engine.steps.step_lookup import CodeTaken, StepLookup, inserts_of
from st_spectrum.ledger.entries import Versioned
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.invoices import is_locked
from st_spectrum.spectrum.lookup_answers import LookupImpossible

Write = Create | Update | Void

CODES_TRIED = 50
"""So many codes in a row may be in use in Spectrum without our knowing before a person should look.
"""


NOT_CARRIED_OUT = (Rejected, Unavailable, AccessDenied, SettingsInvalid)
"""A call that ended in one of these has certainly changed nothing."""


@dataclass
class StepExecutor:
    """One record on its way. `held` is its ledger entry as it stands by now; that a step is closed
    may still have to be written.
    """

    targets: Targets
    ledger: Ledger
    codes: Codes
    held: Versioned
    patience: float = 0.0
    """Seconds for which "not there" waits for its proof before a person is asked."""
    writes: int = 0
    target_key: str = ""
    """Under which key the record stands in the target once all is done."""
    written: set[System] = field(default_factory=set)
    """Systems that have carried out a step."""
    withdrawn: Mapping[str, Any] | None = None
    """How the entry reads without the step announced last, once it is certain that nothing of that
    step was carried out.
    """
    doubt: OutcomeUnknown | None = None
    """The lost answer after which nobody knows whether a call was carried out; None once that is
    known.
    """
    shut_out: SyncFault | None = None
    """Why a system did not even take the read that goes before a run's first write to it; then
    nothing was sent.
    """
    refused: Command | None = None
    """The call that the target refused, or of which nobody knows what became."""
    decision: Write | None = None
    """What is carried out, with the code that was reserved for it."""
    sends: Sends = field(default_factory=Sends)
    """How often the calls of the steps that are not done have gone out."""
    calls: CallLog = field(default_factory=CallLog)
    """What became of each call."""
    _is_step_in_doubt: bool = False
    _given: dict[str, str] = field(default_factory=dict)
    """Keys that the target gave in the step at hand, by those that were sent."""

    def execute(self, decision: Write) -> None:
        """All steps of the decision, in order, skipping those done. Raises a `SyncFault`,
        `NeedsAPerson` or `CodesUsedUp`.
        """
        self._take_numbers(decision)
        if isinstance(decision, Update) and decision.gone is not None:
            self._be_sure_of_absence(decision.gone)
        for _ in range(CODES_TRIED):
            try:
                self.decision = self._with_code(decision)
                self._steps(self.decision)
            except CodeTaken:
                self._give_up_code(decision)
            else:
                return
        raise NeedsAPerson(
            f"{CODES_TRIED} codes in a row are already in use in Spectrum",
            "Move the start of the code range in the account file behind the codes in use.",
        )

    def _take_numbers(self, decision: Write) -> None:
        """Every number of the decision is this record's before the first write."""
        if other := take_numbers(self.ledger, self.held.entry.flow, self.held.entry.key, decision):
            raise NeedsAPerson(other.reason, other.advice, other.cause)

    def _with_code(self, decision: Write) -> Write:
        if not isinstance(decision, Create) or decision.reserve is None:
            return decision
        entry = self.held.entry
        if code := decision.target_key:  # it stands there under this one
            if not self.codes.take(decision.reserve, entry.key, code):
                raise ClaimLost(
                    f"{code} was given to another record", system="ledger", operation="take"
                )
            return decision.with_code(code)
        # Only a key under which something was begun is ours; another one may have been typed by a
        # person.
        begun = entry.target_key if entry.done_steps or entry.started_steps else ""
        allocated = begun or self.codes.allocate(decision.reserve, entry.key)
        if allocated is None:
            span = decision.reserve
            raise CodesUsedUp(
                f"all codes from {span.code(span.first)} to {span.code(span.last)} are in use"
            )
        return decision.with_code(allocated)

    def _give_up_code(self, decision: Write) -> None:
        assert isinstance(decision, Create) and decision.reserve is not None  # noqa: S101 - only these have codes to give up
        self.codes.refuse(decision.reserve.kind, self.held.entry.target_key)
        self.held = self.ledger.progress(self.held, target_key="", started_steps=(), sent=())

    def _steps(self, decision: Write) -> None:
        self.target_key = decision.target_key
        for place in range(len(decision.steps)):
            step = decision.steps[place]
            if step.name in self.held.entry.done_steps:
                continue
            if isinstance(decision, Create | Void) and step.name in decision.standing:
                self._take_over(decision, step)
                continue
            may_have_been_sent = self._is_step_in_doubt = step.name in self.held.entry.started_steps
            before = {"target_key": self.held.entry.target_key, "started_steps": (), "sent": ()}
            self._prove_login(step.system)
            if not may_have_been_sent:
                self._announce(decision, step)
            try:
                self._step(step, may_have_been_sent)
            except NOT_CARRIED_OUT:
                self.withdrawn = None if self._is_step_in_doubt else before
                raise
            self.written.add(step.system)
            if self._given:
                decision, step = self._renumbered(decision, place)
                self._close(decision, step, self.ledger.progress)
            else:
                self._close(decision, step, self.ledger.progress_with_next)

    def _close(self, decision: Write, step: Step, write: Callable[..., Versioned]) -> None:
        """Written with the announcement of the next step, or with the end of the record: a worker
        that dies before looks the step up, as if it had died before it was closed. A key that the
        target gave is written at once, for no look-up goes by it.
        """
        self.held = write(
            self.held,
            target_key=decision.target_key,
            started_steps=(),
            done_steps=(*self.held.entry.done_steps, step.name),
            sent=(),
            sends=self.sends.done(step.calls),
            calls=self.calls.kept,
        )

    def _renumbered(self, decision: Write, place: int) -> tuple[Write, Step]:
        """From here on everything goes by the keys that the target gave."""
        for old, new in self._given.items():
            decision = renumbered(decision, old, new)
        self._given = {}
        self.decision, self.target_key = decision, decision.target_key
        return decision, decision.steps[place]

    def _take_over(self, decision: Create | Void, step: Step) -> None:
        """It stands in the target already, as the target said before the batch began."""
        entry = self.held.entry
        done = (*entry.done_steps, step.name)
        begun = tuple(name for name in entry.started_steps if name != step.name)
        sent = entry.sent if begun else ()
        for call in step.calls:
            self.calls.note(step.name, call, STOOD_THERE, self.ledger.now())
        self.held = self.ledger.progress(
            self.held,
            target_key=decision.target_key,
            done_steps=done,
            started_steps=begun,
            sent=sent,
            calls=self.calls.kept,
        )

    def _prove_login(self, system: System) -> None:
        try:
            self.targets.prove_login(system)
        except SyncFault as fault:
            self.shut_out = fault
            raise

    def _announce(self, decision: Write, step: Step) -> None:
        self.held = self.ledger.progress(
            self.held,
            target_key=decision.target_key,
            started_steps=(step.name,),
            sent=inserts_of(step),
            sends=self.sends.announced(step.calls, self.held.entry),
        )

    def _step(self, step: Step, may_have_been_sent: bool) -> None:
        present = self._present(step) if may_have_been_sent else frozenset()
        for call in step.calls:
            if call.key in present:
                self.calls.note(step.name, call, FOUND, self.ledger.now())
            else:
                if may_have_been_sent:
                    self._be_sure_of_absence(call)
                self._remember(step)
                if may_have_been_sent:
                    self._count_once_more(call)
                self._call(step, call, may_have_been_sent)

    def _remember(self, step: Step) -> None:
        """Stay in charge for one more call; and what the source says by now may go out beside what
        it said before.
        """
        known = self.held.entry.sent
        if new_inserts := tuple(insert for insert in inserts_of(step) if insert not in known):
            self.held = self.ledger.progress(self.held, sent=(*known, *new_inserts))
        else:
            self.held = self.ledger.renew(self.held)

    def _call(self, step: Step, call: Command, may_have_been_sent: bool) -> None:
        try:
            self._send(step, call, may_have_been_sent)
        except UnsureRefusal as unsure:
            self._refused_unless_there(step, call, unsure)
            self.doubt = None
        except OutcomeUnknown as lost:
            if call.key in self._present(step):
                self.calls.note(step.name, call, FOUND, self.ledger.now())
            else:
                self._not_there(step, call, lost)
            self.doubt = None

    def _refused_unless_there(self, step: Step, call: Command, unsure: UnsureRefusal) -> None:
        """It was answered, so nothing is on its way any more: what does not stand there was refused
        indeed.
        """
        try:
            found = self._lookup.find(step)
        except LookupImpossible:
            found = LookupResult(present=self._present(step))
        if call.key in found.present:
            return
        if call.key in found.similar or call.key in found.elsewhere:
            self._present(step)
        self.doubt = None
        self._is_step_in_doubt = bool(found.present)
        self.refused = call
        raise unsure.refusal

    def _not_there(self, step: Step, call: Command, lost: OutcomeUnknown) -> None:
        """What follows from a lost answer of a call that the target does not show."""
        if isinstance(lost, ForeignAnswer):
            if lost.retry_after and self.targets.arrives_within(call):
                # It is looked at again only after the pause; the wait for what may still arrive
                # begins here.
                self.held = self.ledger.progress(self.held, absent_since=self.ledger.now())
            raise lost
        # The one place where a call may go out a second time: after the target said that the first
        # one never arrived.
        self._be_sure_of_absence(call)
        self._count_once_more(call)
        self._send(step, call, may_have_been_sent=True)

    def _count_once_more(self, call: Command) -> None:
        self.held = self.ledger.progress(
            self.held, sends=self.sends.announced((call,), self.held.entry)
        )

    def _be_sure_of_absence(self, call: Command) -> None:
        """Where a second call does harm, "not there" counts only once the first cannot arrive any
        more and the look-up is proven to be no old copy.

        Counted from the first look after the doubt arose, for only then it is certain that nobody
        sends any more.
        """
        wait = self.targets.arrives_within(call)
        if not wait:
            return
        now, since = self.ledger.now(), self.held.entry.absent_since
        if since is None:
            self.held = self.ledger.progress(self.held, absent_since=now)
        elif (epoch := self.ledger.epochs.read()) is not None and epoch.recovered_at is not None:
            # An older ledger does not know that the call went out once more since it looked.
            since = max(since, epoch.recovered_at)
        if since is None or (now - since).total_seconds() < wait:
            raise on_its_way(call, wait)
        if not self.targets.is_absence_proven(call, since):
            raise unproven(
                call, (now - since).total_seconds(), self.patience, self._lookup.words.resolve
            )
        self.held = self.ledger.progress(self.held, absent_since=None)

    def _send(self, step: Step, call: Command, may_have_been_sent: bool) -> None:
        self.writes += 1
        self.sends.went_out(call)
        given: str | None = None
        try:
            given = self.targets.send(call)
        except NOT_CARRIED_OUT as refusal:
            if not isinstance(refusal, Rejected):
                self.sends.does_not_count(
                    call
                )  # a system that is down or turns us away is no fault of the call
            is_ours = isinstance(refusal, Rejected) and self._is_ours_already(
                step, call, refusal, may_have_been_sent
            )
            self.calls.note(step.name, call, f"not taken: {refusal}", self.ledger.now())
            if not is_ours:
                self.refused = call
                raise
            self.calls.note(step.name, call, FOUND, self.ledger.now())
        except OutcomeUnknown as lost:
            self.calls.note(step.name, call, f"{LOST}: {lost}", self.ledger.now())
            self.doubt, self._is_step_in_doubt = lost, True
            self.refused = call
            if not call.counts_when_lost:
                self.sends.does_not_count(call)
            raise
        except BaseException:
            self._is_step_in_doubt = True
            raise
        else:
            self.calls.note(step.name, call, TAKEN, self.ledger.now())
        self.doubt, self._is_step_in_doubt = None, True
        if given is not None and given != call.key:
            self._given[call.key] = given

    def _present(self, step: Step) -> frozenset[str]:
        """Keys of the step's commands that stand in the target; raises what a person, or another
        code, has to settle.
        """
        found = self._lookup.settled(step)
        if found is None:
            return frozenset()
        if not found.present and step.calls[0].numbering is Numbering.PEOPLE:
            # Nothing stands there: should the next sending be refused, then a correction may go out
            # under the same number.
            self._is_step_in_doubt = False
        return found.present

    @property
    def _lookup(self) -> StepLookup:
        return StepLookup(self.targets, self.held.entry)

    def _is_ours_already(
        self, step: Step, call: Command, refusal: Rejected, may_have_been_sent: bool
    ) -> bool:
        """Whether the key that is said to be taken is taken by this very record.

        That happens when a call of a dead worker arrived only after we had looked for it.
        """
        if not call.taken_field or not refusal.blames_only(call.taken_field):
            return False
        if is_locked(refusal):
            return False
        return (
            call.key in self._present(step)
            if may_have_been_sent
            else self._lookup.shows_ours(step, call)
        )
