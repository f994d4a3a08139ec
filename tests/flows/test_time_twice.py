"""Hours that would be paid twice or to the wrong person wait: a card approved twice, a day of forty
hours, a shared code.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.alerts.payroll_view import view_of
from st_spectrum.check.finding import Severity
from st_spectrum.check.payroll import check_payroll
from st_spectrum.engine.reconciliation import run_reconciliation
from st_spectrum.flows.timecards.codes import SHARED_CODE
from st_spectrum.flows.timecards.doubles import OVER_A_DAY, TWICE
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.flows.timekeeper import Timekeeper, timekeeper

pytestmark = pytest.mark.slow

FLOW = "timecards"
TODAY = datetime.now(ZONE).date()
SUNDAY = TODAY - timedelta(days=(TODAY.weekday() + 1) % 7 + 7)


@pytest.fixture
def keeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """Two technicians and last week's approved time."""
    return timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=1.0), technicians=2
    )


@pytest.fixture
def office(sandbox: Sandbox) -> Iterator[ServiceTradeCaller]:
    with ServiceTradeCaller(sandbox.servicetrade_url, parallel=1) as caller:
        yield caller


def a_second_card(keeper: Timekeeper, **changes: Any) -> int:
    """The first technician's card once more, approved like the first one."""
    control = keeper.contractor.sandbox.control
    first = next(
        row
        for row in control.records("servicetrade", "timecard")
        if row["id"] == keeper.kept.ids[0]
    )
    rows = [without_id(row) | changes for row in first["dayLogs"]]
    (made,) = control.add_records("timecard", [without_id(first) | {"dayLogs": rows}])
    return made


def without_id(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "id"}


def causes(keeper: Timekeeper) -> dict[str, int]:
    with keeper.contractor.session() as session:
        found: dict[str, int] = {}
        for _, held in session.ledger.open_entries(FLOW):
            if held is not None:
                found[held.entry.cause] = found.get(held.entry.cause, 0) + 1
    return found


def week_of(keeper: Timekeeper) -> PayrollWeek:
    with keeper.contractor.session() as session:
        return reconcile_week(session, keeper.week_ends[0], "weekly")


def test_a_card_that_is_approved_twice_is_paid_once_and_a_person_may_let_it_go(
    keeper: Timekeeper,
) -> None:
    keeper.carry()
    keeper.assert_exact()
    a_second_card(keeper)

    keeper.carry()

    keeper.assert_exact()
    held = causes(keeper)
    assert set(held) == {TWICE}
    with keeper.contractor.session() as session:
        key, entry = next(
            (key, held.entry) for key, held in session.ledger.open_entries(FLOW) if held
        )
    assert "which is in payroll" in entry.reason
    sent = len(keeper.rows())
    assert keeper.contractor.command("ledger", "resolve", FLOW, key, "--not-there").returncode == 0
    keeper.carry()
    assert len(keeper.rows()) == sent + 1
    assert causes(keeper) == {TWICE: held[TWICE] - 1}


def test_of_two_cards_that_are_both_unsent_neither_goes_out_until_one_is_taken_out(
    keeper: Timekeeper, office: ServiceTradeCaller
) -> None:
    second = a_second_card(keeper)
    keeper.carry()
    assert set(causes(keeper)) == {TWICE}
    assert causes(keeper)[TWICE] % 2 == 0
    office.remove(f"/timecard/{second}")

    keeper.carry()

    keeper.assert_exact()
    with keeper.contractor.session() as session:
        list(run_reconciliation(session, [FLOW], "night"))
    assert causes(keeper) == {}


def test_a_day_of_more_than_24_hours_waits_and_what_was_sent_and_deleted_since_counts(
    keeper: Timekeeper, office: ServiceTradeCaller
) -> None:
    keeper.carry()
    sent = len(keeper.rows())
    office.remove(f"/timecard/{keeper.kept.ids[0]}")
    a_second_card_of_long_days(keeper)

    keeper.carry()

    assert len(keeper.rows()) == sent
    assert OVER_A_DAY in causes(keeper)


def a_second_card_of_long_days(keeper: Timekeeper) -> None:
    control = keeper.contractor.sandbox.control
    one = next(
        row
        for row in control.records("servicetrade", "timecard")
        if row["id"] == keeper.kept.ids[1]
    )
    labor = [row for row in one["dayLogs"] if row["type"] == "labor"]
    user = keeper.kept.technicians[0].user
    rows = [without_id(row) for row in labor]
    days = {row["date"] for row in rows}
    long = [
        next(row for row in rows if row["date"] == day) | {"quantity": 23.5, "duration": 84600}
        for day in days
    ]
    control.add_records("timecard", [without_id(one) | {"userId": user, "dayLogs": long}])


def test_time_under_an_employee_code_of_two_technicians_waits_and_check_says_whose(
    keeper: Timekeeper, office: ServiceTradeCaller
) -> None:
    one, other = keeper.kept.technicians
    keeper.contractor.sandbox.control.edit(
        "user", other.user, externalIds={"spectrum": one.employee_code}
    )

    keeper.carry()

    assert keeper.rows() == []
    assert set(causes(keeper)) == {SHARED_CODE}
    with keeper.contractor.session() as session:
        findings = list(check_payroll(session.account, session.servicetrade, session.spectrum))
    found = [
        finding for finding in findings if "2 technicians carry employee code" in finding.problem
    ]
    assert [finding.severity for finding in found] == [Severity.ERROR]
    assert f"user {one.user}" in found[0].problem
    assert f"user {other.user}" in found[0].problem
    keeper.contractor.sandbox.control.edit(
        "user", other.user, externalIds={"spectrum": other.employee_code}
    )
    keeper.carry()
    keeper.assert_exact()


def test_a_login_that_was_deactivated_and_has_no_time_holds_nobody(
    keeper: Timekeeper, office: ServiceTradeCaller
) -> None:
    one, other = keeper.kept.technicians
    office.remove(f"/timecard/{keeper.kept.ids[1]}")
    keeper.contractor.sandbox.control.edit(
        "user", other.user, externalIds={"spectrum": one.employee_code}
    )
    office.put(f"/user/{other.user}", status="inactive")
    keeper.carry()
    assert SHARED_CODE not in causes(keeper)
    assert keeper.rows() != []


def test_a_week_that_was_paid_under_a_shared_code_does_not_agree_in_silence(
    keeper: Timekeeper,
) -> None:
    keeper.carry()
    assert view_of(week_of(keeper)).is_fine
    one, other = (technician.employee_code for technician in keeper.kept.technicians)
    under_one_code(keeper, other, one)

    view = view_of(week_of(keeper))

    assert not view.is_fine
    assert {piece.row.employee for piece in view.shared} == {one}
    assert all(
        f"employee code {one}: " in piece.why and " and " in piece.why for piece in view.shared
    )
    assert "need you" in view.verdict()


def under_one_code(keeper: Timekeeper, before: str, after: str) -> None:
    """As earlier versions sent it."""
    import sqlite3

    path = keeper.contractor.sandbox.state_dir / "infolink.sqlite"
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    for table in ("PR_PRE_TC_IMPORT_ERR_MC", "PR_PRE_TIME_CARD_MC"):
        connection.execute(
            f'UPDATE "{table}" SET Employee_Code = REPLACE(Employee_Code, ?, ?)', (before, after)
        )
    connection.close()
