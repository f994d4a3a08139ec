"""What Dagster mails nobody about: sensors and schedules whose ticks fail, and failed runs that
were seen by nobody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorState, InstigatorTick, TickStatus

from st_spectrum.alerts.failures import failures, forget_failure, note_failure
from st_spectrum.assets.failures import alike, failed_run_of
from st_spectrum.assets.names import (
    ACCOUNT_TAG,
    BY_HAND,
    FLOW_TAG,
    OURS_TAG,
    PLANNING,
    AccountNames,
)
from st_spectrum.assets.run_words import in_plain_words
from st_spectrum.domain.errors import FAMILIES
from st_spectrum.ledger.documents.mails import FailedRun
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.sensors.failures import WILL_RETRY_TAG

RUNS_LOOKED_AT = 50
ENDED = [TickStatus.SUCCESS, TickStatus.SKIPPED, TickStatus.FAILURE]
FAULTS = {family.advice: family.__name__ for family in FAMILIES}
"""A tick that met a fault skips and says so; it is known by the advice at the reason's end."""


@dataclass(frozen=True)
class Watched:
    """The sensors and schedules of one account: their names, in a code location, which is None
    where the instance does not say.
    """

    names: AccountNames
    automations: frozenset[str]
    location: str | None

    def has(self, state: InstigatorState) -> bool:
        """Whether it is one of them and switched on."""
        is_here = self.location in (None, state.repository_selector.location_name)
        return state.is_running and is_here and state.instigator_name in self.automations


def note_missed_runs(
    instance: dg.DagsterInstance, ledger: Ledger, account_name: str, since: datetime
) -> None:
    """Note failed runs of this account that ended after `since`; noted ones stay."""
    wanted = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE], tags={OURS_TAG: account_name}, updated_after=since
    )
    noted = {run_id for failure in failures(ledger).values() for run_id in failure.run_ids}
    for record in instance.get_run_records(wanted, limit=RUNS_LOOKED_AT):
        run = record.dagster_run
        if run.tags.get(FLOW_TAG) in (BY_HAND, PLANNING):  # whoever asked sees it
            continue
        # To ask for a run's events is slow, and most runs have been noted by their own process.
        if run.run_id not in noted and run.tags.get(WILL_RETRY_TAG) != "true":
            at = (
                datetime.fromtimestamp(record.end_time, UTC)
                if record.end_time
                else datetime.now(UTC)
            )
            note_failure(ledger, failed_run_of(instance, run, at))


def note_ticks(instance: dg.DagsterInstance, ledger: Ledger, watched: Watched) -> None:
    """Note sensors and schedules of the account whose newest tick failed, and forget those that
    tick well again or were switched off.

    Each counts from its first failure; `alerts.failures` knows how long a fault may last before it
    is told.
    """
    if instance.schedule_storage is None:  # an instance in memory keeps no ticks
        return
    kept = failures(ledger)
    running = [state for state in instance.all_instigator_state() if watched.has(state)]
    for state in running:
        ticks = instance.get_ticks(
            state.instigator_origin_id, state.selector_id, limit=1, statuses=ENDED
        )
        if not ticks:
            continue
        found = failed_tick(ticks[0])
        if found is not None:
            note_failure(ledger, found)
        for key, failure in kept.items():
            is_other = found is None or failure.latest.cause != found.cause
            if failure.latest.is_tick and failure.latest.job == state.instigator_name and is_other:
                forget_failure(ledger, key)
    names = {state.instigator_name for state in running}
    for key, failure in kept.items():
        if failure.latest.is_tick and failure.latest.job not in names:
            forget_failure(ledger, key)


def forget_succeeded(instance: dg.DagsterInstance, ledger: Ledger) -> None:
    """Forget failed runs after which a run of the same job has succeeded."""
    for key, failure in failures(ledger).items():
        if failure.latest.is_tick:
            continue
        tags = {ACCOUNT_TAG: failure.latest.lane} if failure.latest.lane else {}
        wanted = dg.RunsFilter(
            job_name=failure.latest.job, tags=tags, statuses=[dg.DagsterRunStatus.SUCCESS]
        )
        for record in instance.get_run_records(wanted, limit=1):
            if record.end_time and record.end_time > failure.last_at.timestamp():
                forget_failure(ledger, key)


def failed_tick(tick: InstigatorTick) -> FailedRun | None:
    """What a tick failed of: an error, or a fault for which it skipped; None when it was well."""
    name, at = tick.instigator_name, datetime.fromtimestamp(tick.timestamp, UTC)
    run_id = f"{name}-{tick.tick_id}"
    if tick.status == TickStatus.FAILURE:
        error = tick.error
        while error is not None and error.cause is not None:
            error = error.cause
        said = (
            in_plain_words(" ".join(error.message.split())) if error else "No cause was recorded."
        )
        advice = (
            "See the tick in Dagster; if it fails again and again, tell whoever maintains the"
            " integration."
        )
        # One slow tick is no news: Dagster tries again within seconds.
        return FailedRun(
            name,
            run_id,
            at,
            f"ticks fail: {alike(said)}",
            said,
            advice,
            "Unavailable",
            is_tick=True,
        )
    reason = " ".join((tick.skip_reason or "").split())
    for advice, family in FAULTS.items():
        if tick.status == TickStatus.SKIPPED and reason.endswith(advice):
            said = reason.removesuffix(advice).strip()
            return FailedRun(name, run_id, at, alike(said), said, advice, family, is_tick=True)
    return None
