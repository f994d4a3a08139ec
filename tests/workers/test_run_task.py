"""What a worker does with a message: carries out what has not begun, and writes nothing about what
has ended.
"""

import os
import subprocess
import sys
import time
from inspect import signature
from pathlib import Path

import dagster as dg
import pytest
from celery import Celery
from celery.exceptions import Reject
from dagster._cli.api import _execute_run_command_body
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import pack_value
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.tasks import create_execute_job_task

from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.beats import RUNS, SENDERS, Beats, Sign
from st_spectrum.workers.broker import broker_in_force
from st_spectrum.workers.kept_instance import forget_instance, kept_instance
from st_spectrum.workers.outdated import Birth
from st_spectrum.workers.run_task import (
    RunTask,
    in_hand,
    is_to_be_done,
    wait_for_other_hands,
)
from st_spectrum.workers.worker import worker_app
from tests.world.dagster_daemon import DagsterDaemon

Status = dg.DagsterRunStatus


def dead() -> Sign:
    script = "from st_spectrum.ledger.owner import new_owner; print(new_owner())"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return Sign(owner=ended.stdout.strip(), started_at=time.time())


def events(warm: DagsterDaemon, run: dg.DagsterRun) -> int:
    return len(warm.instance.all_logs(run.run_id))


def status_of(warm: DagsterDaemon, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = warm.instance.get_run_by_id(run.run_id)
    assert found
    return found.status


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTING])
def test_a_run_that_has_not_begun_is_carried_out(
    warm: DagsterDaemon, beats: Beats, status: dg.DagsterRunStatus
) -> None:
    assert is_to_be_done(warm.instance, beats, warm.make_run("customers", status).run_id)


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.CANCELED])
def test_a_message_of_a_run_that_has_ended_is_discarded_and_writes_nothing(
    warm: DagsterDaemon, beats: Beats, status: dg.DagsterRunStatus
) -> None:
    run = warm.make_run("customers", status)
    before = events(warm, run)
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert events(warm, run) == before
    assert status_of(warm, run) is status


def test_a_message_of_a_run_that_was_deleted_is_discarded(
    warm: DagsterDaemon, beats: Beats
) -> None:
    assert not is_to_be_done(warm.instance, beats, "00000000-0000-0000-0000-000000000000")


def test_a_run_in_living_hands_is_left_to_them(warm: DagsterDaemon, beats: Beats) -> None:
    run = warm.make_run("customers", Status.STARTED)
    beats.put(RUNS, run.run_id, Sign(owner=new_owner(), started_at=time.time()))
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert status_of(warm, run) is Status.STARTED


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTING])
def test_a_second_delivery_does_not_begin_what_the_child_of_a_killed_worker_is_about_to_begin(
    warm: DagsterDaemon, beats: Beats, status: dg.DagsterRunStatus
) -> None:
    run = warm.make_run("customers", status)
    before = events(warm, run)
    beats.put(RUNS, run.run_id, Sign(owner=new_owner(), started_at=time.time()))
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert events(warm, run) == before

    beats.put(RUNS, run.run_id, dead())
    assert is_to_be_done(warm.instance, beats, run.run_id)


def test_a_run_that_a_killed_worker_left_behind_is_ended_at_its_second_delivery(
    warm: DagsterDaemon, beats: Beats
) -> None:
    started, terminated = (
        warm.make_run("customers", status) for status in (Status.STARTED, Status.CANCELING)
    )
    gone = dead()
    for run in (started, terminated):
        beats.put(RUNS, run.run_id, gone)
        assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert status_of(warm, started) is Status.FAILURE
    assert status_of(warm, terminated) is Status.CANCELED


def test_a_run_that_was_terminated_while_it_waited_is_not_begun(
    warm: DagsterDaemon, beats: Beats
) -> None:
    run = warm.make_run("customers", Status.CANCELING)
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert status_of(warm, run) is Status.CANCELED


def test_while_a_run_is_in_hand_others_see_its_sign(warm: DagsterDaemon, beats: Beats) -> None:
    run = warm.make_run("customers", Status.STARTED)
    with in_hand(warm.instance, beats, run.run_id):
        assert list(beats.living(RUNS)) == [run.run_id]
    assert not beats.living(RUNS)


def test_a_worker_is_outdated_when_a_launcher_that_started_later_has_another_environment(
    beats: Beats,
) -> None:
    birth = Birth(code=Birth().code, environments={"north": "mine"}, started_at=100.0)
    for account, started_at, environment, expected in (
        ("north", 99.0, "other", False),
        ("north", 101.0, "mine", False),
        ("north", 101.0, "other", True),
        ("south", 101.0, "other", False),
    ):
        beats.drop(SENDERS, "north")
        launcher = Sign(owner=new_owner(), started_at=started_at, environment=environment)
        beats.put(SENDERS, account, launcher)
        assert birth.is_outdated(beats) is expected


def test_a_worker_is_outdated_when_a_file_of_the_code_has_changed(beats: Beats) -> None:
    assert not Birth().is_outdated(beats)
    assert Birth(code="of yesterday").is_outdated(beats)


