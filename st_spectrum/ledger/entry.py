"""One ledger entry: what is known about one source record on its way, and the moves that it may
make.

Pure: no clock, no storage. Whoever moves an entry says when. The diagram in `docs/ledger.md` is
drawn from `MOVES`.
"""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger.documents.form import newer

SCHEMA = 1
HISTORY_LENGTH = 20
REASON_LENGTH = 200


class State(StrEnum):
    """Where a record stands."""

    HELD = "held"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    VOIDED = "voided"
    SKIPPED = "skipped"


MOVES: Mapping[State | None, frozenset[State]] = {
    # Seen for the first time: it waits, goes out, is refused or rightly left alone. Confirmed at
    # once is a record that already stands in the target, as when a lost ledger is built anew.
    None: frozenset({State.HELD, State.CLAIMED, State.REJECTED, State.SKIPPED, State.CONFIRMED}),
    # What it waited for exists, or is another thing now; or the record changed so that nothing is
    # to be done.
    State.HELD: frozenset(
        {State.HELD, State.CLAIMED, State.REJECTED, State.SKIPPED, State.CONFIRMED}
    ),
    # Claimed again is progress of the same worker, or the take-over of a claim whose worker is
    # gone.
    State.CLAIMED: frozenset(State),
    # A write was sent and its answer lost: only a worker who holds the claim may look it up and say
    # what happened.
    State.UNKNOWN: frozenset({State.CLAIMED}),
    # It crossed. A later change updates it, makes it wait, or asks for nothing.
    State.CONFIRMED: frozenset({State.CONFIRMED, State.CLAIMED, State.HELD, State.SKIPPED}),
    # The target said no. It goes out again after a pause or a correction.
    State.REJECTED: frozenset(
        {State.REJECTED, State.CLAIMED, State.HELD, State.SKIPPED, State.CONFIRMED}
    ),
    # What had crossed was taken back in the target. The end.
    State.VOIDED: frozenset(),
    # Left alone for a reason; when the record changes, the reason may be gone.
    State.SKIPPED: frozenset(
        {State.SKIPPED, State.CLAIMED, State.HELD, State.REJECTED, State.CONFIRMED}
    ),
}

CLOSED = frozenset({State.CONFIRMED, State.VOIDED, State.SKIPPED})
"""Nobody has to come back to these before their source record changes."""


class ForbiddenMove(ValueError):
    """A move that `MOVES` does not know, or one that would close an entry while a write of it is in
    doubt.
    """


@dataclass(frozen=True)
class Transition:
    """One line of an entry's history; `from_state` is None for the first."""

    at: AwareDatetime
    from_state: State | None
    to_state: State
    run_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SentCommand:
    """One insert that may have been carried out: its natural key and its fields. The source may say
    something else by now.
    """

    key: str
    fields: dict[str, str]


@dataclass(frozen=True)
class SentCall:
    """One call of a record: its step, its natural key, what was answered, the digest of what it
    said, and the money that it moved, as decimal text.
    """

    at: AwareDatetime
    step: str
    operation: str
    key: str
    answer: str
    digest: str = ""
    amount: str = ""
    run_id: str = ""


@dataclass(frozen=True)
class Entry:
    """What the ledger keeps about one source record of one flow. All times are aware."""

    flow: str
    key: str
    state: State
    first_seen_at: AwareDatetime
    changed_at: AwareDatetime
    title: str = ""
    source_version: str = ""
    """Digest of what the decision read."""
    payload_digest: str = ""
    """Digest of what was sent."""
    target_key: str = ""
    started_steps: tuple[str, ...] = ()
    """Steps whose calls may have been sent but are not confirmed; looked up before anything of them
    is sent again.
    """
    done_steps: tuple[str, ...] = ()
    sent: tuple[SentCommand, ...] = ()
    """What the inserts of the started steps may have written: every version that may have gone out.
    """
    attempts: int = 0
    """Claims since the record was last closed."""
    owner: str = ""
    claim: str = ""
    """Tells this claim from every other one, also of the same owner."""
    lease_until: AwareDatetime | None = None
    run_id: str = ""
    reason: str = ""
    cause: str = ""
    """The reason without names of records: what many open entries have in common."""
    amount: str = ""
    """What the record is worth, as decimal text; "" where the flow carries no money."""
    advice: str = ""
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    claimed_at: AwareDatetime | None = None
    confirmed_at: AwareDatetime | None = None
    retry_at: AwareDatetime | None = None
    history: tuple[Transition, ...] = ()
    absent_since: AwareDatetime | None = None
    """When a call in doubt was first not found in the target: until its time-out has passed it may
    still arrive there.
    """
    settings: str = ""
    """Digest of the account file by which the record was judged last; "" where that is not known.
    """
    blocked_by: str = ""
    """Id of the breaker under which it waits without being sent."""
    sends: Mapping[str, int] = field(default_factory=dict)
    """How often each call of the steps that are not done went out, by operation and digest of what
    was sent.
    """
    hours: str = ""
    """The work that the record is about, as decimal text; "" where the flow is not about work."""
    is_handled: bool = False
    """Whether a person handled it by hand; the ledger keeps who, when and how beside it."""
    calls: tuple[SentCall, ...] = ()
    """The newest calls that went out for it, also those whose answer was lost, the oldest first."""
    source_changed_at: AwareDatetime | None = None
    """When its source changed so that it became due, by the source's own clock; None where that is
    not known. It counts until the record is closed, and is gone when it becomes due again.
    """

    @property
    def money(self) -> Decimal | None:
        """What the record is worth in dollars; None where that is not known."""
        return _decimal(self.amount)

    @property
    def work_hours(self) -> Decimal | None:
        """The work that the record is about; None where that is not known."""
        return _decimal(self.hours)

    @property
    def is_in_doubt(self) -> bool:
        """Whether a write of this record may have been carried out without our knowing."""
        return self.state is State.UNKNOWN or bool(self.started_steps)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is None or number.is_finite() else None


