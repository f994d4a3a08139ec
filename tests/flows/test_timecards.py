"""Approved time reaches payroll once: whatever answers are lost, whoever else is at work, whatever
changes afterwards.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.engine.report import Result
from st_spectrum.flows.timecards.done_cards import done_cards
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.contractor import ACCOUNT_FILE
from tests.world.timekeeper import Timekeeper, build_timekeeper


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """Three technicians and one week of time."""
    return build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1))


@pytest.mark.parametrize("target", ["soap", "rest"])
def test_approved_time_reaches_payroll_once_and_a_second_run_writes_nothing(
    timekeeper: Timekeeper, target: str
) -> None:
    timekeeper.set_rules(target=target)
    report = timekeeper.carry()
    timekeeper.assert_exact()
    before = timekeeper.contractor.writes()
    again = timekeeper.carry()
    assert timekeeper.contractor.writes() == before > 0
    assert (report.stopped_by, again.writes) == (None, 0)
    (end,) = timekeeper.week_ends
    with timekeeper.contractor.session() as session:
        done = done_cards(session.ledger, f"{end:%Y%m%d}")
    assert set(done) == {
        outcome.key for outcome in report.outcomes if outcome.result is Result.CREATED
    }
    assert sum(card.hours for card in done.values()) == sum(timekeeper.expected().values())


def test_every_answer_dropped_once_doubles_no_card(timekeeper: Timekeeper) -> None:
    timekeeper.set_rules(target="rest")
    keys = timekeeper.keys()
    timekeeper.control.add_fault(
        system="spectrum",
        operation="POST /timecard/timecards",
        kind="drop_answer",
        count=len(keys),
    )
    timekeeper.carry(keys)
    timekeeper.control.clear_faults()
    timekeeper.carry(keys)
    timekeeper.assert_exact()


def test_a_card_that_never_arrived_is_sent_again_only_when_it_cannot_arrive_any_more(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.5}
    keys = timekeeper.keys()
    timekeeper.control.add_fault(
        system="spectrum", operation="PreTimeCard", kind="fail_before", count=2
    )
    first = timekeeper.carry(keys)
    at_once = timekeeper.carry(keys)
    assert first.counts()["unknown"] == at_once.counts()["unknown"] == 2
    assert at_once.writes == 0
    timekeeper.contractor.ahead = timedelta(minutes=14)
    assert timekeeper.carry(keys).writes == 0
    timekeeper.contractor.ahead = timedelta(minutes=16)
    assert timekeeper.carry(keys).writes == 2
    timekeeper.assert_exact()


def test_without_info_link_a_lost_answer_waits_for_a_person_and_is_never_sent_again(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    timekeeper.control.add_fault(
        system="spectrum", operation="PreTimeCard", kind="drop_answer", count=1
    )
    keys = timekeeper.keys()
    held = [
        outcome for outcome in timekeeper.carry(keys).outcomes if outcome.needs == ("a person",)
    ]
    assert len(held) == 1
    assert "st-spectrum ledger resolve" in held[0].advice
    assert timekeeper.carry(keys).writes == 0
    timekeeper.assert_exact()


def test_two_workers_on_the_same_time_send_each_card_once(timekeeper: Timekeeper) -> None:
    keys = timekeeper.keys()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: timekeeper.carry(keys), range(2)))
    timekeeper.carry(keys)
    timekeeper.assert_exact()


def test_what_is_no_longer_approved_is_told_and_never_sent_again(timekeeper: Timekeeper) -> None:
    keys = timekeeper.keys()
    timekeeper.carry(keys)
    writes = timekeeper.contractor.writes()
    for number in timekeeper.kept.ids:
        timekeeper.control.edit("timecard", number, status="open")
    report = timekeeper.carry(keys)
    sentences = [
        f"{outcome.reason}. {outcome.advice}"
        for outcome in report.outcomes
        if outcome.result is Result.HELD
    ]
    assert len(sentences) == len(timekeeper.rows())
    assert all(
        "approval was taken back" in note and "Take the card out in Spectrum" in note
        for note in sentences
    )
    assert timekeeper.contractor.writes() == writes


KILLED = """
import sys
from pathlib import Path
from st_spectrum.account.file import load_account
from st_spectrum.flows.session import open_session
with open_session(load_account(Path(sys.argv[1]))) as session:
    session.engine.run("timecards", sys.argv[2:], run_id="killed")
"""


def test_a_worker_that_is_killed_leaves_no_card_lost_or_doubled(timekeeper: Timekeeper) -> None:
    keys = timekeeper.keys()
    control = timekeeper.control
    control.latency(spectrum=0.05)
    arguments = [sys.executable, "-c", KILLED, str(ACCOUNT_FILE), *keys]
    worker = subprocess.Popen(arguments, env=os.environ | timekeeper.contractor.environment)
    try:
        while len(timekeeper.rows()) < 9 and worker.poll() is None:
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    assert len(timekeeper.rows()) < len(keys) - 1, "it must have been killed on the way"
    control.latency()
    timekeeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0}
    timekeeper.carry(keys)
    timekeeper.contractor.ahead = timedelta(minutes=16)
    timekeeper.carry(keys)
    timekeeper.assert_exact()


def test_a_closed_payroll_period_is_no_fault_of_the_time_which_waits(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.set_rules(closed_through="2026-04-11")
    report = timekeeper.carry()
    held = [outcome.reason for outcome in report.outcomes if outcome.result is Result.HELD]
    assert held
    assert all("closed payroll period" in reason for reason in held)
    assert report.writes == 0
    timekeeper.set_rules(closed_through="")
    timekeeper.carry()
    timekeeper.assert_exact()
