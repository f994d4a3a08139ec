"""Trouble with the ledger itself: told in one sentence, nothing sent in vain, nothing made
twice.
"""

import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tests.world.contractor import Contractor
from tests.world.ledger_file import lose_ledger


def one_sentence(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    assert "Traceback" not in text
    assert lines
    assert len(lines) <= 2, text
    return " ".join(lines)


def test_a_ledger_that_vanishes_after_everything_crossed_costs_no_write(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    before = contractor.writes()
    lose_ledger(contractor)

    contractor.rounds_until_quiet()

    assert contractor.writes() == before
    contractor.assert_exact({})


def test_a_ledger_that_vanishes_half_way_is_made_anew_before_anything_is_sent(
    contractor: Contractor,
) -> None:
    for _ in range(3):
        contractor.dispatcher.chain()
    contractor.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="status",
        status=503,
        skip=1,
        count=4,
    )
    contractor.round()
    contractor.control.clear_faults()
    lose_ledger(contractor)

    contractor.rounds_until_quiet()

    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_a_ledger_locked_by_somebody_is_one_sentence_and_the_next_round_goes_on(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    before = contractor.writes()
    contractor.overrides = {"ledger": {"timeout_seconds": 0.2}}
    with contractor.session():
        pass
    connection = sqlite3.connect(contractor.state_dir / "ledger.sqlite", isolation_level=None)
    with closing(connection):
        connection.execute("BEGIN EXCLUSIVE")
        stopped = contractor.round()["customers"].stopped_by

    assert stopped is not None
    assert "locked" in str(stopped)
    assert contractor.writes() == before
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_a_ledger_locked_in_the_middle_leaves_nothing_that_the_next_round_does_not_finish(
    contractor: Contractor,
) -> None:
    for _ in range(4):
        contractor.dispatcher.chain()
    contractor.overrides = {"ledger": {"timeout_seconds": 0.1}}
    with contractor.session():
        pass
    connection = sqlite3.connect(
        contractor.state_dir / "ledger.sqlite", isolation_level=None, check_same_thread=False
    )

    def hold() -> None:
        while contractor.writes() < 5:
            time.sleep(0.005)
        connection.execute("BEGIN IMMEDIATE")

    thread = threading.Thread(target=hold)
    with closing(connection):
        thread.start()
        stopped = [report.stopped_by for report in contractor.round().values() if report.stopped_by]
        thread.join()

    assert stopped
    contractor.overrides = {}
    contractor.rounds_until_quiet()
    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_a_folder_in_the_place_of_the_ledger_is_one_sentence(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    before = contractor.writes()
    (contractor.state_dir / "ledger.sqlite").mkdir()

    result = contractor.command("sync")

    assert result.returncode == 1
    assert "ledger" in one_sentence(result.stderr)
    assert contractor.writes() == before


@pytest.mark.parametrize(
    "text", [b"", b"no database at all, only text", b"SQLite format 3\x00 and then rubbish"]
)
def test_a_file_that_is_no_ledger_is_one_sentence_and_is_left_alone(
    contractor: Contractor, text: bytes
) -> None:
    contractor.dispatcher.chain()
    before = contractor.writes()
    file = contractor.state_dir / "ledger.sqlite"
    file.write_bytes(text)

    result = contractor.command("sync")

    if text:
        assert result.returncode == 1
        assert "ledger" in one_sentence(result.stderr)
        assert file.read_bytes() == text
        assert contractor.writes() == before
    else:
        assert result.returncode == 0


def test_a_state_folder_that_cannot_be_written_is_one_sentence(contractor: Contractor) -> None:
    contractor.dispatcher.chain()
    before = contractor.writes()
    file = contractor.state_dir / "a file"
    file.write_text("")
    contractor.environ["ST_SPECTRUM_STATE_DIR"] = str(file / "below")

    result = contractor.command("sync")

    assert result.returncode == 1
    one_sentence(result.stderr)
    assert contractor.writes() == before


def test_service_descriptions_that_cannot_be_kept_are_one_sentence_or_no_trouble(
    contractor: Contractor,
) -> None:
    contractor.dispatcher.chain()
    (contractor.state_dir / "wsdl").write_text("a file where a folder should be")

    result = contractor.command("sync")

    assert "Traceback" not in result.stderr + result.stdout
    assert result.returncode in (0, 1)
    if result.returncode == 0:
        contractor.assert_exact({})
