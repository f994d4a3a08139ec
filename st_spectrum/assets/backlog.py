"""The asset check `backlog_is_in_bounds`: no record of a flow waits for too long, and not too much money
does.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import dagster as dg

from st_spectrum.account import Support
from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.attention import open_since
from st_spectrum.engine.root_causes import total
from st_spectrum.ledger.entry import Entry
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource

CHECK = "backlog_is_in_bounds"


def backlog_check(flow: str, names: AccountNames) -> dg.AssetChecksDefinition:
    """The check of one flow, by the limits of the account file. It warns and never blocks."""

    @dg.asset_check(
        asset=names.key(flow),
        name=CHECK,
        description=f"No record of {flow} waits for longer, and no more money waits, than allowed.",
    )
    def backlog_is_in_bounds(
        account: AccountResource, ledger: LedgerResource
    ) -> dg.AssetCheckResult:
        try:
            settings = account.load(names.account)
            entries = [held.entry for _, held in ledger.open(settings).open_entries(flow) if held]
        except SyncFault as fault:
            return dg.AssetCheckResult(
                passed=False,
                severity=dg.AssetCheckSeverity.WARN,
                description=f"{fault} {fault.advice}",
            )
        return verdict(entries, settings.support, datetime.now(UTC))

    return backlog_is_in_bounds


def verdict(entries: Sequence[Entry], limits: Support, now: datetime) -> dg.AssetCheckResult:
    """The result for the open entries of a flow."""
    oldest = max(entries, key=lambda entry: now - open_since(entry), default=None)
    hours = (now - open_since(oldest)).total_seconds() / 3600 if oldest else 0.0
    money = total(entry.money for entry in entries) or Decimal(0)
    problems = []
    if oldest and hours > limits.oldest_waiting_hours:
        problems.append(
            f"{oldest.title or oldest.key} has waited for {hours:,.0f} hours:"
            f" {oldest.reason or 'no reason was recorded'}."
        )
    if limits.waiting_money is not None and money > limits.waiting_money:
        problems.append(f"{money:,.2f} waits, and {limits.waiting_money:,.2f} is allowed.")
    return dg.AssetCheckResult(
        passed=not problems,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(problems),
        metadata={
            "waiting": len(entries),
            "oldest_waiting_hours": round(hours, 2),
            "waiting_money": float(money),
        },
    )
