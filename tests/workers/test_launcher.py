"""What Dagster's daemon and web server learn from the launcher."""

import os
import sys
import time
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import LaunchRunContext, WorkerStatus
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._record import copy
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG, DAGSTER_CELERY_TASK_ID_TAG

from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.addressing import account_of, queue_of
from st_spectrum.workers.beats import RUNS, WORKERS, Beats, Sign
from st_spectrum.workers.launcher import WarmCeleryRunLauncher
from st_spectrum.workers.run_task import WORKER_GONE
from tests.workers.conftest import LAUNCHER
from tests.world.dagster_daemon import DagsterDaemon

Status = dg.DagsterRunStatus
OURS = {DAGSTER_CELERY_TASK_ID_TAG: "some-task"}


def the_launcher(warm: DagsterDaemon) -> WarmCeleryRunLauncher:
    found = warm.instance.run_launcher
    assert isinstance(found, WarmCeleryRunLauncher)
    return found


def launcher_that_looks_again(warm: DagsterDaemon, after: float) -> WarmCeleryRunLauncher:
    made = WarmCeleryRunLauncher(second_look_seconds=after)
    made.register_instance(warm.instance)
    return made


def living(*accounts: str) -> Sign:
    return Sign(owner=new_owner(), started_at=time.time(), accounts=accounts)


def status_of(warm: DagsterDaemon, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = warm.instance.get_run_by_id(run.run_id)
    assert found
    return found.status


def test_a_run_with_a_sign_of_life_is_left_alone(warm: DagsterDaemon, beats: Beats) -> None:
    run = warm.make_run("customers", Status.STARTED, OURS)
    beats.put(RUNS, run.run_id, living())
    for _ in range(2):
        assert the_launcher(warm).check_run_worker_health(run).status is WorkerStatus.RUNNING
    assert status_of(warm, run) is Status.STARTED


def test_a_run_on_a_machine_that_is_too_busy_for_signs_of_life_is_left_alone(
    warm: DagsterDaemon, beats: Beats, broker_folder: Path
) -> None:
    """Its process can be seen here; that of another machine cannot, and there silence counts."""
    launcher = launcher_that_looks_again(warm, 0.0)
    here, elsewhere = (warm.make_run("customers", Status.STARTED, OURS) for _ in range(2))
    beats.put(RUNS, here.run_id, living())
    beats.put(
        RUNS,
        elsewhere.run_id,
        Sign(owner=living().owner.replace("|", "x|", 1), started_at=time.time()),
    )
    for file in (broker_folder / "beats" / RUNS).iterdir():
        os.utime(file, (time.time() - 60, time.time() - 60))
    for run in (here, elsewhere):
        launcher.check_run_worker_health(run)
        launcher.check_run_worker_health(run)
    assert (status_of(warm, here), status_of(warm, elsewhere)) == (Status.STARTED, Status.FAILURE)


def test_a_run_whose_worker_is_gone_is_failed_in_words_for_people(
    warm: DagsterDaemon,
) -> None:
    """Not at the first look: a server that has just been started anew knows nobody."""
    launcher = launcher_that_looks_again(warm, 0.05)
    run = warm.make_run("customers", Status.STARTED, OURS)
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    assert status_of(warm, run) is Status.STARTED
    time.sleep(0.06)
    assert launcher.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND
    assert status_of(warm, run) is Status.FAILURE
    said = warm.instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE
    ).records
    assert [
        WORKER_GONE in (record.event_log_entry.dagster_event.message or "") for record in said
    ] == [True]


def test_a_run_that_another_launcher_started_is_none_of_ours(
    warm: DagsterDaemon,
) -> None:
    launcher = launcher_that_looks_again(warm, 0.0)
    run = warm.make_run("customers", Status.STARTED)
    for _ in range(3):
        assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    assert status_of(warm, run) is Status.STARTED


def test_terminate_tells_whoever_has_the_run_in_hand(warm: DagsterDaemon) -> None:
    run = warm.make_run("customers", Status.STARTED, OURS)
    assert the_launcher(warm).terminate(run.run_id)
    assert status_of(warm, run) is Status.CANCELING
    ended = warm.make_run("customers", Status.SUCCESS, OURS)
    assert not the_launcher(warm).terminate(ended.run_id)
    assert status_of(warm, ended) is Status.SUCCESS


