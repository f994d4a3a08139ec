"""Last week's time of one technician, and what comes of it."""

from pathlib import Path
from typing import Any

from st_spectrum.engine.report import Report, Result
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper


def last_week_open(sandbox: Sandbox, state_dir: Path) -> Timekeeper:
    """One technician and last week's time, still open."""
    return build_timekeeper(
        sandbox, state_dir, TimeSizes(weeks=1, first_week=SUNDAY, approved=0), technicians=1
    )


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
