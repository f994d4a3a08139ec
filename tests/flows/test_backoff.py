"""When a record that could not go out is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from st_spectrum.account import Pace
from st_spectrum.domain.errors import OutcomeUnknown, Problem, RateLimited, Rejected, Unavailable
from st_spectrum.engine.retries.backoff import Backoff, is_pause_over
from st_spectrum.ledger.entry import State, new_entry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BACKOFF = Backoff(Pace(retry_held_after_seconds=60, retry_rejected_after_seconds=600))
REFUSED = Rejected([Problem("E", "no")], system="spectrum")


def seconds(at: datetime | None) -> float | None:
    return None if at is None else (at - NOON).total_seconds()


def test_a_record_that_waits_is_asked_for_after_a_pause_that_doubles_up_to_an_hour() -> None:
    waits = [
        seconds(BACKOFF.after_hold(("jobs/1",), attempts, NOON)) for attempts in (1, 2, 3, 7, 50)
    ]
    assert waits == [60, 120, 240, 3600, 3600]


def test_a_system_that_was_down_makes_no_record_wait() -> None:
    assert BACKOFF.after_hold(("spectrum answers again",), 1, NOON) is None
    assert BACKOFF.after_problem(Unavailable("down"), State.HELD, 3, NOON, is_own=False) is None


def test_what_was_refused_waits_longer_than_what_costs_reads_only() -> None:
    assert seconds(BACKOFF.after_problem(REFUSED, State.REJECTED, 1, NOON, is_own=True)) == 600
    lost = OutcomeUnknown("no answer")
    assert seconds(BACKOFF.after_problem(lost, State.UNKNOWN, 1, NOON, is_own=True)) == 60
    assert seconds(BACKOFF.after_lost_claim(2, NOON)) == 120


@pytest.mark.parametrize("is_own", [True, False])
def test_a_pause_that_a_system_asked_for_is_kept_to_the_second(is_own: bool) -> None:
    pause = RateLimited("later", retry_after=7)
    assert seconds(BACKOFF.after_problem(pause, State.HELD, 5, NOON, is_own=is_own)) == 7


@pytest.mark.parametrize(
    ("retry_at", "changed_at", "is_over"),
    [
        (None, NOON, True),
        (NOON, NOON, True),
        (NOON + timedelta(seconds=1), NOON, False),
        (NOON + timedelta(days=400), NOON + timedelta(days=399), True),
    ],
)
def test_a_pause_is_over_when_its_time_has_come_or_a_wrong_clock_has_set_it(
    retry_at: datetime | None, changed_at: datetime, is_over: bool
) -> None:
    entry = new_entry("jobs", "1", State.HELD, changed_at, retry_at=retry_at)
    assert is_pause_over(entry, NOON) is is_over
