"""The tags by which our runs are found again in Dagster. Names that Dagster keeps: they never
change.

They stand apart from Dagster's own code, for who asks its web server.
"""

FLOW_TAG = "flow"
ACCOUNT_TAG = "account"
LANE_TAG = "st_spectrum/lane"
"""Runs with the same value never run at once: `tag_concurrency_limits` in `deploy/`."""

OURS_TAG = "st_spectrum/account"
"""The account of a run that is ours: nobody else's run carries it, so retention goes by it."""


def lane_of(account: str, flow: str) -> str:
    """The value of the lane's tag."""
    return f"{account}/{flow}"
