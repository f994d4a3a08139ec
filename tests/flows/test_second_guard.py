"""The engine asks the target what stands there already, once for a batch, before it sends anything
of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from st_spectrum.account import Pace
from st_spectrum.domain.commands import Command, System
from st_spectrum.domain.decisions import Create, Hold, Step
from st_spectrum.domain.errors import ContractBroken, SyncFault, Unavailable
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.codes import Codes
from st_spectrum.engine.engine import Engine
from st_spectrum.engine.flow import Evaluation, LookupResult
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.report import Report, Result
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.sqlite import SqliteStore

DIFFERS = Hold("it says 3 there, 4 here", "Correct one of the two.", ("a person",), "differs")


@dataclass(frozen=True)
class AddNote(Command):
    """One note under its key."""

    operation = "AddNote"
    system = System.SPECTRUM

    note: str

    @property
    def key(self) -> str:
        return self.note

    @property
    def fields(self) -> dict[str, str]:
        return {}


@dataclass
class Notes(FlowDefaults):
    """A flow of notes, each one insert; `there` is what its target holds."""

    name: str = CUSTOMERS.name
    description: FlowDescription = CUSTOMERS
    has_second_guard: bool = True
    there: set[str] = field(default_factory=set)
    differing: set[str] = field(default_factory=set)
    questions: list[list[str]] = field(default_factory=list)
    fault: Exception | None = None
    confirmed_keys: list[str] = field(default_factory=list)
    on_look: Callable[[str], None] = lambda _key: None

    def standing(self, keys: Sequence[str]) -> Standing:
        self.questions.append(list(keys))
        if self.fault is not None:
            raise self.fault
        return Standing({key: (key,) for key in keys if key in self.there})

    def evaluate(self, key: str, progress: Progress, standing: Standing) -> Evaluation:  # noqa: ARG002 - the shape of the protocol
        self.on_look(key)
        step = Step("note", (AddNote(key),))
        is_there = ("note",) if standing.of(key, str) else ()
        differs = DIFFERS if is_there and key in self.differing else None
        return Evaluation(
            f"note {key}", "1", Create(key, (step,), standing=is_there, differs=differs)
        )

    def confirmed(self, entry: Entry) -> None:
        self.confirmed_keys.append(entry.key)


@dataclass
class Board:
    """A target that takes every note and refuses none."""

    sent: list[str] = field(default_factory=list)

    def prove_login(self, system: System) -> None:
        """Everybody is let in."""

    def send(self, call: Command) -> None:
        self.sent.append(call.key)

    def find(self, commands: Sequence[Command]) -> LookupResult:  # noqa: ARG002 - the shape of the protocol
        return LookupResult()

    def arrives_within(self, call: Command) -> float:  # noqa: ARG002 - the shape of the protocol
        return 0.0

    def is_absence_proven(self, call: Command, since: datetime) -> bool:  # noqa: ARG002 - the shape of the protocol
        return True

    def answers(self, system: str) -> bool:  # noqa: ARG002 - the shape of the protocol
        return True


@dataclass
class Desk:
    """One engine with its flow, its target and its ledger."""

    ledger: Ledger
    flow: Notes = field(default_factory=Notes)
    board: Board = field(default_factory=Board)

    def run(self, *keys: str, is_dry_run: bool = False) -> Report:
        codes = Codes(self.ledger, {})
        engine = Engine({self.flow.name: self.flow}, self.board, self.ledger, codes, Pace())
        return engine.run(self.flow.name, keys, run_id="test", is_dry_run=is_dry_run)

    def state(self, key: str) -> State | None:
        held = self.ledger.get(self.flow.name, key)
        return held.entry.state if held else None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Ledger(SqliteStore(tmp_path / "ledger.db", 5), "me", 60) as ledger:
        yield Desk(ledger)


def test_a_batch_of_new_records_is_one_question(desk: Desk) -> None:
    desk.run("1", "2", "3")

    assert desk.flow.questions == [["1", "2", "3"]]
    assert sorted(desk.board.sent) == ["1", "2", "3"]


def test_what_stands_there_is_taken_over_and_not_sent(desk: Desk) -> None:
    desk.flow.there = {"2"}

    report = desk.run("1", "2")

    assert desk.board.sent == ["1"]
    assert {outcome.key: outcome.result for outcome in report.outcomes} == {
        "1": Result.CREATED,
        "2": Result.UNCHANGED,
    }
    assert desk.state("2") is State.CONFIRMED
    taken = desk.ledger.get("customers", "2")
    assert taken is not None and taken.entry.done_steps == ("note",)
    assert sorted(desk.flow.confirmed_keys) == ["1", "2"]


def test_what_stands_there_with_other_values_is_taken_over_and_told(desk: Desk) -> None:
    desk.flow.there = desk.flow.differing = {"1"}

    (outcome,) = desk.run("1").outcomes

    assert (outcome.result, outcome.reason) == (Result.HELD, DIFFERS.reason)
    assert desk.board.sent == []
    held = desk.ledger.get("customers", "1")
    assert (
        held is not None and held.entry.state is State.HELD and held.entry.confirmed_at is not None
    )


def test_a_dry_run_asks_too_and_shows_what_would_be_taken_over(desk: Desk) -> None:
    desk.flow.there, desk.flow.differing = {"1", "2"}, {"2"}

    report = desk.run("1", "2", "3", is_dry_run=True)

    assert desk.flow.questions == [["1", "2", "3"]]
    results = {outcome.key: outcome.result for outcome in report.outcomes}
    assert results == {"1": Result.UNCHANGED, "2": Result.HELD, "3": Result.CREATED}
    assert desk.board.sent == [] and desk.state("1") is None


def test_what_the_ledger_knows_to_have_begun_is_not_asked_for(desk: Desk) -> None:
    desk.run("1")
    begun = desk.ledger.claim("customers", "2", run_id="before")
    begun = desk.ledger.progress(begun, target_key="2", started_steps=("note",))
    desk.ledger.settle(begun, State.UNKNOWN)
    desk.flow.questions.clear()

    desk.run("1", "2", "3")

    assert desk.flow.questions == [["3"]]


def test_nothing_is_asked_where_nothing_is_new(desk: Desk) -> None:
    desk.run("1")
    desk.flow.questions.clear()

    desk.run("1")

    assert desk.flow.questions == []


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
    desk: Desk, fault: Exception
) -> None:
    desk.flow.fault = fault

    report = desk.run("1", "2")

    assert {outcome.result for outcome in report.outcomes} == {Result.HELD}
    assert desk.board.sent == []
    assert len(desk.flow.questions) == 1
    if isinstance(fault, SyncFault):
        assert report.stopped_by is None
        assert "Info-Link cannot be read" in report.outcomes[0].reason
    desk.flow.fault = None
    assert {outcome.result for outcome in desk.run("1", "2").outcomes} == {Result.CREATED}


def test_a_record_that_another_worker_moved_asks_for_itself(desk: Desk) -> None:
    def moved_once(key: str) -> None:
        if key == "1" and desk.state("1") is None:
            desk.ledger.record(
                "customers",
                "1",
                State.HELD,
                title="",
                reason="",
                advice="",
                needs=(),
                source_version="",
                run_id="other",
            )
            desk.flow.there.add("1")

    desk.flow.on_look = moved_once

    desk.run("1", "2")

    assert desk.flow.questions == [["1", "2"], ["1"]]
    assert desk.board.sent == ["2"]


def test_a_decision_on_an_entry_that_another_worker_has_closed_is_taken_anew(desk: Desk) -> None:
    """The entries of a batch are read before its question: minutes may lie between that and the
    decision on one of them.
    """

    def held_and_moved(key: str) -> None:
        if desk.state(key) is None:
            claimed = desk.ledger.claim("customers", key, run_id="other")
            desk.ledger.settle(claimed, State.CONFIRMED)

    desk.flow.on_look = held_and_moved
    looks: list[Progress] = []
    evaluate = desk.flow.evaluate

    def waiting_while_new(key: str, progress: Progress, standing: Standing) -> Evaluation:
        evaluation = evaluate(key, progress, standing)
        looks.append(progress)
        return (
            evaluation
            if progress.is_confirmed
            else Evaluation("", "", Hold("waits", "", ("a person",)))
        )

    desk.flow.evaluate = waiting_while_new  # type: ignore[method-assign]

    desk.run("1")

    assert [progress.is_confirmed for progress in looks] == [False, True]


def test_a_flow_without_second_guard_is_never_asked(desk: Desk) -> None:
    desk.flow.has_second_guard = False

    desk.run("1")

    assert desk.flow.questions == []
    assert desk.board.sent == ["1"]
    assert NOTHING.of("1", str) == ()
