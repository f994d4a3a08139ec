"""What a flow answers when the engine asks it about a record, or about all of its life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from st_spectrum.domain.decisions import Decision, Hold

TITLE = 120
"""Characters of a title: in mails and tables it names a record, whatever somebody pasted into its
name in the source.
"""


@dataclass(frozen=True)
class Evaluation:
    """What one look at the source says: a human `title`, the `version` (digest) of what was read,
    and the decision.

    `amount` is what the record asks for, where it is worth money; None once it is void. `posted` is
    what the decision moves in Spectrum, tax included: the net of the AR documents of a `Create`,
    that of the offsets alone for a `Void`, else None. `hours` is the work that the record is about,
    where it is about work. `requires` are the records that it points to and that have to cross
    before it, as `flow/key`: it says what it waits for one by one, and they are asked for together.
    `changed_at` is when the source says that it changed last, None where it does not say so.
    """

    title: str
    version: str
    decision: Decision
    amount: Decimal | None = None
    posted: Decimal | None = None
    hours: Decimal | None = None
    requires: tuple[str, ...] = ()
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        if len(self.title) > TITLE:
            object.__setattr__(self, "title", f"{self.title[: TITLE - 1].rstrip()}…")


@dataclass(frozen=True)
class LookupResult:
    """Which of a step's calls (by key) the target already holds as we would write them, and which
    keys hold something else.

    `similar` are keys that hold something which is neither quite ours nor clearly somebody else's.
    `elsewhere` has, for keys that hold nothing, others that may hold what was sent under them.
    """

    present: frozenset[str] = field(default_factory=frozenset)
    foreign: frozenset[str] = field(default_factory=frozenset)
    similar: frozenset[str] = field(default_factory=frozenset)
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


SharedKeyHold = Callable[[str, str, str, str], Hold]
"""Why a record waits that carries the key of another one: given the key, the ids of the record and
of the other one, and the other's title.
"""


@dataclass(frozen=True)
class Rebuilt:
    """Counts of one flow: entries closed as crossed, and records found half-way in the target."""

    flow: str
    closed: int
    half_way: int

    @property
    def found(self) -> int:
        """Both together."""
        return self.closed + self.half_way


@dataclass(frozen=True)
class Recovered:
    """What an older ledger was told of a flow: `found` records, None where nobody could look; what
    that means, in one sentence.
    """

    found: int | None = None
    note: str = ""


class StillThere(Exception):
    """A record that is to go out again stands in the target; the text says as what."""


@dataclass(frozen=True)
class Unlinked:
    """What stays at the source after a word that was taken back: the steps that count as done, and
    one sentence, or "".
    """

    done_steps: tuple[str, ...] = ()
    note: str = ""
