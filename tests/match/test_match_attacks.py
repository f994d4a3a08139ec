"""What goes wrong while links are written and taken back: kills, hands in between, odd texts."""

import csv
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.match.kinds import CUSTOMERS, KEY, WORD
from st_spectrum.match.undecided import undecided
from st_spectrum.sandbox.server import Sandbox
from tests.match.test_match_command import company, customers_file, listed
from tests.world.contractor import Contractor, empty_contractor

MANY = 6


@pytest.fixture
def contractor(sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    with empty_contractor(sandbox, tmp_path / "state") as contractor:
        yield contractor


def linked(contractor: Contractor, companies: list[int]) -> list[str]:
    return [contractor.dispatcher.external_id("company", one) for one in companies]


def killed_in_the_middle(contractor: Contractor, *arguments: str) -> None:
    """Kill -9 while the third write is on its way: it is carried out, and nobody hears of it."""
    contractor.control.clear_calls()
    contractor.fault(
        system="servicetrade", operation="PUT /externalid", kind="slow", skip=2, count=1, delay=3
    )
    process = contractor.start_command(*arguments)
    deadline = time.monotonic() + 60
    while len(contractor.control.calls(operation="PUT /externalid")) < 2:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    time.sleep(0.5)
    process.kill()
    process.wait()
    contractor.control.clear_faults()


@pytest.mark.slow
def test_a_kill_in_the_middle_of_apply_and_of_undo_is_gone_on_with(
    contractor: Contractor, tmp_path: Path
) -> None:
    names = ["Larimer Exteriors", "Colfax Bakery", "Pearl Roofing", "Tejon Tire", "Kipling Foods",
             "Monaco Dental"]  # fmt: skip
    companies = [company(contractor, name, phoneNumber=f"303-555-01{n:02d}")
                 for n, name in enumerate(names)]  # fmt: skip
    source = tmp_path / "customers.csv"
    with source.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("Customer Code", "Name", "Phone", "Status"))
        for n, name in enumerate(names):
            contractor.controller.add_old_customer(f"OLD{n}")
            writer.writerow((f"OLD{n}", name.upper(), f"303-555-01{n:02d}", "A"))
    out_file = tmp_path / "list.xlsx"
    contractor.command("match", "--out", str(out_file), "--spectrum-csv", str(source))

    killed_in_the_middle(contractor, "match", "apply", str(out_file))
    assert 2 <= sum(map(bool, linked(contractor, companies))) < MANY
    ended = contractor.command("match", "apply", str(out_file))
    assert ended.returncode == 0, ended.stdout
    assert linked(contractor, companies) == [f"OLD{n}" for n in range(MANY)]

    killed_in_the_middle(contractor, "match", "undo")
    assert 0 < sum(map(bool, linked(contractor, companies))) < MANY
    assert contractor.command("match", "undo").returncode == 0
    assert linked(contractor, companies) == [""] * MANY
    assert "0 of 0 links" in contractor.command("match", "undo").stdout


