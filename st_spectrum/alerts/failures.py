"""Failed runs, kept in the ledger by job and cause until a later run of the same job succeeds.

Whoever sees a failure notes it: the run's own process, and the sensor that also sees processes
which died. A run is noted once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from st_spectrum.alerts.causes import RECORDS_NAMED, Affected, Cause
from st_spectrum.alerts.links import run_link
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import RateLimited, Unavailable
from st_spectrum.ledger.documents.form import holdable
from st_spectrum.ledger.documents.mails import FailedRun, Failures
from st_spectrum.ledger.ledger import Ledger

KEYS_KEPT = 20
RUNS_KEPT = 200
"""Far more than fail in the time the sensor looks back, or a run would be counted twice."""

LOOK_THERE = "See in Dagster what it did, and tell whoever maintains the integration."

COMES_BACK = (
    "Nothing is to be done the first time: records are asked for again by themselves, and what was"
    " being sent is looked up before; a comparison comes again at its next time. When it happens"
    " again within the day, see in Dagster what ended it, and tell whoever maintains the"
    " integration."
)
LOST_ITS_WORKER = re.compile(
    r"that carried (?:this run|the run out) is gone|so its process was killed"
)
"""What Dagster or our own launcher says of a run whose process or machine was lost."""

LASTED = timedelta(minutes=5)
"""A system that is down for less than this is not worth a mail: the sensors ask again."""

PASSING = frozenset({Unavailable.__name__, RateLimited.__name__})
"""Faults that usually pass by themselves."""


def lasts(failure: Failures, now: datetime) -> bool:
    """Whether it is worth a mail by now."""
    return failure.latest.family not in PASSING or now - failure.first_at >= LASTED


def note_failure(ledger: Ledger, run: FailedRun) -> None:
    """Keep a failed run; nothing happens when it is kept already. Raises the ledger's error
    families.
    """
    key = digest([run.job, run.cause])
    noted = _holdable(replace(run, keys=run.keys[:KEYS_KEPT]))

    def with_this(before: Failures | None) -> Failures | None:
        if before is None:
            return Failures(noted, noted.at, 1, (noted.run_id,))
        if noted.run_id in before.run_ids:
            return None
        latest = noted if noted.at >= before.last_at else before.latest
        first_at = min(noted.at, before.first_at)
        run_ids = (*before.run_ids, noted.run_id)[-RUNS_KEPT:]
        return Failures(latest, first_at, before.count + 1, run_ids)

    ledger.revise(Failures, key, with_this)


def failures(ledger: Ledger) -> dict[str, Failures]:
    """All that are kept, by key."""
    found = {key: ledger.document_or_none(Failures, key) for key in ledger.names(Failures)}
    return {key: failure for key, failure in found.items() if failure is not None}


def forget_failure(ledger: Ledger, key: str) -> None:
    """A later run succeeded. One that fails at the same moment is noted anew by the sensor that
    looks through Dagster's runs.
    """
    ledger.discard(Failures, key)


def causes_of_failures(
    kept: Iterable[Failures], dagster_url: str, now: datetime
) -> tuple[Cause, ...]:
    """One cause for what several jobs failed of; each job is named with its newest run."""
    grouped: defaultdict[tuple[bool, str], list[Failures]] = defaultdict(list)
    for failure in kept:
        if lasts(failure, now):
            grouped[failure.latest.is_tick, failure.latest.cause].append(failure)
    return tuple(
        _cause(text, members, dagster_url) for (_, text), members in sorted(grouped.items())
    )


def _cause(text: str, members: list[Failures], dagster_url: str) -> Cause:
    oldest_first = sorted(members, key=lambda failure: failure.first_at)
    newest = max(members, key=lambda failure: failure.last_at).latest
    affected = tuple(_affected(failure, dagster_url) for failure in oldest_first[:RECORDS_NAMED])
    return Cause(
        "sensors" if newest.is_tick else "runs",
        text,
        "Whoever runs the integration",
        newest.advice or _advice_without_one(newest),
        len(members) if newest.is_tick else sum(failure.count for failure in members),
        oldest_first[0].first_at,
        affected=affected,
        noun="sensors" if newest.is_tick else "failed runs",
    )


def _advice_without_one(run: FailedRun) -> str:
    """What to do about a failure that brought no advice of its own."""
    return COMES_BACK if LOST_ITS_WORKER.search(run.said) else LOOK_THERE


def _affected(failure: Failures, dagster_url: str) -> Affected:
    run = failure.latest
    if run.is_tick:
        return Affected(run.run_id, run.job, failure.first_at, run.said)
    records = f" Records: {', '.join(run.keys)}." if run.keys else ""
    times = f", {failure.count} times" if failure.count > 1 else ""
    title = f"{run.job}, run {run.run_id[:8]}{times}"
    return Affected(
        run.run_id,
        title,
        failure.first_at,
        f"{run.said}{records}",
        None,
        run_link(dagster_url, run.run_id),
    )


def _holdable(run: FailedRun) -> FailedRun:
    """Without characters that no file can hold."""
    clean: dict[str, Any] = {
        name: holdable(getattr(run, name)) for name in ("cause", "said", "advice")
    }
    return replace(run, **clean)
