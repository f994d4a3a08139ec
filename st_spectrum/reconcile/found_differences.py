"""What a comparison of all of a flow found is kept until the next one, for mails."""

from collections.abc import Sequence

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.period_comparison import each_unnamed_sum
from st_spectrum.ledger.documents.closing import FoundDifferences, NotEqual
from st_spectrum.ledger.ledger import Ledger

KEPT = 50
"""So many are kept with their names, and so many open sums in sentences; all are counted."""


def keep_differences(ledger: Ledger, compared: FlowCompared, changes: Sequence[str]) -> None:
    """In place of what was found before; nothing is concluded from what could not be seen, and of
    records that were not among those shown the earlier word stands.
    `changes` are sentences about periods that are not as they were signed.
    """
    if compared.unseen:
        return
    faults = compared.faults
    found = [NotEqual(one.key, one.title, one.words) for one in faults]
    before = kept_differences(ledger, compared.flow) if compared.unproven_keys else None
    if before is not None:
        named = {one.key for one in found}
        unproven = compared.unproven_keys - named
        found += (one for one in before.first if one.key in unproven)
    sums = tuple(each_unnamed_sum(compared))
    document = FoundDifferences(
        ledger.now(),
        len(found),
        tuple(found[:KEPT]),
        tuple(changes),
        open_sum_count=len(sums),
        open_sums=sums[:KEPT],
    )
    ledger.put(document, compared.flow)


def kept_differences(ledger: Ledger, flow: str) -> FoundDifferences | None:
    """What the last comparison found."""
    return ledger.document_or_none(FoundDifferences, flow)
