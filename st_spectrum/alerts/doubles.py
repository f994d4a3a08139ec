"""What stands twice in the target, as causes of a mail."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from st_spectrum.alerts.causes import RECORDS_NAMED, Affected, Cause
from st_spectrum.alerts.links import record_link
from st_spectrum.engine.steps.reservations import owner_of
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.ledger import Ledger

CERTAIN = "stands twice in the target under one key of ours"


def causes_of_doubles(
    flow: str,
    doubles: Sequence[Double],
    now: datetime,
    link_of: Callable[[Double], str] = lambda _: "",
) -> Iterator[Cause]:
    """One for what certainly stands twice, one for what stands there once and goes with nothing; a
    card in two tables is no reason for a mail. `link_of` has the address of the record that one is
    about, or "".
    """
    for text, found in (
        (CERTAIN, [double for double in doubles if double.is_error]),
        (FLOWS[flow].unmatched_cause, [double for double in doubles if not double.is_error]),
    ):
        if text and found:
            affected = tuple(
                Affected(
                    double.key, double.what, now, "; ".join(double.places), link=link_of(double)
                )
                for double in found[:RECORDS_NAMED]
            )
            who = FLOWS[flow].doubles_corrected_by
            yield Cause(flow, text, who, found[0].advice, len(found), now, affected=affected)


def link_to_owner(ledger: Ledger, api_url: str, double: Double) -> str:
    """Where ServiceTrade shows the record for which a key in the target was reserved."""
    owners = (owner_of(ledger, double.flow, word) for word in double.key.split())
    key = next(filter(None, owners), None)
    return record_link(api_url, double.flow, key) if key else ""
