"""Clock events as people make them, and what they become."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from st_spectrum.flows.timecards.clock import (
    Clocked,
    clock_entries,
)
from st_spectrum.servicetrade.time_models import ClockEvent
from tests.flows.records import account

NEW_YORK = ZoneInfo("America/New_York")


def event(number: int, at: int | str, way: str, **changes: Any) -> ClockEvent:
    """Ty clocks in or out on site; `at` is epoch seconds or a local time in New York."""
    when = (
        at
        if isinstance(at, int)
        else int(datetime.fromisoformat(at).replace(tzinfo=NEW_YORK).timestamp())
    )
    known = {
        "id": number,
        "eventTime": when,
        "eventType": way,
        "activity": "onsite",
        "user": {"id": 61, "name": "Ty Tech"},
    }
    return ClockEvent.model_validate(known | changes)


def shift(number: int, begin: str, end: str, **changes: Any) -> list[ClockEvent]:
    return [event(number, begin, "in", **changes), event(number + 1, end, "out", **changes)]


def clocked(events: list[ClockEvent], **sections: Any) -> Clocked:
    return clock_entries(events, account(**sections))


def pieces_of(events: list[ClockEvent]) -> list[tuple[str, Decimal, str]]:
    return [(entry.key, entry.hours, entry.waits) for entry in clocked(events).entries]
