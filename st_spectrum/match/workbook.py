"""The list that a person goes through: a sheet for each kind of records, one row for each pair,
with a key that tells an altered row.

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
from st_spectrum.match.kinds import CUSTOMERS, KEY, KINDS, OWNER_HERE, OWNER_THERE, WORD, Kind
from st_spectrum.match.normalize import Party
from st_spectrum.match.verdicts import Match, Verdict

WIDTHS = {WORD: 10, "verdict": 18, "names": 7, "why": 44, "advice": 44, KEY: 16}
WIDTHS_OF_A_SIDE = {" name": 34, " address": 38, " phone": 16}
WIDTH = 14
KEY_LENGTH = 12
"""Hexadecimal signs: 48 bits, so that two rows of one list hardly share a key."""

Lists = Mapping[Kind, Sequence[Match]]


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

    kind: Kind
    place: int
    word: str
    cells: Mapping[str, str]

    @property
    def is_altered(self) -> bool:
        """Whether anything but the word is another than it was printed."""
        return self.cells[KEY] != _key_of(self.kind, self.cells)

    @property
    def here(self) -> str:
        """Id in ServiceTrade, "" for what only Spectrum has."""
        return self.cells[self.kind.here]

    @property
    def there(self) -> str:
        """Code in Spectrum, "" for what only ServiceTrade has."""
        return self.cells[self.kind.there]

    @property
    def name(self) -> str:
        """What it is called in ServiceTrade."""
        return self.cells[f"{self.kind.here} name"]

    @property
    def owners(self) -> tuple[str, str]:
        """The company and the customer that both belong to."""
        return self.cells.get(OWNER_HERE, ""), self.cells.get(OWNER_THERE, "")


def cells_of(kind: Kind, match: Match) -> dict[str, str]:
    """One row as texts: a phone or a code with zeros in front is no number."""
    here, there = match.here, match.there
    cells = {
        WORD: SUGGESTED.get(match.verdict, Word.NOTHING).value,
        "verdict": match.verdict.value,
        **_party(kind.here, here),
        **_party(kind.there, there),
        "names": str(match.score) if match.score else "",
        "why": "; ".join(match.reasons),
        "advice": match.advice,
    }
    if kind.has_owner:
        cells |= {OWNER_HERE: here.owner if here else "", OWNER_THERE: there.owner if there else ""}
    return {**cells, KEY: _key_of(kind, cells)}


def _party(side: str, party: Party | None) -> dict[str, str]:
    address = [party.street, party.city, f"{party.state} {party.postal_code}"] if party else []
    texts = {
        side: party.key if party else "",
        f"{side} name": party.name if party else "",
        f"{side} address": ", ".join(part.strip() for part in address if part.strip()),
        f"{side} phone": party.phone if party else "",
    }
    return {name: _readable(text) for name, text in texts.items()}


def _readable(text: str) -> str:
    """Without what no cell of a workbook can hold, and each gap one blank."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _key_of(kind: Kind, cells: Mapping[str, str]) -> str:
    text = "\x1f".join(cells[name] for name in kind.columns if name not in (WORD, KEY))
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


def files_of(path: Path, kinds: Iterable[Kind]) -> dict[Kind, Path]:
    """Where the rows of each kind go: into one workbook, or a csv file for each kind."""
    if path.suffix not in (".csv", ".xlsx"):
        raise ArgumentInvalid([f"{path.name} ends neither in .xlsx nor in .csv"])
    return {
        kind: path
        if path.suffix == ".xlsx" or kind == CUSTOMERS
        else path.with_name(f"{path.stem}-{kind.name}.csv")
        for kind in kinds
    }


def write_lists(path: Path, lists: Lists) -> None:
    """An xlsx or csv file by its ending. Raises `ArgumentInvalid` for another ending."""
    rows = {
        kind: [cells_of(kind, match) for match in in_order(matches)]
        for kind, matches in lists.items()
    }
    files = files_of(path, rows)
    if path.suffix == ".xlsx":
        _write_xlsx(path, rows)
        return
    for kind, cells in rows.items():
        with files[kind].open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, kind.columns)
            writer.writeheader()
            writer.writerows(cells)


def _write_xlsx(path: Path, lists: Mapping[Kind, Sequence[Mapping[str, str]]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(
        path, {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        word = book.add_format({"num_format": "@", "bg_color": "#FFF2CC"})
        choices = [Word.LINK.value, Word.NEW.value, Word.IGNORE.value]
        rule = {"validate": "list", "source": choices, "ignore_blank": True}
        for kind, rows in lists.items():
            sheet = book.add_worksheet(kind.sheet)
            for number, name in enumerate(kind.columns):
                sheet.set_column(number, number, _width(kind, name), text)
                sheet.write_string(0, number, name, head)
            for place, row in enumerate(rows, 1):
                for number, name in enumerate(kind.columns):
                    sheet.write_string(place, number, row[name], word if name == WORD else text)
            sheet.data_validation(1, 0, max(len(rows), 1), 0, rule)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, len(rows), len(kind.columns) - 1)


def _width(kind: Kind, column: str) -> int:
    sides = {
        f"{side}{part}": width
        for side in (kind.here, kind.there)
        for part, width in WIDTHS_OF_A_SIDE.items()
    }
    return (WIDTHS | sides).get(column, WIDTH)


def read_list(path: Path) -> list[Row]:
    """The rows of all sheets of a list that a person went through. Raises `ArgumentInvalid`."""
    tables = [("", _read_csv(path))] if path.suffix == ".csv" else _read_xlsx(path)
    rows: list[Row] = []
    is_none = True
    for title, (head, *lines) in tables:
        kind = _kind_of(title, head)
        if kind is None:
            continue  # a sheet of the person's own
        is_none = False
        if missing := [name for name in kind.columns if name not in head]:
            raise ArgumentInvalid([f"{path.name} lacks the column {name!r}" for name in missing])
        for place, values in enumerate(lines, 2):
            if any(values):
                cells = dict(zip(head, values, strict=False))
                full = {name: cells.get(name, "") for name in kind.columns}
                rows.append(Row(kind, place, full[WORD].strip().casefold(), full))
    if is_none:
        raise ArgumentInvalid([f"{path.name} lacks the column {WORD!r}"])
    return rows


def _kind_of(title: str, head: Sequence[str]) -> Kind | None:
    """By the name of the sheet; where it was renamed, or in a csv file, by the columns."""
    for kind in KINDS:
        if title == kind.sheet or {kind.here, kind.there} <= set(head):
            return kind
    return CUSTOMERS if not title or WORD in head else None


def _read_csv(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file)) or [[]]
    except UnicodeDecodeError:
        raise ArgumentInvalid([f"{path.name} is not written in UTF-8"]) from None


def _read_xlsx(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError):
        raise ArgumentInvalid([f"{path.name} is no workbook of the form xlsx"]) from None
    try:
        for sheet in book.worksheets:
            lines = [
                ["" if value is None else str(value) for value in row]
                for row in sheet.iter_rows(values_only=True)
            ]
            yield sheet.title, lines or [[]]
    finally:
        book.close()
