"""The ledger's rules: who may work on a record, what is written down when, and how a dead worker's
claim passes on.

Every change is a conditional write, so of two workers one wins by the store's own rule.
`Unavailable` from a writing method leaves open whether the write arrived: stop, and read again
before going on. `layout` says where documents lie.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.errors import ClaimLost
from st_spectrum.ledger.codes import Codes
from st_spectrum.ledger.entries import KeptEntries, Versioned
from st_spectrum.ledger.entry import CLOSED, Entry, ForbiddenMove, State, move, new_entry
from st_spectrum.ledger.epochs import Epochs
from st_spectrum.ledger.judgement import Judgement, says_already
from st_spectrum.ledger.kept import TRIES as _TRIES
from st_spectrum.ledger.kept import KeptDocuments
from st_spectrum.ledger.owner import describe, is_certainly_dead, new_owner, retire
from st_spectrum.ledger.store import Store
from st_spectrum.ledger.stores import open_store


class EntryMoved(ClaimLost):
    """Nobody holds the entry, but it is not the version any more on which the caller decided."""


def _now() -> datetime:
    return datetime.now(UTC)


def _check_version(before: Versioned | None, etag: str | None, name: str) -> None:
    if etag is not None and etag != (before.etag if before else ""):
        raise EntryMoved(
            f"{name} was changed by another worker", system="ledger", operation="decide"
        )


class Ledger(KeptEntries, KeptDocuments):
    """The rules over one `Store`, for one worker process. All methods may be called from several
    threads.

    `lease_seconds` is how long a claim is respected when nothing is heard of its owner; it must be
    longer than the longest call to a target, and the clocks of all machines must agree to a small
    part of it.
    """

    def __init__(
        self, store: Store, owner: str, lease_seconds: float, clock: Callable[[], datetime] = _now
    ) -> None:
        self._store = store
        self._owner = owner
        self._lease = timedelta(seconds=lease_seconds)
        self._clock = clock
        self._codes = Codes(store)
        self.epochs = Epochs(store)
        self._has_claimed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End this worker: what it still claims is free at once for others on this machine."""
        # A worker that never claimed anything need not be remembered: a process may open ledgers
        # for months.
        if self._has_claimed:
            retire(self._owner)
        self._store.close()

    def now(self) -> datetime:
        """The time by which claims and entries are dated."""
        return self._clock()

    def claim(
        self,
        flow: str,
        key: str,
        *,
        run_id: str,
        title: str = "",
        source_version: str = "",
        etag: str | None = None,
        **changes: Any,
    ) -> Versioned:
        """Take the record for this caller alone; raises `ClaimLost` while anybody else is at work
        on it, another thread too. `changes` are noted with the claim.

        With `etag` only in the version that the caller has read ("" for none yet); `EntryMoved`
        when it is another one.
        A claim whose lease ran out or whose owner is certainly dead is taken over with its
        `started_steps`, `done_steps` and
        `target_key`: look
        them up before sending anything.
        """
        given = {
            name: text
            for name, text in (("title", title), ("source_version", source_version))
            if text
        }
        for _ in range(_TRIES):
            at = self._clock()
            before = self.get(flow, key)
            if before:
                self._check_free(before.entry, at)
            _check_version(before, etag, f"{flow}/{key}")
            try:
                return self._write(
                    before, self._claimed(flow, key, before, at, run_id=run_id, **given, **changes)
                )
            except ClaimLost:
                # Somebody was quicker: read again, who it was and whether the record is still free.
                continue
        raise ClaimLost(
            f"{flow}/{key} is changed by others all the time", system="ledger", operation="claim"
        )

    def progress(self, versioned: Versioned, **changes: Any) -> Versioned:
        """Write down what the holder did or is about to do, and renew its lease; `ClaimLost` after
        a take-over.
        """
        at = self._clock()
        self._check_held(versioned)
        return self._write(
            versioned,
            move(versioned.entry, State.CLAIMED, at, lease_until=at + self._lease, **changes),
        )

    def progress_with_next(self, versioned: Versioned, **changes: Any) -> Versioned:
        """The same, written together with the holder's next change of the entry; at once when half
        of the lease is used up. Only for what the next worker would find out by itself.
        """
        entry = versioned.entry
        self._check_held(versioned)
        if entry.lease_until is None or entry.lease_until - self._clock() <= self._lease / 2:
            return self.progress(versioned, **changes)
        return replace(versioned, entry=move(entry, State.CLAIMED, self._clock(), **changes))

    def renew(self, versioned: Versioned) -> Versioned:
        """The same claim with a full lease once half of it is used up; nothing is written before
        that.
        """
        until = versioned.entry.lease_until
        if until is not None and until - self._clock() > self._lease / 2:
            return versioned
        return self.progress(versioned)

    def settle(
        self,
        versioned: Versioned,
        state: State,
        *,
        reason: str = "",
        advice: str = "",
        needs: tuple[str, ...] = (),
        **changes: Any,
    ) -> Versioned:
        """End the claim in any other state; `ClaimLost` after a take-over."""
        self._check_held(versioned)
        if state is State.CLAIMED:
            raise ForbiddenMove("a claim is settled by another state; progress() keeps it")
        values = {"reason": reason, "advice": advice, "needs": needs, **changes}
        return self._write(versioned, move(versioned.entry, state, self._clock(), **values))

    def record(
        self,
        flow: str,
        key: str,
        judgement: Judgement,
        *,
        run_id: str,
        title: str = "",
        etag: str | None = None,
        **changes: Any,
    ) -> Versioned | None:
        """Write down a judgement, with `changes` beside it; nothing is written when it stands
        already. With `etag` as in `claim`. None when nothing may be said without a claim: another
        owner has it, or a write is in doubt.
        """
        state, values = judgement.state, judgement.values | changes
        for _ in range(_TRIES):
            before = self.get(flow, key)
            if before and (before.entry.is_in_doubt or self._is_held(before.entry, self._clock())):
                return None
            _check_version(before, etag, f"{flow}/{key}")
            if before and says_already(before.entry, state, values):
                return before
            named = {"run_id": run_id, "title": title or (before.entry.title if before else "")}
            at = self._clock()
            after = (
                move(before.entry, state, at, **values, **named)
                if before
                else new_entry(flow, key, state, at, **values, **named)
            )
            try:
                return self._write(before, after)
            except ClaimLost:
                continue
        return None

    def hasten(self, versioned: Versioned, **changes: Any) -> Versioned:
        """The same entry, due at once; `ClaimLost` when it has moved. Without a claim, which would
        make a record that waits because it changed after it crossed look like one that never did.
        """
        entry = versioned.entry
        values: dict[str, Any] = {"retry_at": None, **changes}
        return self._write(versioned, move(entry, entry.state, self._clock(), **values))

    def is_abandoned(self, entry: Entry) -> bool:
        """Whether an entry is claimed by a worker that is gone or has been silent for longer than
        its lease.
        """
        return entry.state is State.CLAIMED and not self._is_held(entry, self._clock())

    def reserve(self, kind: str, source_key: str, candidates: Iterator[str]) -> str | None:
        """The code that this source key reserved before, else the first candidate that nobody took;
        None at the end.
        """
        return self._codes.reserve(kind, source_key, candidates)

    def take_code(self, kind: str, source_key: str, code: str) -> bool:
        """Give a source key the code under which the target has its record; False where another one
        has it.
        """
        return self._codes.take(kind, source_key, code)

    def is_given(self, kind: str, code: str) -> bool:
        """Whether a code is reserved or taken, as far as this process has seen."""
        return self._codes.is_given(kind, code)

    def taker(self, kind: str, code: str) -> str | None:
        """The source key that has a code, "" for a record that is not ours; None for nobody."""
        return self._codes.taker(kind, code)

    def reserved(self, kind: str) -> frozenset[str]:
        """All codes of a kind that are reserved or marked as taken."""
        return self._codes.reserved(kind)

    def mark_taken(self, kind: str, code: str) -> None:
        """Nobody may reserve this code (again): the target uses it for a record that is not
        ours.
        """
        self._codes.mark_taken(kind, code)

    def _claimed(
        self, flow: str, key: str, before: Versioned | None, at: datetime, **given: Any
    ) -> Entry:
        self._has_claimed = True
        is_over = before is None or before.entry.state in CLOSED
        values = given | {
            "owner": self._owner,
            "claim": secrets.token_hex(8),
            "lease_until": at + self._lease,
            "attempts": 1 if before is None or is_over else before.entry.attempts + 1,
            "retry_at": None,
            "reason": "",
            "cause": "",
            "advice": "",
            "needs": (),
            "blocked_by": "",
        }
        if before is None:
            return new_entry(flow, key, State.CLAIMED, at, **values)
        if before.entry.state is State.CLAIMED:
            values["reason"] = f"taken over from {describe(before.entry.owner)}"
        return move(before.entry, State.CLAIMED, at, **values)

    def _is_held(self, entry: Entry, at: datetime) -> bool:
        if entry.state is not State.CLAIMED or entry.lease_until is None:
            return False
        return entry.lease_until > at and not is_certainly_dead(entry.owner)

    def _check_free(self, entry: Entry, at: datetime) -> None:
        if self._is_held(entry, at):
            until = f"{entry.lease_until:%Y-%m-%d %H:%M:%S %Z}"
            text = f"{entry.flow}/{entry.key} is claimed by {describe(entry.owner)} until {until}"
            raise ClaimLost(text, system="ledger", operation="claim")

    def _check_held(self, versioned: Versioned) -> None:
        entry = versioned.entry
        if entry.state is not State.CLAIMED or entry.owner != self._owner:
            raise ForbiddenMove(
                f"{entry.flow}/{entry.key} is not claimed by this worker but {entry.state}"
            )


def open_ledger(
    settings: LedgerSettings, clock: Callable[[], datetime] = _now, store: Store | None = None
) -> Ledger:
    """The ledger that the account file names, for a new worker in this process; `store` is taken in
    place of the one named.

    Raises `SettingsInvalid`, `AccessDenied` or `Unavailable` in one sentence when it cannot be
    used, `NewerForm` when a newer program has sent from it.
    """
    ledger = Ledger(store or open_store(settings), new_owner(), settings.lease_seconds, clock)
    try:
        ledger.epochs.check_form()
    except BaseException:
        ledger.close()
        raise
    return ledger
