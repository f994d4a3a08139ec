"""A contractor matches its customers before the first load: the list, a person's word, the
writes.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from st_spectrum.match.kinds import CUSTOMERS, WORD
from st_spectrum.sandbox.server import Sandbox
from tests.world.contractor import Contractor, empty_contractor

PHONE = "303-555-0134"


@pytest.fixture
def contractor(sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    with empty_contractor(sandbox, tmp_path / "state") as contractor:
        yield contractor


def company(contractor: Contractor, name: str, **values: object) -> int:
    """At 12 Granby Street, Norfolk, VA 23510, as all that the dispatcher enters."""
    return contractor.dispatcher.company(name, **({"phoneNumber": PHONE} | values))


def customers_file(folder: Path, *rows: tuple[str, str]) -> Path:
    """Customers as somebody exported them from Spectrum, at one address."""
    file = folder / "customers.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("Customer Code", "Name", "Address 1", "Zip Code", "Phone", "Status"))
        writer.writerows((code, name, "12 GRANBY ST", "23510", PHONE, "A") for code, name in rows)
    return file


def rewrite(file: Path, changes: dict[str, str], column: str = WORD) -> None:
    """Somebody writes into a column, by the name of the company."""
    book = openpyxl.load_workbook(file)
    for row in book.worksheets[0].iter_rows(min_row=2):
        name = row[CUSTOMERS.columns.index("company name")].value
        if name in changes:
            row[CUSTOMERS.columns.index(column)].value = changes[name]
    book.save(file)


def listed(contractor: Contractor, folder: Path, *rows: tuple[str, str]) -> Path:
    """The list of customers that stand in Spectrum."""
    for code, _ in rows:
        contractor.controller.add_old_customer(code)
    out = folder / "list.xlsx"
    source = customers_file(folder, *rows)
    ended = contractor.command("match", "--out", str(out), "--spectrum-csv", str(source))
    assert ended.returncode == 0, ended.stderr
    return out


def test_a_sure_match_is_linked_and_linked_once(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    for result in ("linked", "already"):
        ended = contractor.command("match", "apply", str(file))
        assert (ended.returncode, f"1 {result}" in ended.stdout) == (0, True), ended.stdout
    assert contractor.dispatcher.external_id("company", acme) == "OLD17"
    assert contractor.committed_twice() == []


def test_nothing_is_written_where_nobody_decided(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Larimer Exteriors")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    assert "1 undecided" in contractor.command("match", "apply", str(file)).stdout
    assert contractor.dispatcher.external_id("company", acme) == ""
    rewrite(file, {"Larimer Exteriors": "Link"})
    assert "1 linked" in contractor.command("match", "apply", str(file)).stdout


def test_a_row_that_was_altered_is_refused(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    rewrite(file, {"Acme Roofing, LLC": "OLD18"}, "customer")
    ended = contractor.command("match", "apply", str(file))
    assert (ended.returncode, "the row was altered" in ended.stdout) == (1, True)
    assert contractor.dispatcher.external_id("company", acme) == ""


def test_one_customer_is_not_linked_to_two(contractor: Contractor, tmp_path: Path) -> None:
    companies = [company(contractor, "Acme Roofing"), company(contractor, "Acme Roofing Co")]
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    rewrite(file, {"Acme Roofing": "link", "Acme Roofing Co": "link"})
    assert "linked in several rows" in contractor.command("match", "apply", str(file)).stdout
    assert [contractor.dispatcher.external_id("company", one) for one in companies] == ["", ""]


def test_a_lost_answer_is_looked_up(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.fault(
        system="servicetrade", operation="PUT /externalid", kind="drop_answer", count=1
    )
    ended = contractor.command("match", "apply", str(file))
    assert "1 linked" in ended.stdout, ended.stdout + ended.stderr
    assert contractor.dispatcher.external_id("company", acme) == "OLD17"


def test_undo_takes_back_what_is_still_ours(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.command("match", "apply", str(file))
    assert "1 of 1 links were taken back" in contractor.command("match", "undo").stdout
    assert contractor.dispatcher.external_id("company", acme) == ""
    assert "0 of 0 links" in contractor.command("match", "undo").stdout


def test_undo_leaves_what_somebody_typed_since(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.command("match", "apply", str(file))
    contractor.dispatcher.set_external_id("company", acme, "HAND2")
    assert "it carries HAND2 by now" in contractor.command("match", "undo").stdout
    assert contractor.dispatcher.external_id("company", acme) == "HAND2"


def test_undo_leaves_what_something_crossed_under(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    contractor.dispatcher.location(acme)
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    contractor.command("match", "apply", str(file))
    contractor.round_of("customers", "sites")
    assert "something has crossed under it" in contractor.command("match", "undo").stdout
    assert contractor.dispatcher.external_id("company", acme) == "OLD17"


def test_a_list_is_never_overwritten(contractor: Contractor, tmp_path: Path) -> None:
    file = listed(contractor, tmp_path, ("OLD17", "ACME ROOFING"))
    ended = contractor.command("match", "--out", str(file))
    assert (ended.returncode, "name another file" in ended.stderr) == (1, True)


def test_the_csv_list_says_the_same(contractor: Contractor, tmp_path: Path) -> None:
    acme = company(contractor, "Acme Roofing, LLC")
    contractor.controller.add_old_customer("OLD17")
    source = customers_file(tmp_path, ("OLD17", "ACME ROOFING"))
    out = tmp_path / "list.csv"
    contractor.command("match", "--out", str(out), "--spectrum-csv", str(source))
    assert "1 linked" in contractor.command("match", "apply", str(out)).stdout
    assert contractor.dispatcher.external_id("company", acme) == "OLD17"