def is_open(state: State) -> bool:
    """Whether somebody has to come back to an entry in this state."""
    return state not in CLOSED


_FIELDS = frozenset(field.name for field in fields(Entry))


def new_entry(flow: str, key: str, state: State, at: datetime, **changes: Any) -> Entry:
    """The first entry of a record; raises `ForbiddenMove` for a state that cannot be the first."""
    _check(None, state, f"{flow}/{key}")
    blank = Entry(flow=flow, key=key, state=state, first_seen_at=at, changed_at=at)
    return _stamped(_changed(blank, changes), None, at)


def move(entry: Entry, to: State, at: datetime, **changes: Any) -> Entry:
    """The entry in its new state, with `changes` applied; raises `ForbiddenMove`.

    Whoever leaves `claimed` gives up the claim. Confirming says that every step is verified, so
    none stays in doubt;
    skipping and voiding close the entry too, and are therefore refused while a step is in doubt.
    """
    _check(entry.state, to, f"{entry.flow}/{entry.key}")
    if entry.state in CLOSED and to not in CLOSED:
        changes = {"source_changed_at": None, **changes}
    values: dict[str, Any] = {**changes, "state": to, "changed_at": at}
    if to is State.CONFIRMED:
        values |= {"started_steps": (), "sent": (), "absent_since": None, "sends": {}}
    changed = _changed(entry, values)
    if to in (State.SKIPPED, State.VOIDED) and changed.started_steps:
        steps = ", ".join(changed.started_steps)
        raise ForbiddenMove(
            f"{entry.flow}/{entry.key} cannot become {to} while these steps are in doubt: {steps}"
        )
    return _stamped(changed, entry, at)


def _check(state: State | None, to: State, name: str) -> None:
    if to not in MOVES[state]:
        raise ForbiddenMove(f"{name} cannot go from {state or 'nothing'} to {to}")


def _stamped(entry: Entry, before: Entry | None, at: datetime) -> Entry:
    is_new_claim = entry.state is State.CLAIMED and (before is None or entry.claim != before.claim)
    stamps: dict[str, Any] = {}
    if entry.state is not State.CLAIMED:
        stamps |= {"owner": "", "claim": "", "lease_until": None}
    if is_new_claim:
        stamps["claimed_at"] = at
    if entry.state is State.CONFIRMED and (before is None or before.state is not State.CONFIRMED):
        stamps["confirmed_at"] = at
    if before is None or before.state is not entry.state or is_new_claim:
        transition = Transition(
            at,
            before.state if before else None,
            entry.state,
            entry.run_id,
            entry.reason[:REASON_LENGTH],
        )
        stamps["history"] = (*entry.history, transition)[-HISTORY_LENGTH:]
    return _changed(entry, stamps) if stamps else entry


def _changed(entry: Entry, changes: Mapping[str, Any]) -> Entry:
    """As `dataclasses.replace` does it, which walks all the fields: an entry is changed some twenty
    times on its way.
    """
    if unknown := changes.keys() - _FIELDS:
        raise TypeError(f"an entry has no {', '.join(sorted(unknown))}")
    after = copy(entry)
    vars(after).update(changes)
    return after


def encode(entry: Entry) -> str:
    """The entry as one line of JSON. Characters that no file can hold (half of a surrogate pair)
    become `?`.
    """
    text = _FORM.encode({"schema": SCHEMA, **vars(entry)})
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(value: datetime | Transition | SentCommand | SentCall) -> object:
    """What JSON has no form for: times, and the records inside of an entry."""
    return value.isoformat() if isinstance(value, datetime) else vars(value)


_FORM = json.JSONEncoder(ensure_ascii=False, default=_plain)


def decode(text: str, where: str = "") -> Entry:
    """Read what `encode` wrote; keys that this version does not know are passed over.

    Raises `ContractBroken` naming the document `where` and the field that is damaged, `NewerForm`
    for what a newer program wrote.
    """
    place = f"the entry {where}" if where else "an entry"
    try:
        document = json.loads(text)
        schema = document["schema"]
        if not isinstance(schema, int):
            raise ContractBroken(
                f"{place} is damaged at schema: {schema!r} is no number", system="ledger"
            )
        if schema > SCHEMA:
            raise newer(place, schema, SCHEMA)
        return _adapter().validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise ContractBroken(
            f"{place} is damaged at {field}: {first['msg']}", system="ledger"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ContractBroken(
            f"{place} is damaged: {type(error).__name__} {error}", system="ledger"
        ) from None


@cache
def _adapter() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)
