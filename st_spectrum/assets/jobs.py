"""Dagster's jobs: how each is made, and one per flow."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.assets.failures import say_what_failed
from st_spectrum.assets.names import JOB_TAG, LANE_TAG, AccountNames

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

MAX_RUNTIME_SECONDS = 900
"""A batch takes minutes; the next one picks up what this one left. Said by each job of ours,
because in `dagster.yaml` it would end other people's runs as well.
"""


LONGEST_RUNTIME_SECONDS = 4 * 3600
"""Of what goes through everything: a full list of a large account is read page by page."""


def run_tags(
    names: AccountNames, flow: str, runtime_seconds: int = MAX_RUNTIME_SECONDS
) -> dict[str, str]:
    """Of every run of a job. Dagster's run retries are off: the sensors and schedules ask again,
    and two mechanisms would ask twice.
    """
    limits = {"dagster/max_retries": "0", "dagster/max_runtime": str(runtime_seconds)}
    return {**names.lane(flow), **limits}


def note_lane(context: dg.AssetExecutionContext, names: AccountNames, flow: str, job: str) -> None:
    """Tag a run that a person started from an asset's page: Dagster gives it a job of its own, and
    none of our tags by which it is found again. `job` is ours that does the same.
    """
    if LANE_TAG not in context.run.tags:
        tags = run_tags(names, flow, LONGEST_RUNTIME_SECONDS) | {JOB_TAG: names.of(job)}
        context.instance.add_run_tags(context.run_id, tags)


def sync_job(flow: str, names: AccountNames) -> "UnresolvedAssetJobDefinition":
    """Carries one batch of a flow."""
    text = f"Carries one batch of {flow} across. Safe to run again at any time."
    return asset_job(names, f"{flow}_job", [names.key(flow)], text, run_tags(names, flow))


def asset_job(
    names: AccountNames,
    name: str,
    keys: Iterable[dg.AssetKey],
    description: str,
    tags: Mapping[str, str],
) -> "UnresolvedAssetJobDefinition":
    """These assets in one run, in the run's own process; a failed one says why."""
    return dg.define_asset_job(
        name=names.of(name),
        selection=dg.AssetSelection.assets(*keys),
        executor_def=dg.in_process_executor,
        hooks={say_what_failed},
        tags=tags,
        description=description,
    )


def op_job(
    names: AccountNames, name: str, op: dg.OpDefinition, description: str, tags: Mapping[str, str]
) -> dg.JobDefinition:
    """An op that a person starts, which makes no asset."""
    graph = dg.GraphDefinition(name=names.of(name), node_defs=[op])
    return graph.to_job(executor_def=dg.in_process_executor, tags=tags, description=description)
