"""Failed runs go into the ledger, where the alert mails find them: cause, records, and which run it
was.

They are noted by the run's own process, by a sensor that also sees runs whose process died without
a word (`sensors/failures.py`), and a last time by the alert sensor, which asks Dagster for what the
other two may have missed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from st_spectrum.alerts.failures import note_failure
from st_spectrum.assets.names import ACCOUNT_TAG, JOB_TAG
from st_spectrum.assets.run_words import in_plain_words
from st_spectrum.domain.errors import SyncFault
from st_spectrum.ledger.documents.mails import FailedRun
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource

KEYS_SHOWN = 20
MAX_RETRIES_TAG = "dagster/max_retries"


def failure_sentence(subject: str, cause: str, keys: Sequence[str]) -> str:
    """One line: what failed, why, and the first of the records concerned."""
    shown = ", ".join(keys[:KEYS_SHOWN])
    more = len(keys) - KEYS_SHOWN
    records = f" Records: {shown}{f' and {more} more' if more > 0 else ''}." if keys else ""
    return f"{subject} failed. {' '.join(cause.split()) or 'No cause was recorded.'}{records}"


def requested_keys(run_config: Mapping[str, Any]) -> tuple[str, ...]:
    """The record keys that a run's config names, whatever flow it is of."""
    ops = run_config.get("ops") or {}
    return tuple(
        str(key)
        for op in ops.values()
        for key in ((op or {}).get("config") or {}).get("keys") or ()
    )


@dg.failure_hook(name="say_what_failed", required_resource_keys={"account", "ledger"})
def say_what_failed(context: dg.HookContext) -> None:
    """Runs in the run's own process, once, after its step has failed for good."""
    keys = (context.op_config or {}).get("keys") or ()
    context.log.error(
        failure_sentence(context.job_name, str(context.op_exception or ""), tuple(map(str, keys)))
    )
    run = context.instance.get_run_by_id(context.run_id)
    # Where Dagster may try again, only the sensor can tell whether it will.
    if run is not None and run.tags.get(MAX_RETRIES_TAG) == "0":
        error = context.op_exception
        if isinstance(error, dg.Failure):
            found = failed_run(
                run, error.description or str(error), error.metadata, datetime.now(UTC)
            )
        else:
            found = failed_run(run, f"{type(error).__name__}: {error}", {}, datetime.now(UTC))
        keep(found, context.resources.account, context.resources.ledger, context.log)


def failed_run_of(instance: dg.DagsterInstance, run: dg.DagsterRun, at: datetime) -> FailedRun:
    """What a failed run says of itself: the first failed step's words, else Dagster's."""
    for record in instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE
    ).records:
        event = record.event_log_entry.dagster_event
        failure = event.step_failure_data if event else None
        if failure and failure.user_failure_data and failure.user_failure_data.description:
            metadata = failure.user_failure_data.metadata
            return failed_run(run, failure.user_failure_data.description, metadata, at)
        if failure and failure.error:
            said = in_plain_words((failure.error.cause or failure.error).message)
            return failed_run(run, said, {}, at)
    for record in instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE
    ).records:
        event = record.event_log_entry.dagster_event
        if event and event.message:
            return failed_run(run, in_plain_words(event.message), {}, at)
    return failed_run(run, "The run ended without a word.", {}, at)


def failed_run(
    run: dg.DagsterRun, said: str, metadata: Mapping[str, Any], at: datetime
) -> FailedRun:
    """One failed run as the ledger keeps it; `metadata` is what `assets.metadata.stopped` said."""
    advice, family = _text(metadata, "what_to_do"), _text(metadata, "fault")
    said = " ".join(said.split()).removesuffix(advice).strip() or "No cause was recorded."
    cause = _text(metadata, "cause") or alike(said)
    keys = requested_keys(run.run_config)
    return FailedRun(
        job_of(run),
        run.run_id,
        at,
        cause,
        said,
        advice,
        family,
        keys,
        run.tags.get(ACCOUNT_TAG, ""),
    )


def alike(said: str) -> str:
    """A text without what differs from one failure of a kind to the next: numbers, ids, and
    everything after the first words.
    """
    return re.sub(r"\b[0-9a-f]{8}[0-9a-f-]*\b|\d+", "#", said)[:120]


def keep(found: FailedRun, account: AccountResource, ledger: LedgerResource, log: Any) -> None:
    """Write it into the ledger. Where that cannot be done the log says so, and the alert sensor
    finds the run later.
    """
    try:
        note_failure(ledger.open(account.load(found.lane)), found)
    except SyncFault as fault:
        log.warning(
            f"The failure could not be noted for the alert mails: {' '.join(str(fault).split())}"
        )


def job_of(run: dg.DagsterRun) -> str:
    """What people call the job of a run. One that was started from an asset's page has a job of
    Dagster's own, and goes by ours that does the same."""
    if not run.job_name.startswith("__"):
        return run.job_name
    return run.tags.get(JOB_TAG, "a run from the Catalog")


def _text(metadata: Mapping[str, Any], name: str) -> str:
    value = metadata.get(name)
    return str(getattr(value, "value", value) or "")
