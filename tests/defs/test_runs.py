"""What sensors learn from Dagster about the runs of their flow; nothing here needs the two
systems.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.assets.names import AccountNames
from st_spectrum.definitions import build
from st_spectrum.sensors.runs import REQUEST_TAG, how_it_ended, is_in_flight
from tests.world.dagster_daemon import DagsterDaemon

LANE = AccountNames("none").lane("customers")
Status = dg.DagsterRunStatus


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    """Of an account that cannot be read, for no test here opens it."""
    return build(Path("none.yaml"))


@pytest.fixture
def daemon(defs: dg.Definitions, instance: dg.DagsterInstance) -> DagsterDaemon:
    return DagsterDaemon(defs, instance)


@pytest.mark.parametrize(
    "status", [Status.NOT_STARTED, Status.QUEUED, Status.STARTING, Status.STARTED, Status.CANCELING]
)
def test_a_flow_waits_for_its_run_in_every_stage(
    daemon: DagsterDaemon, status: dg.DagsterRunStatus
) -> None:
    daemon.make_run("customers", status)
    assert is_in_flight(daemon.instance, LANE, datetime.now(UTC))
    for sensor in ("customers_changes", "customers_redrive"):
        daemon.cursors[sensor] = "as it was"
        answer = daemon.tick(sensor)
        assert "still going" in answer.skip_message
        assert not answer.run_requests
        assert daemon.cursors[sensor] == "as it was"


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.CANCELED])
def test_a_flow_does_not_wait_for_a_run_that_ended(
    daemon: DagsterDaemon, status: dg.DagsterRunStatus
) -> None:
    daemon.make_run("customers", status)
    assert not is_in_flight(daemon.instance, LANE, datetime.now(UTC))


def test_flows_and_accounts_do_not_wait_for_one_another(daemon: DagsterDaemon) -> None:
    daemon.make_run("sites", Status.STARTED)
    daemon.make_run("customers", Status.STARTED, {"account": "another"})
    assert not is_in_flight(daemon.instance, LANE, datetime.now(UTC))


def test_a_run_that_was_created_and_never_queued_does_not_hold_the_flow_for_ever(
    daemon: DagsterDaemon,
) -> None:
    daemon.make_run("customers", Status.NOT_STARTED)
    assert not is_in_flight(daemon.instance, LANE, datetime.now(UTC) + timedelta(minutes=6))


def test_a_batch_is_done_when_any_of_its_runs_succeeded(daemon: DagsterDaemon) -> None:
    assert how_it_ended(daemon.instance, "batch").ended_at is None
    daemon.make_run("customers", Status.FAILURE, {REQUEST_TAG: "batch"})
    failed = how_it_ended(daemon.instance, "batch")
    assert failed.ended_at is not None
    assert not failed.is_done
    daemon.make_run("customers", Status.SUCCESS, {REQUEST_TAG: "batch"})
    assert how_it_ended(daemon.instance, "batch").is_done


def test_a_wrong_account_file_is_one_sentence_at_the_tick(daemon: DagsterDaemon) -> None:
    for sensor in ("customers_changes", "customers_redrive"):
        answer = daemon.tick(sensor)
        assert "there is no such file" in answer.skip_message
        assert answer.cursor is None


def test_a_wrong_account_file_fails_the_run_with_one_sentence(daemon: DagsterDaemon) -> None:
    job = daemon.defs.resolve_job_def("customers_job")
    config = {"ops": {"customers": {"config": {"keys": ["1"]}}}}
    ended = job.execute_in_process(
        run_config=config, instance=daemon.instance, raise_on_error=False
    )
    assert not ended.success
    failure = ended.failure_data_for_node("customers")
    assert failure and failure.user_failure_data
    assert "there is no such file" in (failure.user_failure_data.description or "")
    assert "File " not in (failure.user_failure_data.description or "")
