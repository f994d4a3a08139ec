"""Calls that arrive long after we gave up on them, and look-ups that read an old copy: nothing goes
out a second time.
"""

import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from st_spectrum.engine.report import Result
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.buyer import Buyer, part
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper

LATE = 1.0


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """One technician and last week's time, and a Spectrum that is given up on after a second."""
    timekeeper = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY), technicians=1
    )
    timekeeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0}
    return timekeeper


def until_late_calls_have_arrived(timekeeper: Timekeeper | Buyer, operation: str) -> None:
    control = timekeeper.control
    end = time.monotonic() + 10
    while not any(call.fault == "late" for call in control.calls(operation=operation)):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_card_that_arrives_long_after_its_time_out_is_not_sent_a_second_time(
    timekeeper: Timekeeper,
) -> None:
    operation = "PreTimeCard"
    keys = timekeeper.keys()
    timekeeper.control.add_fault(system="spectrum", operation=operation, kind="late", delay=LATE)
    assert timekeeper.carry(keys).counts()["unknown"]
    timekeeper.contractor.ahead = timedelta(seconds=1.2)
    waiting = timekeeper.carry(keys)
    until_late_calls_have_arrived(timekeeper, operation)
    timekeeper.contractor.ahead = timedelta(minutes=16)

    timekeeper.carry(keys)

    assert waiting.writes == 0
    timekeeper.assert_exact()


def test_an_item_that_arrives_after_its_line_was_cancelled_is_taken_off_again(buyer: Buyer) -> None:
    buyer.control.add_fault(
        system="servicetrade", operation="POST /jobitem", kind="late", delay=LATE
    )
    number = buyer.order(part())
    buyer.round()
    buyer.control.order(number, "cancel")
    buyer.round()
    until_late_calls_have_arrived(buyer, "POST /jobitem")
    assert len(buyer.items()) == 1
    buyer.contractor.ahead = timedelta(minutes=16)

    outcomes = [buyer.round().outcomes for _ in range(2)]

    assert buyer.items() == [], outcomes


def read_a_copy(timekeeper: Timekeeper, path: Path) -> None:
    """From now on Info-Link shows Spectrum's tables as they are at this moment, for good."""
    live = timekeeper.contractor.sandbox.infolink_url.removeprefix("sqlite:///")
    # Whoever opens and closes the file by other means than SQLite ends the locks of this process on
    # it; then the next process that reads it believes that it is alone, and removes what is not in
    # the main file yet.
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    account = timekeeper.contractor.account
    assert account.spectrum.infolink is not None
    old = account.spectrum.infolink.model_copy(update={"url": SecretStr(f"sqlite:///{path}")})
    timekeeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0, "infolink": old}


def test_a_lost_answer_is_not_believed_lost_by_a_copy_that_is_hours_behind(
    timekeeper: Timekeeper, tmp_path: Path
) -> None:
    keys = timekeeper.keys()
    read_a_copy(timekeeper, tmp_path / "copy.sqlite")
    timekeeper.control.add_fault(system="spectrum", operation="PreTimeCard", kind="drop_answer")
    first = timekeeper.carry(keys)
    timekeeper.contractor.ahead = timedelta(minutes=16)
    later = timekeeper.carry(keys)
    timekeeper.contractor.ahead = timedelta(hours=25)
    next_day = timekeeper.carry(keys)

    assert first.counts()["unknown"] == later.counts()["unknown"] == 1
    assert later.writes == next_day.writes == 0
    (asked,) = [outcome for outcome in next_day.outcomes if outcome.result is Result.HELD]
    assert asked.needs == ("a person",)
    assert "may be an old copy" in asked.advice
    timekeeper.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0}
    timekeeper.carry(keys)
    timekeeper.assert_exact()
    assert max(Counter(str(row["Message"]) for row in timekeeper.rows()).values()) == 1
