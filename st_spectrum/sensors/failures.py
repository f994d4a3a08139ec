"""A failed run says in one sentence what stopped it and which records it carried."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

KEYS_SHOWN = 20


def failure_sentence(what: str, cause: str, keys: Sequence[str]) -> str:
    """One line: what failed, why, and the first of the records concerned."""
    shown = ", ".join(keys[:KEYS_SHOWN])
    more = len(keys) - KEYS_SHOWN
    records = f" Records: {shown}{f' and {more} more' if more > 0 else ''}." if keys else ""
    return f"{what} failed. {' '.join(cause.split()) or 'No cause was recorded.'}{records}"


def requested_keys(run_config: Mapping[str, Any]) -> tuple[str, ...]:
    """The record keys that a run's config names, whatever flow it is of."""
    ops = run_config.get("ops") or {}
    return tuple(str(key) for op in ops.values() for key in ((op or {}).get("config") or {}).get("keys") or ())


@dg.failure_hook(name="say_what_failed")
def say_what_failed(context: dg.HookContext) -> None:
    """Runs in the run's own process, once, after its step has failed for good."""
    keys = (context.op_config or {}).get("keys") or ()
    context.log.error(failure_sentence(context.job_name, str(context.op_exception or ""), tuple(map(str, keys))))


def failed_runs_sensor(
    jobs: "Sequence[UnresolvedAssetJobDefinition | dg.JobDefinition]", status: dg.DefaultSensorStatus
) -> dg.SensorDefinition:
    """Sees every failed run from outside, so also one whose process died without a word. Runs that Dagster retries stay silent."""

    @dg.run_failure_sensor(
        name="failed_runs",
        monitored_jobs=list(jobs),
        default_status=status,
        description="Says of every failed run what stopped it and which records it carried.",
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        if run.tags.get("dagster/will_retry") == "true":
            return
        context.log.error(
            failure_sentence(f"{run.job_name} ({run.run_id[:8]})", cause_of(context), requested_keys(run.run_config))
        )

    return failed_runs


def cause_of(context: dg.RunFailureSensorContext) -> str:
    """The first step's own words; the run's message when no step got as far as failing."""
    for event in context.get_step_failure_events():
        failure = event.step_failure_data
        if failure.user_failure_data and failure.user_failure_data.description:
            return failure.user_failure_data.description
        if failure.error:
            return (failure.error.cause or failure.error).message
    return context.failure_event.message or ""
