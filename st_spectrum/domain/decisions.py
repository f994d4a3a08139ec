"""What is to be done about one record, as a value that can be printed, compared and stored.

A decider looks at one bundle and answers `Create`, `Update`, `Void`, `Skip` or `Hold`. The first
three carry `Step`s in the order in which they must happen; each step is one or more commands to one
system. Nothing here does anything.
"""

from dataclasses import dataclass, field, replace
from typing import TypeVar

from st_spectrum.domain.commands import Command, System
from st_spectrum.domain.target_keys import replaced_in


@dataclass(frozen=True)
class Step:
    """Commands to one system that are looked up together: "phases" may be twenty, but is read back
    at once.

    `name` is unique within a decision and stable from run to run: the ledger remembers steps by it.
    `is_named_by_code` says that the code which is allocated after the claim stands behind it, and
    is still to come.
    """

    name: str
    calls: tuple[Command, ...]
    is_named_by_code: bool = False

    @property
    def system(self) -> System:
        """Where all of them go."""
        return self.calls[0].system

    def with_code(self, code: str) -> "Step":
        """The same step with the allocated code in every place that waits for it."""
        name = f"{self.name} {code}" if self.is_named_by_code else self.name
        return Step(name, tuple(command.with_code(code) for command in self.calls))

    def renumbered(self, old: str, new: str) -> "Step":
        """The same about a record to which the target gave another key."""
        name = " ".join(replaced_in(word, old, new) for word in self.name.split(" "))
        return replace(
            self, name=name, calls=tuple(command.renumbered(old, new) for command in self.calls)
        )


@dataclass(frozen=True)
class CodeRange:
    """Where the next free code comes from: `prefix` and a number of `width` digits from `first` to
    `last`, both included.
    """

    kind: str
    prefix: str
    first: int
    last: int
    width: int

    def code(self, number: int) -> str:
        """The code for one number, such as `C00017`."""
        return f"{self.prefix}{number:0{self.width}d}"


@dataclass(frozen=True)
class Create:
    """Make the target record. `target_key` is "" while `reserve` says where the code comes from
    that it will be; beside a `reserve` it is the code under which the record stands there already.

    `unique_key` is a key that no other source record of the flow may use, where people choose it
    and may choose it twice. `standing` names those of the steps whose record stands in the target
    already although the ledger knows no write of it: they are noted as done and never sent.
    `differs` is what a person has to see to once such a record is taken over as it stands.
    """

    target_key: str
    steps: tuple[Step, ...]
    reserve: CodeRange | None = None
    notes: tuple[str, ...] = ()
    unique_key: str = ""
    standing: tuple[str, ...] = ()
    differs: "Hold | None" = None

    @property
    def is_taken_over(self) -> bool:
        """Whether all of it stands in the target already, so that nothing is written."""
        return all(step.name in self.standing for step in self.steps)

    def with_code(self, code: str) -> "Create":
        """The same decision with the allocated code in every place that waits for it."""
        steps = tuple(step.with_code(code) for step in self.steps)
        return replace(self, target_key=code, steps=steps, reserve=None)


@dataclass(frozen=True)
class Update:
    """Bring an existing target record in step. `gone` is a call in doubt that must be certain never
    to arrive before the record is closed without it.
    """

    target_key: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    gone: Command | None = None


@dataclass(frozen=True)
class Void:
    """Offset what was posted before. `standing` names those of the steps that stand in the target
    already, as for `Create`.
    """

    target_key: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skip:
    """Rightly nothing to do. `target_key` is set when the record already stands in the target by
    other means.

    `is_gone` says that the source answered one question with "no such record": a list that still
    shows it knows better.
    """

    reason: str
    target_key: str = ""
    notes: tuple[str, ...] = ()
    is_gone: bool = False
    by_setting: str = ""
    """The key of the account file that caused it: the record is asked for again when the file
    changes. "" for any other reason.
    """
    unless_needed: bool = False
    """Whether the record crosses all the same once one that crosses needs it."""
    is_typed: bool = False
    """Whether people typed `target_key` on the record, so that another one may carry the same."""


@dataclass(frozen=True)
class Hold:
    """Something must exist first. `needs` names ledger entries (`customers/1201`) or set-up
    (`spectrum: terms code 3`).
    """

    reason: str
    advice: str
    needs: tuple[str, ...] = field(default=())
    cause: str = ""
    """The reason without names, so that many holds are told as one; "" means the reason itself."""
    blocked_by: str = ""
    """Id of the breaker under which it waits."""


@dataclass(frozen=True)
class LeaveUnchanged:
    """Nothing to do now, and whatever the ledger says of the record stays as it is: it waits for
    the people at the source.
    """

    reason: str


Decision = Create | Update | Void | Skip | Hold | LeaveUnchanged

W = TypeVar("W", bound=Create | Update | Void)


def renumbered(decision: W, old: str, new: str) -> W:
    """The same decision about a record to which the target gave the key `new` in place of `old`."""
    steps = tuple(step.renumbered(old, new) for step in decision.steps)
    return replace(decision, target_key=replaced_in(decision.target_key, old, new), steps=steps)
