"""A comparison of both sides as files: one workbook with sheets, and a CSV and a Parquet file for
each.

Ids and codes are text cells, for ids have 16 digits; no cell becomes a formula or a link. Amounts
in Parquet are exact decimals.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.equation import Line, MoneyOfRecord

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | Decimal | bool | None
Sheet = tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]

DIFFERENCES = (
    *("flow", "servicetrade_id", "title", "spectrum_key", "verdict", "field"),
    *("as_sent", "servicetrade_now", "spectrum_now", "to_be_put_right", "can_be_repaired"),
)
EQUATION = ("flow", "period", "line", "amount")
RECORDS = (
    *("flow", "period", "line", "servicetrade_id", "title", "approved"),
    *("posted", "not_posted", "rest", "reason", "accepted_at"),
)
NAMED = tuple(map(RECORDS.index, ("rest", "not_posted")))
"""Places of what makes a record one of the names behind a line."""
TOTALS = ("flow", "period", "dimension", "code", "servicetrade", "spectrum", "difference")

AMOUNTS = frozenset({
    *("amount", "approved", "posted", "not_posted", "rest"),
    *("servicetrade", "spectrum", "difference"),
})  # fmt: skip
FLAGS = frozenset({"to_be_put_right", "can_be_repaired"})
"""Columns that are no texts."""


def write_files(done: Sequence[FlowCompared], folder: Path) -> tuple[Path, ...]:
    """Into a folder that is made where it is missing; files of an earlier comparison are
    replaced.
    """
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
        files.append(folder / f"{name}.parquet")
        _write_parquet(columns, rows, files[-1])
    return tuple(files)


def _sheets(done: Sequence[FlowCompared]) -> Iterator[Sheet]:
    yield "differences", DIFFERENCES, list(_differences(done))
    lines: list[tuple[Cell, ...]] = [
        (one.flow, equation.period, name, amount)
        for one in done
        for equation in one.equations
        for name, amount in (
            ("approved", equation.approved),
            *((equation.name_of(line), amount) for line, amount in equation.lines.items()),
        )
    ]
    yield "equation", EQUATION, lines
    records = list(_records(done))
    yield "records", RECORDS, records
    yield "names", RECORDS, [row for row in records if any(map(row.__getitem__, NAMED))]
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


def _records(done: Iterable[FlowCompared]) -> Iterator[tuple[Cell, ...]]:
    for compared in done:
        for equation in compared.equations:
            for one in equation.records:
                yield (
                    *(
                        compared.flow,
                        equation.period,
                        equation.name_of(_line(one)),
                        one.key,
                        one.title,
                    ),
                    *(one.approved, one.posted, one.unposted, one.rest, one.reason),
                    one.accepted_at.isoformat() if one.accepted_at else None,
                )


def _line(record: MoneyOfRecord) -> Line:
    if record.rest:
        return record.line
    return Line.NOT_POSTED if record.unposted else Line.POSTED


def _write_parquet(columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], file: Path) -> None:
    """Of the same types also where a column is empty."""
    import pandas as pd
    import pyarrow as pa

    def kind(place: int, name: str) -> pa.DataType:
        if name in AMOUNTS:
            places = (_places(row[place]) for row in rows)
            return pa.decimal128(18, max([2, *places]))
        return pa.bool_() if name in FLAGS else pa.string()

    schema = pa.schema([(name, kind(place, name)) for place, name in enumerate(columns)])
    frame = pd.DataFrame(rows, columns=list(columns), dtype="object")
    frame.to_parquet(file, index=False, schema=schema)


def _places(cell: Cell) -> int:
    return -int(cell.as_tuple().exponent) if isinstance(cell, Decimal) else 0


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
