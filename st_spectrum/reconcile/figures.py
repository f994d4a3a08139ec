"""How an account does, in figures: what waits, since when and with how much money, and how long
records take.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from st_spectrum.engine.retries.attention import open_since
from st_spectrum.engine.retries.delays import delay_of, share_of
from st_spectrum.ledger.entry import Entry, is_open
from st_spectrum.ledger.ledger import Ledger

LOOKED_BACK = timedelta(days=1)
"""Records that crossed within this time tell the delay."""


@dataclass(frozen=True)
class Figures:
    """Of one flow. Delays are in seconds, from the change of a record at its source to its
    confirmation, of those confirmed within a day; where the source tells no time, from when it was
    first seen. `oldest_seconds` is the age of the oldest that waits.
    """

    flow: str
    waiting: int
    waiting_money: Decimal
    waiting_hours: Decimal
    oldest_seconds: float
    handled: int
    delays: tuple[float, ...]

    def delay(self, share: float) -> float:
        """The delay within which this share of the records crossed, by nearest rank; 0 for none."""
        return share_of(self.delays, share)


def figures_of(ledger: Ledger, flow: str, now: datetime) -> Figures:
    """Reads every entry of the flow."""
    entries = tuple(ledger.entries(flow))
    waiting = [entry for entry in entries if is_open(entry.state)]
    return Figures(
        flow,
        len(waiting),
        _sum(entry.money for entry in waiting),
        _sum(entry.work_hours for entry in waiting),
        max(((now - open_since(entry)).total_seconds() for entry in waiting), default=0.0),
        sum(entry.is_handled for entry in entries),
        _delays(entries, now),
    )


def _delays(entries: Sequence[Entry], now: datetime) -> tuple[float, ...]:
    recent = (entry for entry in entries if now - entry.changed_at <= LOOKED_BACK)
    found = (delay_of(entry) for entry in recent)
    return tuple(sorted(took.total_seconds() for took in found if took is not None))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
