"""One time card of the technician, what people do with its rows, and what comes of them."""

from pathlib import Path
from typing import Any

from st_spectrum.engine.report import Report, Result
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper

IDS = {
    "jobId": "job",
    "jobItemId": "jobItem",
    "libItemId": "libItem",
    "serviceLineId": "serviceLine",
}


def last_week_open(sandbox: Sandbox, state_dir: Path) -> Timekeeper:
    """One technician and last week's time, still open."""
    return build_timekeeper(
        sandbox, state_dir, TimeSizes(weeks=1, first_week=SUNDAY, approved=0), technicians=1
    )


class Card:
    """The technician's card, as people in the office handle it."""

    def __init__(self, timekeeper: Timekeeper) -> None:
        self.path = timekeeper.card()
        self.office = timekeeper.contractor.office

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


def sync(timekeeper: Timekeeper) -> Report:
    return timekeeper.contractor.round()["timecards"]


def held(report: Report) -> Any:
    (one,) = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
    return one


def resolve(timekeeper: Timekeeper, key: str, word: str) -> str:
    done = timekeeper.contractor.command("ledger", "resolve", "timecards", key, word)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def in_payroll(timekeeper: Timekeeper) -> list[float]:
    return sorted(float(str(row["Hours"])) for row in timekeeper.rows())


def take_out(timekeeper: Timekeeper) -> None:
    """A clerk deletes every card in Spectrum."""
    timekeeper.control.payroll("delete")
