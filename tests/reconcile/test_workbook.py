"""Files of a comparison open in Excel and pandas as they were meant, whatever people type."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference, Verdict
from st_spectrum.domain.equation import ControlTotal, Equation, Line, MoneyOfRecord
from st_spectrum.reconcile.workbook import write_files

LONG = "1234567890123456"
NASTY = '=HYPERLINK("http://evil.example","x")'
ZERO = Decimal("0.00")

COMPARED = FlowCompared(
    "invoices",
    1,
    (Difference("invoices", LONG, NASTY, "0010", Verdict.MISSING),),
    equations=(
        Equation(
            "2026-03",
            (MoneyOfRecord(LONG, NASTY, Decimal("0.10"), ZERO, ZERO, Line.WAITING, "-1+1"),),
        ),
    ),
    totals=(ControlTotal("2026-03", "GL account", "0400", Decimal("1.125"), Decimal("0.1")),),
)


def test_a_long_id_and_a_code_with_zeros_stay_what_they_are(tmp_path: Path) -> None:
    write_files([COMPARED], tmp_path)
    records, totals = (
        pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("records", "control-totals")
    )
    assert records.servicetrade_id[0] == LONG
    assert totals.code[0] == "0400"
    assert totals.servicetrade[0] == Decimal("1.125"), "nothing is rounded for a file"
    book = openpyxl.load_workbook(tmp_path / "both-sides.xlsx")
    cells = {cell.value: cell.data_type for row in book["records"].iter_rows() for cell in row}
    assert cells[LONG] == "s"
    assert LONG in (tmp_path / "records.csv").read_text(encoding="utf-8-sig")


def test_what_people_type_becomes_no_formula(tmp_path: Path) -> None:
    write_files([COMPARED], tmp_path)
    book = openpyxl.load_workbook(tmp_path / "both-sides.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(cell.hyperlink for row in book["records"].iter_rows() for cell in row)
    text = (tmp_path / "records.csv").read_text(encoding="utf-8-sig")
    assert "\"'=HYPERLINK" in text and '"\'-1+1"' in text


def test_an_empty_comparison_has_the_same_columns_and_types(tmp_path: Path) -> None:
    write_files([COMPARED], tmp_path / "full")
    write_files([FlowCompared("invoices")], tmp_path / "empty")
    for name in ("differences", "equation", "records", "names", "control-totals"):
        full, empty = (
            pd.read_parquet(tmp_path / folder / f"{name}.parquet") for folder in ("full", "empty")
        )
        assert list(full.columns) == list(empty.columns)
        assert len(empty) == 0
