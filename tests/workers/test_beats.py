"""Signs of life: who lives, who is certainly dead, and who has not been heard of."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.beats import (
    ALIVE_SECONDS,
    RUNS,
    SENDERS,
    WORKERS,
    FolderBeats,
    Sign,
    worker_gives_signs,
)
from st_spectrum.workers.broker import Broker


@pytest.fixture
def beats(tmp_path: Path) -> FolderBeats:
    return FolderBeats(tmp_path)


def mine() -> Sign:
    return Sign(owner=new_owner(), started_at=time.time())


def of_a_dead_process() -> Sign:
    script = "from st_spectrum.ledger.owner import new_owner; print(new_owner())"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return Sign(owner=ended.stdout.strip(), started_at=time.time())


def silent_for(beats: FolderBeats, folder: Path, kind: str, name: str, seconds: float) -> None:
    at = time.time() - seconds
    os.utime(folder / "beats" / kind / f"{name}.json", (at, at))


def test_who_renews_its_sign_lives(beats: FolderBeats, tmp_path: Path) -> None:
    sign = mine()
    beats.put(WORKERS, "a", sign)
    assert list(beats.living(WORKERS)) == ["a"]
    silent_for(beats, tmp_path, WORKERS, "a", ALIVE_SECONDS + 1)
    assert not beats.living(WORKERS)
    beats.renew(WORKERS, "a", sign)
    assert beats.living(WORKERS) == {"a": sign}


def test_who_is_certainly_dead_does_not_count_although_its_sign_is_new(beats: FolderBeats) -> None:
    beats.put(RUNS, "run", of_a_dead_process())
    assert not beats.living(RUNS)
    last = beats.last(RUNS, "run")
    assert last
    assert last.is_dead


def test_a_sign_that_was_taken_away_or_never_made_is_no_sign(beats: FolderBeats) -> None:
    beats.put(RUNS, "run", mine())
    beats.drop(RUNS, "run")
    beats.drop(RUNS, "run")
    assert beats.last(RUNS, "run") is None
    assert not beats.living(WORKERS)


def test_a_renewal_brings_back_a_sign_that_somebody_removed(beats: FolderBeats) -> None:
    beats.renew(WORKERS, "a", mine())
    assert beats.living(WORKERS)


def test_many_threads_of_the_daemon_write_one_sign_at_once(tmp_path: Path) -> None:
    beats = FolderBeats(tmp_path)

    def put_often(_: int) -> None:
        for _ in range(200):
            beats.put(SENDERS, "sandbox", mine())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put_often, range(8)))

    assert list(beats.living(SENDERS)) == ["sandbox"]
    assert [place.name for place in (tmp_path / "beats" / SENDERS).iterdir()] == ["sandbox.json"]


def test_old_signs_do_not_pile_up(beats: FolderBeats, tmp_path: Path) -> None:
    beats.put(RUNS, "run", mine())
    silent_for(beats, tmp_path, RUNS, "run", 2 * 24 * 3600)
    beats.living(RUNS)
    assert beats.last(RUNS, "run") is None


def test_a_worker_is_known_by_its_process(tmp_path: Path) -> None:
    broker = Broker("folder://", tmp_path)
    beats = FolderBeats(tmp_path)
    assert not worker_gives_signs(broker, os.getpid())
    beats.put(WORKERS, "a", mine())
    assert worker_gives_signs(broker, os.getpid())
    assert not worker_gives_signs(broker, os.getppid())
    silent_for(beats, tmp_path, WORKERS, "a", ALIVE_SECONDS + 1)
    assert not worker_gives_signs(broker, os.getpid())
