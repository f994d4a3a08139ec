"""Moves of an entry, and its text form."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger.entry import (
    CLOSED,
    HISTORY_LENGTH,
    MOVES,
    Entry,
    ForbiddenMove,
    State,
    Transition,
    decode,
    encode,
    is_open,
    move,
    new_entry,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
states = st.sampled_from(State)
texts = st.text(max_size=20)
words = st.lists(texts, max_size=3).map(tuple)
times = st.datetimes(timezones=st.just(UTC))
transitions = st.builds(Transition, times, st.none() | states, states, texts, texts)
entries = st.builds(
    Entry,
    flow=texts,
    key=texts,
    state=states,
    first_seen_at=times,
    changed_at=times,
    title=texts,
    target_key=texts,
    started_steps=words,
    done_steps=words,
    attempts=st.integers(0, 99),
    owner=texts,
    claim=texts,
    lease_until=st.none() | times,
    reason=texts,
    needs=words,
    notes=words,
    retry_at=st.none() | times,
    history=st.lists(transitions, max_size=3).map(tuple),
)


@given(entries)
def test_an_entry_is_read_back_as_it_was_written(entry: Entry) -> None:
    text = encode(entry)
    assert "\n" not in text
    assert decode(text) == entry


@given(entries, states)
def test_only_the_moves_of_the_table_are_made(entry: Entry, to: State) -> None:
    is_allowed = to in MOVES[entry.state] and not (
        to in (State.SKIPPED, State.VOIDED) and entry.started_steps
    )
    if is_allowed:
        moved = move(entry, to, NOON)
        assert (moved.state, moved.changed_at) == (to, NOON)
        assert moved.first_seen_at == entry.first_seen_at
    else:
        with pytest.raises(ForbiddenMove):
            move(entry, to, NOON)


def test_every_state_has_its_moves_and_every_state_can_be_reached() -> None:
    assert set(MOVES) == {None, *State}
    assert frozenset().union(*MOVES.values()) == frozenset(State)


def test_a_write_in_doubt_can_only_be_claimed_again() -> None:
    assert MOVES[State.UNKNOWN] == {State.CLAIMED}


def test_a_record_in_doubt_is_neither_skipped_nor_voided() -> None:
    entry = new_entry("jobs", "1", State.CLAIMED, NOON, started_steps=("job",))
    for state in (State.SKIPPED, State.VOIDED):
        with pytest.raises(ForbiddenMove, match="job"):
            move(entry, state, NOON)
    assert move(entry, State.HELD, NOON).started_steps == ("job",)
    assert move(entry, State.CONFIRMED, NOON).started_steps == ()


def test_whoever_leaves_claimed_gives_up_the_claim() -> None:
    entry = new_entry(
        "jobs",
        "1",
        State.CLAIMED,
        NOON,
        owner="me",
        claim="c1",
        lease_until=NOON + timedelta(minutes=5),
    )
    assert entry.claimed_at == NOON
    left = move(entry, State.REJECTED, NOON)
    assert (left.owner, left.claim, left.lease_until) == ("", "", None)
    assert left.claimed_at == NOON


def test_the_time_of_confirming_is_kept_through_later_changes() -> None:
    entry = move(new_entry("jobs", "1", State.CLAIMED, NOON), State.CONFIRMED, NOON)
    later = NOON + timedelta(days=1)
    assert move(entry, State.CONFIRMED, later, source_version="2").confirmed_at == NOON
    claimed = move(entry, State.CLAIMED, later)
    assert claimed.confirmed_at == NOON
    assert move(claimed, State.CONFIRMED, later).confirmed_at == later


def test_the_history_tells_moves_not_progress_and_is_bounded() -> None:
    entry = new_entry("jobs", "1", State.CLAIMED, NOON, claim="c1", run_id="r1")
    entry = move(entry, State.CLAIMED, NOON, started_steps=("job",))
    assert len(entry.history) == 1
    entry = move(entry, State.REJECTED, NOON, reason="x" * 1000)
    first, second = entry.history
    assert (first.from_state, first.to_state, first.run_id) == (None, State.CLAIMED, "r1")
    assert (second.from_state, second.to_state) == (State.CLAIMED, State.REJECTED)
    assert len(second.reason) == 200
    for _ in range(HISTORY_LENGTH):
        entry = move(move(entry, State.CLAIMED, NOON), State.REJECTED, NOON)
    assert len(entry.history) == HISTORY_LENGTH


def test_open_is_what_somebody_has_to_come_back_to() -> None:
    assert {state for state in State if not is_open(state)} == CLOSED
    assert is_open(State.REJECTED)
    assert is_open(State.UNKNOWN)


def test_keys_of_a_newer_program_are_passed_over() -> None:
    entry = new_entry("jobs", "1", State.HELD, NOON)
    document = json.loads(encode(entry)) | {"colour": "red"}
    assert decode(json.dumps(document)) == entry


def test_half_of_a_surrogate_pair_does_not_stop_the_ledger() -> None:
    entry = new_entry("jobs", "1", State.HELD, NOON, title="Pump \ud83d")
    assert decode(encode(entry)).title == "Pump ?"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda _: "{", "JSONDecodeError"),
        (lambda _: "[]", "damaged"),
        (lambda _: "{}", "schema"),
        (lambda document: json.dumps(document | {"schema": "2"}), "schema"),
        (lambda document: json.dumps(document | {"state": "lost"}), "state"),
        (lambda document: json.dumps(document | {"attempts": "many"}), "attempts"),
        (
            lambda document: json.dumps(document | {"changed_at": "2026-03-02T12:00:00"}),
            "changed_at",
        ),
        (lambda document: json.dumps({k: v for k, v in document.items() if k != "flow"}), "flow"),
        (lambda _: "[" * 100_000, "damaged"),
    ],
)
def test_a_damaged_text_names_the_document_and_the_place(damage, sentence: str) -> None:
    document = json.loads(encode(new_entry("jobs", "10482", State.HELD, NOON)))
    with pytest.raises(ContractBroken) as caught:
        decode(damage(document), "entries/jobs/10482")
    assert "entries/jobs/10482" in str(caught.value)
    assert sentence in str(caught.value)
