"""Vendors, sites, jobs and employees in the same workbook: linked after their customer, and taken
back before it.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.purchase_orders.sources import PoSources
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.documents.timecards import SentTime
from st_spectrum.match.exports import read_exports
from st_spectrum.match.kinds import CUSTOMERS, EMPLOYEES, JOBS, SITES, VENDORS, WORD, Kind
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS as CUSTOMER_TABLE
from st_spectrum.sandbox.spectrum.tables import EMPLOYEES as EMPLOYEE_TABLE
from st_spectrum.sandbox.spectrum.tables import JOBS as JOB_TABLE
from st_spectrum.sandbox.spectrum.tables import SITES as SITE_TABLE
from tests.match.test_match_command import PHONE, company
from tests.world.command_line import run_command
from tests.world.contractor import ACCOUNT_FILE, Contractor, empty_contractor


@pytest.fixture
def contractor(sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    with empty_contractor(sandbox, tmp_path / "state") as contractor:
        contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
        yield contractor


def exported(folder: Path, name: str, *rows: tuple[str, ...]) -> list[str]:
    """An option of the command, and the file that somebody exported."""
    file = folder / f"{name}.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    return ["--spectrum-csv", str(file)]


def all_exports(folder: Path, job: int) -> list[str]:
    return [
        *exported(
            folder,
            "customers",
            ("Customer_Code", "Name", "Address_1", "Zip_Code", "Phone"),
            ("OLD17", "ACME ROOFING", "12 GRANBY ST", "23510", PHONE),
        ),
        *exported(
            folder,
            "sites",
            ("Site ID", "Site Name", "Site Customer Code", "Site Address1", "Site Zip Code"),
            ("S0007", "MAIN OFFICE", "OLD17", "12 GRANBY ST", "23510"),
        ),
        *exported(
            folder,
            "jobs",
            ("Job_Number", "Job_Description", "Customer_Code"),
            (str(job), "REPAIR", "OLD17"),
        ),
        *exported(
            folder,
            "employees",
            ("Employee_Code", "Employee_Name", "Email"),
            ("E17", "NASH, ANN", "ann@example.com"),
        ),
        *exported(
            folder,
            "vendors",
            ("Vendor_Code", "Name", "Address_1", "Zip_Code", "Phone"),
            ("V3", "PARTS DEPOT", "12 GRANBY ST", "23510", "757-555-0199"),
        ),
    ]


def number_of(contractor: Contractor, job: int) -> int:
    return int(contractor.office.get(f"/job/{job}")["number"])


def records(contractor: Contractor) -> dict[Kind, int]:
    """One of each kind."""
    acme = company(contractor, "Acme Roofing, LLC")
    location = contractor.dispatcher.location(acme, "Main Office")
    made = contractor.office.post(
        "/user", firstName="Ann", lastName="Nash", username="ann@example.com",
        email="ann@example.com", isTech=True,
    )  # fmt: skip
    return {
        CUSTOMERS: acme,
        SITES: location,
        JOBS: contractor.dispatcher.job(location),
        EMPLOYEES: int(made["id"]),
        VENDORS: company(
            contractor, "Parts Depot Inc", customer=False, vendor=True, partsVendor=True,
            phoneNumber="757-555-0199",
        ),
    }  # fmt: skip


def listed(contractor: Contractor, folder: Path, made: dict[Kind, int], ending: str) -> Path:
    customer = {"Customer_Code": "OLD17", "Name": "Acme", "Status": "A"}
    contractor.controller.insert(CUSTOMER_TABLE, [customer])
    ann = {"Employee_Code": "E17", "Employee_Name": "NASH, ANN", "Employment_Status": "A"}
    contractor.controller.insert(EMPLOYEE_TABLE, [ann])
    out = folder / f"list{ending}"
    exports = all_exports(folder, number_of(contractor, made[JOBS]))
    ended = contractor.command("match", "--out", str(out), *exports)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return out


def say_link(file: Path, kind: Kind) -> None:
    book = openpyxl.load_workbook(file)
    for row in book[kind.sheet].iter_rows(min_row=2):
        row[kind.columns.index(WORD)].value = "link"
    book.save(file)


def carried(contractor: Contractor, made: dict[Kind, int]) -> dict[str, str]:
    return {
        kind.name: contractor.dispatcher.external_id(kind.entity, record)
        for kind, record in made.items()
    }


def test_all_kinds_are_linked_from_one_workbook_and_taken_back(
    contractor: Contractor, tmp_path: Path
) -> None:
    made = records(contractor)
    number = str(number_of(contractor, made[JOBS]))
    file = listed(contractor, tmp_path, made, ".xlsx")
    say_link(file, EMPLOYEES)
    codes = {"customers": "OLD17", "sites": "S0007", "jobs": number}
    codes |= {"employees": "E17", "vendors": "V3"}
    for result in ("linked", "already"):
        ended = contractor.command("match", "apply", str(file))
        assert ended.returncode == 0, ended.stdout
        assert ended.stdout.count(f"1 {result}") == 5, ended.stdout
        assert carried(contractor, made) == codes
    assert "5 of 5 links were taken back" in contractor.command("match", "undo").stdout
    assert set(carried(contractor, made).values()) == {""}


def test_an_employee_is_never_linked_without_a_word(contractor: Contractor, tmp_path: Path) -> None:
    made = records(contractor)
    file = listed(contractor, tmp_path, made, ".xlsx")
    assert "employees: 1 undecided" in contractor.command("match", "apply", str(file)).stdout
    assert carried(contractor, made)["employees"] == ""


def test_csv_lists_are_a_file_for_each_kind(contractor: Contractor, tmp_path: Path) -> None:
    made = records(contractor)
    file = listed(contractor, tmp_path, made, ".csv")
    sites = tmp_path / "list-sites.csv"
    ended = contractor.command("match", "apply", str(sites))
    assert "is not linked with OLD17" in ended.stdout
    assert "1 linked" in contractor.command("match", "apply", str(file)).stdout
    assert "sites: 1 linked" in contractor.command("match", "apply", str(sites)).stdout
    assert carried(contractor, made)["sites"] == "S0007"


def test_a_site_whose_customer_was_not_taken_is_not_linked(
    contractor: Contractor, tmp_path: Path
) -> None:
    made = records(contractor)
    file = listed(contractor, tmp_path, made, ".xlsx")
    contractor.dispatcher.set_external_id("company", made[CUSTOMERS], "HAND2")
    ended = contractor.command("match", "apply", str(file))
    assert "sites, row 2: not taken: company" in ended.stdout
    assert carried(contractor, made)["sites"] == carried(contractor, made)["jobs"] == ""


def test_a_kind_that_cannot_be_read_is_left_out_and_said(
    contractor: Contractor, tmp_path: Path
) -> None:
    records(contractor)
    out = tmp_path / "list.xlsx"
    ended = contractor.command("match", "--out", str(out))
    assert ended.returncode == 0, ended.stderr
    assert "sites: not in the list: without Info-Link sites are read from a file" in ended.stdout
    assert "sites" not in openpyxl.load_workbook(out).sheetnames


def test_a_vendor_that_is_a_customer_too_needs_a_system_of_its_own(
    contractor: Contractor, tmp_path: Path
) -> None:
    company(contractor, "Parts Depot Inc", vendor=True, partsVendor=True,
            phoneNumber="757-555-0199")  # fmt: skip
    vendors = exported(
        tmp_path,
        "vendors",
        ("Vendor_Code", "Vendor_Name", "Phone"),
        ("V3", "PARTS DEPOT", "757-555-0199"),
    )
    ended = contractor.command("match", "--out", str(tmp_path / "list.xlsx"), *vendors)
    assert "1 only in Spectrum\nemployees" in ended.stdout, ended.stdout + ended.stderr
    assert "1 sure" not in ended.stdout


def test_two_files_of_one_kind_are_refused(contractor: Contractor, tmp_path: Path) -> None:
    head = ("Customer_Code", "Name")
    files = [*exported(tmp_path, "one", head), *exported(tmp_path, "two", head)]
    ended = contractor.command("match", "--out", str(tmp_path / "list.xlsx"), *files)
    assert (ended.returncode, "two.csv is a second file of customers" in ended.stderr) == (1, True)


def test_a_vendors_code_goes_into_its_own_system_and_orders_find_it_there(
    contractor: Contractor, tmp_path: Path
) -> None:
    both = company(contractor, "Parts Depot Inc", vendor=True, partsVendor=True,
                   phoneNumber="757-555-0199")  # fmt: skip
    contractor.dispatcher.set_external_id("company", both, "OLD17")
    vendors = exported(
        tmp_path,
        "vendors",
        ("Vendor_Code", "Vendor_Name", "Phone"),
        ("V3", "PARTS DEPOT", "757-555-0199"),
    )
    account = tmp_path / "own.yaml"
    text = ACCOUNT_FILE.read_text("utf-8")
    account.write_text(text.replace("# vendor_system:", "vendor_system:"), "utf-8")
    out = tmp_path / "list.xlsx"
    for words in (("match", "--out", str(out), *vendors), ("match", "apply", str(out))):
        ended = run_command(*words, "--account", str(account), env=contractor.environment)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "vendors: 1 linked" in ended.stdout
    assert contractor.dispatcher.external_id("company", both) == "OLD17"
    with open_session(load_account(account, contractor.environment)) as session:
        orders = PoSources(session.account, session.servicetrade, session.spectrum, session.sources)
        assert orders.vendor_id("V3") == both


def test_what_info_link_shows_is_matched_and_linked(contractor: Contractor, tmp_path: Path) -> None:
    del contractor.environ["SPECTRUM_INFOLINK_URL"]
    made = records(contractor)
    number = str(number_of(contractor, made[JOBS]))
    contractor.dispatcher.set_external_id("company", made[CUSTOMERS], "OLD17")
    insert = contractor.controller.insert
    insert(CUSTOMER_TABLE, [{"Customer_Code": "OLD17", "Name": "Acme", "Status": "A"}])
    site = {"Ship_To_ID": "S0007", "Ship_To_Name": "MAIN OFFICE", "Ship_To_Customer_Code": "OLD17"}
    place = {"Ship_To_Address1": "12 GRANBY ST", "Ship_To_Zip_Code": "23510", "Status": "A"}
    insert(SITE_TABLE, [site | place])
    insert(JOB_TABLE, [{"Job_Number": number, "Customer_Code": "OLD17", "Status_Code": "A"}])
    out = tmp_path / "list.xlsx"
    ended = contractor.command("match", "--out", str(out))
    assert "sites: 1 sure\njobs: 1 sure\n" in ended.stdout, ended.stdout + ended.stderr
    contractor.command("match", "apply", str(out))
    found = carried(contractor, made)
    assert (found["sites"], found["jobs"]) == ("S0007", number)


def test_undo_leaves_records_under_which_something_crossed(
    contractor: Contractor, tmp_path: Path
) -> None:
    made = records(contractor)
    file = listed(contractor, tmp_path, made, ".xlsx")
    say_link(file, EMPLOYEES)
    contractor.command("match", "apply", str(file))
    entry = time_entry(made[EMPLOYEES], made[JOBS])
    with contractor.session() as session:
        session.ledger.put(SentTime(entry, {}), entry.key)
    ended = contractor.command("match", "undo")
    assert ended.stdout.count("left: something has crossed under it") == 4
    assert "1 of 5 links were taken back" in ended.stdout
    assert {name for name, code in carried(contractor, made).items() if not code} == {"vendors"}


def time_entry(user: int, job: int) -> TimeEntry:
    """Hours that were sent to payroll."""
    return TimeEntry(
        key="20260307.timecard.9",
        source="timecard",
        kind="labor",
        user_id=user,
        user_name="Ann Nash",
        work_date=date(2026, 3, 2),
        hours=Decimal(8),
        job_id=job,
    )


def test_an_export_in_the_code_page_of_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_bytes("Customer Code,Name\r\n 0017 ,CAFÉ OLÉ\r\n".encode("cp1252"))
    assert read_exports([file]) == {CUSTOMERS: [{"Customer_Code": "0017", "Name": "CAFÉ OLÉ"}]}
