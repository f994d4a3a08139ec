"""Between which hours people are at work in both systems. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from st_spectrum.domain.argument_invalid import ArgumentInvalid

_WRITTEN = re.compile(r"(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?")
SATURDAY = 5


@dataclass(frozen=True)
class BusinessHours:
    """From `begin` to `end` of each Monday to Friday, by the clock of the office."""

    begin: time
    end: time

    def seconds_left(self, now: datetime) -> float:
        """How long they still last; 0 outside of them. `now` is in the zone of the office."""
        if now.weekday() >= SATURDAY or not self.begin <= now.time() < self.end:
            return 0.0
        over = datetime.combine(now.date(), self.end, now.tzinfo)
        return max((over - now) / timedelta(seconds=1), 0.0)


def parse_business_hours(text: str) -> BusinessHours:
    """`7-18`, or `7:30-17:00`. Raises `ArgumentInvalid`."""
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        first, minute, last, last_minute = (int(part or 0) for part in found.groups())
        parsed = BusinessHours(time(first, minute), time(last, last_minute))
    except ValueError:
        raise ArgumentInvalid(
            [f"business hours are written as 7-18 or 7:30-17:00, not as {text!r}"]
        ) from None
    if parsed.begin >= parsed.end:
        raise ArgumentInvalid(
            [f"business hours begin before they end, which {text!r} does not say"]
        )
    return parsed
