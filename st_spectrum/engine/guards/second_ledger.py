"""Two ledgers at work on one account: how it is said, and why nothing is sent from the second."""

from collections.abc import Sequence

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.errors import UnsafePlan
from st_spectrum.ledger.epoch import Witness

SECOND_ADVICE = (
    "If this ledger is the one to go on with, say `st-spectrum ledger accept --this-ledger`; else"
    " set the account file to the other one."
)

SECOND_CAUSE = "two ledgers are at work on one account"


class SecondLedger(UnsafePlan):
    """Two ledgers are at work on one account, and this is not the one that sent last."""

    advice = SECOND_ADVICE


def second_ledger(place: str, noted: Sequence[Witness]) -> Hold:
    """Why nothing is sent from a second ledger."""
    return Hold(two_ledgers(place, noted), SECOND_ADVICE, ("a person",), SECOND_CAUSE)


def two_ledgers(place: str, noted: Sequence[Witness]) -> str:
    """Which other one sent last, as its witnesses note it."""
    last = max(noted, key=lambda witness: witness.number)
    when = f" at {last.turned_at:%Y-%m-%d %H:%M} UTC" if last.turned_at else ""
    other = f" ({last.place})" if last.place and last.place != place else ""
    return (
        f"{SECOND_CAUSE}: another one{other} sent last{when}, and this one ({place}) sends nothing"
    )
