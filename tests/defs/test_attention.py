"""What is put before a person, in the asset check and by mail alike, and what is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from st_spectrum.alerts.causes import causes_of
from st_spectrum.assets.checks import verdict
from st_spectrum.engine.retries.attention import needs_a_person, standing_since
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry, State, move, new_entry

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOON, LATER = NOON + timedelta(minutes=1), NOON + timedelta(minutes=30)


def needs_attention(entry: Entry, attempts: int, now: datetime) -> bool:
    """What both say: the check lists it, and a mail names its cause."""
    by_check = not verdict([entry], attempts, now).passed
    by_mail = bool(causes_of([entry], "", now, attempts))
    assert by_check == by_mail == needs_a_person(entry, now, attempts, FLOWS)
    return by_check


def entry(state: State, **changes: Any) -> Entry:
    """An entry that has stood in `state` since noon."""
    if state is State.UNKNOWN:
        return move(new_entry("sites", "7", State.CLAIMED, NOON), state, NOON, **changes)
    return new_entry("sites", "7", state, NOON, **changes)


def test_a_refused_record_needs_a_person_at_once() -> None:
    assert needs_attention(entry(State.REJECTED), 8, SOON)


def test_a_write_in_doubt_gets_some_minutes_to_settle_itself() -> None:
    assert not needs_attention(entry(State.UNKNOWN), 8, SOON)
    assert needs_attention(entry(State.UNKNOWN), 8, LATER)


def test_a_record_that_waits_for_another_record_needs_nobody_for_a_quarter_of_an_hour() -> None:
    waits = entry(State.HELD, needs=("customers/1201",))
    assert not needs_attention(waits, 8, NOON + timedelta(minutes=14))
    assert needs_attention(waits, 8, LATER)


@pytest.mark.parametrize(
    "needs",
    [(), ("a person",), ("spectrum: terms code 3",), ("customers/1", "account: code range")],
)
def test_a_record_that_waits_for_anything_else_needs_a_person_after_a_while(
    needs: tuple[str, ...],
) -> None:
    assert not needs_attention(entry(State.HELD, needs=needs), 8, SOON)
    assert needs_attention(entry(State.HELD, needs=needs), 8, LATER)


def test_a_record_that_was_tried_too_often_needs_a_person_whatever_it_waits_for() -> None:
    assert needs_attention(entry(State.HELD, needs=("customers/1201",), attempts=8), 8, SOON)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.SKIPPED])
def test_what_is_done_needs_nobody(state: State) -> None:
    assert not needs_attention(entry(state, attempts=99), 8, LATER)


def test_what_is_being_done_needs_somebody_once_it_has_not_moved_for_long() -> None:
    assert not needs_attention(entry(State.CLAIMED, attempts=99), 8, SOON)
    assert needs_attention(entry(State.CLAIMED), 8, LATER)


def test_attempts_in_between_do_not_make_a_record_young_again() -> None:
    stuck = entry(State.UNKNOWN)
    for minute in range(1, 30):
        at = NOON + timedelta(minutes=minute)
        stuck = move(move(stuck, State.CLAIMED, at, claim=str(minute)), State.UNKNOWN, at)
    assert standing_since(stuck) <= NOON + timedelta(minutes=20)
    assert needs_attention(stuck, 99, NOON + timedelta(minutes=30))


def test_what_a_record_went_through_before_does_not_make_it_old() -> None:
    waited = entry(State.HELD, needs=("customers/1",))
    in_doubt = move(move(waited, State.CLAIMED, LATER, claim="1"), State.UNKNOWN, LATER)
    assert standing_since(in_doubt) == LATER
    assert not needs_attention(in_doubt, 99, LATER + timedelta(minutes=1))


def test_the_result_counts_and_lists_them() -> None:
    refused = entry(
        State.REJECTED, title="Pier | 4", reason="Site_Name: too long", advice="Shorten it."
    )
    result = verdict([refused, entry(State.HELD, needs=("customers/1",))], 8, SOON)
    assert not result.passed
    assert result.description == "1 of 2 unfinished records need a person."
    assert "Pier \\| 4" in str(result.metadata["records"].value)
    assert verdict([], 8, SOON).passed
