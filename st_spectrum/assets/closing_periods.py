"""The partitions of what is closed by month or by payroll week, and what comparisons call them."""

from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg

from st_spectrum.assets.names import AccountNames
from st_spectrum.reconcile.periods import Period, month_named, week_from

FIRST_MONTH = "2025-01"
"""Where the months begin while the account names no day of going live."""

CONTROL_TOTALS, EXPORT, SIGN_OFF = "control_totals", "export", "sign_off"
"""What the keys of the assets begin with, before the flow."""


def months(go_live: str, timezone: str) -> dg.TimeWindowPartitionsDefinition:
    """From the month of going live to the one that is not over yet, each such as 2026-03."""
    return dg.MonthlyPartitionsDefinition(
        start_date=go_live[:7] or FIRST_MONTH, fmt="%Y-%m", timezone=timezone, end_offset=1
    )


@dataclass(frozen=True)
class Closing:
    """One flow of one account that people close period by period."""

    flow: str
    names: AccountNames
    partitions: dg.TimeWindowPartitionsDefinition
    is_weekly: bool

    def key(self, kind: str) -> dg.AssetKey:
        """Of its control totals, its export or its sign-off."""
        return self.names.key(kind, self.flow)

    def op(self, kind: str) -> str:
        """What the op of such an asset is called."""
        return self.names.of(f"{kind}_of_{self.flow}")

    def period(self, partition: str) -> Period:
        """The period of a partition. Weeks are partitions by their first day."""
        return (
            week_from(date.fromisoformat(partition)) if self.is_weekly else month_named(partition)
        )

    def partition(self, period: str) -> str | None:
        """The partition of a period; None where there is none, as before going live."""
        if not period:
            return None
        key = period
        if self.is_weekly:
            key = (date.fromisoformat(period) - timedelta(days=6)).isoformat()
        return key if self.partitions.has_partition_key(key) else None
