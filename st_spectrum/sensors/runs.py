"""What a sensor asks Dagster about runs: is one of this flow going, how did one end; and how it
asks for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from st_spectrum.assets.names import ACCOUNT_TAG, FLOW_TAG, LANE_TAG, AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.sensors.requests import Request

REQUEST_TAG = "request"
"""Carries the run key. Our own tag: *Re-execute* copies it, and queries by it are public."""

LOCATION_TAG = ".dagster/repository"
"""Put by Dagster on every run that its daemon or a person starts: of which code location it is."""

GOING = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)

FIRST_JOBS = {name: name for name in ("reconcile", "reconcile_payroll")} | {"alerts": "alerts_now"}

# A run is created a moment before it is queued. One that stays created was lost in between and
# would hold the flow for ever.
CREATED_COUNTS_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Ended:
    """How an asked-for batch ended: `is_done` when a run of it succeeded; `ended_at` is None when
    there is no run of it at all.
    """

    is_done: bool
    ended_at: datetime | None


def is_in_flight(instance: dg.DagsterInstance, lane: Mapping[str, str], now: datetime) -> bool:
    """Whether a run of a lane (`AccountNames.lane`) is queued or in progress. Other people's runs
    do not count, whatever tags they carry.
    """
    shared = {name: lane[name] for name in (FLOW_TAG, ACCOUNT_TAG)}
    wanted = dg.RunsFilter(tags=shared, statuses=[*GOING, dg.DagsterRunStatus.NOT_STARTED])
    for record in instance.get_run_records(wanted):
        run = record.dagster_run
        is_counted = run.status is not dg.DagsterRunStatus.NOT_STARTED or _is_fresh(record, now)
        if is_counted and is_of_lane(run, lane):
            return True
    return False


def is_of_lane(run: dg.DagsterRun, lane: Mapping[str, str]) -> bool:
    """Whether a run with the flow and the account of a lane is ours. Runs of the first version
    carry nothing but these two, so they are known by their job.
    """
    if LANE_TAG in run.tags:
        return run.tags[LANE_TAG] == lane[LANE_TAG]
    return run.job_name == first_job_of(lane[FLOW_TAG])


def first_job_of(lane: str) -> str:
    """What the first version called the job whose runs it tagged with this flow."""
    return FIRST_JOBS.get(lane, f"{lane}_job")


def _is_fresh(record: dg.RunRecord, now: datetime) -> bool:
    return record.create_timestamp > now - CREATED_COUNTS_FOR


def why_nothing_starts(instance: dg.DagsterInstance, account: str) -> SyncFault | None:
    """What keeps runs of an account from being started, where the instance's launcher can tell: no
    worker of it is alive. None when all is well.
    """
    ask = getattr(instance.run_launcher, "why_nothing_starts", None)
    return ask(account) if ask else None


def how_it_ended(instance: dg.DagsterInstance, run_key: str) -> Ended:
    """Look for the runs that were requested under `run_key`, re-executions included; none of them
    may be in flight.
    """
    records = instance.get_run_records(dg.RunsFilter(tags={REQUEST_TAG: run_key}))
    ends = [
        datetime.fromtimestamp(record.end_time, UTC)
        if record.end_time
        else record.update_timestamp.astimezone(UTC)
        for record in records
    ]
    is_done = any(record.dagster_run.status == dg.DagsterRunStatus.SUCCESS for record in records)
    return Ended(is_done, max(ends, default=None))


def ask_for(request: Request, names: AccountNames, reason: str, cursor: str) -> dg.SensorResult:
    """Ask for one batch, and keep the cursor that knows of it. The run config holds all of the
    batch, see `assets.master_data.BatchConfig`.
    """
    # Written out, as Dagster cannot turn a config class into run config when one of its fields is
    # called `keys`.
    batch = {"keys": list(request.keys), "attempt": request.attempt, "reason": reason}
    run = dg.RunRequest(
        run_key=request.run_key,
        run_config={"ops": {names.of(request.flow): {"config": batch}}},
        tags={
            REQUEST_TAG: request.run_key,
            "records": str(len(request.keys)),
            "attempt": str(request.attempt),
        },
    )
    return dg.SensorResult(run_requests=[run], cursor=cursor)
