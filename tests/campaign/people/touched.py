"""The rule of an act, as data, and the record that people touched."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.histories.history import History

Names = tuple[frozenset[str], ...]
"""By which each record of the target is known that may stand for what people made: of a card with
two rows two sets, else one.
"""


@dataclass(frozen=True)
class Allowance:
    """What an act allows. `more` records than before may stand for the record, namely those that
    people typed themselves. With `is_told` whatever is missing or differs in the end must have a
    reason that somebody reads; without it the [way of a record](docs/lifecycle.md) says that
    nothing is done, and nobody is told.
    """

    more: int = 0
    is_told: bool = True


@dataclass(frozen=True)
class Touched:
    """A record that people touched, and what may stand for it in the end."""

    names: Names
    most: int = 1
    is_told: bool = True
    acts: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    """Ids of the rows of a card, one for each of its `names`; the card itself is no record. Of an
    invoice, that of another one with its number.
    """
    numbers: tuple[str, ...] = ()
    """Those that an invoice had before it got the one that it has now."""

    def after(self, act: str, rule: Allowance, names: "New") -> "Touched":
        """Once one more thing was done to it."""
        wider = tuple(old | new for old, new in zip(self.names, names.names, strict=True))
        return replace(
            self,
            names=wider,
            most=self.most + (rule.more if names.is_beside else 0),
            is_told=self.is_told and rule.is_told and names.is_seen,
            acts=(*self.acts, act),
            rows=(*self.rows, *names.rows),
            numbers=(*self.numbers, *names.numbers),
        )


@dataclass(frozen=True)
class New:
    """What an act adds: further names; whether what people typed stands beside what the worker made
    or may still make; and whether anybody can see what was done.
    """

    names: Names
    is_beside: bool = True
    is_seen: bool = True
    rows: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """`do` is given the part of the history, the place of the record in it, and what was done to it
    before; None where it makes no sense now.
    """

    do: Callable[[History, int, Touched], New | None]
    untouched: Callable[[History, int], Touched]
    rule: Allowance = field(default_factory=Allowance)


def named(*texts: str) -> New:
    """Of a record that is one in the target too."""
    return New((frozenset(texts),))


def nothing_new(records: int = 1) -> New:
    """It goes by the same names."""
    return New((frozenset(),) * records)


def is_on_its_way(history: History) -> bool:
    """Whether a call is late, so that a record may still come of it."""
    return history.clock.waiting() > 0


def acts(
    untouched: Callable[[History, int], Touched],
    table: dict[str, tuple[Callable[[History, int, Touched], New | None], Allowance]],
) -> dict[str, Act]:
    """Acts of one kind of record."""
    return {name: Act(do, untouched, rule) for name, (do, rule) in table.items()}


LEFT_ALONE = Allowance(is_told=False)
TOLD = Allowance()
TYPED_BESIDE = Allowance(more=1, is_told=False)
"""People typed the record into the target themselves: where one stands there already, two do."""
