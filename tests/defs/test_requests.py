"""The pure rules of the sensors: pauses, bookmarks and the memory of the re-drive."""

import ast
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum import sensors
from st_spectrum.assets.names import AccountNames
from st_spectrum.sensors.requests import (
    LONGEST_PAUSE_SECONDS,
    LONGEST_REDRIVE_PAUSE_SECONDS,
    Bookmark,
    Memory,
    digest,
    pause_seconds,
)
from st_spectrum.sensors.runs import ask_for

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = st.lists(st.integers(1, 40).map(str), unique=True, max_size=30)


@given(st.integers(-3, 10_000))
def test_pauses_grow_and_stay_bounded(attempt: int) -> None:
    assert 5 <= pause_seconds(attempt) <= pause_seconds(attempt + 1) <= LONGEST_PAUSE_SECONDS


def test_the_first_pauses_double() -> None:
    assert [pause_seconds(attempt) for attempt in range(1, 7)] == [5, 10, 20, 40, 60, 60]


@given(KEYS, st.text(), st.integers(0, 5))
def test_a_bookmark_survives_being_written_down(
    keys: list[str], seen: str, more_attempts: int
) -> None:
    bookmark = Bookmark(NOON).asking("customers", keys, seen, NOON)
    for _ in range(more_attempts):
        bookmark = bookmark.asking_again(NOON + timedelta(seconds=1))
    assert Bookmark.open(bookmark.encode(), NOON + timedelta(days=1)) == bookmark


@pytest.mark.parametrize(
    "text", [None, "", "17", "{}", "null", "[]", '{"version":99}', "not json", '{"version":1}']
)
def test_an_unreadable_cursor_starts_from_the_beginning(text: str | None) -> None:
    assert Bookmark.open(text, NOON) == Bookmark(NOON)
    assert Memory.open(text) == Memory()


def test_a_cursor_that_another_account_left_starts_from_the_beginning() -> None:
    north = Bookmark(NOON, account="north").asking("customers", ["1"], "seen", NOON)
    later = NOON + timedelta(hours=1)
    assert Bookmark.open(north.encode(), later, "south") == Bookmark(later, account="south")
    assert Bookmark.open(north.encode(), later, "north") == north


def test_a_cursor_of_the_first_version_is_taken_on_by_its_account() -> None:
    first = json.loads(Bookmark(NOON).asking("customers", ["1"], "seen", NOON).encode())
    del first["account"]
    taken = Bookmark.open(json.dumps(first), NOON, "north")
    assert (taken.seen, taken.account) == ("seen", "north")


def test_another_attempt_has_another_run_key_and_the_same_records() -> None:
    first = Bookmark(NOON).asking("jobs", ["1", "2"], "seen", NOON)
    second = first.asking_again(NOON)
    assert first.asked and second.asked
    assert second.asked.keys == first.asked.keys
    assert second.asked.run_key != first.asked.run_key


def test_a_sensor_whose_cursor_was_reset_does_not_meet_its_used_run_keys() -> None:
    before = Bookmark(NOON).asking("jobs", ["1"], "seen", NOON).asked
    after = Bookmark(NOON + timedelta(hours=1)).asking("jobs", ["1"], "seen", NOON).asked
    assert before and after and before.run_key != after.run_key


def test_the_pause_starts_when_the_run_ended() -> None:
    asked = Bookmark(NOON).asking("jobs", ["1"], "seen", NOON).asked
    assert asked is not None
    ended_at = NOON + timedelta(minutes=3)
    assert asked.may_be_asked_again_at(ended_at) == ended_at + timedelta(seconds=5)
    assert asked.may_be_asked_again_at(None) == NOON + timedelta(seconds=5)


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_only_equal_lists_share_a_digest(some: list[str], others: list[str]) -> None:
    assert (digest(*some) == digest(*others)) == (some == others)


@given(KEYS, st.lists(KEYS, max_size=6))
def test_a_memory_survives_being_written_down(due: list[str], rounds: list[list[str]]) -> None:
    memory = Memory()
    for minute, keys in enumerate([due, *rounds]):
        memory = memory.asking("sites", keys, NOON + timedelta(minutes=minute))
    assert Memory.open(memory.encode()) == memory


