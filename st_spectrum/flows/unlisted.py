"""What the ledger knows to have crossed and a list of ServiceTrade does not show.

A list that is empty, or lacks most of what crossed, was not whole: nothing is concluded from it,
least of all that all is well. Plain `reconcile` and the nightly run say so as `sign-off` does.
"""

from collections.abc import Collection, Iterable

from st_spectrum.domain.errors import ContractBroken, UnsafePlan
from st_spectrum.flows.shown_compared import is_doubtful
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

CROSSED = frozenset({State.CONFIRMED, State.VOIDED})

CAUSE = "ServiceTrade does not list records that crossed"


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


def lacking_masters(
    ledger: Ledger, flow: str, unlisted: Collection[str], listed: int
) -> UnsafePlan | None:
    """Why a list of masters is doubted; `unlisted` are the ledger's keys that it does not show."""
    missing = crossed_among(ledger, flow, unlisted)
    if not are_masters_lacking(len(missing), len(missing) + listed):
        return None
    return list_not_whole(flow, len(missing), listed)


def list_not_whole(flow: str, missing: int, listed: int) -> UnsafePlan:
    """That a list is doubted, how much of it, and what to do."""
    of_all = f"{missing} of {missing + listed}" if listed else f"any of {missing}"
    shown = f"shows {listed}" if listed else "is empty"
    return UnsafePlan(
        f"ServiceTrade does not list {of_all} {flow} that the ledger knows to have crossed: the"
        f" list {shown}, so nothing is concluded from it, and nothing was removed",
        system="servicetrade",
        advice=(
            "Look at some of them in ServiceTrade. If they are there, the user of the integration"
            " has lost a right, or the list was not whole: `st-spectrum check` says what it may"
            " see, and `st-spectrum reconcile` compares once it lists them."
        ),
        cause=CAUSE,
    )
