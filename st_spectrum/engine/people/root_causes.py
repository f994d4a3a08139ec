"""What must be done, and what waits because of it: open records as trees. Pure.

A record that waits for another one hangs under whatever that one waits for. What is left at the top
is for a person: a record that was refused, lacks something, or was left alone although others need
it. Every open record is counted under exactly one root, so that the sums of all roots are those of
all that is open.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from st_spectrum.engine.retries.attention import open_since, waits_for_records
from st_spectrum.engine.retries.redrive import ASKED_FOR, ledger_needs
from st_spectrum.ledger.entry import Entry, State, is_open

Lookup = Callable[[str, str], Entry | None]
"""The entry of a flow and key that is not open, None where there is none."""

HALF_WAY = "left in the middle of crossing"
NOT_LOOKED_AT = "no run has looked at it yet"

_Name = tuple[str, str]


@dataclass(frozen=True)
class RootCause:
    """One thing that must be done. `members` lack it themselves, `behind` wait for them, in the
    order of the flows; the oldest first.

    Where `is_left_alone`, the members are records that were skipped, and only those behind them are
    open.
    """

    flow: str
    text: str
    members: tuple[Entry, ...]
    behind: tuple[Entry, ...] = ()
    is_left_alone: bool = False

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """All open records that it frees."""
        return self.behind if self.is_left_alone else (*self.members, *self.behind)

    @property
    def since(self) -> datetime:
        """When the oldest of them began to wait."""
        return min(map(open_since, self.waiting))


def root_causes(
    entries: Iterable[Entry], flows: Sequence[str], closed: Lookup
) -> tuple[RootCause, ...]:
    """The root causes of open entries, those with the oldest record first. `flows` are the names of
    all, in their order.

    `closed` is asked once for each record that one of them needs and that is not open.
    """
    trees = _Trees(entries, flows, closed)
    found = (trees.root_cause(names) for names in trees.grouped().values())
    return tuple(sorted(found, key=lambda cause: (cause.since, cause.flow, cause.text)))


def text_of(entry: Entry) -> str:
    """What an entry lacks, without the names of records."""
    if entry.state is State.CLAIMED:
        return HALF_WAY
    if entry.advice == ASKED_FOR:
        return NOT_LOOKED_AT
    return entry.cause or entry.reason or f"no reason was recorded ({entry.state})"


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of those that are known; None where none is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


class _Trees:
    """Which record hangs under which."""

    def __init__(self, entries: Iterable[Entry], flows: Sequence[str], closed: Lookup) -> None:
        self._open = {(entry.flow, entry.key): entry for entry in entries if is_open(entry.state)}
        self._order = {name: place for place, name in enumerate(flows)}
        self._closed = closed
        self._left_alone: dict[_Name, Entry | None] = {}
        self._roots: dict[_Name, _Name] = {}

    def grouped(self) -> dict[tuple[str, str, bool], list[_Name]]:
        """Names of open records by the cause at their root."""
        groups: defaultdict[tuple[str, str, bool], list[_Name]] = defaultdict(list)
        for name in self._open:
            root = self._entry(self._root(name))
            groups[self._cause(root)].append(name)
        return groups

    def root_cause(self, names: Sequence[_Name]) -> RootCause:
        """The cause of these records, which share it."""
        roots = {self._root(name) for name in names}
        members = [self._entry(name) for name in roots]
        behind = [self._open[name] for name in names if name not in roots]
        flow, text, is_left_alone = self._cause(members[0])
        return RootCause(
            flow,
            text,
            tuple(sorted(members, key=_age)),
            tuple(sorted(behind, key=self._place)),
            is_left_alone,
        )

    def _cause(self, root: Entry) -> tuple[str, str, bool]:
        if root.state is State.SKIPPED:
            return root.flow, root.reason, True
        return root.flow, text_of(root), False

    def _root(self, name: _Name) -> _Name:
        """Found without recursion: chains may be long; records in a circle are their own roots."""
        path: list[_Name] = []
        while name not in self._roots:
            if name in path:
                self._roots[name] = name
                break
            path.append(name)
            parent = self._parent(name)
            if parent is None:
                self._roots[name] = name
                break
            name = parent
        root = self._roots[name]
        self._roots.update(dict.fromkeys(path, root))
        return root

    def _parent(self, name: _Name) -> _Name | None:
        """The first flow's record that keeps this one waiting; None where it lacks something
        itself.
        """
        entry = self._open.get(name)
        if entry is None or entry.state is not State.HELD:
            return None
        if not waits_for_records(entry, self._order):
            return None
        keeping = [need for need in ledger_needs(entry.needs, self._order) if self._keeps(need)]
        return min(keeping, key=lambda need: (self._order[need[0]], need), default=None)

    def _keeps(self, name: _Name) -> bool:
        return name in self._open or self._skipped(name) is not None

    def _skipped(self, name: _Name) -> Entry | None:
        """A record that was left alone without standing in the target by other means."""
        if name not in self._left_alone:
            entry = self._closed(*name)
            is_alone = entry is not None and entry.state is State.SKIPPED and not entry.target_key
            self._left_alone[name] = entry if is_alone else None
        return self._left_alone[name]

    def _entry(self, name: _Name) -> Entry:
        entry = self._open.get(name) or self._skipped(name)
        assert entry is not None  # noqa: S101 - only what keeps a record waiting is a root
        return entry

    def _place(self, entry: Entry) -> tuple[int, datetime, str]:
        return self._order.get(entry.flow, len(self._order)), *_age(entry)


def _age(entry: Entry) -> tuple[datetime, str]:
    """The oldest first, and within a minute by key: what a batch held at once stands in the order
    in which it was made, not in that in which its threads ended.
    """
    return open_since(entry).replace(second=0, microsecond=0), entry.key


def of_flow(entries: Iterable[Entry], flow: str) -> tuple[Entry, ...]:
    """Those of one flow."""
    return tuple(entry for entry in entries if entry.flow == flow)
