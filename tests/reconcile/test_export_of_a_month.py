"""The export of a month, opened in pandas, adds up to the control totals of both sides."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from tests.reconcile.planting import Month

TOTAL_OF = "dimension"


@pytest.fixture(scope="module")
def exported(month: Month, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month with most invoices, exported, in a folder of its name."""
    equations = month.compared()["invoices"].equations
    name = max(equations, key=lambda equation: len(equation.records)).period
    folder = tmp_path_factory.mktemp("export") / name
    words = ("reconcile", "invoices", "--both-sides", "--month", name, "--out", str(folder))
    assert month.contractor.command(*words).returncode == 0
    return folder


def total(frame: pd.DataFrame, dimension: str, side: str) -> Decimal:
    """What the codes of a dimension add up to on one side."""
    return Decimal(frame[frame[TOTAL_OF] == dimension][side].sum())


def test_its_records_add_up_to_the_control_totals_of_both_sides(exported: Path) -> None:
    records = pd.read_parquet(exported / "records.parquet")
    totals = pd.read_parquet(exported / "control-totals.parquet")
    assert set(records.period) == set(totals.period) == {exported.name}
    accepted = records.posted.sum() + records.not_posted.sum()
    assert accepted > 0
    assert total(totals, "customer", "spectrum") == accepted
    assert total(totals, "customer", "servicetrade") == records.approved.sum() - records.rest.sum()
    for side in ("servicetrade", "spectrum"):
        by_account = total(totals, "GL account", side) + total(totals, "tax code", side)
        assert total(totals, "customer", side) == by_account
    assert totals.difference.sum() == 0


def test_it_adds_up_to_the_rows_that_stand_in_spectrum(month: Month, exported: Path) -> None:
    """By nothing but the raw tables, which no rule of ours has touched."""
    records = pd.read_parquet(exported / "records.parquet")
    entries = dict(month.confirmed("invoices"))
    wanted = {
        number
        for key, numbers in entries.items()
        for number in numbers.split("|")
        if key in set(records.servicetrade_id)
    }
    raw = Decimal(0)
    for header in month.rows("INVOICE_HEADERS"):
        number = str(header["Invoice_Or_Transaction"]).strip()
        if number.rstrip("C") not in {one.rstrip("C") for one in wanted}:
            continue
        document = {
            name: str(header[name]).strip()
            for name in ("Invoice_Or_Transaction", "Transaction_Type", "Customer_Code")
        }
        lines = month.rows("INVOICE_DETAILS", **document)
        amount = abs(Decimal(str(header["Sales_Tax_Amount"])))
        amount += sum((abs(Decimal(str(line["Line_Extension"]))) for line in lines), Decimal(0))
        raw += -amount if document["Transaction_Type"] == "C" else amount
    assert raw == records.posted.sum() + records.not_posted.sum()


def test_the_ledger_of_its_records_adds_up_to_it_too(
    month: Month, exported: Path, tmp_path: Path
) -> None:
    file = tmp_path / "ledger.parquet"
    words = ("ledger", "export", "--from", "2026-01-01", "--to", "2099-12-31")
    said = month.contractor.command(*words, "--format", "parquet", "--file", str(file))
    assert said.returncode == 0, said.stderr
    steps = pd.read_parquet(file)
    steps = steps[steps.flow == "invoices"]
    assert f"they moved {Decimal(steps.amount.sum()):,.2f}" in said.stdout
    records = pd.read_parquet(exported / "records.parquet")
    of_month = steps[steps.servicetrade_id.isin(set(records.servicetrade_id))]
    totals = pd.read_parquet(exported / "control-totals.parquet")
    assert of_month.amount.sum() == total(totals, "customer", "spectrum")
    assert of_month.amount.sum() == total(totals, "customer", "servicetrade")


def test_workbook_csv_and_parquet_hold_the_same(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "both-sides.xlsx")
    for name in ("records", "control-totals", "equation"):
        exact = pd.read_parquet(exported / f"{name}.parquet")
        head, *rows = book[name].iter_rows(values_only=True)
        assert list(head) == list(exact.columns)
        assert len(rows) == len(exact)
        text = pd.read_csv(exported / f"{name}.csv", dtype=str, keep_default_na=False)
        assert list(text.columns) == list(exact.columns)
        for column in ("approved", "servicetrade", "amount"):
            if column in exact:
                place = list(head).index(column)
                cells = (Decimal(str(row[place])) for row in rows)
                assert sum(cells, Decimal(0)).quantize(Decimal("0.01")) == exact[column].sum()
                assert sum(map(Decimal, text[column]), Decimal(0)) == exact[column].sum()


def test_ids_and_codes_are_text_and_nothing_is_a_formula(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "both-sides.xlsx")
    columns = {
        ("records", "servicetrade_id"),
        ("control-totals", "code"),
        ("differences", "spectrum_key"),
    }
    for sheet, name in columns:
        head, *rows = book[sheet].iter_rows()
        place = [cell.value for cell in head].index(name)
        assert {row[place].data_type for row in rows if row[place].value is not None} <= {"s"}
    with ZipFile(exported / "both-sides.xlsx") as parts:
        sheets = [part for part in parts.namelist() if part.startswith("xl/worksheets/")]
        assert not any(b"<f>" in parts.read(sheet) for sheet in sheets)
    exact: Any = pd.read_parquet(exported / "records.parquet")
    assert all(isinstance(key, str) for key in exact.servicetrade_id)


def test_a_month_is_signed_at_the_command_line_and_a_change_of_it_is_told(month: Month) -> None:
    first = month.compared()["invoices"].equations[0]
    contractor = month.contractor
    said = contractor.command("sign-off", "--month", first.period, "--who", "Mary")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"Mary signed invoices of {first.period} on ")
    assert f"approved {first.approved:,.2f}, in Spectrum {first.approved:,.2f}" in said.stdout
    compare = ("reconcile", "invoices", "--both-sides", "--month", first.period)
    assert "changed since" not in contractor.command(*compare).stdout
    key = first.records[0].key
    contractor.control.edit("invoice", int(key), status="void")
    changed = contractor.command(*compare).stdout
    assert f"invoices of {first.period} changed since Mary signed it on" in changed
    assert contractor.command("sync").returncode == 0
    equal = contractor.command(*compare)
    assert "changed since" in equal.stdout
    assert equal.returncode == 1, "it is not what was signed"
    again = contractor.command("sign-off", "--month", first.period, "--who", "Mary")
    assert again.returncode == 1
    assert again.stderr.startswith("Nothing was signed: ")


def test_what_is_signed_is_named_by_month_or_week_and_not_otherwise(month: Month) -> None:
    for words, said in (
        ((), "say either --month or --week"),
        (("--month", "2026-03", "--week", "2026-03-07"), "say either --month or --week"),
        (("--month", "2026-3"), "expected a month such as 2026-03"),
        (("--week", "2026-03-06"), "2026-03-06 is not the last day of a payroll week"),
    ):
        ended = month.contractor.command("sign-off", *words)
        assert ended.returncode == 1
        assert said in ended.stderr


def test_a_month_that_there_cannot_be_is_not_called_equal(month: Month) -> None:
    said = month.contractor.command("reconcile", "--both-sides", "--month", "2026-3")
    assert said.returncode == 1
    assert said.stderr.startswith("2026-3: expected a month such as 2026-03")
