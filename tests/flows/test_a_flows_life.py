"""Rounds, reconciliations and an older ledger ask the flow, whatever its name is; here a flow of
letters that nobody else knows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest

from st_spectrum.domain.commands import System
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.engine import Engine
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.flow_answers import Rebuilt
from st_spectrum.engine.guards.doubles import kept_doubles
from st_spectrum.engine.guards.epoch_guard import EpochGuard
from st_spectrum.engine.guards.recovering import bring_up_to_date
from st_spectrum.engine.looks.changes import UNBOUNDED, Bounds, Changes
from st_spectrum.engine.reconciled import Carrier, Reconciled
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from tests.flows.notes import Notes, NoteTarget

UNSEEN = Hold(
    "nobody can see which letters arrived", "Ask the post.", ("a person",), "letters unseen"
)
LETTERS = FlowDescription(
    name="letters",
    text="Letters cross.",
    source=System.SERVICETRADE,
    target=System.SPECTRUM,
    servicetrade_records="letters",
    spectrum_records="letters",
    written_by="AddLetter",
    noticed="A letter came.",
)
TWICE = Double("letters", "7", "letter 7 lies there twice", ("tray 1", "tray 2"), "Throw one away.")


@dataclass
class Letters(Notes):
    """A flow that knows its letters by number."""

    name: str = LETTERS.name
    description: FlowDescription = LETTERS
    has_second_guard: bool = False
    written: list[str] = field(default_factory=list)
    idle: str = ""
    is_blind: bool = False
    remembered: list[tuple[str, ...]] = field(default_factory=list)

    def why_idle(self) -> str:
        return self.idle

    def notice(self, cursor: Cursor, bounds: Bounds = UNBOUNDED) -> Changes:
        keys = tuple(number for number in self.written if number not in cursor.seen)[: bounds.limit]
        return Changes(keys, Cursor(None, {**cursor.seen, **dict.fromkeys(keys, "1")}))

    def remember(self, changes: Changes, report: Report) -> None:  # noqa: ARG002 - the shape of `Flow`
        self.remembered.append(changes.keys)

    def reconcile(self, carrier: Carrier, settled_before: float) -> Reconciled:  # noqa: ARG002 - the shape of `Flow`
        return Reconciled(
            self.name, len(self.written), 1, (), carrier.carry(self.written), carried=frozenset("7")
        )

    def find_doubles(self, carried: frozenset[str], now: float) -> Iterable[Double]:  # noqa: ARG002 - the shape of `Flow`
        return (TWICE,) if carried else ()

    stopped_unseen = UNSEEN
    unseen_note = "Which letters arrived cannot be seen."

    def rebuild(self) -> Rebuilt:
        if self.is_blind:
            raise LookupImpossible("the post is closed")
        return Rebuilt(self.name, 2, 1)


@dataclass(frozen=True)
class LettersSession:
    """Just enough of a session for a round."""

    flows: Mapping[str, Flow]
    ledger: Ledger
    targets: Any
    engine: Engine
    guard: EpochGuard

    def refuse_before_go_live(self) -> None:
        """Letters have no day of going live."""


@pytest.fixture
def letters() -> Letters:
    return Letters(written=["1", "2"])


@pytest.fixture
def session(letters: Letters) -> Iterator[LettersSession]:
    with Ledger(MemoryStore(), "me", 60) as ledger:
        target, flows = NoteTarget(), {letters.name: letters}
        engine = Engine(flows, target, ledger, CarryingRules())
        yield LettersSession(flows, ledger, target, engine, EpochGuard(ledger, [], "here", flows))


def test_a_round_carries_what_the_flow_notices_and_keeps_its_cursor(
    session: LettersSession, letters: Letters
) -> None:
    run_round(session, ["letters"], "one")
    assert sorted(session.targets.sent) == ["1", "2"]
    assert letters.remembered == [("1", "2")]
    assert run_round(session, ["letters"], "two")["letters"].outcomes == ()


def test_a_dry_round_sends_nothing_and_remembers_nothing(
    session: LettersSession, letters: Letters
) -> None:
    report = run_round(session, ["letters"], "one", is_dry_run=True)["letters"]
    assert [outcome.key for outcome in report.outcomes] == ["1", "2"]
    assert (session.targets.sent, letters.remembered, session.ledger.has(Cursor, "letters")) == (
        [],
        [],
        False,
    )


def test_an_idle_flow_is_asked_for_nothing(session: LettersSession, letters: Letters) -> None:
    letters.idle = "The post is on strike."
    assert run_round(session, ["letters"], "one")["letters"].outcomes == ()
    (night,) = run_reconciliation(session, ["letters"], "night")
    assert (session.targets.sent, night.listed) == ([], 0)


def test_a_batch_is_remembered_as_a_round_is(session: LettersSession, letters: Letters) -> None:
    run_batch(session, "letters", ["2"], "batch")
    assert (session.targets.sent, letters.remembered) == (["2"], [("2",)])


def test_what_the_flow_finds_twice_is_told_and_kept(session: LettersSession) -> None:
    (night,) = run_reconciliation(session, ["letters"], "night")
    assert night.doubles == (TWICE,)
    assert kept_doubles(session.ledger, "letters") == (TWICE,)


def test_an_older_ledger_is_told_what_the_flow_sees(session: LettersSession) -> None:
    recovery, is_seen = bring_up_to_date(session.flows.values(), session.ledger, None)
    assert (dict(recovery.found), is_seen) == ({"letters": 3}, True)


def test_a_flow_that_cannot_see_waits_until_it_can(
    session: LettersSession, letters: Letters
) -> None:
    letters.is_blind = True
    session.guard.take_over()
    assert session.guard.open("letters").closed_by == UNSEEN
    assert letters.unseen_note in " ".join(session.guard.warnings)
    letters.is_blind = False
    assert session.guard.open("letters").closed_by is None


@pytest.mark.parametrize("flow", FLOWS)
def test_every_folder_has_what_a_tick_and_a_run_ask_for(flow: str) -> None:
    notice = import_module(f"st_spectrum.flows.{flow}.notice")
    assert callable(notice.notice) and callable(notice.why_idle)
    assert callable(import_module(f"st_spectrum.flows.{flow}.flow").build)
