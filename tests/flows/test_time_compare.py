"""The comparison of time sees what is missing, double or nobody's; the console shows a technician's
week beside its cards.
"""

from datetime import datetime
from pathlib import Path

import httpx
import pytest

from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.audit.time import compare_time
from tests.world.console_page import words_of
from tests.world.timekeeper import SUNDAY, Timekeeper, build_timekeeper


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """Two technicians and last week's time, of which one has no employee code."""
    return build_timekeeper(
        sandbox,
        tmp_path,
        TimeSizes(weeks=1, first_week=SUNDAY, approved=1, without_id=1),
        technicians=2,
    )


def test_all_time_agrees_or_waits_under_the_key_that_the_ledger_has_for_it(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.contractor.round()
    side = compare_time(timekeeper.control, timekeeper.contractor.account)
    assert side.problems == []
    assert side.spectrum == side.matched == len(timekeeper.rows()) > 5
    assert side.servicetrade == side.matched + len(side.waiting)
    with timekeeper.contractor.session() as session:
        assert side.waiting.keys() == set(session.ledger.open_keys("timecards")) != set()


def test_a_card_too_many_and_one_too_few_are_problems(timekeeper: Timekeeper) -> None:
    timekeeper.contractor.round()
    control, account = timekeeper.control, timekeeper.contractor.account
    row = timekeeper.rows()[0]
    again = {
        "Batch_Code": "BYHAND",
        "Employee_Code": str(row["Employee_Code"]).strip(),
        "Department_Code": "900",
        "Pay_Type": "V",
        "Hours_Employee": "3.33",
        "Work_Date": datetime.fromisoformat(str(row["Work_Date"])[:10]).strftime("%m/%d/%Y"),
        "Message": str(row["Message"]).strip(),
    }
    with SpectrumCaller(timekeeper.contractor.sandbox.spectrum_url) as clerk:
        clerk.write("PreTimeCard", **again)
    problems = compare_time(control, account).problems
    assert len(problems) == 2
    assert f"card {again['Message']} stands 2 times in Spectrum" in problems
    assert any("3.33 h that no approved time asks for" in problem for problem in problems)
    control.payroll("delete")
    emptied = compare_time(control, account)
    assert (emptied.matched, len(emptied.waiting)) == (0, emptied.servicetrade)


def test_the_console_shows_a_week_with_its_hours_and_cards_and_the_sums_of_both_sides(
    timekeeper: Timekeeper,
) -> None:
    timekeeper.contractor.round()
    answer = httpx.get(timekeeper.contractor.sandbox.console_url, trust_env=False)
    text = words_of(answer.text, "Time")
    total = sum(timekeeper.in_payroll().values())
    assert f"Spectrum holds {len(timekeeper.rows())} pre-time cards of {total:,.2f} h." in text
    assert f"{len(timekeeper.rows())} pre-time cards of {total:,.2f} h · by pay type: " in text
    assert "T0001 · week to" in text
    assert "not in Spectrum" in text, "the technician without employee code"
