"""The asset checks `backlog_is_in_bounds`: no record of a flow waits for too long, and not too much
money does; and `delay_is_in_bounds`: what crossed did not take too long.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import dagster as dg

from st_spectrum.account import Support
from st_spectrum.assets.flow_checks import FlowCheck
from st_spectrum.engine.people.root_causes import total
from st_spectrum.engine.retries.attention import open_since
from st_spectrum.ledger.entry import Entry

CHECK = "backlog_is_in_bounds"
DELAY_CHECK = "delay_is_in_bounds"


def backlog_check(flow: str) -> FlowCheck:
    """By the ledger what waits. It warns and never blocks, by the limits of the account file."""
    return FlowCheck(
        CHECK,
        f"No record of {flow} waits for longer, and no more money waits, than allowed.",
        lambda look: verdict(look.open_entries, look.account.support, datetime.now(UTC)),
    )


def delay_check(flow: str) -> FlowCheck:
    """By the last run's figures how long its records took."""
    return FlowCheck(
        DELAY_CHECK,
        f"The {flow} of the last run were across in time, from their change at the source on.",
        lambda look: delay_verdict(
            _last_figures(look.context.instance, look.key), look.account.support
        ),
    )


def _last_figures(instance: dg.DagsterInstance, key: dg.AssetKey) -> Mapping[str, object]:
    event = instance.get_latest_materialization_event(key)
    found = event.asset_materialization if event else None
    return {name: value.value for name, value in found.metadata.items()} if found else {}


def delay_verdict(figures: Mapping[str, object], limits: Support) -> dg.AssetCheckResult:
    """The result for what the last run says of itself. Nineteen of twenty records decide: one that
    waited for a person does not.
    """
    delays = {
        name: value
        for name, value in figures.items()
        if name.startswith("delay_") and isinstance(value, float)
    }
    hours = delays.get("delay_p95_seconds", 0.0) / 3600
    is_late = hours > limits.delay_hours
    return dg.AssetCheckResult(
        passed=not is_late,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"From their change at the source, records took up to {hours:,.1f} hours until they had"
            f" crossed, and {limits.delay_hours:,.1f} are allowed."
            if is_late
            else ""
        ),
        metadata=delays,
    )


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
