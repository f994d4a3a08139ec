"""One Dagster job per flow, and the tags by which its runs are found again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.sensors.failures import say_what_failed

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

FLOW_TAG = "flow"
ACCOUNT_TAG = "account"


def lane(flow: str, account_name: str) -> dict[str, str]:
    """The tags of a flow's runs. The account is one of them: several code locations may share one Dagster instance."""
    return {FLOW_TAG: flow, ACCOUNT_TAG: account_name}


def sync_job(flow: str, tags: Mapping[str, str]) -> "UnresolvedAssetJobDefinition":
    """Carries one batch of a flow, in the run's own process; `tags` are its `lane`.

    Dagster's run retries are off for it: the sensors ask again, and two mechanisms would ask twice.
    """
    return dg.define_asset_job(
        name=f"{flow}_job",
        selection=dg.AssetSelection.assets(flow),
        executor_def=dg.in_process_executor,
        hooks={say_what_failed},
        tags={**tags, "dagster/max_retries": "0"},
        description=f"Carries one batch of {flow} across. Safe to run again at any time.",
    )
