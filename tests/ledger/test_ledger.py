"""The ledger's rules on one store: claims, leases, take-over, holds, markers, cursors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.errors import ClaimLost, ContractBroken
from st_spectrum.ledger.documents.records import Cursor, JobCustomer
from st_spectrum.ledger.entry import ForbiddenMove, State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.layout import entry_path, last_word
from st_spectrum.ledger.ledger import Ledger, open_ledger
from tests.ledger.ledger_servers import moto
from tests.ledger.watched import LEASE, StillClock, Watched, die

NOTE = {"title": "Harbor Foods LLC", "run_id": "r"}


def judged(state: State, version: str = "v", reason: str = "waits") -> Judgement:
    return Judgement(state, reason, "wait", ("customers/7",), version)


def test_a_record_crosses_and_its_entry_tells_the_way(ledger: Ledger, clock: StillClock) -> None:
    held = ledger.claim(
        "customers", "1201", run_id="r1", title="Harbor Foods LLC", source_version="v1"
    )
    held = ledger.progress(held, target_key="C00001", started_steps=("customer",))
    clock.move(10)
    held = ledger.progress(held, started_steps=(), done_steps=("customer",))
    assert held.entry.lease_until == clock.now + timedelta(seconds=LEASE)
    assert ledger.open_keys("customers") == ("1201",)
    done = ledger.settle(held, State.CONFIRMED, payload_digest="d")
    assert ledger.open_keys("customers") == ()
    assert ledger.get("customers", "1201") == done
    entry = done.entry
    assert (entry.state, entry.target_key, entry.done_steps, entry.attempts) == (
        State.CONFIRMED,
        "C00001",
        ("customer",),
        1,
    )
    assert [(p.from_state, p.to_state) for p in entry.history] == [
        (None, State.CLAIMED),
        (State.CLAIMED, State.CONFIRMED),
    ]
    assert [entry.key for entry in ledger.entries("customers")] == ["1201"]


def test_a_live_claim_of_another_worker_is_respected(
    ledger: Ledger, other: Ledger, clock: StillClock
) -> None:
    ledger.claim("jobs", "1", run_id="r1")
    clock.move(LEASE - 1)
    with pytest.raises(ClaimLost, match=r"claimed by worker one until 2026-03-02 12:05:00 UTC"):
        other.claim("jobs", "1", run_id="r2")


def test_the_same_worker_does_not_claim_a_record_twice(ledger: Ledger) -> None:
    ledger.claim("jobs", "1", run_id="r1")
    with pytest.raises(ClaimLost):
        ledger.claim("jobs", "1", run_id="r1")


def test_a_claim_that_ran_out_is_taken_over_with_what_was_started(
    ledger: Ledger, other: Ledger, clock: StillClock
) -> None:
    first = ledger.claim("jobs", "1", run_id="r1")
    first = ledger.progress(
        first, target_key="10482", done_steps=("job",), started_steps=("phases",)
    )
    clock.move(LEASE)
    second = other.claim("jobs", "1", run_id="r2")
    entry = second.entry
    assert (entry.target_key, entry.done_steps, entry.started_steps) == (
        "10482",
        ("job",),
        ("phases",),
    )
    assert (entry.attempts, entry.run_id, entry.owner, entry.is_in_doubt) == (
        2,
        "r2",
        "worker two",
        True,
    )
    assert entry.history[-1].reason == "taken over from worker one"
    with pytest.raises(ClaimLost):
        ledger.progress(first)
    with pytest.raises(ClaimLost):
        ledger.settle(first, State.CONFIRMED)
    other.settle(second, State.CONFIRMED)


def test_a_slow_worker_that_nobody_replaced_goes_on(ledger: Ledger, clock: StillClock) -> None:
    held = ledger.claim("jobs", "1", run_id="r1")
    clock.move(LEASE * 3)
    assert ledger.progress(held).entry.lease_until == clock.now + timedelta(seconds=LEASE)


@pytest.mark.parametrize(
    "state", [State.HELD, State.REJECTED, State.UNKNOWN, State.SKIPPED, State.CONFIRMED]
)
def test_whatever_is_not_at_work_or_voided_can_be_claimed(ledger: Ledger, state: State) -> None:
    held = ledger.claim("jobs", "1", run_id="r1")
    ledger.settle(held, state, reason="because", needs=("x",))
    again = ledger.claim("jobs", "1", run_id="r2").entry
    assert (again.state, again.reason, again.needs) == (State.CLAIMED, "", ())
    assert again.attempts == (1 if state in (State.SKIPPED, State.CONFIRMED) else 2)
    assert ledger.open_keys("jobs") == ("1",)


def test_a_voided_record_is_not_claimed(ledger: Ledger) -> None:
    ledger.settle(ledger.claim("jobs", "1", run_id="r"), State.VOIDED)
    with pytest.raises(ForbiddenMove):
        ledger.claim("jobs", "1", run_id="r")


def test_only_the_holder_moves_a_claim(ledger: Ledger, other: Ledger) -> None:
    held = ledger.claim("jobs", "1", run_id="r")
    with pytest.raises(ForbiddenMove):
        other.settle(held, State.HELD)
    done = ledger.settle(held, State.HELD)
    with pytest.raises(ForbiddenMove):
        ledger.progress(done)


def test_of_two_claims_at_the_same_moment_one_wins(
    ledger: Ledger, other: Ledger, watched: Watched
) -> None:
    watched.steps_in["create", entry_path("jobs", "1")] = lambda: other.claim(
        "jobs", "1", run_id="r2"
    )
    with pytest.raises(ClaimLost, match="worker two"):
        ledger.claim("jobs", "1", run_id="r1")


def test_a_claim_that_met_a_hold_in_the_making_is_tried_again(
    ledger: Ledger, other: Ledger, watched: Watched
) -> None:
    watched.steps_in["create", entry_path("jobs", "1")] = lambda: other.record(
        "jobs", "1", judged(State.HELD), **NOTE
    )
    assert ledger.claim("jobs", "1", run_id="r1").entry.state is State.CLAIMED


def test_a_hold_is_noted_once_and_a_quiet_round_writes_nothing(
    ledger: Ledger, watched: Watched, clock: StillClock
) -> None:
    first = ledger.record("sites", "9", judged(State.HELD, "v1"), **NOTE)
    assert ledger.open_keys("sites") == ("9",)
    watched.calls.clear()
    clock.move(60)
    later = clock.now + timedelta(hours=1)
    assert ledger.record("sites", "9", judged(State.HELD, "v1"), **NOTE | {"run_id": "r2"}) == first
    assert ledger.record("sites", "9", judged(State.HELD, "v1"), retry_at=later, **NOTE) == first
    assert watched.writes == []
    moved = ledger.record("sites", "9", judged(State.HELD, "v1", "another"), **NOTE)
    assert (moved.entry.reason, moved.entry.first_seen_at) == ("another", first.entry.first_seen_at)


def test_a_noted_skip_closes_what_was_held(ledger: Ledger) -> None:
    ledger.record("jobs", "1", judged(State.HELD, "v1"), **NOTE)
    ledger.record("jobs", "1", judged(State.SKIPPED, "v2"), **NOTE)
    assert ledger.open_keys("jobs") == ()
    ledger.record("jobs", "1", judged(State.HELD, "v3"), **NOTE)
    assert ledger.open_keys("jobs") == ("1",)


def test_nothing_is_noted_over_somebody_at_work(
    ledger: Ledger, other: Ledger, clock: StillClock
) -> None:
    held = ledger.claim("jobs", "1", run_id="r")
    assert other.record("jobs", "1", judged(State.HELD), **NOTE) is None
    clock.move(LEASE)
    assert other.record("jobs", "1", judged(State.HELD), **NOTE).entry.state is State.HELD
    with pytest.raises(ClaimLost):
        ledger.progress(held)


def test_nothing_is_noted_over_a_write_in_doubt(ledger: Ledger, clock: StillClock) -> None:
    held = ledger.progress(ledger.claim("jobs", "1", run_id="r"), started_steps=("job",))
    clock.move(LEASE)
    assert ledger.record("jobs", "1", judged(State.SKIPPED), **NOTE) is None
    ledger.settle(held, State.UNKNOWN)
    assert ledger.record("jobs", "1", judged(State.HELD), **NOTE) is None
    assert ledger.get("jobs", "1").entry.state is State.UNKNOWN


def test_what_needs_a_claim_cannot_be_noted(ledger: Ledger) -> None:
    for state in (State.CLAIMED, State.UNKNOWN, State.VOIDED):
        with pytest.raises(ForbiddenMove):
            ledger.record("jobs", "1", judged(state), **NOTE)


def test_the_marker_is_there_before_the_entry_and_goes_after_it_closed(
    ledger: Ledger, watched: Watched
) -> None:
    held = ledger.claim("jobs", "1", run_id="r")
    ledger.settle(held, State.CONFIRMED)
    assert watched.writes == [
        ("create", "open/jobs/1"),
        ("create", "entries/jobs/1"),
        ("replace", "entries/jobs/1"),
        ("discard", "open/jobs/1"),
    ]


def test_a_worker_that_died_before_its_entry_leaves_a_key_to_ask_for(
    ledger: Ledger, watched: Watched
) -> None:
    watched.steps_in["create", "entries/jobs/1"] = die
    with pytest.raises(KeyboardInterrupt):
        ledger.claim("jobs", "1", run_id="r")
    assert list(ledger.open_entries("jobs")) == [("1", None)]


@pytest.mark.parametrize("moment", [("discard", "open/jobs/1"), ("replace", "entries/jobs/1")])
def test_a_record_opened_while_another_worker_closes_it_keeps_its_marker(
    ledger: Ledger, other: Ledger, watched: Watched, moment: tuple[str, str]
) -> None:
    held = ledger.claim("jobs", "1", run_id="r1")
    if (
        moment[0] == "discard"
    ):  # claimed after the other one confirmed, before it removed the marker
        watched.steps_in[moment] = lambda: other.claim("jobs", "1", run_id="r2")
        ledger.settle(held, State.CONFIRMED)
    else:  # the marker goes between the look at it and the claim
        ledger.settle(held, State.CONFIRMED)
        watched.steps_in[moment] = lambda: watched._store.discard("open/jobs/1")
        other.claim("jobs", "1", run_id="r2")
    assert ledger.get("jobs", "1").entry.state is State.CLAIMED
    assert ledger.open_keys("jobs") == ("1",)


def test_a_stale_marker_is_removed_by_whoever_finds_it(ledger: Ledger, watched: Watched) -> None:
    ledger.settle(ledger.claim("jobs", "1", run_id="r"), State.CONFIRMED)
    ledger.record("jobs", "2", judged(State.HELD), **NOTE)
    watched.create("open/jobs/1", "{}")
    assert [key for key, _ in ledger.open_entries("jobs")] == ["2"]
    assert ledger.open_keys("jobs") == ("2",)


@pytest.mark.parametrize("key", ["2026-03-02/17", "..", ".", "a b%2F", "Müller", "x" * 100])
def test_keys_of_any_spelling_are_kept_apart_and_read_back(ledger: Ledger, key: str) -> None:
    ledger.record("time cards", key, judged(State.HELD), **NOTE)
    assert ledger.get("time cards", key).entry.key == key
    assert ledger.open_keys("time cards") == (key,)
    assert [entry.key for entry in ledger.entries("time cards")] == [key]


@pytest.mark.parametrize("key", [".", "..", "a/b", "a/../b", "%"])
def test_no_key_climbs_out_of_its_folder_on_servers_that_keep_files(key: str) -> None:
    folder, _, word = entry_path("jobs", key).rpartition("/")
    assert (folder, last_word(f"x/{word}")) == ("entries/jobs", key)
    assert word.strip(".")


def test_an_empty_key_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="empty"):
        ledger.get("jobs", "")


def test_a_damaged_entry_is_named(ledger: Ledger, watched: Watched) -> None:
    watched.create("entries/jobs/10482", "{")
    with pytest.raises(ContractBroken, match="entries/jobs/10482"):
        ledger.claim("jobs", "10482", run_id="r")


def test_a_cursor_is_kept_and_written_only_when_it_moved(ledger: Ledger, watched: Watched) -> None:
    assert ledger.document(Cursor, "jobs/changed") is None
    for watermark in (1, 2, 2):
        ledger.put(Cursor(watermark), "jobs/changed")
    assert ledger.document(Cursor, "jobs/changed") == Cursor(2)
    assert len(watched.writes) == 2


def test_a_document_kept_beside_the_entries_is_first_for_one_only_and_can_be_dropped(
    ledger: Ledger, other: Ledger, watched: Watched
) -> None:
    theirs, ours = JobCustomer("theirs"), JobCustomer("ours")
    watched.steps_in["create", "kept/job-customers/1%2F2"] = lambda: other.put_first(theirs, "1/2")
    assert not ledger.put_first(ours, "1/2")
    assert ledger.document(JobCustomer, "1/2") == theirs
    ledger.put(ours, "1/2")
    assert (other.document(JobCustomer, "1/2"), other.names(JobCustomer)) == (ours, ("1/2",))
    ledger.discard(JobCustomer, "1/2")
    assert (other.document(JobCustomer, "1/2"), other.names(JobCustomer)) == (None, ())


def test_a_document_that_lost_a_race_is_written_all_the_same(
    ledger: Ledger, other: Ledger, watched: Watched
) -> None:
    watched.steps_in["create", "cursors/sync-jobs"] = lambda: other.put(Cursor(1), "jobs")
    ledger.put(Cursor(2), "jobs")
    assert ledger.document(Cursor, "jobs") == Cursor(2)


def test_a_claim_nobody_holds_any_more_is_abandoned(ledger: Ledger, clock: StillClock) -> None:
    held = ledger.claim("jobs", "1", run_id="r")
    assert not ledger.is_abandoned(held.entry)
    clock.move(LEASE)
    assert ledger.is_abandoned(held.entry)
    assert not ledger.is_abandoned(ledger.settle(held, State.HELD).entry)


def test_a_ledger_that_was_closed_leaves_its_claims_to_the_next_one(tmp_path: Path) -> None:
    settings = LedgerSettings(path=tmp_path / "deep" / "ledger.sqlite")
    with open_ledger(settings) as first:
        first.progress(first.claim("jobs", "1", run_id="r1"), started_steps=("job",))
        with open_ledger(settings) as second, pytest.raises(ClaimLost):
            second.claim("jobs", "1", run_id="r2")
    with open_ledger(settings) as third:
        assert third.claim("jobs", "1", run_id="r3").entry.started_steps == ("job",)


def test_the_ledger_of_the_account_file_may_be_a_bucket() -> None:
    with (
        moto(),
        open_ledger(
            LedgerSettings(kind="s3", bucket="ledger", prefix="p", region="us-east-1")
        ) as ledger,
    ):
        ledger.settle(ledger.claim("jobs", "1", run_id="r"), State.CONFIRMED)
        assert ledger.get("jobs", "1").entry.state is State.CONFIRMED
