"""Hours that would be paid twice or to the wrong person wait: a card approved twice, a day of forty
hours, a shared code.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.alerts.payroll_view import view_of
from st_spectrum.check.finding import Severity
from st_spectrum.check.payroll import check_payroll
from st_spectrum.flows.timecards.doubles import OVER_A_DAY, TWICE
from st_spectrum.flows.timecards.employee_codes import SHARED_CODE
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper

pytestmark = pytest.mark.slow

FLOW = "timecards"


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """Two technicians and last week's approved time."""
    with closing(
        build_timekeeper(
            sandbox, tmp_path, TimeSizes(weeks=1, first_week=SUNDAY, approved=1.0), technicians=2
        )
    ) as timekeeper:
        yield timekeeper


def a_second_card(timekeeper: Timekeeper, **changes: Any) -> int:
    """The first technician's card once more, approved like the first one."""
    control = timekeeper.control
    first = next(
        row
        for row in control.records("servicetrade", "timecard")
        if row["id"] == timekeeper.kept.ids[0]
    )
    rows = [without_id(row) | changes for row in first["dayLogs"]]
    (made,) = control.add_records("timecard", [without_id(first) | {"dayLogs": rows}])
    return made


def without_id(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "id"}


def causes(timekeeper: Timekeeper) -> dict[str, int]:
    with timekeeper.contractor.session() as session:
        found: dict[str, int] = {}
        for _, held in session.ledger.open_entries(FLOW):
            if held is not None:
                found[held.entry.cause] = found.get(held.entry.cause, 0) + 1
    return found


def week_of(timekeeper: Timekeeper) -> PayrollWeek:
    with timekeeper.contractor.session() as session:
        return reconcile_week(session, timekeeper.week_ends[0], "weekly")


def test_a_card_that_is_approved_twice_is_paid_once_and_a_person_may_let_it_go(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.carry()
    timekeeper.assert_exact()
    a_second_card(timekeeper)

    timekeeper.carry()

    timekeeper.assert_exact()
    held = causes(timekeeper)
    assert set(held) == {TWICE}
    with timekeeper.contractor.session() as session:
        key, entry = next(
            (key, held.entry) for key, held in session.ledger.open_entries(FLOW) if held
        )
    assert "which is in payroll" in entry.reason
    sent = len(timekeeper.rows())
    assert (
        timekeeper.contractor.command("ledger", "resolve", FLOW, key, "--not-there").returncode == 0
    )
    timekeeper.carry()
    assert len(timekeeper.rows()) == sent + 1
    assert causes(timekeeper) == {TWICE: held[TWICE] - 1}


def test_of_two_cards_that_are_both_unsent_neither_goes_out_until_one_is_taken_out(
    timekeeper: Timekeeper,
) -> None:
    second = a_second_card(timekeeper)
    timekeeper.carry()
    assert set(causes(timekeeper)) == {TWICE}
    assert causes(timekeeper)[TWICE] % 2 == 0
    timekeeper.contractor.office.remove(f"/timecard/{second}")

    timekeeper.carry()

    timekeeper.assert_exact()
    timekeeper.night()
    assert causes(timekeeper) == {}


def test_a_day_of_more_than_24_hours_waits_and_what_was_sent_and_deleted_since_counts(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.carry()
    sent = len(timekeeper.rows())
    timekeeper.delete_card()
    a_second_card_of_long_days(timekeeper)

    timekeeper.carry()

    assert len(timekeeper.rows()) == sent
    assert OVER_A_DAY in causes(timekeeper)


def a_second_card_of_long_days(timekeeper: Timekeeper) -> None:
    control = timekeeper.control
    one = next(
        row
        for row in control.records("servicetrade", "timecard")
        if row["id"] == timekeeper.kept.ids[1]
    )
    labor = [row for row in one["dayLogs"] if row["type"] == "labor"]
    user = timekeeper.kept.technicians[0].user
    rows = [without_id(row) for row in labor]
    days = {row["date"] for row in rows}
    long = [
        next(row for row in rows if row["date"] == day) | {"quantity": 23.5, "duration": 84600}
        for day in days
    ]
    control.add_records("timecard", [without_id(one) | {"userId": user, "dayLogs": long}])


def test_time_under_an_employee_code_of_two_technicians_waits_and_check_says_whose(
    timekeeper: Timekeeper,
) -> None:
    one, other = timekeeper.kept.technicians
    timekeeper.control.edit("user", other.user, externalIds={"spectrum": one.employee_code})

    timekeeper.carry()

    assert timekeeper.rows() == []
    assert set(causes(timekeeper)) == {SHARED_CODE}
    with timekeeper.contractor.session() as session:
        findings = list(check_payroll(session.account, session.servicetrade, session.spectrum))
    found = [
        finding for finding in findings if "2 technicians carry employee code" in finding.problem
    ]
    assert [finding.severity for finding in found] == [Severity.ERROR]
    assert f"user {one.user}" in found[0].problem
    assert f"user {other.user}" in found[0].problem
    timekeeper.control.edit("user", other.user, externalIds={"spectrum": other.employee_code})
    timekeeper.carry()
    timekeeper.assert_exact()


def test_a_login_that_was_deactivated_and_has_no_time_holds_nobody(timekeeper: Timekeeper) -> None:
    one, other = timekeeper.kept.technicians
    timekeeper.delete_card(1)
    timekeeper.control.edit("user", other.user, externalIds={"spectrum": one.employee_code})
    timekeeper.contractor.dispatcher.change("user", other.user, status="inactive")
    timekeeper.carry()
    assert SHARED_CODE not in causes(timekeeper)
    assert timekeeper.rows() != []


def test_a_week_that_was_paid_under_a_shared_code_does_not_agree_in_silence(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.carry()
    assert view_of(week_of(timekeeper)).is_fine
    one, other = (technician.employee_code for technician in timekeeper.kept.technicians)
    under_one_code(timekeeper, other, one)

    view = view_of(week_of(timekeeper))

    assert not view.is_fine
    assert {piece.row.employee for piece in view.shared} == {one}
    assert all(
        f"employee code {one}: " in piece.why and " and " in piece.why for piece in view.shared
    )
    assert "need you" in view.verdict()


def under_one_code(timekeeper: Timekeeper, before: str, after: str) -> None:
    """As earlier versions sent it."""
    import sqlite3

    path = timekeeper.contractor.sandbox.state_dir / "infolink.sqlite"
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    for table in ("PR_PRE_TC_IMPORT_ERR_MC", "PR_PRE_TIME_CARD_MC"):
        connection.execute(
            f'UPDATE "{table}" SET Employee_Code = REPLACE(Employee_Code, ?, ?)', (before, after)
        )
    connection.close()