def test_of_two_who_apply_at_once_one_is_asked_to_wait(
    contractor: Contractor, tmp_path: Path
) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    folder = contractor.account.state_dir / "matching"
    with (folder / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        for words in (("apply", str(file)), ("undo",)):
            ended = contractor.command("match", *words)
            assert (ended.returncode, "somebody else applies" in ended.stderr) == (1, True)
    assert contractor.dispatcher.external_id("company", acme) == ""
    assert "1 linked" in contractor.command("match", "apply", str(file)).stdout


def test_a_company_that_somebody_linked_meanwhile_stays_as_it_is(
    contractor: Contractor, tmp_path: Path
) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.dispatcher.set_external_id("company", acme, "HAND2")
    assert "carries HAND2 by now" in contractor.command("match", "apply", str(file)).stdout
    assert contractor.dispatcher.external_id("company", acme) == "HAND2"
    assert undecided(contractor.account.state_dir) == 0
    assert "0 of 0 links" in contractor.command("match", "undo").stdout


def test_a_customer_that_went_to_another_company_meanwhile_is_not_linked_twice(
    contractor: Contractor, tmp_path: Path
) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    other = company(contractor, "Zephyr Foods", phoneNumber="", addressStreet="9 Elm")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.dispatcher.set_external_id("company", other, "OLD17")
    assert (
        f"company {other} carries OLD17" in contractor.command("match", "apply", str(file)).stdout
    )
    assert contractor.dispatcher.external_id("company", acme) == ""


def test_a_company_that_became_a_customer_meanwhile_is_left_alone(
    contractor: Contractor, tmp_path: Path
) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    contractor.dispatcher.location(acme)
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    (contractor.account.state_dir / "matching" / "undecided.json").unlink()
    contractor.fault(system="servicetrade", operation="PUT /externalid", kind="status", count=99)
    contractor.round_of("customers")
    assert contractor.dispatcher.external_id("company", acme) == ""
    assert "on its way to Spectrum" in contractor.command("match", "apply", str(file)).stdout


def test_a_company_that_is_gone_refuses_its_row_alone(
    contractor: Contractor, tmp_path: Path
) -> None:
    company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.forget_everything_in_servicetrade()
    ended = contractor.command("match", "apply", str(file))
    assert (ended.returncode, "1 refused" in ended.stdout) == (1, True), ended.stderr


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Señor Taco – Ghent 🌮, “the best”", "OLD17"),
        ("Porter, Vance, Ellsworth & Sons, of Norfolk, LLC", "OLD 7"),
        ("=HYPERLINK(A1)", "A/B-7"),
        ("A\tB\u200b\u00a0C\x07 Foods", "0017"),
        ("Chesapeake Bay Watershed " * 8, "..."),
    ],
)
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_odd_names_and_codes_come_back_as_they_went(
    contractor: Contractor, tmp_path: Path, name: str, code: str, ending: str
) -> None:
    acme = company(contractor, name.strip()[:120])
    source = customers_file(tmp_path, (f" {code} ", name.strip()[:30]))
    contractor.controller.add_old_customer(code)
    out = tmp_path / f"list{ending}"
    contractor.command("match", "--out", str(out), "--spectrum-csv", str(source))
    if ending == ".csv":
        say_link(out)
    else:
        say_link_in_workbook(out)
    ended = contractor.command("match", "apply", str(out))
    assert (ended.returncode, "1 linked" in ended.stdout) == (0, True), ended.stdout + ended.stderr
    assert contractor.dispatcher.external_id("company", acme) == code


def say_link(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, CUSTOMERS.columns)
        writer.writeheader()
        writer.writerows(row | {WORD: "LINK "} for row in rows)


def say_link_in_workbook(file: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(file)
    for row in book.worksheets[0].iter_rows(min_row=2):
        row[CUSTOMERS.columns.index(WORD)].value = "link"
    book.save(file)


@pytest.mark.parametrize("column", ["company", "company name", "customer phone", "why", KEY])
def test_a_row_is_refused_whichever_cell_was_altered(
    contractor: Contractor, tmp_path: Path, column: str
) -> None:
    import openpyxl

    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    book = openpyxl.load_workbook(file)
    book.worksheets[0].cell(2, CUSTOMERS.columns.index(column) + 1).value = "9"
    book.save(file)
    ended = contractor.command("match", "apply", str(file))
    assert (ended.returncode, "the row was altered" in ended.stdout) == (1, True)
    assert contractor.dispatcher.external_id("company", acme) == ""


def test_a_sheet_that_lost_a_column_is_refused_as_a_whole(
    contractor: Contractor, tmp_path: Path
) -> None:
    import openpyxl

    company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    book = openpyxl.load_workbook(file)
    book.worksheets[0].delete_cols(CUSTOMERS.columns.index(KEY) + 1)
    book.create_sheet("my notes").append(["call Ann"])
    book.save(file)
    ended = contractor.command("match", "apply", str(file))
    assert (ended.returncode, "lacks the column 'row key'" in ended.stderr) == (1, True)


def test_a_sheet_of_the_persons_own_does_not_disturb(
    contractor: Contractor, tmp_path: Path
) -> None:
    import openpyxl

    company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    book = openpyxl.load_workbook(file)
    book.create_sheet("my notes", 0).append(["call Ann"])
    book.save(file)
    assert "1 linked" in contractor.command("match", "apply", str(file)).stdout


def test_half_a_line_of_the_log_is_overlooked(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.command("match", "apply", str(file))
    log = contractor.account.state_dir / "matching" / "customers.log"
    log.write_text(log.read_text() + '{"at": "2026-01-0')
    assert "1 of 1 links" in contractor.command("match", "undo").stdout
    assert contractor.dispatcher.external_id("company", acme) == ""


def test_a_lost_answer_of_an_undo_is_looked_up(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.command("match", "apply", str(file))
    contractor.fault(
        system="servicetrade", operation="PUT /externalid", kind="drop_answer", count=1
    )
    assert "1 of 1 links" in contractor.command("match", "undo").stdout
    assert contractor.dispatcher.external_id("company", acme) == ""
