"""The asset checks of one flow, all in one step of its runs.

A step costs a run more than its checks do: a dozen events into two databases, and the account file
and the ledger read once more. Each check is named and shown by itself, and may be run by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.ledger.entry import Entry
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource

if TYPE_CHECKING:
    from st_spectrum.ledger.ledger import Ledger

STEP = "checks"


@dataclass(frozen=True)
class Look:
    """What the checks of one flow judge by. What it reads is read once, and raises a `SyncFault`
    to each check that asks for it.
    """

    flow: str
    names: AccountNames
    context: dg.AssetCheckExecutionContext
    accounts: AccountResource
    ledgers: LedgerResource

    @property
    def key(self) -> dg.AssetKey:
        """Of the flow's asset."""
        return self.names.key(self.flow)

    @cached_property
    def account(self) -> Account:
        return self.accounts.load(self.names.account)

    @cached_property
    def ledger(self) -> "Ledger":
        return self.ledgers.open(self.account)

    @cached_property
    def open_entries(self) -> tuple[Entry, ...]:
        """Of the records that are not finished."""
        return tuple(held.entry for _, held in self.ledger.open_entries(self.flow) if held)


@dataclass(frozen=True)
class FlowCheck:
    """A check of one flow: its name, what it says, and its result."""

    name: str
    description: str
    result: Callable[[Look], dg.AssetCheckResult]


def flow_checks(
    flow: str, names: AccountNames, checks: Sequence[FlowCheck]
) -> dg.AssetChecksDefinition:
    """The checks of one flow. None of them blocks, and one that cannot be judged warns."""
    key = names.key(flow)

    @dg.multi_asset_check(
        name=f"{key.to_python_identifier()}_{STEP}",
        specs=[
            dg.AssetCheckSpec(check.name, asset=key, description=check.description)
            for check in checks
        ],
        can_subset=True,
    )
    def judge(
        context: dg.AssetCheckExecutionContext, account: AccountResource, ledger: LedgerResource
    ) -> Iterator[dg.AssetCheckResult]:
        look = Look(flow, names, context, account, ledger)
        asked = {check.name for check in context.selected_asset_check_keys}
        for check in checks:
            if check.name in asked:
                yield _named(_judged(check, look), check.name, key)

    return judge


def _judged(check: FlowCheck, look: Look) -> dg.AssetCheckResult:
    try:
        return check.result(look)
    except SyncFault as fault:
        text = f"{fault} {fault.advice}"
        return dg.AssetCheckResult(
            passed=False, severity=dg.AssetCheckSeverity.WARN, description=text
        )


def _named(result: dg.AssetCheckResult, name: str, key: dg.AssetKey) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=key,
        check_name=name,
        severity=result.severity,
        description=result.description,
        metadata=result.metadata,
    )
