"""Labor by its rows and travel by the clock, carried into payroll, each hour once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.flows.timecards.doubles import LABOR_AND_CLOCK
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import moment
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.time_cards import in_payroll
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper, given


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """One technician, whose office pays travel by the clock."""
    made = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=0), technicians=1
    )
    costs = made.contractor.account.timecards.cost_codes
    by_default = costs.model_copy(update={"default_phase": "001"})  # clocked rows bear no line
    made.set_rules(cost_codes=by_default)
    made.set_rules(card_rows=("labor", "clock", "other"), clocked_activities=("enroute",))
    with closing(made):
        yield made


def approve(timekeeper: Timekeeper, *hours: tuple[str, float]) -> None:
    """The technician's card with rows of so many hours, all on one job and day."""
    path, office = timekeeper.card(), timekeeper.contractor.office
    labor = next(row for row in office.get(path)["dayLogs"] if row["type"] == "labor")
    day = moment(SUNDAY + timedelta(days=2))
    rows: list[dict[str, Any]] = []
    for name, quantity in hours:
        row = given(labor) | {"date": day, "quantity": quantity, "duration": int(quantity * 3600)}
        if name != "labor":
            clocked = {"date": day, "quantity": quantity, "duration": int(quantity * 3600)}
            row = clocked | {"type": "clock", "name": name, "jobId": row["jobId"]}
        rows.append(row)
    office.put(path, dayLogs=rows, status="approved")


def test_labor_and_travel_are_paid_and_the_clocked_work_is_not_paid_again(
    timekeeper: Timekeeper,
) -> None:
    approve(timekeeper, ("labor", 3), ("enroute", 1), ("onsite", 3))

    timekeeper.contractor.rounds_until_quiet()

    assert in_payroll(timekeeper) == [1.0, 3.0]


def test_what_may_be_one_stretch_waits_on_both_sides(timekeeper: Timekeeper) -> None:
    approve(timekeeper, ("labor", 2), ("enroute", 2))

    report = timekeeper.contractor.round()["timecards"]

    assert in_payroll(timekeeper) == []
    assert len(report.waiting) == 2
    with timekeeper.contractor.session() as session:
        held = [session.ledger.get("timecards", one.key) for one in report.waiting]
    assert {one.entry.cause for one in held if one} == {LABOR_AND_CLOCK}
