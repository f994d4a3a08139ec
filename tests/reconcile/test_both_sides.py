"""Differences planted by hand in both systems: all are found and named right, and nothing else."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from st_spectrum.domain.equation import Line
from tests.reconcile.planting import Month
from tests.reconcile.sixty import HEADER, LINES, NamedDifference, credit, document, edit_line


def test_a_clean_world_gives_no_difference(month: Month) -> None:
    compared = month.compared()
    assert [one.words for one in month.differences()] == []
    assert all(compared[flow].compared for flow in ("customers", "sites", "jobs", "invoices"))


def test_without_info_link_nothing_is_said_to_be_missing(month: Month) -> None:
    month.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    try:
        said = month.contractor.command("reconcile", "--both-sides")
    finally:
        del month.contractor.environ["SPECTRUM_INFOLINK_URL"]
    assert said.returncode == 1
    assert said.stderr.count("Without Info-Link only customers, jobs and their phases") == 1
    assert "missing;" not in said.stdout


def test_a_repair_sends_what_was_never_seen_and_nothing_that_was_confirmed_once(
    month: Month,
) -> None:
    customer = month.contractor.dispatcher.company("Late Customer")
    before = month.contractor.writes()
    gone = next(one for one in month.differences() if one.key == str(customer))
    assert (gone.verdict, gone.is_repairable) == ("missing", True)
    assert month.contractor.writes() == before
    said = month.contractor.command("reconcile", "customers", "--both-sides", "--repair", "--json")
    sent = json.loads(said.stdout)["customers"]["repair"]
    assert sent
    entry = month.contractor.entry("customers", customer)
    assert entry is not None and entry.state == "confirmed"
    removed = entry.target_key
    (row,) = month.rows("CUSTOMERS", Customer_Code=removed)
    month.delete("CUSTOMERS", Customer_Code=removed)
    month.contractor.command("reconcile", "customers", "--both-sides", "--repair")
    (missing,) = (one for one in month.differences() if one.target_key == removed)
    assert (missing.verdict, missing.is_repairable) == ("missing", False)
    assert not month.rows("CUSTOMERS", Customer_Code=removed)
    month.insert("CUSTOMERS", row)


def test_a_clean_month_closes_to_the_cent(month: Month) -> None:
    compared = month.compared()["invoices"]
    assert compared.equations
    for equation in compared.equations:
        assert sum(equation.lines.values()) == equation.approved
        assert equation.closes, equation.of(Line.DIFFERENCE)
    assert [one for one in compared.totals if one.difference] == []
    assert {one.dimension for one in compared.totals} >= {"customer", "GL account", "GL period"}
    by_date = [one for one in compared.totals if one.dimension == "GL period"]
    assert {one.code.replace("/", "-") for one in by_date} <= {
        one.period for one in compared.equations
    }


def test_a_clean_month_stays_clean_once_the_tax_code_is_left_to_spectrum(month: Month) -> None:
    month.contractor.overrides["invoices"] = {"tax_from": "spectrum"}
    try:
        compared = month.compared()["invoices"]
    finally:
        del month.contractor.overrides["invoices"]
    assert [one for one in compared.totals if one.difference] == []


def plant_in_masters(month: Month) -> set[NamedDifference]:
    """Names are information, links and existence are faults; what was sent is proved."""
    control = month.contractor.control
    customers, sites, jobs = map(month.confirmed, ("customers", "sites", "jobs"))
    month.in_spectrum("CUSTOMERS", {"Name": "Renamed There"}, Customer_Code=customers[0][1])
    control.edit("company", int(customers[1][0]), name="Renamed Here")
    month.in_spectrum("CUSTOMERS", {"City": "Elsewhere"}, Customer_Code=customers[2][1])
    control.edit("company", int(customers[2][0]), name="Renamed In Both")
    month.in_spectrum("SITES", {"Ship_To_Name": "Other Site"}, Ship_To_ID=sites[0][1])
    (site,) = month.rows("SITES", Ship_To_ID=sites[1][1])
    other = next(code for _, code in customers if code != site["Ship_To_Customer_Code"].strip())
    month.in_spectrum("SITES", {"Ship_To_Customer_Code": other}, Ship_To_ID=sites[1][1])
    control.edit("location", int(sites[2][0]), externalIds={})
    month.in_spectrum("JOBS", {"Job_Description": "Other Work"}, Job_Number=jobs[0][1])
    control.edit("job", int(jobs[1][0]), customName="New Name Of The Work")
    month.delete("JOBS", Job_Number=jobs[2][1])
    month.in_spectrum("JOBS", {"Cost_Center": "20"}, Job_Number=jobs[3][1])
    phase = month.rows("PHASES", Job_Number=jobs[4][1])[0]
    code, kind = str(phase["Phase_Code"]).strip(), str(phase["Cost_Type"]).strip()
    month.delete("PHASES", Job_Number=jobs[4][1], Phase_Code=code)
    other_phase = {"Phase_Code": code, "Cost_Type": kind}
    month.in_spectrum("PHASES", {"Description": "Other"}, Job_Number=jobs[6][1], **other_phase)
    return {
        ("customers", customers[0][0], "Name", "edited in Spectrum"),
        ("customers", customers[1][0], "Name", "edited in ServiceTrade"),
        ("customers", customers[2][0], "Name", "edited in ServiceTrade"),
        ("customers", customers[2][0], "City", "edited in Spectrum"),
        ("sites", sites[0][0], "Site_Name", "edited in Spectrum"),
        ("sites", sites[1][0], "Site_Customer_Code", "edited in Spectrum"),
        ("sites", sites[2][0], "external id", "edited in ServiceTrade"),
        ("jobs", jobs[0][0], "Job_Description", "edited in Spectrum"),
        ("jobs", jobs[1][0], "Job_Description", "edited in ServiceTrade"),
        ("jobs", jobs[2][0], "", "missing"),
        ("jobs", jobs[3][0], "Cost_Center", "edited in Spectrum"),
        ("jobs", jobs[4][0], "phases", "edited in Spectrum"),
        ("jobs", jobs[6][0], f"phase {code} {kind}", "edited in Spectrum"),
    }


def move_a_dollar(month: Month, number: str) -> None:
    """From one line to another of the same account."""
    one, other = month.rows(LINES, **document(number))[:2]
    assert one["GL_Account"] == other["GL_Account"]
    for row, change in ((one, 1), (other, -1)):
        amount = str(Decimal(str(row["Line_Extension"])) + change)
        key = {**document(number), "Sequence": row["Sequence"]}
        month.in_spectrum(LINES, {"Line_Extension": amount}, **key)


def plant_in_invoices(month: Month) -> set[NamedDifference]:
    """Each on an invoice of its own that became a single document."""
    single = [
        (key, number)
        for key, number in month.confirmed("invoices")
        if month.rows(HEADER, **document(number))
        and not month.rows(HEADER, **document(number, "C"))
    ]
    amount, account, gone, credited, dated, taxed, job, doubly, edited, retotaled = single[:10]
    moved = next(one for one in single[10:] if len(month.rows(LINES, **document(one[1]))) > 1)
    move_a_dollar(month, moved[1])
    line = month.rows(LINES, **document(amount[1]))[0]
    month.in_spectrum(
        LINES, {"Line_Extension": "999.99"}, **document(amount[1]), Sequence=line["Sequence"]
    )
    for row in month.rows(LINES, **document(account[1])):
        month.in_spectrum(
            LINES, {"GL_Account": "9999"}, **document(account[1]), Sequence=row["Sequence"]
        )
    month.delete(HEADER, **document(gone[1]))
    credit(month, credited[1])
    month.in_spectrum(HEADER, {"Invoice_Date": "01/02/2020"}, **document(dated[1]))
    month.in_spectrum(HEADER, {"Sales_Tax_Amount": "77.77"}, **document(taxed[1]))
    month.in_spectrum(HEADER, {"Job_Number": "STRAY"}, **document(job[1]))
    edit_line(month, edited[0])
    month.contractor.control.edit("invoice", int(retotaled[0]), totalPrice="1", subtotal="1")
    edit_line(month, doubly[0])
    month.in_spectrum(LINES, {"Line_Extension": "1.11"}, **document(doubly[1]), Sequence="001")
    return {
        ("invoices", amount[0], "amount before tax", "edited in Spectrum"),
        ("invoices", account[0], "GL accounts", "edited in Spectrum"),
        ("invoices", gone[0], "", "missing"),
        ("invoices", credited[0], "", "extra"),
        ("invoices", dated[0], "Invoice_Date", "edited in Spectrum"),
        ("invoices", taxed[0], "Sales_Tax_Amount", "edited in Spectrum"),
        ("invoices", job[0], "Job_Number", "edited in Spectrum"),
        ("invoices", edited[0], "amount before tax", "edited in ServiceTrade"),
        ("invoices", doubly[0], "amount before tax", "edited in both"),
        ("invoices", retotaled[0], "total with tax", "edited in ServiceTrade"),
        ("invoices", moved[0], "amounts of lines", "edited in Spectrum"),
    }


@pytest.mark.timeout(120)
def test_differences_planted_by_hand_are_found_and_named_right(
    month: Month, tmp_path: Path
) -> None:
    planted = plant_in_masters(month) | plant_in_invoices(month)
    assert month.named() == planted
    assert len(planted) == 24
    invoices = month.compared()["invoices"]
    behind = {one.key for equation in invoices.equations for one in equation.of(Line.DIFFERENCE)}
    assert behind <= {key for flow, key, *_ in planted if flow == "invoices"}
    assert len(behind) == 7
    for equation in invoices.equations:
        assert sum(equation.lines.values()) == equation.approved
    said = month.contractor.command("reconcile", "--both-sides", "--out", str(tmp_path))
    assert said.returncode == 1
    with (tmp_path / "differences.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["flow"], row["servicetrade_id"]) for row in rows} == {one[:2] for one in planted}
    with (tmp_path / "equation.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [
            Decimal(row["amount"]) for row in csv.DictReader(file) if row["line"] != "approved"
        ]
    assert sum(lines) == sum(equation.approved for equation in invoices.equations)
