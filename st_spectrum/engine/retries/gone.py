"""Records of which the source said, when asked for one alone, that there is no such record.

One such answer closes the entry, and a list that still shows the record knows better. So each
leaves a marker, by which the reconciliation asks again for what the lists still show.
"""

from collections.abc import Iterable

from st_spectrum.engine.report import Outcome, Result
from st_spectrum.ledger.documents.records import GoneBefore, GoneRecord
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger

REASONS = ("no longer in ServiceTrade", "deleted or merged in ServiceTrade")
"""How entries begin that versions without markers closed."""


def mark_gone(ledger: Ledger, flow: str, key: str) -> None:
    """Leave the marker; nothing happens when it is there."""
    ledger.put_first(GoneRecord(ledger.now()), _name(flow, key))


def forget_what_was_found(ledger: Ledger, outcomes: Iterable[Outcome]) -> None:
    """Take back the markers of records looked at once more, unless said to be gone again."""
    for outcome in outcomes:
        if outcome.result is not Result.BUSY and not outcome.reason.startswith(REASONS):
            ledger.discard(GoneRecord, _name(outcome.flow, outcome.key))


def gone_keys(ledger: Ledger, flow: str) -> frozenset[str]:
    """Keys of a flow's records that were said to be gone. The first time it reads every entry, for
    those of earlier versions.
    """
    if not ledger.has(GoneBefore, flow):
        for entry in ledger.entries(flow):
            if entry.state is State.SKIPPED and entry.reason.startswith(REASONS):
                mark_gone(ledger, flow, entry.key)
        ledger.put(GoneBefore(ledger.now()), flow)
    named = (name.partition("/") for name in ledger.names(GoneRecord))
    return frozenset(key for of, _, key in named if of == flow)


def _name(flow: str, key: str) -> str:
    return f"{flow}/{key}"
