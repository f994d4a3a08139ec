"""Each of ten troubles is put right by a clerk who has mails, ServiceTrade, Spectrum and Dagster in
a browser; what it takes stands in `docs/ten-troubles.md`.
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.ledger.entry import State
from st_spectrum.sandbox.server import Sandbox
from tests.defs.test_guest_in_the_browser import page as page
from tests.desk.desk import Desk, open_desk
from tests.desk.troubles import TROUBLES, Trouble, open_office
from tests.world.timekeeper import Timekeeper

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

PAGE = Path(__file__).parents[2] / "docs" / "ten-troubles.md"
REWRITE = "ST_SPECTRUM_REWRITE_TROUBLES"
TABLE = re.compile(r"(?<=<!-- counted -->\n).*?(?=<!-- end of counted -->)", re.DOTALL)
HEAD = "| Clerk | What happened | Put right by | Clicks | Typed | Commands |\n|---|---|---|---|---|---|\n"


@pytest.fixture
def office(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    with closing(open_office(sandbox, tmp_path)) as office:
        yield office


@pytest.fixture
def desk(office: Timekeeper, tmp_path: Path, page: Any) -> Iterator[Desk]:
    with open_desk(office.contractor, tmp_path, page) as desk:
        yield desk


def put_right(desk: Desk, office: Timekeeper, trouble: Trouble) -> str:
    """Let it happen, read its mail, go on from there; the line of the table."""
    key = trouble.happen(office)
    office.contractor.round()
    subjects = desk.tell()
    desk.begin()
    if trouble.is_told:
        assert any(trouble.subject in subject for subject in subjects), (trouble.title, subjects)
        desk.open_mail(trouble.subject)
    trouble.correct(desk, office, key)
    trouble.act(desk, office, key)
    for _ in range(3):
        office.contractor.round()
    entry = office.contractor.entry_of(trouble.flow, key)
    assert entry.state in (State.CONFIRMED, State.SKIPPED, State.VOIDED), (trouble.title, entry)
    return (
        f"| {trouble.clerk} | {trouble.title} | {trouble.corrected} | {desk.clicks} |"
        f" {desk.fields} | 0 |\n"
    )


def test_each_of_ten_troubles_is_put_right_without_a_command(
    desk: Desk, office: Timekeeper
) -> None:
    lines = [put_right(desk, office, trouble) for trouble in TROUBLES]

    table = HEAD + "".join(lines)
    text = PAGE.read_text(encoding="utf-8")
    if os.environ.get(REWRITE):
        PAGE.write_text(TABLE.sub(lambda _: table, text), encoding="utf-8")
    found = TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == table, f"If that is meant: {REWRITE}=1 pytest {__file__}"
    assert not office.contractor.committed_twice()
