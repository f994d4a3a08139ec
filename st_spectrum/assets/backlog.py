"""The asset checks `backlog_is_in_bounds`: no record of a flow waits for too long, and not too much
money does; and `delay_is_in_bounds`: what crossed did not take too long.
"""

from collections.abc import Iterator, Mapping, Sequence
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
DELAY_CHECK = "delay_is_in_bounds"


def backlog_checks(flow: str, names: AccountNames) -> dg.AssetChecksDefinition:
    """Both checks of one flow, by the limits of the account file. They warn and never block.

    One step for both: a step costs a run more than the checks do.
    """
    key = names.key(flow)

    @dg.multi_asset_check(
        name=f"{key.to_python_identifier()}_{CHECK}",
        specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=key,
                description=(
                    f"No record of {flow} waits for longer, and no more money waits, than allowed."
                ),
            ),
            dg.AssetCheckSpec(
                DELAY_CHECK,
                asset=key,
                description=(
                    f"The {flow} of the last run were across in time, from their change at the"
                    " source on."
                ),
            ),
        ],
        can_subset=True,
    )
    def backlog_is_in_bounds(
        context: dg.AssetCheckExecutionContext, account: AccountResource, ledger: LedgerResource
    ) -> Iterator[dg.AssetCheckResult]:
        """By the ledger what waits, and by the last run's figures how long its records took."""
        asked = {check.name for check in context.selected_asset_check_keys}
        try:
            settings = account.load(names.account)
            entries = [held.entry for _, held in ledger.open(settings).open_entries(flow) if held]
        except SyncFault as fault:
            yield from (_unread(name, key, fault) for name in (CHECK, DELAY_CHECK) if name in asked)
            return
        if CHECK in asked:
            yield verdict(entries, settings.support, datetime.now(UTC), key)
        if DELAY_CHECK in asked:
            yield delay_verdict(_last_figures(context.instance, key), settings.support, key)

    return backlog_is_in_bounds


def _unread(name: str, key: dg.AssetKey, fault: SyncFault) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=False,
        check_name=name,
        asset_key=key,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{fault} {fault.advice}",
    )


def _last_figures(instance: dg.DagsterInstance, key: dg.AssetKey) -> Mapping[str, object]:
    event = instance.get_latest_materialization_event(key)
    found = event.asset_materialization if event else None
    return {name: value.value for name, value in found.metadata.items()} if found else {}


def delay_verdict(
    figures: Mapping[str, object], limits: Support, key: dg.AssetKey | None = None
) -> dg.AssetCheckResult:
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
        check_name=DELAY_CHECK,
        asset_key=key,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"From their change at the source, records took up to {hours:,.1f} hours until they had"
            f" crossed, and {limits.delay_hours:,.1f} are allowed."
            if is_late
            else ""
        ),
        metadata=delays,
    )


def verdict(
    entries: Sequence[Entry], limits: Support, now: datetime, key: dg.AssetKey | None = None
) -> dg.AssetCheckResult:
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
        check_name=CHECK,
        asset_key=key,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(problems),
        metadata={
            "waiting": len(entries),
            "oldest_waiting_hours": round(hours, 2),
            "waiting_money": float(money),
        },
    )
