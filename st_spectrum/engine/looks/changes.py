"""What a look at a source brings: the records to ask for, and from where the next look goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.servicetrade.models import Record


@dataclass(frozen=True)
class Bounds:
    """How far one look goes: at most `limit` keys, and not past `deadline` on the monotonic clock.
    None is no bound.
    """

    limit: int | None = None
    deadline: float | None = None


UNBOUNDED = Bounds()
"""For a round, which has a process of its own; a tick of a sensor has little time."""


@dataclass(frozen=True)
class Changes:
    """Keys to ask for, oldest change first, and whether nothing more was left behind; of a crowd
    the newest few are among them.

    `cursor` covers exactly these keys; None where no list by time of change exists, and the flow
    itself remembers in the ledger what was carried. `records` are those behind the keys, where the
    look brought them whole.
    """

    keys: tuple[str, ...]
    cursor: Cursor | None = None
    is_complete: bool = True
    records: Sequence[Record] = ()
