"""What stands twice in the target, as causes of a mail. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from st_spectrum.alerts.causes import RECORDS_NAMED, Affected, Cause
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.guards import Double

CERTAIN = "stands twice in the target under one key of ours"


def causes_of_doubles(flow: str, doubles: Sequence[Double], now: datetime) -> Iterator[Cause]:
    """One for what certainly stands twice, one for what stands there once and goes with nothing; a
    card in two tables is no reason for a mail.
    """
    for text, found in (
        (CERTAIN, [double for double in doubles if double.is_error]),
        (FLOWS[flow].unmatched_cause, [double for double in doubles if not double.is_error]),
    ):
        if text and found:
            affected = tuple(
                Affected(double.key, double.what, now, "; ".join(double.places))
                for double in found[:RECORDS_NAMED]
            )
            who = FLOWS[flow].doubles_corrected_by
            yield Cause(flow, text, who, found[0].advice, len(found), now, affected=affected)
