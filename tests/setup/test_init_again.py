"""Half a year later: what is new is proposed, and what a person wrote stays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.setup.again import go_through
from st_spectrum.setup.evidence import Proposal
from tests.setup.ten_years_office import GO_LIVE, Newcomer, office_of

WRITTEN = """# ours
maps:
  cost_centers:
    by_service_line:   # by line
      Sprinkler: 010   # since 1998
    price_method: {010: T}

# ---- people
support:
  contacts: [a@example.com]
"""
LINE = ("maps", "cost_centers", "by_service_line")


def test_a_new_name_gets_a_line_and_every_comment_stays() -> None:
    found = [
        Proposal((*LINE, "Fire Alarm"), "420", "30 of 30 jobs"),
        Proposal((*LINE, "Sprinkler"), "010", ""),
    ]
    again = go_through(WRITTEN, found, "yours.yaml")
    assert [one.place[-1] for one in again.added] == ["Fire Alarm"]
    added = "      Fire Alarm: '420'  # NEW: 30 of 30 jobs\n"
    assert again.text.replace(added, "").split() == WRITTEN.split()
    assert "+      Fire Alarm: '420'" in again.difference
    assert again.otherwise == ()


def test_what_history_says_otherwise_is_told_and_not_changed() -> None:
    found = [Proposal((*LINE, "sprinkler"), "440", "40 of 40 jobs since 2024")]
    again = go_through(WRITTEN, found, "yours.yaml")
    assert (again.added, again.otherwise) == (
        (),
        (
            "maps.cost_centers.by_service_line.sprinkler: 010 here, 440 there: 40 of 40 jobs since 2024",
        ),
    )


def test_a_line_that_waited_for_a_person_is_filled_once_history_knows() -> None:
    text = WRITTEN.replace("010   # since 1998", "TODO   # 410: 3 of 3 jobs")
    again = go_through(text, [Proposal((*LINE, "Sprinkler"), "410", "21 of 21 jobs")], "y.yaml")
    assert "Sprinkler: '410'" in again.text


def test_a_setting_that_was_left_out_on_purpose_stays_out() -> None:
    again = go_through(WRITTEN, [Proposal(("jobs", "oh_batch_code"), "OHSVC", "all")], "y.yaml")
    assert again.added == ()


@pytest.fixture
def changing(
    running_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newcomer]:
    monkeypatch.chdir(tmp_path)
    yield replace(office_of(running_sandbox, tmp_path), folder=tmp_path)
    running_sandbox.control.reset()


def test_a_new_office_and_a_new_service_line_are_proposed(changing: Newcomer) -> None:
    assert changing.init("--go-live", GO_LIVE).returncode == 0
    ended = changing.command("init", str(changing.file), "--again")
    assert ended.stdout.endswith("Nothing is new.\n"), ended.stdout
    control, made = changing.sandbox.control, changing.built.made
    job = control.records("servicetrade", "job")[-1]
    request = control.records("servicetrade", "servicerequest")[-1]
    assert request["jobId"] == job["id"]
    control.edit("servicerequest", request["id"], serviceLineId=made["Boiler"])
    control.edit("location", made["Cheyenne Office"], name="Laramie Office")
    ended = changing.command("init", str(changing.file), "--again")
    assert ended.returncode == 0, ended.stderr
    added = {
        line.strip("+ ").partition(":")[0]
        for line in ended.stdout.splitlines()
        if line.startswith("+  ")
    }
    assert {"Boiler", "Laramie Office"} <= added
    new = changing.file.with_name("yours.yaml.new").read_text(encoding="utf-8")
    assert "# NEW: " in new
    assert "410: 4210" in new
