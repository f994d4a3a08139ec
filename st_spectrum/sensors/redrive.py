"""One re-drive sensor per flow: asks again for what the ledger says is not finished but may go now.

Held records whose prerequisite has come, writes of unknown outcome, claims left by a dead run,
rejected ones past their pause.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.account.digest import settings_digest
from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows import FLOWS
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.sensors.requests import (
    LONGEST_PAUSE_SECONDS,
    LONGEST_REDRIVE_PAUSE_SECONDS,
    Memory,
)
from st_spectrum.sensors.runs import ask_for, how_it_ended, is_in_flight, why_nothing_starts

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

    from st_spectrum.account import Account
    from st_spectrum.ledger.ledger import Ledger

INTERVAL_SECONDS = 9
"""A tick every 10 s: Dagster looks every 5 s, and a full 10 would now and then become 15."""


def redrive_sensor(
    flow: str,
    job: "UnresolvedAssetJobDefinition",
    names: AccountNames,
    status: dg.DefaultSensorStatus,
) -> dg.SensorDefinition:
    """The sensor of one flow."""

    @dg.sensor(
        name=names.of(f"{flow}_redrive"),
        job=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=status,
        description=(
            f"Asks again for {flow} that waited for something that has come, or whose last attempt"
            " did not finish."
        ),
    )
    def redrive(
        context: dg.SensorEvaluationContext, account: AccountResource, ledger: LedgerResource
    ) -> dg.SensorResult:
        now = datetime.now(UTC)
        if is_in_flight(context.instance, names.lane(flow), now):
            return dg.SensorResult(
                skip_reason=f"A run of {flow} is still going; it may settle what is due."
            )
        if fault := why_nothing_starts(context.instance, names.account):
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}")
        memory = Memory.open(context.cursor)
        longest = longest_pause(context.instance, memory)
        try:
            settings = account.load(names.account)
            waiting = due_now(ledger.open(settings), flow, settings, now)
        except SyncFault as fault:
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}")
        memory = memory.without_quiet(now)
        keys = memory.ready(waiting, now, longest)[: settings.pace.batch_size]
        if not keys:
            reason = (
                f"{len(waiting)} {flow} are due and were asked for a moment ago."
                if waiting
                else "Nothing is due."
            )
            return dg.SensorResult(skip_reason=reason, cursor=memory.encode())
        memory = memory.asking(flow, keys, now)
        return ask_for(
            memory.request(flow, keys), names, "Due again by the ledger.", memory.encode()
        )

    return redrive


def due_now(ledger: "Ledger", flow: str, settings: "Account", now: datetime) -> tuple[str, ...]:
    """The keys that the ledger says are due, and those beyond the account's limits that are to be
    judged again.
    """
    from st_spectrum.engine.retries.redrive import due
    from st_spectrum.engine.rounds.held_back import due_again, judged_by

    decided_by = settings_digest(settings)
    beyond = due_again(ledger, flow, now, judged_by(decided_by, settings.limits))
    return (*due(ledger, flow, FLOWS, now, decided_by), *beyond)


def longest_pause(instance: dg.DagsterInstance, memory: Memory) -> float:
    """Seconds. After a run that failed as a whole, the records are not to blame: go on soon after
    the system is back.
    """
    if memory.last_run_key and not how_it_ended(instance, memory.last_run_key).is_done:
        return LONGEST_PAUSE_SECONDS
    return LONGEST_REDRIVE_PAUSE_SECONDS
