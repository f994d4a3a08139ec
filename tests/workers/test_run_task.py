"""What a worker does with a message: carries out what has not begun, and writes nothing about what
has ended.
"""

import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.beats import RUNS, SENDERS, Beats, Sign
from st_spectrum.workers.outdated import SENDER, Birth
from st_spectrum.workers.run_task import in_hand, is_to_be_done
from tests.defs.driver import Driver

Status = dg.DagsterRunStatus


def dead() -> Sign:
    script = "from st_spectrum.ledger.owner import new_owner; print(new_owner())"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return Sign(owner=ended.stdout.strip(), started_at=time.time())


def events(warm: Driver, run: dg.DagsterRun) -> int:
    return len(warm.instance.all_logs(run.run_id))


def status_of(warm: Driver, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = warm.instance.get_run_by_id(run.run_id)
    assert found
    return found.status


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTING])
def test_a_run_that_has_not_begun_is_carried_out(
    warm: Driver, beats: Beats, status: dg.DagsterRunStatus
) -> None:
    assert is_to_be_done(warm.instance, beats, warm.make_run("customers", status).run_id)


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.CANCELED])
def test_a_message_of_a_run_that_has_ended_is_discarded_and_writes_nothing(
    warm: Driver, beats: Beats, status: dg.DagsterRunStatus
) -> None:
    run = warm.make_run("customers", status)
    before = events(warm, run)
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert events(warm, run) == before
    assert status_of(warm, run) is status


def test_a_message_of_a_run_that_was_deleted_is_discarded(warm: Driver, beats: Beats) -> None:
    assert not is_to_be_done(warm.instance, beats, "00000000-0000-0000-0000-000000000000")


def test_a_run_in_living_hands_is_left_to_them(warm: Driver, beats: Beats) -> None:
    run = warm.make_run("customers", Status.STARTED)
    beats.put(RUNS, run.run_id, Sign(owner=new_owner(), started_at=time.time()))
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert status_of(warm, run) is Status.STARTED


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTING])
def test_a_second_delivery_does_not_begin_what_the_child_of_a_killed_worker_is_about_to_begin(
    warm: Driver, beats: Beats, status: dg.DagsterRunStatus
) -> None:
    run = warm.make_run("customers", status)
    before = events(warm, run)
    beats.put(RUNS, run.run_id, Sign(owner=new_owner(), started_at=time.time()))
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert events(warm, run) == before

    beats.put(RUNS, run.run_id, dead())
    assert is_to_be_done(warm.instance, beats, run.run_id)


def test_a_run_that_a_killed_worker_left_behind_is_ended_at_its_second_delivery(
    warm: Driver, beats: Beats
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


def test_a_run_that_was_terminated_while_it_waited_is_not_begun(warm: Driver, beats: Beats) -> None:
    run = warm.make_run("customers", Status.CANCELING)
    assert not is_to_be_done(warm.instance, beats, run.run_id)
    assert status_of(warm, run) is Status.CANCELED


def test_while_a_run_is_in_hand_others_see_its_sign(warm: Driver, beats: Beats) -> None:
    run = warm.make_run("customers", Status.STARTED)
    with in_hand(warm.instance, beats, run.run_id):
        assert list(beats.living(RUNS)) == [run.run_id]
    assert not beats.living(RUNS)


def test_a_worker_is_outdated_when_a_launcher_that_started_later_has_another_environment(
    beats: Beats,
) -> None:
    birth = Birth(code=Birth().code, environment="mine", started_at=100.0)
    for started_at, environment, expected in (
        (99.0, "other", False),
        (101.0, "mine", False),
        (101.0, "other", True),
    ):
        beats.put(
            SENDERS, SENDER, Sign(owner=new_owner(), started_at=started_at, environment=environment)
        )
        assert birth.is_outdated(beats) is expected


def test_a_worker_is_outdated_when_a_file_of_the_code_has_changed(beats: Beats) -> None:
    assert not Birth().is_outdated(beats)
    assert Birth(code="of yesterday").is_outdated(beats)


def test_the_digest_of_the_environment_follows_what_the_account_file_refers_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "new")
    file = tmp_path / "account.yaml"
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    before = Birth().environment
    file.write_text("authorization_id: ${SPECTRUM_AUTHORIZATION_ID}\n")
    named = Birth().environment
    assert named != before
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "newer")
    assert Birth().environment != named


def test_an_account_file_that_cannot_be_read_keeps_no_launcher_and_no_worker_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "account.yaml"
    file.write_bytes("name: Müller & Söhne\nkey: ${SPECTRUM_AUTHORIZATION_ID}\n".encode("latin-1"))
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "old")
    before = Birth().environment
    monkeypatch.setenv("SPECTRUM_AUTHORIZATION_ID", "new")
    assert Birth().environment != before
