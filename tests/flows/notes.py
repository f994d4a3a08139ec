"""A flow of notes, the target that takes them, and an engine for the two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from st_spectrum.domain.commands import Command, System
from st_spectrum.domain.decisions import Create, Hold, Step
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.carrying_rules import CarryingRules
from st_spectrum.engine.engine import Engine
from st_spectrum.engine.flow_answers import Evaluation, LookupResult
from st_spectrum.engine.flow_defaults import FlowDefaults
from st_spectrum.engine.report import Report
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

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
class NoteTarget:
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
class NoteEngine:
    """One engine with its flow, its target and its ledger."""

    ledger: Ledger
    flow: Notes = field(default_factory=Notes)
    target: NoteTarget = field(default_factory=NoteTarget)

    def run(self, *keys: str, is_dry_run: bool = False) -> Report:
        flows = {self.flow.name: self.flow}
        engine = Engine(flows, self.target, self.ledger, CarryingRules())
        return engine.run(self.flow.name, keys, run_id="test", is_dry_run=is_dry_run)

    def state(self, key: str) -> State | None:
        held = self.ledger.get(self.flow.name, key)
        return held.entry.state if held else None
