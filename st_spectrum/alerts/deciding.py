"""Which mails go out now. Pure.

A period is `digest_hours` long and begins with a mail. Within one period nobody hears of a cause
twice: a new cause has a mail of its own at once; at the end of the period one digest lists every
cause that is still there and names those that are solved, and the next period begins with it. A
cause that was named as solved and comes back in the same period waits for the next digest. When a
period ends and there is nothing to tell, there is no mail, and the next new cause begins a period.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from st_spectrum.alerts.causes import Cause
from st_spectrum.domain.digests import digest
from st_spectrum.ledger.documents.mails import Known, ReportedCause

ONE_BY_ONE = 10
"""More new causes than this at one moment are told in one mail: then something larger is wrong."""


@dataclass(frozen=True)
class Notice:
    """One mail that is due; `id` is the same when the decision is made again, after a crash."""

    id: str
    is_digest: bool
    causes: tuple[Cause, ...]
    new: frozenset[str] = frozenset()
    """Ids among `causes` that were not told before."""
    solved: tuple[ReportedCause, ...] = ()


def decide_mails(
    causes: Sequence[Cause], known: Known, now: datetime, digest_hours: int
) -> tuple[tuple[Notice, ...], Known]:
    """Mails due at `now`, and what is known once they are queued. `causes` are all there are."""
    if known.period_began_at is not None and now - known.period_began_at >= timedelta(
        hours=digest_hours
    ):
        if known.told or causes:
            return _end_period(causes, known, now)
        known = Known(period=known.period + 1)
    return _new_notices(causes, known, now)


def _end_period(
    causes: Sequence[Cause], known: Known, now: datetime
) -> tuple[tuple[Notice, ...], Known]:
    present = {cause.id for cause in causes}
    new = frozenset(present - known.told.keys())
    solved = {id_: cause for id_, cause in known.told.items() if id_ not in present}
    period = known.period + 1
    notice = Notice(f"digest-{period}", True, tuple(causes), new, tuple(solved.values()))
    after = Known(
        period,
        now,
        {cause.id: _reported(cause) for cause in causes},
        frozenset(present | solved.keys()),
    )
    return (notice,), after


def _new_notices(
    causes: Sequence[Cause], known: Known, now: datetime
) -> tuple[tuple[Notice, ...], Known]:
    new = tuple(
        cause for cause in causes if cause.id not in known.told and cause.id not in known.mentioned
    )
    # A cause is remembered at its largest, so that the digest names a solved one with what it came
    # to.
    grown = {
        cause.id: _grown(known.told.get(cause.id), cause)
        for cause in causes
        if cause.id in known.told
    }
    grown |= {cause.id: _reported(cause) for cause in new}
    after = replace(
        known,
        period_began_at=known.period_began_at or (now if new else None),
        told={**known.told, **grown},
        mentioned=known.mentioned | {cause.id for cause in new},
    )
    ids = frozenset(cause.id for cause in new)
    if len(new) > ONE_BY_ONE:
        return (Notice(f"new-{digest(sorted(ids))}-{known.period}", False, new, ids),), after
    return tuple(
        Notice(f"new-{cause.id}-{known.period}", False, (cause,), frozenset({cause.id}))
        for cause in new
    ), after


def _reported(cause: Cause) -> ReportedCause:
    return ReportedCause(cause.flow, cause.text, cause.frees, cause.since, cause.amount, cause.noun)


def _grown(before: ReportedCause | None, cause: Cause) -> ReportedCause:
    return before if before and before.count >= cause.frees else _reported(cause)
