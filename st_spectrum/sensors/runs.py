"""What a sensor asks Dagster about runs: is one of this flow going, and how did the one end that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from st_spectrum.domain.errors import SyncFault

REQUEST_TAG = "request"
"""Carries the run key. A tag of our own, because *Re-execute* copies it and queries by it are public Dagster."""

GOING = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)

# A run is created a moment before it is queued. One that stays created was lost in between and would hold the flow for ever.
CREATED_COUNTS_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Ended:
    """How an asked-for batch ended: `is_done` when a run of it succeeded; `ended_at` is None when there is no run of it at all."""

    is_done: bool
    ended_at: datetime | None


def is_in_flight(instance: dg.DagsterInstance, tags: Mapping[str, str], now: datetime) -> bool:
    """Whether a run with all of `tags` is queued or in progress."""
    going = dg.RunsFilter(tags=tags, statuses=GOING)
    created = dg.RunsFilter(
        tags=tags, statuses=[dg.DagsterRunStatus.NOT_STARTED], created_after=now - CREATED_COUNTS_FOR
    )
    return bool(instance.get_runs_count(going) or instance.get_runs_count(created))


def why_nothing_starts(instance: dg.DagsterInstance) -> SyncFault | None:
    """What keeps runs from being started, where the instance's launcher can tell: no worker is alive. None when all is well."""
    ask = getattr(instance.run_launcher, "why_nothing_starts", None)
    return ask() if ask else None


def how_it_ended(instance: dg.DagsterInstance, run_key: str) -> Ended:
    """Look for the runs that were requested under `run_key`, re-executions included; none of them may be in flight."""
    records = instance.get_run_records(dg.RunsFilter(tags={REQUEST_TAG: run_key}))
    ends = [
        datetime.fromtimestamp(record.end_time, UTC) if record.end_time else record.update_timestamp.astimezone(UTC)
        for record in records
    ]
    is_done = any(record.dagster_run.status == dg.DagsterRunStatus.SUCCESS for record in records)
    return Ended(is_done, max(ends, default=None))


def run_request(flow: str, keys: Sequence[str], run_key: str, attempt: int, reason: str) -> dg.RunRequest:
    """Ask for one batch. The run config holds all of it, see `assets.master_data.BatchConfig`."""
    # Written out, as Dagster cannot turn a config class into run config when one of its fields is called `keys`.
    batch = {"keys": list(keys), "attempt": attempt, "reason": reason}
    return dg.RunRequest(
        run_key=run_key,
        run_config={"ops": {flow: {"config": batch}}},
        tags={REQUEST_TAG: run_key, "records": str(len(keys)), "attempt": str(attempt)},
    )
