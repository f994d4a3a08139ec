"""Ten things go wrong after a file was begun, in the file and in both systems: `check` names each,
with its records.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.ten_years_setup import NEVER_THERE
from tests.setup.ten_years_office import GO_LIVE, Newcomer, office_of, without_todo

IN_THE_FILE = {
    "410: 4210": ("410: 4211", "no GL account 4211"),
    "Net 45: 4": ("Net 45: 9", "no AR terms code '9'"),
    "WY: WY  ": ("WY: WYO  ", "uses tax class 'WYO'"),
    "oh_batch_code: OHSVC": ("oh_batch_code: OHSVX", "uses overhead batch 'OHSVX'"),
    "Sprinkler: 1000": ("Sprinkler: 1001", "no phase '1001'"),
}
"""What stands there: what is written instead, and what is said."""


@pytest.fixture
def office(
    running_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newcomer]:
    monkeypatch.chdir(tmp_path)
    yield replace(office_of(running_sandbox, tmp_path), folder=tmp_path)
    running_sandbox.control.reset()


def test_ten_faults_are_named_with_their_records(office: Newcomer) -> None:
    assert office.init("--go-live", GO_LIVE).returncode == 0
    text = without_todo(office.file.read_text(encoding="utf-8"))
    for right, (wrong, _) in IN_THE_FILE.items():
        assert text.count(right) >= 1, right
        text = text.replace(right, wrong)
    office.file.write_text(text, encoding="utf-8")
    control, made = office.sandbox.control, office.built.made
    twins = control.records("servicetrade", "job")[-2:]
    for job in twins:
        control.edit("job", job["id"], externalIds={"spectrum": "J77"})
    control.edit("location", made["Fort Collins Office"], name="Loveland Office")
    sites = {one["id"]: one for one in control.records("servicetrade", "location")}
    newest = reversed(control.records("servicetrade", "job")[:-2])
    nowhere = next(
        site
        for job in newest
        if job["type"] not in NEVER_THERE and (site := sites[job["locationId"]])["taxGroupId"]
    )
    control.edit(
        "location", nowhere["id"], taxGroupId=None, address={**nowhere["address"], "state": "KS"}
    )
    spectrum = office.sandbox.rig.inside("spectrum")
    with spectrum.database.writing() as book:
        book.connection.execute("UPDATE GL_MASTER_MC SET Status = 'I' WHERE GL_Account = '4220'")
        book.connection.execute("DELETE FROM JC_PHASE_MASTER_MC WHERE Phase_Code LIKE '3100%'")
    ended = office.command("check", "--account", str(office.file))
    assert ended.returncode == 1
    for _, words in IN_THE_FILE.values():
        assert words in ended.stdout
    assert "cost center 410 goes to 4211 here" in ended.stdout
    assert "GL account 4220 is not active" in ended.stdout
    assert "no phase '3100'" in ended.stdout
    assert "no office 'Fort Collins Office'" in ended.stdout
    assert (
        f"2 jobs carry external id J77: job {twins[0]['number']}, job {twins[1]['number']}"
        in ended.stdout
    )
    assert "state 'KS'" in ended.stdout
    assert "would send it" in ended.stdout
    assert "would be refused" in ended.stdout
