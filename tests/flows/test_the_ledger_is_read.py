"""What a person reads in the ledger: what must be done, all about one record, and a period that
adds up.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from st_spectrum.commands.export import write_csv, write_parquet, write_xlsx
from st_spectrum.flows import FLOWS
from st_spectrum.reconcile.invoice_sums import compare_sums
from st_spectrum.reconcile.ledger_rows import Row, ledger_rows, total_of
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor


def today(clerk: ArClerk) -> tuple[Row, ...]:
    with clerk.contractor.session() as session:
        day = session.ledger.now().date()
        return ledger_rows(session.ledger, tuple(FLOWS), day, day, "UTC")


def test_an_invoice_is_shown_by_its_number_with_money_accounts_calls_and_both_keys(
    ar_clerk: ArClerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    key = ar_clerk.invoice({"price": 70.25})
    ar_clerk.round()

    shown = ar_clerk.contractor.command("ledger", "show", "all", ar_clerk.number(key)).stdout

    ((_, _, _, lines),) = ar_clerk.documents(key)
    text = " ".join(shown.split())
    assert key in text
    assert "70.25" in text
    assert lines[0][2] in text, "the GL account"
    assert "POST /customer/invoice" in text
    assert "taken" in text
    in_short = ar_clerk.contractor.command("ledger", "show", ar_clerk.number(key)).stdout
    assert in_short == shown, "the flow need not be said"


def test_a_flow_may_be_named_by_an_option_too(ar_clerk: ArClerk, tmp_path: Path) -> None:
    ar_clerk.invoice({"price": 70.25})
    ar_clerk.round()
    command = ar_clerk.contractor.command
    assert (
        command("ledger", "open", "--flow", "jobs").stdout
        == command("ledger", "open", "jobs").stdout
    )
    days = ("--from", "2020-01-01", "--to", "2099-12-31", "--format", "csv")
    for name, flow in (("one.csv", ("invoices",)), ("other.csv", ("--flow", "invoices"))):
        assert (
            command("ledger", "export", *flow, *days, "--file", str(tmp_path / name)).returncode
            == 0
        )
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "other.csv").read_text()


def test_the_export_adds_up_to_what_the_ledger_says_was_posted(
    ar_clerk: ArClerk, tmp_path: Path
) -> None:
    invoices = [
        ar_clerk.invoice({"price": 100 + cents / 100}, {"description": "Rebate", "price": -1.01})
        for cents in range(1, 4)
    ]
    ar_clerk.round()
    rows = today(ar_clerk)

    numbers = {row.servicetrade_id: row.number for row in rows if row.flow == "invoices"}
    assert all(numbers[key] == ar_clerk.number(key) for key in invoices)
    with ar_clerk.contractor.session() as session:
        posted = sum(
            (invoice.documents or Decimal(0) for invoice in compare_sums(session.ledger).sums),
            Decimal(0),
        )
    assert posted > 0
    assert total_of(rows, "invoices") == posted
    write_parquet(rows, tmp_path / "month.parquet")
    write_xlsx(rows, tmp_path / "month.xlsx")
    write_csv(rows, tmp_path / "month.csv")
    frame = pd.read_parquet(tmp_path / "month.parquet")
    assert sum(frame["amount"].dropna(), Decimal(0)) == posted
    with (tmp_path / "month.csv").open(encoding="utf-8-sig", newline="") as file:
        *_, sums = csv.DictReader(file)
    assert (sums["step"], Decimal(sums["amount"])) == ("sum", posted)


def test_no_cell_of_an_export_becomes_a_formula_or_loses_a_digit(
    ar_clerk: ArClerk, tmp_path: Path
) -> None:
    ar_clerk.invoice()
    ar_clerk.round()
    first = today(ar_clerk)[0]
    nasty = Row(
        **vars(first) | {"title": '=HYPERLINK("http://x")', "servicetrade_id": "2500000000000042"}
    )
    write_csv([nasty], tmp_path / "a.csv")
    write_xlsx([nasty], tmp_path / "a.xlsx")

    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "2500000000000042" in strings, "an id is text"
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "\"'=HYPERLINK" in text


def test_a_file_that_is_there_is_not_written_over(ar_clerk: ArClerk, tmp_path: Path) -> None:
    file = tmp_path / "month.csv"
    file.write_text("mine")
    said = ar_clerk.contractor.command(
        *("ledger", "export", "--from", "2026-01-01", "--to", "2026-01-31"),
        *("--format", "csv", "--file", str(file)),
    )

    assert said.returncode == 1
    assert file.read_text() == "mine"


def test_what_is_open_is_told_by_cause_with_what_it_frees_and_no_id_is_cut(
    contractor: Contractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    site = contractor.dispatcher.location(company)
    contractor.round()

    output = contractor.command("ledger", "open").stdout
    document = json.loads(contractor.command("ledger", "open", "--json").stdout)

    assert "customers, left alone: 1 × is inactive in ServiceTrade" in output
    assert "frees 1 location" in " ".join(output.split())
    assert str(company) in output
    (cause,) = document["causes"]
    assert cause["cause"] in output
    assert [record["key"] for record in cause["records"]] == [str(company), str(site)]


def test_nothing_since_a_day_says_how_many_wait_all_the_same(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Harbor Foods", status="inactive")
    contractor.dispatcher.location(company)
    contractor.round()

    later = contractor.command("ledger", "open", "--since", "2999-01-01").stdout
    assert later == "Nothing since 2999-01-01; 1 waits in all.\n"


def test_a_pipe_gets_whole_keys_and_no_blanks_at_the_end_of_a_line(
    contractor: Contractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    company = contractor.dispatcher.company("Harbor " * 15 + "Foods", status="inactive")
    contractor.dispatcher.location(company)
    contractor.round()

    for words in (("open",), ("show", "customers", str(company))):
        output = contractor.command("ledger", *words).stdout
        assert [line for line in output.splitlines() if line != line.rstrip()] == []
        assert any("Harbor " * 15 + "Foods" in line for line in output.splitlines())


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("place", ["", "nowhere/month", "closed"])
def test_an_export_that_cannot_be_written_is_told_in_one_sentence(
    contractor: Contractor, tmp_path: Path, form: str, place: str
) -> None:
    file = {"": "", "closed": f"/proc/month.{form}"}.get(place, str(tmp_path / place))
    said = contractor.command(
        *("ledger", "export", "--from", "2026-01-01", "--to", "2026-01-31"),
        *("--format", form, "--file", file),
    )

    assert (said.returncode, said.stdout) == (2, "")
    (sentence,) = said.stderr.splitlines()
    assert "cannot be written" in sentence or "--file names no file" in sentence


@pytest.mark.parametrize(
    "words",
    [
        ("ledger", "backup"),
        ("plan", "--out"),
        ("match", "--out"),
        ("record", "--out"),
        ("reconcile", "--both-sides", "--out"),
    ],
)
def test_no_command_that_writes_a_file_ends_with_a_traceback(
    contractor: Contractor, words: tuple[str, ...]
) -> None:
    said = contractor.command(*words, "/proc/nowhere.xlsx")

    assert said.returncode == 2
    assert said.stderr.startswith("/proc/nowhere.xlsx cannot be written: ")


def test_a_mistyped_flow_is_no_fault_of_the_settings(contractor: Contractor) -> None:
    said = contractor.command("ledger", "open", "custmers")

    assert said.returncode == 1
    assert said.stderr.startswith("there is no flow 'custmers'; there are customers, ")
