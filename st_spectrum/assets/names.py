"""What Dagster calls the things of one account, so that several accounts, and other people's jobs,
can live in one instance.
"""

import re
from dataclasses import dataclass

import dagster as dg

from st_spectrum.domain.run_tags import ACCOUNT_TAG, FLOW_TAG, LANE_TAG, OURS_TAG, lane_of

__all__ = ["ACCOUNT_TAG", "FLOW_TAG", "JOB_TAG", "LANE_TAG", "OURS_TAG", "AccountNames"]

BY_HAND, PLANNING = "acting", "planning"
"""The lane of runs in which somebody acts on records: who started one gets no mail about it."""

JOB_TAG = "st_spectrum/job"
"""Whose work a run from an asset's page does: there it has a job of Dagster's own."""


@dataclass(frozen=True)
class AccountNames:
    """Names of one account. Asset keys and tags always tell the account.

    Jobs, sensors, schedules and ops do only where accounts share a code location: Dagster keeps
    cursors, and whether a sensor is on, by the name.
    """

    account: str
    is_alone: bool = True

    def of(self, name: str) -> str:
        """The name in this location of a job, sensor, schedule, op or group."""
        return name if self.is_alone else f"{re.sub(r'[^A-Za-z0-9_]', '_', self.account)}_{name}"

    def key(self, *path: str) -> dg.AssetKey:
        """The key of an asset."""
        return dg.AssetKey([self.account, *path])

    def lane(self, flow: str) -> dict[str, str]:
        """The tags by which the runs of a flow, or of another kind of work, are found again."""
        return {
            FLOW_TAG: flow,
            ACCOUNT_TAG: self.account,
            LANE_TAG: lane_of(self.account, flow),
            OURS_TAG: self.account,
        }
