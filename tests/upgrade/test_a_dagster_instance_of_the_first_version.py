"""An instance in which the first version ran: switches and cursors stay, its weeks are reported
once under the key that tells the account, and what is left of it is named.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.selector import InstigatorSelector

from st_spectrum.assets.names import AccountNames
from st_spectrum.definitions import build
from st_spectrum.flows import FLOWS
from st_spectrum.sensors.first_keys import carry_over
from tests.upgrade.make_dagster_home import LOCATION, STOPPED

HOME = Path(__file__).with_name("dagster_home.sql")
NAMES = AccountNames(LOCATION)
FIRST_WEEKS = dg.AssetKey("payroll_week")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """The folder that the first version left."""
    for part in HOME.read_text().split("-- ")[1:]:
        name, _, script = part.partition("\n")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(tmp_path / name) as database:
            database.executescript(script)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def selector_of(name: str, repository: str) -> str:
    """By what Dagster finds the state of a sensor or schedule again."""
    return InstigatorSelector(
        location_name=LOCATION, repository_name=repository, name=name
    ).get_id()


NEW_SINCE = {"compare_both_sides_nightly"}
"""What the first version did not have."""


def weeks(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, Any]:
    """The newest report of each week."""
    found = instance.fetch_materializations(key, limit=100).records
    return {str(record.partition_key): record.asset_materialization for record in reversed(found)}


def test_sensors_and_schedules_stay_on_or_off_and_keep_their_cursors(
    instance: dg.DagsterInstance,
) -> None:
    repository = build(Path(f"accounts/{LOCATION}.yaml")).get_repository_def()
    kept = {state.selector_id: state for state in instance.all_instigator_state()}
    both = (*repository.sensor_defs, *repository.schedule_defs)
    for node in (one for one in both if one.name not in NEW_SINCE):
        state = kept.pop(selector_of(node.name, repository.name))
        assert state.is_running == (node.name not in STOPPED), node.name
        if isinstance(node, dg.SensorDefinition):
            assert state.instigator_data.cursor == f"cursor of {node.name}"  # type: ignore[union-attr]
    assert not kept, "a switch of the first version that nothing answers to any more"


def test_its_weeks_are_reported_once_under_the_new_key(instance: dg.DagsterInstance) -> None:
    before, none = weeks(instance, FIRST_WEEKS), weeks(instance, NAMES.key("payroll_week"))
    assert len(before) == 2 and not none
    carried = carry_over(instance, NAMES, FLOWS, "")
    assert carried.weeks == tuple(sorted(before))
    after = weeks(instance, NAMES.key("payroll_week"))
    assert after.keys() == before.keys()
    for week, made in after.items():
        assert made.metadata["verdict"] == before[week].metadata["verdict"]
        assert "made_at" in made.metadata
    assert carry_over(instance, NAMES, FLOWS, "").weeks == ()
    assert instance.fetch_materializations(NAMES.key("payroll_week"), limit=100).records[2:] == []


def test_what_is_left_under_its_keys_is_named_until_it_is_wiped(
    instance: dg.DagsterInstance,
) -> None:
    carried = carry_over(instance, NAMES, FLOWS, "")
    assert set(carried.to_wipe) >= {"payroll_week", "customers", "reconciliation/customers"}
    assert "wipe them" in carried.sentence()
    instance.wipe_assets([dg.AssetKey.from_user_string(key) for key in carried.to_wipe])
    again = carry_over(instance, NAMES, FLOWS, "")
    assert (again.weeks, again.to_wipe) == ((), ())


def test_another_account_takes_nothing_of_it(instance: dg.DagsterInstance) -> None:
    carried = carry_over(instance, AccountNames("south"), FLOWS, "")
    assert (carried.weeks, carried.to_wipe) == ((), ())


def test_an_asset_of_somebody_else_under_such_a_key_is_not_named(
    instance: dg.DagsterInstance,
) -> None:
    instance.wipe_assets([dg.AssetKey("customers")])

    @dg.asset
    def customers() -> None: ...

    assert dg.materialize([customers], instance=instance).success
    assert "customers" not in carry_over(instance, NAMES, FLOWS, "").to_wipe


def test_the_nightly_job_carries_the_weeks_over_before_it_deletes_their_runs(
    instance: dg.DagsterInstance,
) -> None:
    old = instance.get_run_records()
    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE runs SET create_timestamp = '2020-01-01 00:00:00'")
    job = build(Path(f"accounts/{LOCATION}.yaml")).resolve_job_def("retention")
    assert job.execute_in_process(instance=instance).success
    assert not [run for run in old if instance.has_run(run.dagster_run.run_id)]
    assert len(weeks(instance, NAMES.key("payroll_week"))) == 2
