"""What the ledger knows to have crossed and a list of ServiceTrade does not show.

A list that is empty, or lacks most of what crossed, was not whole: nothing is concluded from it,
least of all that all is well. Plain `reconcile` and the nightly run say so as `sign-off` does,
until a person says that the records have really gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from st_spectrum.domain.errors import ContractBroken, UnsafePlan
from st_spectrum.engine.allowance import FOR_GOOD, Vanished, allowed, forget_what_came_back
from st_spectrum.flows.changes import Changed
from st_spectrum.flows.shown_compared import is_doubtful
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

CROSSED = frozenset({State.CONFIRMED, State.VOIDED})

CAUSE = "ServiceTrade does not list records that crossed"

CONFIRM = "If they are really gone, say `st-spectrum ledger allow {flow} {count}`"


@dataclass(frozen=True)
class ListRead:
    """What all lists of a flow brought, read since `read_at`: how many records, and which keys of
    the ledger they do not show.
    """

    read_at: datetime
    listed: int
    unlisted: frozenset[str]

    @classmethod
    def of(cls, ledger: Ledger, flow: str, records: Iterable[Changed]) -> "ListRead":
        """Reads the lists."""
        read_at, known = ledger.now(), frozenset(ledger.keys(flow))
        keys = [str(record.id) for record in records]
        return cls(read_at, len(keys), known.difference(keys))


def crossed_among(ledger: Ledger, flow: str, keys: Iterable[str]) -> tuple[Entry, ...]:
    """Those of the keys that crossed, by the ledger. Entries that cannot be read are told as
    damage, and not here.
    """
    found = []
    for key in keys:
        try:
            held = ledger.get(flow, key)
        except ContractBroken:
            continue
        if held is not None and held.entry.state in CROSSED:
            found.append(held.entry)
    return tuple(found)


def are_masters_lacking(gone: int, asked: int) -> bool:
    """Over the years more than a few are merged or deleted, so a tenth has to be gone as well."""
    return is_doubtful(gone, asked) and 10 * gone > asked


def not_confirmed(ledger: Ledger, flow: str, missing: Iterable[Entry]) -> tuple[Entry, ...]:
    """Without those that a person said are gone."""
    gone = allowed(ledger, flow, FOR_GOOD)
    return tuple(entry for entry in missing if entry.key not in gone)


def lacking_masters(ledger: Ledger, flow: str, read: ListRead) -> Vanished:
    """What a list of masters lacks, and whether it is doubted."""
    forget_what_is_listed(ledger, flow, read.unlisted, read)
    missing = not_confirmed(ledger, flow, crossed_among(ledger, flow, read.unlisted))
    is_doubted = are_masters_lacking(len(missing), len(missing) + read.listed)
    return vanished_from_list(flow, missing, read.listed, is_doubted=is_doubted)


def forget_what_is_listed(
    ledger: Ledger, flow: str, unlisted: Iterable[str], read: ListRead
) -> None:
    """A person's word ends for what is listed again, so that it counts when it goes once more."""
    forget_what_came_back(ledger, flow, unlisted, read_at=read.read_at, lasts=FOR_GOOD)


def vanished_from_list(
    flow: str, missing: Iterable[Entry], listed: int, *, is_doubted: bool
) -> Vanished:
    """The same for whoever asks a person; of a list that shows so many."""
    keys = tuple(sorted(entry.key for entry in missing))
    of_all = f"{len(keys)} of {len(keys) + listed}" if listed else f"any of {len(keys)}"
    shown = f"shows {listed}" if listed else "is empty"
    return Vanished(
        flow,
        "servicetrade",
        keys,
        f"ServiceTrade does not list {of_all} {flow} that the ledger knows to have crossed: the"
        f" list {shown}",
        is_suspicious=is_doubted,
        lasts=FOR_GOOD,
    )


def fault_of_list(vanished: Vanished) -> UnsafePlan | None:
    """That a list is doubted, how much of it, and what to do; None for one that is believed."""
    if not vanished.is_suspicious:
        return None
    confirm = CONFIRM.format(flow=vanished.flow, count=len(vanished.keys))
    return UnsafePlan(
        f"{vanished.story}, so nothing is concluded from it, and nothing was removed",
        system=vanished.system,
        advice=(
            f"Look at some of them in ServiceTrade. {confirm}, which counts until they are listed"
            " again. If they are there, the user of the integration has lost a right, or the list"
            " was not whole: `st-spectrum check` says what it may see, and `st-spectrum reconcile`"
            " compares once it lists them."
        ),
        cause=CAUSE,
    )