@given(KEYS, KEYS)
def test_what_was_never_asked_for_is_always_ready_and_comes_first(
    stuck: list[str], fresh: list[str]
) -> None:
    memory = Memory().asking("sites", stuck, NOON)
    new = [key for key in fresh if key not in stuck]
    assert list(memory.ready([*stuck, *new], NOON)) == new
    later = memory.ready([*stuck, *new], NOON + timedelta(hours=1))
    assert list(later) == [*new, *stuck]


@given(st.integers(1, 40))
def test_a_record_that_never_moves_is_asked_for_ever_more_rarely_but_never_given_up(
    times: int,
) -> None:
    memory, now, gaps = Memory(), NOON, []
    for _ in range(times):
        memory = memory.without_quiet(now).asking("sites", ["7"], now)
        asked_at = now
        while not memory.ready(["7"], now):
            now += timedelta(seconds=10)
        gaps.append((now - asked_at).total_seconds())
    assert gaps == sorted(gaps)
    assert gaps[0] == 10
    assert gaps[-1] <= LONGEST_REDRIVE_PAUSE_SECONDS


def test_a_record_that_moved_and_falls_due_again_later_counts_as_new() -> None:
    memory = Memory().asking("sites", ["7"], NOON).asking("sites", ["7"], NOON)
    assert not memory.without_quiet(NOON + timedelta(hours=1)).tried


def test_a_record_that_the_ledger_sets_aside_between_attempts_is_still_asked_for_ever_more_rarely() -> (
    None
):
    memory, now, asked = Memory(), NOON, 0
    due_at = NOON
    while now < NOON + timedelta(hours=2):
        memory = memory.without_quiet(now)
        if now >= due_at and memory.ready(["7"], now):
            memory, asked = memory.asking("sites", ["7"], now), asked + 1
            due_at = now + timedelta(seconds=30)
        now += timedelta(seconds=10)
    assert 10 <= asked <= 20


def test_after_an_outage_the_longest_pause_is_the_short_one() -> None:
    memory = Memory()
    for _ in range(20):
        memory = memory.asking("sites", ["7"], NOON)
    in_a_minute = NOON + timedelta(seconds=LONGEST_PAUSE_SECONDS)
    assert memory.ready(["7"], in_a_minute) == ()
    assert memory.ready(["7"], in_a_minute, LONGEST_PAUSE_SECONDS) == ("7",)


def test_one_function_makes_the_requests_of_all_sensors_for_records() -> None:
    made = [
        (path.stem, node.name)
        for path in sorted(Path(sensors.__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and "run_config" in _arguments_of_requests(node)
    ]
    assert made == [("runs", "ask_for")]


def _arguments_of_requests(function: ast.FunctionDef) -> set[str | None]:
    return {
        argument.arg
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("RunRequest")
        for argument in node.keywords
    }


def test_a_change_is_requested_under_the_run_key_and_tags_of_the_first_version() -> None:
    asking = Bookmark(NOON).asking("jobs", ["1", "2"], "seen", NOON).asking_again(NOON)
    made = ask_for(asking.request, AccountNames("one", is_alone=False), "New.", "cursor")
    assert made.cursor == "cursor"
    assert asking.asked and made.run_requests
    (run,) = made.run_requests
    assert run.run_key == f"jobs-{asking.asked.batch}-2"
    assert run.tags == {"request": run.run_key, "records": "2", "attempt": "2"}
    batch = {"keys": ["1", "2"], "attempt": 2, "reason": "New."}
    assert run.run_config == {"ops": {"one_jobs": {"config": batch}}}


def test_what_is_due_again_bears_the_attempt_of_the_record_that_was_tried_most() -> None:
    memory = Memory().asking("sites", ["7"], NOON).asking("sites", ["7", "8"], NOON)
    request = memory.request("sites", ["7", "8"])
    assert (request.run_key, request.attempt) == (memory.last_run_key, 2)
    assert request.run_key.startswith("sites-redrive-")
