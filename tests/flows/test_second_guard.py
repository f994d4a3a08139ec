"""The engine asks the target what stands there already, once for a batch, before it sends anything
of it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import ContractBroken, SyncFault, Unavailable
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.report import Result
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.sqlite import SqliteStore
from tests.flows.notes import DIFFERS, NoteEngine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[NoteEngine]:
    with Ledger(SqliteStore(tmp_path / "ledger.db", 5), "me", 60) as ledger:
        yield NoteEngine(ledger)


def test_a_batch_of_new_records_is_one_question(engine: NoteEngine) -> None:
    engine.run("1", "2", "3")

    assert engine.flow.questions == [["1", "2", "3"]]
    assert sorted(engine.target.sent) == ["1", "2", "3"]


def test_what_stands_there_is_taken_over_and_not_sent(engine: NoteEngine) -> None:
    engine.flow.there = {"2"}

    report = engine.run("1", "2")

    assert engine.target.sent == ["1"]
    assert {outcome.key: outcome.result for outcome in report.outcomes} == {
        "1": Result.CREATED,
        "2": Result.UNCHANGED,
    }
    assert engine.state("2") is State.CONFIRMED
    taken = engine.ledger.get("customers", "2")
    assert taken is not None and taken.entry.done_steps == ("note",)
    assert sorted(engine.flow.confirmed_keys) == ["1", "2"]


def test_what_stands_there_with_other_values_is_taken_over_and_told(engine: NoteEngine) -> None:
    engine.flow.there = engine.flow.differing = {"1"}

    (outcome,) = engine.run("1").outcomes

    assert (outcome.result, outcome.reason) == (Result.HELD, DIFFERS.reason)
    assert engine.target.sent == []
    held = engine.ledger.get("customers", "1")
    assert (
        held is not None and held.entry.state is State.HELD and held.entry.confirmed_at is not None
    )


def test_a_dry_run_asks_too_and_shows_what_would_be_taken_over(engine: NoteEngine) -> None:
    engine.flow.there, engine.flow.differing = {"1", "2"}, {"2"}

    report = engine.run("1", "2", "3", is_dry_run=True)

    assert engine.flow.questions == [["1", "2", "3"]]
    results = {outcome.key: outcome.result for outcome in report.outcomes}
    assert results == {"1": Result.UNCHANGED, "2": Result.HELD, "3": Result.CREATED}
    assert engine.target.sent == [] and engine.state("1") is None


def test_what_the_ledger_knows_to_have_begun_is_not_asked_for(engine: NoteEngine) -> None:
    engine.run("1")
    begun = engine.ledger.claim("customers", "2", run_id="before")
    begun = engine.ledger.progress(begun, target_key="2", started_steps=("note",))
    engine.ledger.settle(begun, State.UNKNOWN)
    engine.flow.questions.clear()

    engine.run("1", "2", "3")

    assert engine.flow.questions == [["3"]]


def test_nothing_is_asked_where_nothing_is_new(engine: NoteEngine) -> None:
    engine.run("1")
    engine.flow.questions.clear()

    engine.run("1")

    assert engine.flow.questions == []


@pytest.mark.parametrize(
    "fault",
    [
        Unavailable("it does not answer", system="spectrum", operation="infolink.pre_time_cards"),
        ContractBroken(
            "a column is missing", system="spectrum", operation="infolink.pre_time_cards"
        ),
        ZeroDivisionError("a mistake of ours"),
    ],
)
def test_while_nobody_can_see_what_stands_there_new_records_wait_and_nothing_is_sent(
    engine: NoteEngine, fault: Exception
) -> None:
    engine.flow.fault = fault

    report = engine.run("1", "2")

    assert {outcome.result for outcome in report.outcomes} == {Result.HELD}
    assert engine.target.sent == []
    asked_alone = [] if isinstance(fault, SyncFault) else [["1"], ["2"]]
    assert engine.flow.questions == [["1", "2"], *asked_alone]
    if isinstance(fault, SyncFault):
        assert report.stopped_by is None
        assert "Info-Link cannot be read" in report.outcomes[0].reason
    engine.flow.fault = None
    assert {outcome.result for outcome in engine.run("1", "2").outcomes} == {Result.CREATED}


def test_a_record_that_another_worker_moved_asks_for_itself(engine: NoteEngine) -> None:
    def moved_once(key: str) -> None:
        if key == "1" and engine.state("1") is None:
            engine.ledger.record("customers", "1", Judgement(State.HELD, ""), run_id="other")
            engine.flow.there.add("1")

    engine.flow.on_look = moved_once

    engine.run("1", "2")

    assert engine.flow.questions == [["1", "2"], ["1"]]
    assert engine.target.sent == ["2"]


def test_a_decision_on_an_entry_that_another_worker_has_closed_is_taken_anew(
    engine: NoteEngine,
) -> None:
    """The entries of a batch are read before its question: minutes may lie between that and the
    decision on one of them.
    """

    def held_and_moved(key: str) -> None:
        if engine.state(key) is None:
            claimed = engine.ledger.claim("customers", key, run_id="other")
            engine.ledger.settle(claimed, State.CONFIRMED)

    engine.flow.on_look = held_and_moved
    looks: list[Progress] = []
    evaluate = engine.flow.evaluate

    def waiting_while_new(key: str, progress: Progress, standing: Standing) -> Evaluation:
        evaluation = evaluate(key, progress, standing)
        looks.append(progress)
        return (
            evaluation
            if progress.is_confirmed
            else Evaluation("", "", Hold("waits", "", ("a person",)))
        )

    engine.flow.evaluate = waiting_while_new  # type: ignore[method-assign]

    engine.run("1")

    assert [progress.is_confirmed for progress in looks] == [False, True]


def test_a_flow_without_second_guard_is_never_asked(engine: NoteEngine) -> None:
    engine.flow.has_second_guard = False

    engine.run("1")

    assert engine.flow.questions == []
    assert engine.target.sent == ["1"]
    assert NOTHING.of("1", str) == ()
