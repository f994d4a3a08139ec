"""The sensor that sends alert mails.

It sends within its own tick, not in a run: when runs cannot be started, that is what has to be
told. So its time is strictly
bounded, half of it for reading the ledger. Where there is too much to read in that time, what waits
in the outbox is sent all the same, and a run without a limit is requested for the rest.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg

from st_spectrum.account import Account
from st_spectrum.alerts.deliver import TooMuchToRead, alert
from st_spectrum.alerts.last_resort import Memory, notify_of_its_end, notify_of_outage
from st_spectrum.alerts.launchpads import NOWHERE, Launchpads
from st_spectrum.assets.jobs import run_tags
from st_spectrum.assets.names import AccountNames
from st_spectrum.domain.errors import SyncFault
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource
from st_spectrum.sensors.runs import is_in_flight, why_nothing_starts
from st_spectrum.sensors.watchdog import Watched, forget_succeeded, note_missed_runs, note_ticks

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 59
"""A tick every minute: Dagster looks every 5 s, and a full 60 would now and then become 65."""

OVERLAP = timedelta(minutes=2)

LANE = "alerts"


def alerts_job(names: AccountNames) -> dg.JobDefinition:
    """Started by hand, or by the sensor when there is too much for a tick."""

    @dg.op(
        name=names.of("send_alerts"),
        description="Sends the alert mails that are due, however much there is to read.",
    )
    def send_alerts(
        context: dg.OpExecutionContext, account: AccountResource, ledger: LedgerResource
    ) -> None:
        """One round without a limit."""
        settings = account.load(names.account)
        context.log.info(alert(settings, ledger.open(settings)).sentence())

    @dg.job(
        name=names.of("alerts_now"),
        executor_def=dg.in_process_executor,
        tags=run_tags(names, LANE),
        description=(
            "Sends the alert mails that are due now. The sensor `alerts` does the same every"
            " minute."
        ),
    )
    def alerts_now() -> None:
        send_alerts()

    return alerts_now


def alerts_sensor(
    job: dg.JobDefinition,
    names: AccountNames,
    automations: Collection[str],
    status: dg.DefaultSensorStatus,
) -> dg.SensorDefinition:
    """The sensor of one account. `automations` are the sensors and schedules it watches."""

    @dg.sensor(
        name=names.of("alerts"),
        job=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=status,
        description=(
            "Mails the support contacts: a new cause at once, what stays once per period, solved"
            " ones by name."
        ),
    )
    def alerts(
        context: dg.SensorEvaluationContext, account: AccountResource, ledger: LedgerResource
    ) -> dg.SensorResult:
        now = datetime.now(UTC)
        memory = Memory.open(context.cursor, now)
        try:
            settings = account.load(names.account)
        except SyncFault as fault:
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}")
        seconds = settings.pace.tick_budget_seconds
        location = (
            context.code_location_origin.location_name if context.code_location_origin else None
        )
        try:
            opened = ledger.open(settings)
            watched = Watched(names, frozenset({names.of("alerts"), *automations}), location)
            watch(context.instance, opened, watched, memory.looked_at - OVERLAP)
            memory = notify_of_its_end(replace(memory, looked_at=now), settings, now, seconds / 4)
            pads = Launchpads(
                settings.support.dagster_url,
                location or settings.name,
                names.of(""),
                names.account,
            )
            return answered(context.instance, settings, opened, memory, names, now, pads)
        except SyncFault as fault:
            memory = notify_of_outage(memory, settings, fault, now, seconds / 4)
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}", cursor=memory.encode())

    return alerts


def watch(instance: dg.DagsterInstance, ledger: Ledger, watched: Watched, since: datetime) -> None:
    """Put into the ledger what only Dagster knows."""
    looks: tuple[Callable[[], None], ...] = (
        lambda: note_missed_runs(instance, ledger, watched.names.account, since),
        lambda: note_ticks(instance, ledger, watched),
        lambda: forget_succeeded(instance, ledger),
    )
    for check in looks:
        try:
            check()
        except SyncFault:
            raise
        except Exception:
            # Whatever is wrong with Dagster's storage, mails about records go out all the same.
            log.exception("Dagster could not be asked for failed runs and ticks")


def answered(
    instance: dg.DagsterInstance,
    settings: Account,
    ledger: Ledger,
    memory: Memory,
    names: AccountNames,
    now: datetime,
    launchpads: Launchpads = NOWHERE,
) -> dg.SensorResult:
    """Send what is due; request a run when it is too much for a tick. Raises the ledger's error
    families.
    """
    try:
        done = alert(
            settings, ledger, seconds=settings.pace.tick_budget_seconds, launchpads=launchpads
        )
    except TooMuchToRead:
        if is_in_flight(instance, names.lane(LANE), now):
            reason = "Too many open records for a tick; a run that reads them all is under way."
            return dg.SensorResult(skip_reason=reason, cursor=memory.encode())
        if fault := why_nothing_starts(instance, names.account):
            return dg.SensorResult(skip_reason=f"{fault} {fault.advice}", cursor=memory.encode())
        return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=memory.encode())
    return dg.SensorResult(skip_reason=done.sentence(), cursor=memory.encode())
