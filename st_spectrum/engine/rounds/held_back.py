"""Records that go beyond `limits`: none of them is sent, and the ledger keeps their names until a
run has taken them, so that nothing is forgotten and nobody has to ask for them every minute.

They are judged again, all together, when their pause is over, when the account file has changed,
and after a person has applied a plan. What is asked for meanwhile waits with them: else the last
part of a mass would go out for being small.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from st_spectrum.account import Limits, Pace
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.engine.retries.backoff import CLOCKS_DIFFER, Backoff
from st_spectrum.ledger.documents.guards import HeldBack
from st_spectrum.ledger.ledger import Ledger


class BeyondLimits(UnsafePlan):
    """More than the account file lets go at once: nothing went, and a person is asked. No fault of
    a system, so no run is red for it.
    """


def held_back(ledger: Ledger, flow: str) -> HeldBack | None:
    """What of a flow is beyond its limits; None where nothing is."""
    kept = ledger.document_or_none(HeldBack, flow)
    return kept if kept and kept.keys else None


def judged_by(settings: str, limits: Limits) -> str:
    """What the account file says of it: the digest of what it decides, and the limits."""
    return f"{settings} {limits.records_per_round} {limits.money_per_round}"


def is_due(kept: HeldBack, now: datetime, settings: str) -> bool:
    """Whether it is to be judged again, by what the account file says now."""
    if settings != kept.settings:
        return True
    was_clock_wrong = kept.at > now + CLOCKS_DIFFER
    return kept.retry_at is None or kept.retry_at <= now or was_clock_wrong


def due_again(ledger: Ledger, flow: str, now: datetime, settings: str) -> tuple[str, ...]:
    """Keys that are to be asked for again by now."""
    kept = held_back(ledger, flow)
    return kept.keys if kept is not None and is_due(kept, now, settings) else ()


def hold_back(
    ledger: Ledger,
    flow: str,
    keys: tuple[str, ...],
    beyond: BeyondLimits,
    settings: str,
    pace: Pace,
) -> None:
    """Keep all that goes beyond the limits, for a pause that doubles up to an hour."""
    now = ledger.now()

    def judged(before: HeldBack | None) -> HeldBack:
        kept = before if before and before.keys else None
        times = (kept.times if kept else 0) + 1
        return HeldBack(
            _all(kept, keys),
            began_at=kept.began_at if kept else now,
            at=now,
            retry_at=Backoff(pace).after_hold((), times, now),
            times=times,
            settings=settings,
            said=beyond.message,
            advice=beyond.advice,
            cause=beyond.cause,
        )

    ledger.revise(HeldBack, flow, judged)


def still_held_back(
    ledger: Ledger, flow: str, keys: tuple[str, ...], settings: str
) -> BeyondLimits | None:
    """Why these records wait with those that were held back before; None where nothing is, or it is
    to be judged again.
    """
    kept = held_back(ledger, flow)
    if kept is None or is_due(kept, ledger.now(), settings):
        return None

    def with_these(before: HeldBack | None) -> HeldBack:
        return replace(before or kept, keys=_all(before, keys))

    ledger.revise(HeldBack, flow, with_these)
    return BeyondLimits(kept.said, advice=kept.advice, cause=kept.cause)


def let_go(ledger: Ledger, flow: str, keys: Iterable[str]) -> None:
    """A run has taken these records, whatever became of them: the ledger knows each by itself. What
    another process holds back at the same moment stays.
    """
    if held_back(ledger, flow) is None:
        return
    taken = frozenset(keys)

    def without(before: HeldBack | None) -> HeldBack | None:
        if before is None or taken.isdisjoint(before.keys):
            return None
        left = tuple(key for key in before.keys if key not in taken)
        return replace(before, keys=left, retry_at=None)

    ledger.revise(HeldBack, flow, without)


def judge_again(ledger: Ledger, flow: str) -> None:
    """A person has sent a plan: what was held back is judged again by the next run."""
    if held_back(ledger, flow) is not None:
        ledger.revise(HeldBack, flow, lambda kept: kept and replace(kept, retry_at=None))


def _all(kept: HeldBack | None, keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(kept.keys if kept else ()), *keys)))
