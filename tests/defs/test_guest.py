"""Two accounts and the jobs of somebody else in one Dagster instance: nobody waits for, is told of,
or loses anything by another.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from st_spectrum.alerts.failures import failures
from st_spectrum.assets.names import LANE_TAG, AccountNames
from st_spectrum.definitions import build
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sensors.runs import is_in_flight
from st_spectrum.sensors.watchdog import Watched, note_missed_runs

ROOT = Path(__file__).parents[2]
SHIPPED = ("st_spectrum/serving/dagster.yaml", "deploy/dagster-postgres.yaml")
NORTH, SOUTH = AccountNames("north"), AccountNames("south")
Status = dg.DagsterRunStatus


@dg.op
def work() -> None: ...


def add_run(
    instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus, **tags: str
) -> str:
    """Of a job with this name, wherever it is defined."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("somewhere"), "__repository__")
    made = dg.GraphDefinition("work_graph", node_defs=[work]).to_job(job)
    run = instance.create_run_for_job(
        made, status=status, tags=tags, remote_job_origin=RemoteJobOrigin(repository, job)
    )
    return run.run_id


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the limits of a shipped file, on SQLite."""
    config = yaml.safe_load((ROOT / request.param).read_text())
    for name in ("storage", "compute_logs", "run_launcher"):
        config.pop(name, None)
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(config))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def started(instance: dg.DagsterInstance) -> set[str]:
    """The runs that Dagster's daemon would start now."""
    daemon = QueuedRunCoordinatorDaemon(interval_seconds=1)
    return {
        run.run_id
        for run in daemon._get_runs_to_dequeue(instance, instance.get_concurrency_config(), None)
    }


def test_neither_another_account_nor_another_job_waits_for_our_runs(
    shipped: dg.DagsterInstance,
) -> None:
    north = [add_run(shipped, "customers_job", Status.QUEUED, **NORTH.lane(flow)) for flow in FLOWS]
    second = add_run(shipped, "customers_job", Status.QUEUED, **NORTH.lane("customers"))
    south = add_run(shipped, "customers_job", Status.QUEUED, **SOUTH.lane("customers"))
    # Somebody else's jobs may be called as ours are, and use the same words for tags.
    theirs = {
        add_run(shipped, "customers_job", Status.QUEUED, flow="customers", account="north")
        for _ in range(2)
    }
    begun = started(shipped)
    assert begun >= {south, north[0], *theirs}
    assert second not in begun, "one batch of an account's customers at a time"


def test_a_busy_account_leaves_room_for_everybody_else(shipped: dg.DagsterInstance) -> None:
    for flow in FLOWS:
        add_run(shipped, f"{flow}_job", Status.QUEUED, **NORTH.lane(flow))
        add_run(shipped, f"{flow}_job", Status.QUEUED, **SOUTH.lane(flow))
    theirs = add_run(shipped, "their_job", Status.QUEUED)
    assert theirs in started(shipped)


def test_a_flow_waits_for_no_run_of_another_account_or_of_others() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        lane, now = NORTH.lane("customers"), datetime.now(UTC)
        add_run(instance, "customers_job", Status.STARTED, **SOUTH.lane("customers"))
        add_run(instance, "their_job", Status.STARTED, flow="customers", account="north")
        add_run(instance, "their_job", Status.STARTED)
        assert not is_in_flight(instance, lane, now)
        add_run(instance, "customers_job", Status.STARTED, flow="customers", account="north")
        assert is_in_flight(instance, lane, now), "a run that the first version began"


def test_every_run_of_ours_tells_its_lane_and_how_long_it_may_take() -> None:
    defs = build(Path("accounts/north.yaml"))
    jobs = [name for name in defs.get_repository_def().job_names if not name.startswith("__")]
    tags = [defs.resolve_job_def(name).tags for name in jobs]
    assert {run_tags[LANE_TAG].partition("/")[0] for run_tags in tags} == {"north"}
    lanes = Counter(run_tags[LANE_TAG] for run_tags in tags)
    # Three act on records; two flows are closed, each by an export and a sign-off.
    assert lanes.pop("north/acting") == 7, "what people ask for goes one after the other"
    assert lanes.pop("north/planning") == 2, "a long plan keeps nobody from acting"
    assert set(lanes.values()) == {1}
    assert all(int(run_tags["dagster/max_runtime"]) >= 900 for run_tags in tags)
    assert all("dagster/max_retries" in run_tags for run_tags in tags)


def test_the_watchdog_notes_failed_runs_of_its_own_account_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance, Ledger(MemoryStore(), "test", 60) as ledger:
        ours = add_run(instance, "customers_job", Status.FAILURE, **NORTH.lane("customers"))
        add_run(instance, "customers_job", Status.FAILURE, **SOUTH.lane("customers"))
        add_run(instance, "their_job", Status.FAILURE, flow="customers", account="north")
        note_missed_runs(instance, ledger, "north", datetime.now(UTC) - timedelta(minutes=5))
        assert [failure.latest.run_id for failure in failures(ledger).values()] == [ours]


def test_accounts_in_locations_of_their_own_share_names_but_no_asset() -> None:
    north, south = (build(Path(f"accounts/{name}.yaml")) for name in ("north", "south"))
    keys = [defs.resolve_asset_graph().get_all_asset_keys() for defs in (north, south)]
    assert not keys[0] & keys[1]
    assert {key.path[0] for key in keys[0]} == {"north"}
    sensors = [
        {definition.name for definition in defs.get_repository_def().sensor_defs}
        for defs in (north, south)
    ]
    assert sensors[0] == sensors[1] >= {"customers_changes", "alerts"}


def test_accounts_that_share_a_location_are_told_apart_by_every_name() -> None:
    both = build(Path("accounts/north-wind.yaml"), Path("accounts/south.yaml"))
    dg.Definitions.validate_loadable(both)
    repository = both.get_repository_def()
    names = [name for name in repository.job_names if not name.startswith("__")]
    names += [
        definition.name for definition in (*repository.sensor_defs, *repository.schedule_defs)
    ]
    assert len(names) == len(set(names))
    assert {name.partition("_")[0] for name in names} == {"north", "south"}
    assert "north_wind_customers_job" in names and "south_customers_job" in names


def test_the_tags_that_the_first_version_put_on_runs_stay() -> None:
    assert {"flow": "customers", "account": "north"}.items() <= NORTH.lane("customers").items()


def test_the_watchdog_looks_at_sensors_of_its_own_alone() -> None:
    watched = Watched(NORTH, frozenset({"customers_changes"}), "north")

    def sensor(name: str, location: str) -> InstigatorState:
        repository = RemoteRepositoryOrigin(
            RegisteredCodeLocationOrigin(location), "__repository__"
        )
        origin = RemoteInstigatorOrigin(repository, name)
        return InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, None)

    assert watched.has(sensor("customers_changes", "north"))
    assert not watched.has(sensor("customers_changes", "south"))
    assert not watched.has(sensor("their_sensor", "north"))
