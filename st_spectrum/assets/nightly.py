"""What the nightly assets of the flows have in common: one for each flow, in one group, done by the
morning.
"""

from datetime import timedelta
from functools import cache

import dagster as dg

from st_spectrum.assets.names import AccountNames

GROUP = "reconciliation"


def nightly_spec(
    names: AccountNames, asset: str, flow: str, timezone: str, description: str
) -> dg.AssetSpec:
    """The part of `asset` that shows one flow."""
    return dg.AssetSpec(
        names.key(asset, flow),
        deps=[names.key(flow)],
        group_name=names.of(GROUP),
        freshness_policy=every_morning(timezone),
        kinds={"servicetrade", "spectrum"},
        owners=["team:accounting"],
        description=description,
    )


@cache
def every_morning(timezone: str) -> dg.FreshnessPolicy:
    """Done between the schedule's time and six hours later, which is more than its longest run.

    Dagster looks through a thousand mornings to check one, so all assets share it.
    """
    return dg.FreshnessPolicy.cron(
        deadline_cron="0 8 * * *", lower_bound_delta=timedelta(hours=7), timezone=timezone
    )
