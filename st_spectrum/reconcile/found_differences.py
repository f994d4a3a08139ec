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
    records that were not among those shown the earlier word stands. What is on its way is not kept.
    `changes` are sentences about periods that are not as they were signed.
    """
    if compared.unseen:
        return
    now, sums = ledger.now(), tuple(each_unnamed_sum(compared))
    shown = [NotEqual(one.key, one.title, one.words) for one in compared.late(now)]
    unproven = compared.unproven_keys - {one.key for one in shown}

    def in_place_of(before: FoundDifferences | None) -> FoundDifferences:
        earlier = before.first if before else ()
        found = [*shown, *(one for one in earlier if one.key in unproven)]
        return FoundDifferences(
            now,
            len(found),
            tuple(found[:KEPT]),
            tuple(changes),
            open_sum_count=len(sums),
            open_sums=sums[:KEPT],
        )

    ledger.revise(FoundDifferences, compared.flow, in_place_of)


def kept_differences(ledger: Ledger, flow: str) -> FoundDifferences | None:
    """What the last comparison found."""
    return ledger.document_or_none(FoundDifferences, flow)
