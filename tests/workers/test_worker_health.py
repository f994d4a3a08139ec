"""`st-spectrum worker --health`: one line for who supervises a worker from outside."""

import os
import time
from pathlib import Path

import pytest

from st_spectrum.commands.worker import print_worker_health
from st_spectrum.ledger.owner import new_owner
from st_spectrum.workers.beats import ALIVE_SECONDS, WORKERS, FolderBeats, Sign

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def beats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBeats:
    monkeypatch.setenv("ST_SPECTRUM_BROKER", str(tmp_path))
    return FolderBeats(tmp_path)


def sign(owner: str) -> Sign:
    return Sign(owner=owner, started_at=time.time(), accounts=("north",))


def test_a_worker_of_this_machine_is_well_as_long_as_it_gives_signs_of_life(
    beats: FolderBeats, tmp_path: Path, capsys: Capture
) -> None:
    beats.put(WORKERS, "elsewhere", sign(new_owner().replace("|", "x|", 1)))
    assert print_worker_health() == 1
    beats.put(WORKERS, "here", sign(new_owner()))
    assert print_worker_health() == 0
    file = tmp_path / "beats" / WORKERS / "here.json"
    os.utime(file, (time.time() - ALIVE_SECONDS - 1,) * 2)
    assert print_worker_health() == 1, "its process runs all the same"
    none = "not well: no worker on this machine gives signs of life\n"
    assert capsys.readouterr().out == f"{none}well: takes runs of north\n{none}"


def test_a_server_of_signs_that_is_away_is_told_in_the_same_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ST_SPECTRUM_BROKER", "redis://127.0.0.1:1/0")
    assert print_worker_health() == 1
    said = capsys.readouterr().out
    assert said.startswith("not well: where workers get their runs cannot be read: ")
    assert said.count("\n") == 1
