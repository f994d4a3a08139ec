"""How fast a first load goes, and how long it will take: what stands beside its bar. Pure."""

from dataclasses import dataclass

HOUR = 3600.0


@dataclass(frozen=True)
class Part:
    """How far a flow, or all groups, have come: `seconds` are those of its waves with the rests
    between them, which a bound per hour makes longer than the waves.
    """

    total: int = 0
    looked_at: int = 0
    sent: int = 0
    seconds: float = 0.0

    def after(self, looked_at: int, sent: int, seconds: float) -> "Part":
        """One wave later."""
        return Part(
            self.total, self.looked_at + looked_at, self.sent + sent, self.seconds + seconds
        )

    def words(self) -> str:
        """Rate and time left, business hours left out; what may be said of them so far."""
        if not self.looked_at:
            return ""
        rate = f"{self.sent / self.seconds * HOUR:,.0f} an hour" if self.seconds else ""
        left = max(self.total - self.looked_at, 0)
        seconds = left * self.seconds / self.looked_at
        return " ".join(filter(None, (rate if self.sent else "", _left(seconds) if left else "")))


def _left(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return f"{hours:,} h {minutes} min left"
    return f"{minutes} min left" if minutes else "<1 min left"


def seconds_of(sent: int, seconds: float, per_hour: int) -> float:
    """How long a wave takes with the rest after it."""
    return max(seconds, sent * HOUR / per_hour) if per_hour else seconds
