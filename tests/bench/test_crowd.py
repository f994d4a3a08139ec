"""Looks over a crowd: what they ask for follows what was touched, never what is known."""

from dataclasses import replace

import pytest

from benchmarks.crowd import LOOKS, Cost, crowded, look_through, measure
from benchmarks.stage import ACCOUNT_FILE
from st_spectrum.account.file import load_account

BATCH = 10


def looks(known: int, touched: int, over: int = 0) -> Cost:
    with crowded(known) as (sandbox, environ):
        sandbox.touch(sandbox.companies()[:touched], over)
        todays = str(sandbox.make()) if touched else ""
        account = load_account(ACCOUNT_FILE, environ)
        account = account.model_copy(
            update={"pace": account.pace.model_copy(update={"batch_size": BATCH})}
        )
        return look_through(account, known, touched, todays)


def without_times(cost: Cost) -> Cost:
    return replace(cost, known=0, cpu_seconds=0, seconds=0, cursor_kb=round(cost.cursor_kb))


def test_a_look_costs_what_was_touched_whatever_is_known_and_finds_todays_record_first() -> None:
    few, many = looks(60, 40), looks(600, 40)

    assert (few.todays, few.left) == (1, 0)
    assert few.looks == -(-41 // BATCH) + 1
    assert without_times(many) == without_times(few)


def test_a_weeks_backlog_after_a_stop_is_asked_for_whole_and_todays_record_first() -> None:
    backlog = looks(600, 60, over=7 * 24 * 3600)

    assert (backlog.todays, backlog.left) == (1, 0)


def test_a_quiet_look_lists_nothing_whatever_is_known() -> None:
    quiet = looks(600, 0)

    assert (quiet.looks, quiet.rows, quiet.requests) == (1, 0, 3), (
        "a login, what changed, what was made"
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_is_flat_between_a_thousand_and_a_hundred_thousand_known_records() -> None:
    few, many = (measure(known, 1_000, LOOKS, over=0) for known in (1_000, 100_000))

    assert (few.todays, few.left, many.todays, many.left) == (1, 0, 1, 0)
    assert many.peak_mb <= 1.2 * few.peak_mb
