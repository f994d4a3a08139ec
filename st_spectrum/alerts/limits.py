"""What goes beyond the limits of the account file, as a cause of a mail. Pure."""

from collections.abc import Iterator

from st_spectrum.alerts.causes import Cause
from st_spectrum.ledger.documents.guards import HeldBack

WHO = "Whoever may send so much at once"


def causes_of_limits(flow: str, beyond: HeldBack | None) -> Iterator[Cause]:
    """One for a flow, whatever comes besides, until a run has taken what was held back."""
    if beyond is not None:
        advice = f"{beyond.said}. {beyond.advice}"
        yield Cause(flow, beyond.cause, WHO, advice, len(beyond.keys), beyond.began_at)
