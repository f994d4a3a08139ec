"""The weekly reconciliation of payroll: what the fast path missed goes out once, and the week's
table agrees with payroll.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.sources import TimeSources
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.timekeeper import Timekeeper, build_timekeeper

pytestmark = pytest.mark.slow


def reconciled(timekeeper: Timekeeper) -> list[PayrollWeek]:
    """Every week, each in a session of its own as a run has it."""
    found = []
    for end in timekeeper.week_ends:
        with timekeeper.contractor.session() as session:
            found.append(reconcile_week(session, end, "reconciliation"))
    return found


def test_four_weeks_of_which_a_part_was_never_delivered_are_exact_afterwards_and_stay_so(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=4), technicians=10)
    timekeeper.set_rules(target="rest")
    keys = timekeeper.keys()
    lost = keys[::50]
    timekeeper.carry([key for key in keys if key not in lost])
    sent = len(timekeeper.rows())

    first = reconciled(timekeeper)

    timekeeper.assert_exact()
    missed = {key for week in first for key in week.missed}
    assert missed <= set(lost)
    assert len(timekeeper.rows()) == sent + len(missed) > sent
    for week in first:
        assert week.difference == 0
        expected = {
            code: hours for (code, end), hours in timekeeper.expected().items() if end == week.end
        }
        totals = week.totals("employee")
        assert {code: total.servicetrade for code, total in totals.items()} == expected
        assert {code: total.payroll for code, total in totals.items()} == expected
    writes = timekeeper.contractor.writes()
    again = reconciled(timekeeper)
    assert timekeeper.contractor.writes() == writes
    assert [week.missed for week in again] == [()] * 4
    assert [week.rows for week in again] == [week.rows for week in first]


def test_a_week_of_markers_costs_no_read_of_single_entries(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=2)
    timekeeper.carry()
    (end,) = timekeeper.week_ends
    with timekeeper.contractor.session() as session:
        week = reconcile_week(session, end, "reconciliation")
        assert sum(session.servicetrade.calls.values()) <= 3, session.servicetrade.calls
        assert {name for name in session.spectrum.calls if not name.startswith("infolink")} == set()
    assert len(week.rows) == len(timekeeper.rows()) > 20


def test_what_was_taken_back_in_servicetrade_is_a_difference_with_a_remark(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=2)
    timekeeper.carry()
    writes = timekeeper.contractor.writes()
    card, *_ = [
        number
        for card, number in zip(timekeeper.kept.cards, timekeeper.kept.ids, strict=True)
        if card.status == "approved"
    ]
    timekeeper.control.edit("timecard", card, status="rejected")
    (week,) = reconciled(timekeeper)
    differing = [row for row in week.rows if row.difference]
    assert differing
    assert all(
        row.difference == -row.hours_sent and "approval was taken back" in row.remark
        for row in differing
    )
    assert week.difference == sum((row.hours_sent for row in differing), Decimal(0))
    assert timekeeper.contractor.writes() == writes


def test_what_a_person_has_set_right_in_payroll_is_no_difference_any_more(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(
        sandbox, tmp_path, TimeSizes(weeks=1, approved=1.0), technicians=1
    )
    timekeeper.carry()
    control = timekeeper.control
    (card,) = control.records("servicetrade", "timecard")
    gone = next(row for row in card["dayLogs"] if row["type"] == "labor")
    control.edit("timecard", card["id"], dayLogs=[row for row in card["dayLogs"] if row != gone])
    (week,) = reconciled(timekeeper)
    (deleted,) = [row for row in week.rows if row.difference]
    assert deleted.difference == -deleted.hours_sent
    assert "deleted in ServiceTrade" in deleted.remark

    control.payroll("delete")
    (before,) = reconciled(timekeeper)
    assert before.difference == deleted.hours_sent, "nobody has said that it was taken out"
    said = timekeeper.contractor.command(
        "ledger", "resolve", "timecards", deleted.entry, "--not-there"
    )
    assert said.returncode == 0, said.stderr

    (after,) = reconciled(timekeeper)
    assert after.difference == 0
    assert deleted.entry not in {row.entry for row in after.rows}, "neither side has it any more"


def test_what_pieces_of_time_have_in_common_is_read_once_and_not_for_each(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=6)
    timekeeper.set_rules(adapter="clock", card_rows=("clock", "other"))
    timekeeper.contractor.overrides["pace"] = {"workers": 1}
    (end,) = timekeeper.week_ends
    with timekeeper.contractor.session() as session:
        week = reconcile_week(session, end, "reconciliation")
        calls = session.servicetrade.calls
        jobs = {entry.job_id for entry in time_context(session.flows).times.week(end)}
        assert len(week.missed) > 2 * len(jobs)
        assert calls["GET /servicerequest"] == calls["GET /job/{id}"] == len(jobs)
        assert calls["GET /user/{id}"] <= 6
        assert session.spectrum.calls["GetEmployee"] == 2, "everybody, and who is active"


@pytest.mark.parametrize(("seconds", "readings"), [(0.0, 6), (20.0, 2)])
def test_a_week_is_read_anew_after_half_a_minute_unless_reading_it_would_take_most_of_the_time(
    sandbox: Sandbox, tmp_path: Path, seconds: float, readings: int
) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=1)
    key, now = timekeeper.keys()[0], 0.0

    def clock() -> float:
        nonlocal now
        now += seconds
        return now

    with timekeeper.contractor.session() as session:
        times = TimeSources(session.account, session.servicetrade, clock)
        for _ in range(6):
            assert times.entry(key) is not None
            now += 31.0
        assert session.servicetrade.calls["GET /timecard"] == readings


def test_a_card_that_was_deleted_in_spectrum_is_missed_while_other_cards_of_its_week_stand_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    timekeeper = build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1), technicians=2)
    timekeeper.carry()
    control, writes = timekeeper.control, timekeeper.contractor.writes()
    first, *others = timekeeper.rows()
    with SpectrumCaller(sandbox.spectrum_url) as clerk:
        # The screen takes out a whole batch only; all but one are entered again by hand.
        control.payroll("delete")
        for row in others:
            day = date.fromisoformat(str(row["Work_Date"])[:10])
            clerk.write(
                "PreTimeCard",
                Batch_Code=str(row["Batch_Code"]).strip(),
                Employee_Code=str(row["Employee_Code"]).strip(),
                Department_Code="900",
                Pay_Type=str(row["Pay_Type"]).strip(),
                Hours_Employee=str(row["Hours"]),
                Work_Date=f"{day:%m/%d/%Y}",
                Message=str(row["Message"]).strip(),
            )
    (week,) = reconciled(timekeeper)
    (missed,) = [row for row in week.rows if row.difference]
    assert missed.target_key == str(first["Message"]).strip()
    assert missed.difference == Decimal(str(first["Hours"]))
    assert "deleted" in missed.remark
    assert timekeeper.contractor.writes() == writes + len(others), "nothing is sent again"

    control.payroll("delete")
    (emptied,) = reconciled(timekeeper)
    assert emptied.difference == 0, "a week of which nothing is left was posted"
