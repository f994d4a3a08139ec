"""The list that a person goes through: one row for each pair, with a key that tells an altered row.

A person writes one word into the column *your word*; everything else is read back only to see that
it is still what was printed.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict

WORD = "your word"
KEY = "row key"
COLUMNS = (
    *(WORD, "verdict", "company", "company name", "company address", "company phone"),
    *("customer", "customer name", "customer address", "customer phone"),
    *("names", "why", "advice", KEY),
)
WIDTHS = (10, 18, 10, 34, 38, 16, 10, 32, 38, 16, 7, 44, 44, 16)
KEY_LENGTH = 12
"""Hexadecimal signs: 48 bits, so that two rows of one list hardly share a key."""


class Word(StrEnum):
    """What a person says of a row."""

    LINK = "link"
    NEW = "new"
    IGNORE = "ignore"
    NOTHING = ""


SUGGESTED: Mapping[Verdict, Word] = {Verdict.SURE: Word.LINK, Verdict.ONLY_HERE: Word.NEW}
"""The word that stands there already; a person may write another."""


@dataclass(frozen=True)
class Row:
    """One row as it was read back."""

    place: int
    word: str
    cells: Mapping[str, str]

    @property
    def is_altered(self) -> bool:
        """Whether anything but the word is another than it was printed."""
        return self.cells[KEY] != _key_of(self.cells)

    @property
    def company(self) -> str:
        """Id in ServiceTrade, "" for what only Spectrum has."""
        return self.cells["company"]

    @property
    def customer(self) -> str:
        """Code in Spectrum, "" for what only ServiceTrade has."""
        return self.cells["customer"]


def cells_of(match: Match) -> dict[str, str]:
    """One row as texts: a phone or a code with zeros in front is no number."""
    here, there = match.here, match.there
    cells = {
        WORD: SUGGESTED.get(match.verdict, Word.NOTHING).value,
        "verdict": match.verdict.value,
        **_party("company", here),
        **_party("customer", there),
        "names": str(match.score) if here and there else "",
        "why": "; ".join(match.reasons),
        "advice": match.advice,
    }
    return {**cells, KEY: _key_of(cells)}


def _party(side: str, party: Party | None) -> dict[str, str]:
    address = [party.street, party.city, f"{party.state} {party.postal_code}"] if party else []
    texts = {
        side: party.key if party else "",
        f"{side} name": party.name if party else "",
        f"{side} address": ", ".join(part.strip() for part in address if part.strip()),
        f"{side} phone": party.phone if party else "",
    }
    return {name: " ".join(text.split()) for name, text in texts.items()}


def _key_of(cells: Mapping[str, str]) -> str:
    text = "\x1f".join(cells[name] for name in COLUMNS if name not in (WORD, KEY))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def in_order(matches: Iterable[Match]) -> list[Match]:
    """What needs a person first, then by name."""
    order = list(Verdict)
    return sorted(
        matches,
        key=lambda match: (
            order.index(match.verdict),
            (match.here or match.there or Party("", "")).words,
            match.here.key if match.here else "",
            match.there.key if match.there else "",
        ),
    )


def write_list(path: Path, matches: Sequence[Match]) -> None:
    """An xlsx or csv file by its ending. Raises `ArgumentInvalid` for another ending."""
    rows = [cells_of(match) for match in in_order(matches)]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".xlsx":
        _write_xlsx(path, rows)
    else:
        raise ArgumentInvalid([f"{path.name} ends neither in .xlsx nor in .csv"])


def _write_xlsx(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(
        path, {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("match")
        head = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        word = book.add_format({"num_format": "@", "bg_color": "#FFF2CC"})
        for number, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
            sheet.set_column(number, number, width, text)
            sheet.write_string(0, number, name, head)
        for place, row in enumerate(rows, 1):
            for number, name in enumerate(COLUMNS):
                sheet.write_string(place, number, row[name], word if name == WORD else text)
        choices = [Word.LINK.value, Word.NEW.value, Word.IGNORE.value]
        rule = {"validate": "list", "source": choices, "ignore_blank": True}
        sheet.data_validation(1, 0, max(len(rows), 1), 0, rule)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)


def read_list(path: Path) -> list[Row]:
    """The rows of a list that a person went through. Raises `ArgumentInvalid` when it is none."""
    table = _read_csv(path) if path.suffix == ".csv" else _read_xlsx(path)
    head = next(table, [])
    if missing := [name for name in COLUMNS if name not in head]:
        raise ArgumentInvalid([f"{path.name} lacks the column {name!r}" for name in missing])
    rows = []
    for place, values in enumerate(table, 2):
        if any(values):
            cells = dict(zip(head, values, strict=False))
            full = {name: cells.get(name, "") for name in COLUMNS}
            rows.append(Row(place, full[WORD].strip().casefold(), full))
    return rows


def _read_csv(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)


def _read_xlsx(path: Path) -> Iterator[list[str]]:
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError):
        raise ArgumentInvalid([f"{path.name} is no workbook of the form xlsx"]) from None
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if value is None else str(value) for value in row]
    finally:
        book.close()
