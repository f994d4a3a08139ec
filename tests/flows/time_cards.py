"""One time card of the technician, and what people do with its rows."""

from typing import Any

from st_spectrum.sandbox.callers import ServiceTradeCaller
from tests.world.timekeeper import Timekeeper

IDS = {
    "jobId": "job",
    "jobItemId": "jobItem",
    "libItemId": "libItem",
    "serviceLineId": "serviceLine",
}


class Card:
    """The technician's card, as people in the office handle it."""

    def __init__(self, timekeeper: Timekeeper, office: ServiceTradeCaller) -> None:
        self.path = f"/timecard/{timekeeper.kept.ids[0]}"
        self.office = office

    def status(self, word: str) -> None:
        """Approve it, or take that back."""
        self.office.put(self.path, status=word)

    def keep_only(self, *rows: dict[str, Any]) -> None:
        """Leave only so many of its labor rows, each with changes."""
        labor = [row for row in self.office.get(self.path)["dayLogs"] if row["type"] == "labor"]
        kept = [given(row) | changes for row, changes in zip(labor, rows, strict=False)]
        self.office.put(
            self.path, dayLogs=[row | {"duration": int(row["quantity"] * 3600)} for row in kept]
        )


def given(row: dict[str, Any]) -> dict[str, Any]:
    """A row of an answer as it is sent back."""
    plain = {name: row[name] for name in ("id", "date", "type", "name", "duration", "quantity")}
    return plain | {
        name: other["id"] for name, key in IDS.items() if isinstance(other := row[key], dict)
    }
