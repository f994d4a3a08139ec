"""Both sides compared by services alone: what they prove is told, and no more."""

from collections.abc import Iterator

import pytest

from st_spectrum.domain.compared import UNSEEN, FlowCompared
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.flows.shown_compared import as_far_as_proved
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from st_spectrum.spectrum.shown_masters import MOST_JOBS_OF_PHASES, turn_of
from tests.reconcile.planting import Month


@pytest.fixture
def shown(month: Month) -> Iterator[Month]:
    month.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    yield month
    del month.contractor.environ["SPECTRUM_INFOLINK_URL"]


def test_a_clean_world_gives_no_difference_and_one_line_says_what_is_not_compared(
    shown: Month,
) -> None:
    compared = shown.compared()
    assert [one.words for one in shown.differences()] == []
    assert all(compared[flow].compared for flow in ("customers", "jobs"))
    assert [compared[flow].not_seen for flow in ("customers", "jobs")] == ["", ""]
    others = compared.keys() - {"customers", "jobs"}
    assert {compared[flow].unseen for flow in others} == {UNSEEN}
    assert {word in UNSEEN for word in ("sites", "AR documents", "time", "orders")} == {True}


def test_differences_in_customers_jobs_and_phases_are_found_and_named(shown: Month) -> None:
    customers, jobs = shown.confirmed("customers"), shown.confirmed("jobs")
    rows = [row for _, code in customers for row in shown.rows("CUSTOMERS", Customer_Code=code)]
    billed = {row["Customer_Code"].strip() for row in shown.rows("JOBS")}
    gone = next((key, code) for key, code in customers if code not in billed or len(rows) > 2)
    renamed = next(one for one in customers if one != gone)
    (kept,) = shown.rows("CUSTOMERS", Customer_Code=gone[1])
    shown.delete("CUSTOMERS", Customer_Code=gone[1])
    shown.in_spectrum("CUSTOMERS", {"Name": "Renamed There"}, Customer_Code=renamed[1])
    lost, other, lacking, edited = jobs[:4]
    shown.delete("JOBS", Job_Number=lost[1])
    shown.in_spectrum("JOBS", {"Job_Description": "Other Work"}, Job_Number=other[1])
    first = shown.rows("PHASES", Job_Number=lacking[1])[0]
    code, kind = str(first["Phase_Code"]).strip(), str(first["Cost_Type"]).strip()
    shown.delete("PHASES", Job_Number=lacking[1], Phase_Code=code, Cost_Type=kind)
    phase = {"Phase_Code": code, "Cost_Type": kind}
    shown.in_spectrum("PHASES", {"Description": "Other"}, Job_Number=edited[1], **phase)
    try:
        assert shown.named() == {
            ("customers", gone[0], "", "missing"),
            ("customers", renamed[0], "Name", "edited in Spectrum"),
            ("jobs", lost[0], "", "missing"),
            ("jobs", other[0], "Job_Description", "edited in Spectrum"),
            ("jobs", lacking[0], "phases", "edited in Spectrum"),
            ("jobs", edited[0], f"phase {code} {kind}", "edited in Spectrum"),
        }
    finally:
        shown.insert("CUSTOMERS", kept)


def test_of_501_customers_none_is_said_to_be_missing(shown: Month) -> None:
    with shown.contractor.system("spectrum").database.writing() as every:
        book = every.of(COMPANY_CODE)
        (row, *_) = (dict(one) for one in book.all(CUSTOMERS))
        texts = {name: str(value).strip() for name, value in row.items() if value is not None}
        days = {name: "" for name in texts if name.endswith("_Date")}
        for number in range(501):
            # Before ours, so that an answer ends before it comes to them.
            book.insert(CUSTOMERS, {**texts, **days, "Customer_Code": f"00{number:04}"})
    customers = shown.compared()["customers"]
    assert customers.compared > 0
    assert not [one for one in customers.differences if one.verdict is Verdict.MISSING]
    assert customers.unproven.endswith("Set up Info-Link to compare all.")
    assert customers.unproven_keys
    said = shown.contractor.command("reconcile", "--both-sides")
    assert said.returncode == 1
    assert said.stderr.count("Without Info-Link only customers, jobs and their phases") == 1
    assert "none is said to be missing" in said.stderr
    lines = said.stdout.splitlines()
    assert not [line for line in lines if line.startswith("customers: ") and ": missing" in line]


def missing(key: str) -> Difference:
    return Difference("jobs", key, f"Job {key}", key, Verdict.MISSING)


def test_what_a_right_hides_from_the_operator_is_not_missing() -> None:
    few = FlowCompared("jobs", 20, (missing("1"), missing("2")))
    assert as_far_as_proved(few, "jobs", is_whole=True) == few
    many = FlowCompared("jobs", 30, tuple(missing(str(number)) for number in range(11)))
    hidden = as_far_as_proved(many, "jobs", is_whole=True)
    assert hidden.differences == ()
    assert "rights that the operator" in hidden.unproven
    assert len(hidden.unproven_keys) == 11
    only = as_far_as_proved(FlowCompared("jobs", 1, (missing("1"),)), "jobs", is_whole=True)
    assert only.differences == ()


def test_the_phases_of_every_job_have_their_turn() -> None:
    numbers = {f"J{number:05}" for number in range(3 * MOST_JOBS_OF_PHASES - 7)}
    nights = [turn_of(numbers, day) for day in range(739_000, 739_003)]
    assert frozenset.union(*nights) == numbers
    assert max(map(len, nights)) == MOST_JOBS_OF_PHASES
