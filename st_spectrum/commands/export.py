"""`st-spectrum ledger export`: a period of the ledger as a file that opens in Excel or pandas."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from st_spectrum.account.file import load_account
from st_spectrum.commands.named_files import into_named, require_place
from st_spectrum.commands.sync import flows_named
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.reconcile.ledger_rows import Row, ledger_rows, total_of

COLUMNS = tuple(field.name for field in fields(Row))
SUM = "sum"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_ledger(
    account_file: Path, flow: str, period: tuple[str, str], form: str, file: Path | None
) -> int:
    """0 once the file is written; a file that is there already stays as it is."""
    first, last = _day(period[0]), _day(period[1])
    if first > last:
        raise ArgumentInvalid([f"--from {first} lies behind --to {last}"])
    if form not in WRITERS:
        raise ArgumentInvalid([f"--format {form}: expected one of {', '.join(WRITERS)}"])
    flows = flows_named(flow)
    account = load_account(account_file)
    if file is not None:
        require_place("--file", file)
    target = file or Path(f"{account.name}-ledger-{first}-{last}.{form}")
    if target.exists():
        raise ArgumentInvalid([f"{target} is there already; name another file with --file"])
    with open_ledger(account.ledger) as ledger:
        rows = ledger_rows(ledger, flows, first, last, account.timezone)
    try:
        with into_named(target):
            WRITERS[form](rows, target)
    except BaseException:
        with suppress(OSError):
            target.unlink()  # half of it would pass for the whole
        raise
    steps = "1 step is" if len(rows) == 1 else f"{len(rows)} steps are"
    print(f"{steps} in {target}; they moved {_money(rows)} and {_hours(rows):,.2f} h.")
    return 0


def _money(rows: Sequence[Row]) -> str:
    """Sales and costs apart."""
    flows = _flows_with_money(rows)
    if len(flows) < 2:
        return f"{_sum(rows):,.2f}"
    return ", ".join(f"{total_of(rows, flow):,.2f} of {flow}" for flow in flows)


def _flows_with_money(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.flow for row in rows if row.amount is not None))


def _sum(rows: Sequence[Row]) -> Decimal:
    return sum((row.amount for row in rows if row.amount is not None), Decimal(0))


def _hours(rows: Sequence[Row]) -> Decimal:
    return sum((row.hours for row in rows if row.hours is not None), Decimal(0))


def write_csv(rows: Sequence[Row], file: Path) -> None:
    """Text that no spreadsheet takes for a formula, with the sum as last line, or one for each
    flow.
    """
    import csv

    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows([_csv_cell(value) for value in _values(row)] for row in rows)
        writer.writerows([_csv_cell(value) for value in line] for line in _sum_lines(rows))


def write_xlsx(rows: Sequence[Row], file: Path) -> None:
    """Ids and codes are text cells, for ids have 16 digits; nothing becomes a formula or a link."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        sheet = book.add_worksheet("ledger")
        formats = {
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            str: book.add_format({"num_format": "@"}),
        }
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        for number, values in enumerate([*map(_values, rows), *_sum_lines(rows)], start=1):
            for column, value in enumerate(values):
                if isinstance(value, datetime):
                    sheet.write_datetime(
                        number, column, value.replace(tzinfo=None), formats[datetime]
                    )
                elif isinstance(value, Decimal | int):
                    sheet.write_number(number, column, float(value), formats[Decimal])
                elif value:
                    sheet.write_string(number, column, str(value), formats[str])
        sheet.freeze_panes(1, 0)
        sheet.autofit()


def write_parquet(rows: Sequence[Row], file: Path) -> None:
    """Exact decimals, and no line for the sum."""
    import pandas as pd

    frame = pd.DataFrame([_values(row) for row in rows], columns=list(COLUMNS))
    frame.to_parquet(file, index=False)


WRITERS: dict[str, Callable[[Sequence[Row], Path], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}


def _values(row: Row) -> list[object]:
    return [getattr(row, name) for name in COLUMNS]


def _sum_lines(rows: Sequence[Row]) -> list[list[object]]:
    """One for all, or one for each flow where more than one moved money: what was sold and what
    jobs cost add up to nothing.
    """
    if len(_flows_with_money(rows)) < 2:
        return [_sum_line(rows)]
    parts = (tuple(row for row in rows if row.flow == flow) for flow in _flows_that_count(rows))
    return [_sum_line(part, part[0].flow) for part in parts]


def _flows_that_count(rows: Sequence[Row]) -> tuple[str, ...]:
    counting = (row.flow for row in rows if row.amount is not None or row.hours is not None)
    return tuple(dict.fromkeys(counting))


def _sum_line(rows: Sequence[Row], flow: str = "") -> list[object]:
    sums: dict[str, object] = {
        "flow": flow,
        "step": SUM,
        "amount": _sum(rows),
        "hours": _hours(rows),
    }
    return [sums.get(name, "") for name in COLUMNS]


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    text = str(value)
    is_text = not isinstance(value, Decimal | int)
    return f"'{text}" if is_text and text.startswith(_FORMULA) else text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentInvalid([f"{text}: expected a day such as 2026-03-31"]) from None
