"""Takes one claimed record through its steps: every write is announced in the ledger before and closed after.

    announce  the step's name goes into `started_steps`, by conditional write
    look up   only when the step may have been sent before: by a worker that died, or when an answer was lost
    send      the calls that are not there yet
    close     the step's name moves to `done_steps`

Whatever happens in between, the ledger says enough for the next worker to finish and to repeat nothing.
"""

from dataclasses import dataclass

from st_spectrum.domain.decisions import Call, Create, Step, Update, Void
from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.flows.codes import Codes
from st_spectrum.flows.flow import Found, Targets
from st_spectrum.ledger.ledger import Ledger, Versioned
from st_spectrum.spectrum.lookup import LookupImpossible
from st_spectrum.spectrum.services import SERVICES

Write = Create | Update | Void

CODES_TRIED = 50
"""So many codes in a row may be in use in Spectrum without our knowing before a person should look."""


HAS_RESERVED_CODE = frozenset({"AddCustomer", "AddWOSiteAddress"})
"""Operations whose key we choose ourselves: when it is taken, the next one will do."""


class CodesUsedUp(Exception):
    """The account's range has no free code left."""

    cause = "the account's range of codes is used up"


class NeedsAPerson(Exception):
    """A write may or may not have happened and nothing can tell; or the key belongs to somebody else's record."""

    def __init__(self, reason: str, advice: str, cause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.cause = cause or reason


class CodeTaken(Exception):
    """Spectrum holds somebody else's record under the code that we had reserved."""


@dataclass
class Crossing:
    """One record on its way. `held` is always the newest version of its ledger entry."""

    targets: Targets
    ledger: Ledger
    codes: Codes
    held: Versioned
    writes: int = 0
    _is_in_doubt: bool = False
    """Whether an earlier sending of the call at hand may have been carried out, as far as anybody has looked."""

    def carry_out(self, decision: Write) -> None:
        """All steps of the decision, in order, skipping those done. Raises a `SyncFault`, `NeedsAPerson` or `CodesUsedUp`."""
        self._take_key(decision)
        for _ in range(CODES_TRIED):
            try:
                self._steps(self._with_code(decision))
            except CodeTaken:
                self._give_up_code(decision)
            else:
                return
        raise NeedsAPerson(
            f"{CODES_TRIED} codes in a row are already in use in Spectrum",
            "Move the start of the code range in the account file behind the codes in use.",
        )

    def _take_key(self, decision: Write) -> None:
        if not isinstance(decision, Create) or not decision.unique_key:
            return
        kind, key = f"{self.held.entry.flow}-numbers", self.held.entry.key
        if self.ledger.keep_first(kind, decision.unique_key, key):
            return
        other = self.ledger.kept(kind, decision.unique_key)
        if other != key:
            raise NeedsAPerson(
                f"number {decision.unique_key} was given to ServiceTrade record {other} before",
                "Give one of the two a number of its own in ServiceTrade.",
            )

    def _with_code(self, decision: Write) -> Write:
        if not isinstance(decision, Create) or decision.reserve is None:
            return decision
        code = self.held.entry.target_key or self.codes.allocate(decision.reserve, self.held.entry.key)
        if code is None:
            span = decision.reserve
            raise CodesUsedUp(f"all codes from {span.code(span.first)} to {span.code(span.last)} are in use")
        return decision.with_code(code)

    def _give_up_code(self, decision: Write) -> None:
        assert isinstance(decision, Create) and decision.reserve is not None  # noqa: S101 - only these have codes to give up
        self.codes.refuse(decision.reserve.kind, self.held.entry.target_key)
        self.held = self.ledger.progress(self.held, target_key="", started_steps=())

    def _steps(self, decision: Write) -> None:
        for step in decision.steps:
            if step.name in self.held.entry.done_steps:
                continue
            may_have_been_sent = step.name in self.held.entry.started_steps
            if not may_have_been_sent:
                self.held = self.ledger.progress(self.held, target_key=decision.target_key, started_steps=(step.name,))
            try:
                self._step(step, may_have_been_sent)
            except Rejected:
                self._take_back(step)
                raise
            done = (*self.held.entry.done_steps, step.name)
            self.held = self.ledger.progress(self.held, started_steps=(), done_steps=done)

    def _take_back(self, step: Step) -> None:
        """What was refused outright did not happen: the step is as if never begun, so that a correction may go out."""
        if len(step.calls) == 1 and not self._is_in_doubt:
            self.held = self.ledger.progress(self.held, started_steps=())

    def _step(self, step: Step, may_have_been_sent: bool) -> None:
        self._is_in_doubt = may_have_been_sent
        present = self._present(step) if may_have_been_sent else frozenset()
        for call in step.calls:
            if call.key not in present:
                self.held = self.ledger.renew(self.held)
                self._call(step, call, may_have_been_sent)

    def _call(self, step: Step, call: Call, may_have_been_sent: bool) -> None:
        try:
            self._send(step, call, may_have_been_sent)
        except OutcomeUnknown:
            self._is_in_doubt = True
            # The one place where a call may go out a second time: after the target said that the first one never arrived.
            if call.key not in self._present(step):
                self._send(step, call, may_have_been_sent=True)

    def _send(self, step: Step, call: Call, may_have_been_sent: bool) -> None:
        self.writes += 1
        try:
            self.targets.send(step, call)
        except Rejected as refusal:
            if not self._is_ours_already(step, call, refusal, may_have_been_sent):
                raise

    def _present(self, step: Step) -> frozenset[str]:
        try:
            found = self.targets.find(step)
        except LookupImpossible as impossible:
            if all(_may_be_repeated(call) for call in step.calls):
                return frozenset()
            raise NeedsAPerson(
                f"the answer to {step.calls[0].operation} {step.calls[0].key} was lost and cannot be looked up: {impossible}",
                f"Look for {step.calls[0].key} in Spectrum, then say `st-spectrum ledger resolve` with what you found.",
                f"the answer to {step.calls[0].operation} was lost and cannot be looked up",
            ) from None
        self._refuse_foreign(step, found)
        self._is_in_doubt = False
        return found.present

    def _refuse_foreign(self, step: Step, found: Found) -> None:
        if not found.foreign:
            return
        key = sorted(found.foreign)[0]
        if step.calls[0].operation in HAS_RESERVED_CODE:
            raise CodeTaken(key)
        raise NeedsAPerson(
            f"Spectrum already has another record under {key}",
            f"See whose {key} is; then give the ServiceTrade record its external id, or free the number.",
            "Spectrum already has another record under the same number",
        )

    def _is_ours_already(self, step: Step, call: Call, refusal: Rejected, may_have_been_sent: bool) -> bool:
        """Whether the key that is said to be taken is taken by this very record.

        That happens when a call of a dead worker arrived only after we had looked for it.
        """
        service = SERVICES.get(call.operation)
        if service is None or not service.refuses_duplicates or not refusal.blames_only(service.key[-1]):
            return False
        try:
            found = self.targets.find(step)
        except LookupImpossible:
            if not may_have_been_sent and call.operation in HAS_RESERVED_CODE:
                raise CodeTaken(call.key) from None
            return False
        self._refuse_foreign(step, found)
        return call.key in found.present


def _may_be_repeated(call: Call) -> bool:
    service = SERVICES.get(call.operation)
    return service is None or service.is_idempotent
