"""When what happened in one system stood in the other: read from the log of calls that both
stand-ins keep.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.office import Event, Row, number_of
from st_spectrum.account import Account
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.sandbox.calls import CallEntry
from st_spectrum.sandbox.control_client import Control

JOB_WRITES = ("AddJob", "AddPhase", "UpdateJob", "UpdateJob_UDF")
SATURDAY = 5


class Arrivals:
    """What stands where at this moment."""

    def __init__(self, control: Control, account: Account) -> None:
        self._zone = ZoneInfo(account.timezone)
        self._codes = {
            kind: numbers(control.records("servicetrade", kind))
            for kind in ("company", "location", "job")
        }
        self._invoices = {row["id"]: row for row in control.records("servicetrade", "invoice")}
        self._cards = {row["id"]: row for row in control.records("servicetrade", "timecard")}
        self._items = {
            number_of(row): row["id"] for row in control.records("servicetrade", "jobitem")
        }
        calls = [call for call in control.calls(writes=True) if call.is_committed]
        self._spectrum = [call for call in calls if call.system == "spectrum"]
        self._servicetrade = [call for call in calls if call.system == "servicetrade"]
        self._taken: dict[str, datetime] = {}
        for call in self._spectrum:
            self._taken |= dict.fromkeys(call.taken, call.at)

    def of(self, event: Event) -> datetime | None:
        """When the whole of it stood in the target; None as long as it does not."""
        arrived: Callable[[Event], datetime | None] = getattr(self, f"_{event.kind}")
        at = arrived(event)
        return at if at is not None and at >= event.at else None

    def _company(self, event: Event) -> datetime | None:
        return self._first("AddCustomer", self._codes["company"].get(int(event.id), ""))

    def _location(self, event: Event) -> datetime | None:
        return self._first("AddWOSiteAddress", self._codes["location"].get(int(event.id), ""))

    def _job(self, event: Event) -> datetime | None:
        """With its phases, and all that is written right after it."""
        number = self._codes["job"].get(int(event.id), "")
        own = [
            call.at
            for call in self._spectrum
            if number and call.operation in JOB_WRITES and call.key.split("|")[0] == number
        ]
        return max(own, default=None)

    def _invoice(self, event: Event) -> datetime | None:
        number = str(self._invoices[int(event.id)].get("invoiceNumber") or "")
        is_posted = self._invoices[int(event.id)]["status"] in ("processed", "void")
        return self._last(number, f"{number}C") if is_posted else None

    def _void(self, event: Event) -> datetime | None:
        number = str(self._invoices[int(event.id)].get("invoiceNumber") or "").removesuffix("C")
        return self._last(f"{number}V", f"{number}W")

    def _order(self, event: Event) -> datetime | None:
        item = str(self._items.get(event.id, ""))
        after = (
            call.at
            for call in self._servicetrade
            if call.operation == "PUT /jobitem/{id}" and call.key == item and call.at > event.at
        )
        return next(after, None)

    def _time(self, event: Event) -> datetime | None:
        """The last of its pieces."""
        paid = [row for row in self._cards[int(event.id)]["dayLogs"] if row["type"] != "clock"]
        tokens = [token_of(self._key(row)) for row in paid]
        moments = [self._taken.get(token) for token in tokens]
        return None if None in moments else max(filter(None, moments), default=None)

    def _key(self, row: Row) -> str:
        """Of the ledger: the end of the payroll week, and the row."""
        day = datetime.fromtimestamp(row["date"], UTC).astimezone(self._zone).date()
        return f"{_week_end(day):%Y%m%d}.timecard.{row['id']}"

    def _first(self, operation: str, code: str) -> datetime | None:
        own = (
            call.at
            for call in self._spectrum
            if code and call.operation == operation and code in call.key.split("|")
        )
        return next(own, None)

    def _last(self, *keys: str) -> datetime | None:
        return max((self._taken[key] for key in keys if key in self._taken), default=None)


def numbers(rows: Iterable[Row]) -> dict[int, str]:
    """What records were called by the other system, by their ids."""
    return {row["id"]: number for row in rows if (number := number_of(row))}


def _week_end(day: date) -> date:
    return day + timedelta(days=(SATURDAY - day.weekday()) % 7)


def seconds_of(arrivals: Arrivals, events: Iterable[Event]) -> dict[str, list[float]]:
    """Latencies of what has arrived, by kind."""
    found: dict[str, list[float]] = defaultdict(list)
    for event in events:
        if (at := arrivals.of(event)) is not None:
            found[event.kind].append((at - event.at).total_seconds())
    return dict(found)


def is_quiet(calls: list[CallEntry], seconds: float) -> bool:
    """Whether something was written, and nothing for so long."""
    return bool(calls) and (datetime.now(UTC) - calls[-1].at).total_seconds() > seconds