def test_a_run_that_was_broken_off_is_never_resumed(warm: DagsterDaemon) -> None:
    """Its records are asked for again by the ledger, in a run of their own; a resumed run would
    send beside it.
    """
    assert not the_launcher(warm).supports_resume_run
    assert warm.instance.run_monitoring_max_resume_run_attempts == 0


def test_without_a_living_worker_ticks_skip_with_one_sentence_and_ask_for_nothing(
    warm: DagsterDaemon, beats: Beats
) -> None:
    for sensor in ("customers_changes", "customers_redrive"):
        warm.cursors[sensor] = "as it was"
        answer = warm.tick(sensor)
        assert not answer.run_requests
        assert answer.skip_message.startswith("No worker takes runs at this moment")
        assert "\n" not in answer.skip_message
        assert warm.cursors[sensor] == "as it was"
    beats.put(WORKERS, "somebody", living("another account"))
    assert "No worker" in warm.tick("customers_redrive").skip_message
    beats.put(WORKERS, "somebody", living("none"))
    assert "No worker" not in warm.tick("customers_redrive").skip_message


def code_origin(job: str, module: str) -> JobPythonOrigin:
    pointer = ModuleCodePointer(module, "defs")
    return JobPythonOrigin(job, RepositoryPythonOrigin(sys.executable, pointer))


def test_a_run_waits_where_only_workers_of_its_account_take_it(
    warm: DagsterDaemon, broker_folder: Path
) -> None:
    """Those of another account have other systems, secrets and another ledger at hand."""
    tags = warm.defs.resolve_job_def("customers_job").tags
    run = warm.make_run("customers", Status.STARTING, dict(tags))
    run = copy(run, job_code_origin=code_origin("customers_job", "st_spectrum.definitions"))
    the_launcher(warm).launch_run(LaunchRunContext(run, None))
    waiting = [place.name for place in (broker_folder / "queues").iterdir()]
    assert waiting == [queue_of("none")]
    kept = warm.instance.get_run_by_id(run.run_id)
    assert kept
    assert DAGSTER_CELERY_QUEUE_TAG not in kept.tags, "a re-execution would inherit it"


def test_a_run_from_an_assets_page_is_known_by_its_asset(warm: DagsterDaemon) -> None:
    def materialized(asset: str, module: str) -> dg.DagsterRun:
        return dg.DagsterRun(
            job_name="__ASSET_JOB",
            job_code_origin=code_origin("__ASSET_JOB", module),
            asset_selection=frozenset({dg.AssetKey([asset, "customers"])}),
        )

    assert account_of(materialized("north", "st_spectrum.definitions")) == "north"
    assert account_of(materialized("sales", "their.definitions")) == ""
    assert account_of(dg.DagsterRun(job_name="theirs")) == ""


def test_where_the_place_of_the_signs_cannot_be_read_ticks_say_so(
    warm: DagsterDaemon, broker_folder: Path
) -> None:
    place = broker_folder / "beats"
    (place / "workers").mkdir(parents=True)
    (place / "workers" / "x.json").mkdir()
    os.utime(place / "workers" / "x.json")
    assert "cannot be read" in warm.tick("customers_redrive").skip_message


def test_making_a_launcher_costs_a_tick_next_to_nothing(warm: DagsterDaemon) -> None:
    the_launcher(warm)
    began = time.process_time()
    for _ in range(20):
        WarmCeleryRunLauncher()
    assert (time.process_time() - began) / 20 < 0.02


SHIPPED = (
    "st_spectrum/serving/dagster.yaml",
    "st_spectrum/demo_dagster.yaml",
    "deploy/dagster-postgres.yaml",
)


@pytest.mark.parametrize("file", SHIPPED)
def test_the_shipped_settings_resume_nothing_and_name_our_launcher(file: str) -> None:
    """With time for a run to wait for a worker's hand."""
    text = (Path(__file__).parents[2] / file).read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    assert settings["run_monitoring"]["max_resume_run_attempts"] == 0
    assert settings["run_launcher"] == LAUNCHER
    assert settings["run_monitoring"]["start_timeout_seconds"] == 300


@pytest.mark.parametrize("file", [file for file in SHIPPED if "demo" not in file])
def test_dagster_itself_gives_a_terminated_run_up_within_a_minute(file: str) -> None:
    settings = yaml.safe_load((Path(__file__).parents[2] / file).read_text(encoding="utf-8"))
    assert settings["run_monitoring"]["cancel_timeout_seconds"] <= 45
