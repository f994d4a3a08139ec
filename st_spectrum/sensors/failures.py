"""The sensor that notes failed runs, those too whose process died without a word."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.assets.failures import failed_run_of, failure_sentence, job_of, keep
from st_spectrum.assets.names import AccountNames
from st_spectrum.resources.account import AccountResource
from st_spectrum.resources.ledger import LedgerResource

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

WILL_RETRY_TAG = "dagster/will_retry"


def failed_runs_sensor(
    jobs: "Sequence[UnresolvedAssetJobDefinition | dg.JobDefinition]",
    names: AccountNames,
    status: dg.DefaultSensorStatus,
) -> dg.SensorDefinition:
    """Sees every failed run from outside, so also one whose process died without a word. Runs that
    Dagster retries stay silent.
    """

    @dg.run_failure_sensor(
        name=names.of("failed_runs"),
        monitored_jobs=list(jobs),
        default_status=status,
        description=(
            "Notes of every failed run what stopped it and which records it carried; the alert"
            " mails tell it."
        ),
    )
    def failed_runs(
        context: dg.RunFailureSensorContext, account: AccountResource, ledger: LedgerResource
    ) -> None:
        run = context.dagster_run
        if run.tags.get(WILL_RETRY_TAG) == "true":
            return
        found = failed_run_of(context.instance, run, datetime.now(UTC))
        context.log.error(
            failure_sentence(f"{job_of(run)} ({run.run_id[:8]})", found.said, found.keys)
        )
        keep(found, account, ledger, context.log)

    return failed_runs
