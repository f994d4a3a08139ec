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
from tests.flows.contractor import ACCOUNT_FILE
from tests.flows.timekeeper import Timekeeper, timekeeper


@pytest.fixture
def keeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """Three technicians and one week of time."""
    return timekeeper(sandbox, tmp_path, TimeSizes(weeks=1))


@pytest.mark.parametrize("target", ["soap", "rest"])
def test_approved_time_reaches_payroll_once_and_a_second_run_writes_nothing(
    keeper: Timekeeper, target: str
) -> None:
    keeper.set(target=target)
    report = keeper.carry()
    keeper.assert_exact()
    before = keeper.contractor.writes()
    again = keeper.carry()
    assert keeper.contractor.writes() == before > 0
    assert (report.stopped_by, again.writes) == (None, 0)
    (end,) = keeper.week_ends
    with keeper.contractor.session() as session:
        done = done_cards(session.ledger, f"{end:%Y%m%d}")
    assert set(done) == {
        outcome.key for outcome in report.outcomes if outcome.result is Result.CREATED
    }
    assert sum(card.hours for card in done.values()) == sum(keeper.expected().values())


@pytest.mark.parametrize(
    ("target", "operation"), [("soap", "PreTimeCard"), ("rest", "POST /timecard/timecards")]
)
def test_every_answer_dropped_once_doubles_no_card(
    keeper: Timekeeper, target: str, operation: str
) -> None:
    keeper.set(target=target)
    keys = keeper.keys()
    keeper.contractor.sandbox.control.add_fault(
        system="spectrum", operation=operation, kind="drop_answer", count=len(keys)
    )
    keeper.carry(keys)
    keeper.contractor.sandbox.control.clear_faults()
    keeper.carry(keys)
    keeper.assert_exact()


def test_a_card_that_never_arrived_is_sent_again_only_when_it_cannot_arrive_any_more(
    keeper: Timekeeper,
) -> None:
    keeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.5}
    keys = keeper.keys()
    keeper.contractor.sandbox.control.add_fault(
        system="spectrum", operation="PreTimeCard", kind="fail_before", count=2
    )
    first = keeper.carry(keys)
    at_once = keeper.carry(keys)
    assert first.counts()["unknown"] == at_once.counts()["unknown"] == 2
    assert at_once.writes == 0
    keeper.contractor.ahead = timedelta(minutes=14)
    assert keeper.carry(keys).writes == 0
    keeper.contractor.ahead = timedelta(minutes=16)
    assert keeper.carry(keys).writes == 2
    keeper.assert_exact()


def test_without_info_link_a_lost_answer_waits_for_a_person_and_is_never_sent_again(
    keeper: Timekeeper,
) -> None:
    keeper.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    keeper.contractor.sandbox.control.add_fault(
        system="spectrum", operation="PreTimeCard", kind="drop_answer", count=1
    )
    keys = keeper.keys()
    held = [outcome for outcome in keeper.carry(keys).outcomes if outcome.needs == ("a person",)]
    assert len(held) == 1
    assert "st-spectrum ledger resolve" in held[0].advice
    assert keeper.carry(keys).writes == 0
    keeper.assert_exact()


def test_two_workers_on_the_same_time_send_each_card_once(keeper: Timekeeper) -> None:
    keys = keeper.keys()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: keeper.carry(keys), range(2)))
    keeper.carry(keys)
    keeper.assert_exact()


def test_what_is_no_longer_approved_is_told_and_never_sent_again(keeper: Timekeeper) -> None:
    keys = keeper.keys()
    keeper.carry(keys)
    writes = keeper.contractor.writes()
    for number in keeper.kept.ids:
        keeper.contractor.sandbox.control.edit("timecard", number, status="open")
    report = keeper.carry(keys)
    sentences = [
        f"{outcome.reason}. {outcome.advice}"
        for outcome in report.outcomes
        if outcome.result is Result.HELD
    ]
    assert len(sentences) == len(keeper.rows())
    assert all(
        "approval was taken back" in note and "Take the card out in Spectrum" in note
        for note in sentences
    )
    assert keeper.contractor.writes() == writes


KILLED = """
import sys
from pathlib import Path
from st_spectrum.account.file import load_account
from st_spectrum.flows.session import open_session
with open_session(load_account(Path(sys.argv[1]))) as session:
    session.engine.run("timecards", sys.argv[2:], run_id="killed")
"""


@pytest.mark.parametrize("after", [1, 9])
def test_a_worker_that_is_killed_leaves_no_card_lost_or_doubled(
    keeper: Timekeeper, after: int
) -> None:
    keys = keeper.keys()
    control = keeper.contractor.sandbox.control
    control.latency(spectrum=0.05)
    arguments = [sys.executable, "-c", KILLED, str(ACCOUNT_FILE), *keys]
    worker = subprocess.Popen(arguments, env=os.environ | keeper.contractor.environment)
    try:
        while len(keeper.rows()) < after and worker.poll() is None:
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    assert len(keeper.rows()) < len(keys) - 1, "it must have been killed on the way"
    control.latency()
    keeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0}
    keeper.carry(keys)
    keeper.contractor.ahead = timedelta(minutes=16)
    keeper.carry(keys)
    keeper.assert_exact()


def test_a_closed_payroll_period_is_no_fault_of_the_time_which_waits(keeper: Timekeeper) -> None:
    keeper.set(closed_through="2026-04-11")
    report = keeper.carry()
    held = [outcome.reason for outcome in report.outcomes if outcome.result is Result.HELD]
    assert held
    assert all("closed payroll period" in reason for reason in held)
    assert report.writes == 0
    keeper.set(closed_through="")
    keeper.carry()
    keeper.assert_exact()
