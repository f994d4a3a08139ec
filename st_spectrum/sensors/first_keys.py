"""What an instance holds under the asset keys of the first version, which did not tell the account.

Dagster knows what was made by its key alone. So the payroll weeks are reported once more under the
new key, and the old keys are named, for a person to wipe: they hold nothing else that is needed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import dagster as dg

from st_spectrum.assets.names import ACCOUNT_TAG, OURS_TAG, AccountNames
from st_spectrum.sensors.runs import LOCATION_TAG

WEEKS = "payroll_week"
RECONCILIATION = "reconciliation"
PAGE = 200


@dataclass(frozen=True)
class Carried:
    """What was done with the first version's keys."""

    weeks: tuple[str, ...] = ()
    to_wipe: tuple[str, ...] = ()

    def sentence(self) -> str:
        """For the log of the run and its page."""
        if not self.to_wipe:
            return "Nothing is left of an earlier version's asset keys."
        return (
            f"{len(self.weeks)} payroll weeks were reported under their new key. Nothing writes"
            " these assets of an earlier version any more; wipe them in Dagster's Catalog:"
            f" {', '.join(self.to_wipe)}."
        )


def carry_over(
    instance: dg.DagsterInstance, names: AccountNames, flows: Iterable[str], location: str
) -> Carried:
    """Report what is not reported yet, and name what is left. Runs of other accounts, and of
    others, stay out of it; `location` is the code location as it stands in the tags of our runs.
    """
    first = [dg.AssetKey(WEEKS)]
    for flow in flows:
        first += [dg.AssetKey(flow), dg.AssetKey([RECONCILIATION, flow])]
    ours = [key for key in first if _is_ours(instance, key, names, location)]
    weeks = _report_weeks(instance, names, location) if instance.has_asset_key(first[0]) else ()
    return Carried(weeks, tuple(sorted(key.to_user_string() for key in ours)))


def _report_weeks(
    instance: dg.DagsterInstance, names: AccountNames, location: str
) -> tuple[str, ...]:
    reported = {record.partition_key for record in _made(instance, names.key(WEEKS))}
    newest: dict[str, dg.EventLogRecord] = {}
    for record in _made(instance, dg.AssetKey(WEEKS)):
        week = record.partition_key
        if week and week not in reported and _ran_for(instance, record.run_id, names, location):
            newest.setdefault(week, record)
    for week, record in sorted(newest.items()):
        made = record.asset_materialization
        if made is not None:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    names.key(WEEKS),
                    description=made.description,
                    partition=week,
                    metadata={
                        **made.metadata,
                        "made_at": dg.MetadataValue.timestamp(record.timestamp),
                    },
                )
            )
    return tuple(sorted(newest))


def _made(instance: dg.DagsterInstance, key: dg.AssetKey) -> Iterator[dg.EventLogRecord]:
    """Every materialization, the newest first."""
    cursor: str | None = None
    while True:
        page = instance.fetch_materializations(key, limit=PAGE, cursor=cursor)
        yield from page.records
        if not page.has_more:
            return
        cursor = page.cursor


def _is_ours(
    instance: dg.DagsterInstance, key: dg.AssetKey, names: AccountNames, location: str
) -> bool:
    """An asset of somebody else may bear the same key: the last run that made it tells."""
    newest = instance.fetch_materializations(key, limit=1).records
    return bool(newest) and _ran_for(instance, newest[0].run_id, names, location)


def _ran_for(instance: dg.DagsterInstance, run_id: str, names: AccountNames, location: str) -> bool:
    run = instance.get_run_by_id(run_id)
    if run is None:
        return False
    account = run.tags.get(OURS_TAG, run.tags.get(ACCOUNT_TAG))
    # Runs that a person started from an asset's page carried no account.
    is_here = bool(location) and run.tags.get(LOCATION_TAG) == location
    return account == names.account if account else is_here
