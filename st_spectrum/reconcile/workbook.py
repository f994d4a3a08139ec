"""A comparison of both sides as files: one workbook with sheets, and one CSV file for each.

Ids and codes are text cells, for ids have 16 digits; no cell becomes a formula or a link.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.equation import Line

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | Decimal | bool | None
Sheet = tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]

DIFFERENCES = (
    *("flow", "servicetrade_id", "title", "spectrum_key", "verdict", "field"),
    *("as_sent", "servicetrade_now", "spectrum_now", "to_be_put_right", "can_be_repaired"),
)
EQUATION = ("flow", "period", "line", "amount")
NAMES = (
    *("flow", "period", "line", "servicetrade_id", "title", "approved"),
    *("posted", "not_posted", "rest", "reason", "accepted_at"),
)
TOTALS = ("flow", "period", "dimension", "code", "servicetrade", "spectrum", "difference")


def write_files(done: Sequence[FlowCompared], folder: Path) -> tuple[Path, ...]:
    """Into a folder that is made where it is missing; files of an earlier comparison are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets = tuple(_sheets(done))
    book = folder / "both-sides.xlsx"
    _write_book(sheets, book)
    files = [book]
    for name, columns, rows in sheets:
        files.append(folder / f"{name}.csv")
        with files[-1].open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            writer.writerow(columns)
            writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return tuple(files)


def _sheets(done: Sequence[FlowCompared]) -> Iterator[Sheet]:
    yield "differences", DIFFERENCES, list(_differences(done))
    lines: list[tuple[Cell, ...]] = [
        (one.flow, equation.period, name, amount)
        for one in done
        for equation in one.equations
        for name, amount in (("approved", equation.approved), *equation.lines.items())
    ]
    yield "equation", EQUATION, lines
    yield "names", NAMES, list(_names(done))
    totals: list[tuple[Cell, ...]] = [
        (
            *(one.flow, total.period, total.dimension, total.code),
            *(total.servicetrade, total.spectrum, total.difference),
        )
        for one in done
        for total in one.totals
    ]
    yield "control-totals", TOTALS, totals


def _differences(done: Iterable[FlowCompared]) -> Iterator[tuple[Cell, ...]]:
    for one in (one for compared in done for one in compared.differences):
        yield (
            *(one.flow, one.key, one.title, one.target_key, str(one.verdict), one.field),
            *(one.sent, one.source, one.target, one.is_fault, one.is_repairable),
        )


def _names(done: Iterable[FlowCompared]) -> Iterator[tuple[Cell, ...]]:
    for compared in done:
        for equation in compared.equations:
            for one in equation.records:
                if one.rest or one.unposted:
                    line = one.line if one.rest else Line.NOT_POSTED
                    yield (
                        *(compared.flow, equation.period, str(line), one.key, one.title),
                        *(one.approved, one.posted, one.unposted, one.rest, one.reason),
                        one.accepted_at.isoformat() if one.accepted_at else None,
                    )


def _write_book(sheets: Sequence[Sheet], file: Path) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        money = book.add_format({"num_format": "#,##0.00"})
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        for name, columns, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, columns, bold)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, Decimal):
                        sheet.write_number(number, column, float(cell), money)
                    elif cell is not None and cell != "":
                        sheet.write_string(number, column, _words(cell), text)
            sheet.freeze_panes(1, 0)
            sheet.autofit()


def _words(cell: str | bool) -> str:
    return ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return str(cell)
    text = _words(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