def test_the_digest_of_the_environment_follows_what_the_account_file_refers_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "new")
    file = tmp_path / "north.yaml"
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    file.write_text("authorization_id: ${SPECTRUM_AUTHORIZATION_ID}\n")
    before = Birth().environments["north"]
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "newer")
    assert Birth().environments["north"] != before


def test_places_and_ports_of_one_machine_make_no_other_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server that sends runs and a worker on another machine never have these alike."""
    file = tmp_path / "north.yaml"
    file.write_text("key: ${SPECTRUM_AUTHORIZATION_ID}\nstate_dir: ${ST_SPECTRUM_STATE_DIR}\n")
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "one")
    before = Birth().environments
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", "/elsewhere")
    monkeypatch.setenv("ST_SPECTRUM_WEB_PORT", "3001")
    assert Birth().environments == before


def test_who_has_none_of_an_accounts_variables_says_nothing_about_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon of a Dagster that two accounts share has the secrets of neither."""
    file = tmp_path / "north.yaml"
    file.write_text("key: ${SPECTRUM_AUTHORIZATION_ID}\n")
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    monkeypatch.delenv("SPECTRUM_AUTHORIZATION_ID", raising=False)
    assert Birth().environments == {}


def test_an_account_file_that_cannot_be_read_keeps_no_launcher_and_no_worker_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "account.yaml"
    file.write_bytes("name: Müller & Söhne\nkey: ${SPECTRUM_AUTHORIZATION_ID}\n".encode("latin-1"))
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "old")
    before = Birth().environments
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "new")
    assert Birth().environments != before


def test_a_message_that_comes_while_a_lost_machine_still_seems_to_live_is_kept_until_it_does_not(
    warm: DagsterDaemon, beats: Beats, broker_folder: Path
) -> None:
    """It may be the only message of its run: discarded, the run would be starting for minutes."""
    run = warm.make_run("customers", Status.STARTING)
    elsewhere = new_owner().replace("|", "x|", 1)
    beats.put(RUNS, run.run_id, Sign(owner=elsewhere, started_at=time.time()))
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            (sign,) = (broker_folder / "beats" / RUNS).iterdir()
            os.utime(sign, (time.time() - 60, time.time() - 60))

    wait_for_other_hands(warm.instance, beats, run.run_id, sleep=nap)
    assert len(naps) == 3
    assert is_to_be_done(warm.instance, beats, run.run_id)


def test_a_message_whose_run_others_keep_from_beginning_waits_again(
    warm: DagsterDaemon, beats: Beats
) -> None:
    run = warm.make_run("customers", Status.STARTING)
    beats.put(RUNS, run.run_id, Sign(owner=new_owner(), started_at=time.time()))
    naps: list[float] = []
    with pytest.raises(Reject) as fault:
        wait_for_other_hands(warm.instance, beats, run.run_id, seconds=0.0, sleep=naps.append)
    assert fault.value.requeue


def test_a_run_of_another_account_is_failed_and_never_carried_out(
    warm: DagsterDaemon, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This worker would ask its own systems about another account's records."""
    run = warm.make_run("customers", Status.STARTING)
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", "/accounts/other.yaml")
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert status_of(warm, run) is Status.FAILURE
    said = warm.instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE
    ).records
    assert "of the account none, and the worker that got it serves other" in str(
        said[0].event_log_entry.dagster_event
    )


def test_dagsters_memory_is_opened_once_and_anew_when_its_settings_have_changed_or_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "dagster.yaml"
    settings.write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    first = kept_instance()
    assert kept_instance() is first
    settings.write_text("nux: {enabled: false}\n")
    second = kept_instance()
    assert second is not first
    forget_instance()
    assert kept_instance() is not second


def test_a_worker_has_the_task_that_dagsters_launcher_sends(
    warm: DagsterDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name, its argument and the arguments of what carries it out."""
    monkeypatch.setattr(RunTask, "birth", None)
    ours = worker_app(broker_in_force(), Birth()).tasks[TASK_EXECUTE_JOB_NAME]
    theirs = create_execute_job_task(Celery())
    assert isinstance(ours, RunTask)
    assert list(signature(ours.run).parameters) == list(signature(theirs.run).parameters)
    wanted = {"run_id", "instance", "write_stream_fn", "set_exit_code_on_failure"}
    assert set(signature(_execute_run_command_body).parameters) == wanted


def test_a_message_waits_again_while_nobody_can_tell_what_became_of_its_run(
    warm: DagsterDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = warm.make_run("customers", Status.STARTING)
    pointer = ModuleCodePointer("st_spectrum.definitions", "defs")
    origin = JobPythonOrigin(run.job_name, RepositoryPythonOrigin(sys.executable, pointer))
    message = pack_value(ExecuteRunArgs(origin, run.run_id, warm.instance.get_ref()))

    def away() -> dg.DagsterInstance:
        raise ConnectionError("the database is being started anew")

    monkeypatch.setattr(dg.DagsterInstance, "get", away)
    task = RunTask()
    task.pause_seconds = 0.01
    with pytest.raises(Reject) as fault:
        task(message)
    assert fault.value.requeue
    assert status_of(warm, run) is Status.STARTING
