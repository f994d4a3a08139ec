"""Reads what somebody exported from Spectrum into csv files: the columns tell their kind."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.match.kinds import CUSTOMERS, EMPLOYEES, JOBS, SITES, VENDORS, Kind
from st_spectrum.spectrum.infolink import tables as infolink_tables
from st_spectrum.spectrum.infolink.tables import SITE_NAMES

Row = Mapping[str, str]

COLUMNS: Mapping[Kind, Sequence[str]] = {
    SITES: tuple(SITE_NAMES.get(one.name, one.name) for one in infolink_tables.SITES.columns),
    JOBS: tuple(one.name for one in infolink_tables.JOBS.columns),
    EMPLOYEES: (
        *("Employee_Code", "Employee_Name", "First_Name", "Last_Name", "Employment_Status"),
        *("Employee_Mobile_Phone", "Email"),
    ),
    VENDORS: (
        *("Vendor_Code", "Vendor_Name", "Address_1", "City", "State", "Zip_Code", "Phone"),
        "Status",
    ),
    CUSTOMERS: tuple(one.name for one in infolink_tables.CUSTOMERS.columns),
}
"""What is read of each kind. A file is of the first kind whose first needed column it has."""
NEEDED: Mapping[Kind, Sequence[str]] = {
    SITES: ("Site_ID", "Site_Name", "Site_Customer_Code"),
    JOBS: ("Job_Number", "Customer_Code"),
    EMPLOYEES: ("Employee_Code", "Employee_Name"),
    VENDORS: ("Vendor_Code", "Vendor_Name"),
    CUSTOMERS: ("Customer_Code", "Name"),
}
"""Columns without which an exported file tells nothing."""
ALIASES: Mapping[Kind, Mapping[str, str]] = {
    SITES: SITE_NAMES,
    EMPLOYEES: {"E_Mail": "Email", "Name": "Employee_Name"},
    VENDORS: {"Name": "Vendor_Name"},
}


def read_exports(paths: Iterable[Path]) -> dict[Kind, list[Row]]:
    """The rows of each kind that was exported. Raises `ArgumentInvalid`."""
    found: dict[Kind, list[Row]] = {}
    for path in paths:
        kind, rows = _read(path)
        if kind in found:
            raise ArgumentInvalid([f"{path.name} is a second file of {kind.name}"])
        found[kind] = rows
    return found


def _read(path: Path) -> tuple[Kind, list[Row]]:
    """Columns by their names in Spectrum, whatever their letters, blanks or underscores."""
    table = csv.DictReader(io.StringIO(_text_of(path), newline=""))
    kind, named = _named(path, table.fieldnames or ())
    return kind, [
        {name: (row[head] or "").strip() for head, name in named.items()} for row in table
    ]


def _text_of(path: Path) -> str:
    """Spectrum runs on Windows, whose programs often write its own code page."""
    written = path.read_bytes()
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError:
        return written.decode("cp1252", "replace")


def _named(path: Path, heads: Sequence[str]) -> tuple[Kind, dict[str, str]]:
    for kind, columns in COLUMNS.items():
        names = {_bare(name): name for name in columns}
        names |= {_bare(alias): name for alias, name in ALIASES.get(kind, {}).items()}
        named = {head: names[_bare(head)] for head in heads if _bare(head) in names}
        if kind == CUSTOMERS or NEEDED[kind][0] in named.values():
            missing = [name for name in NEEDED[kind] if name not in named.values()]
            if missing:
                raise ArgumentInvalid([f"{path.name} lacks the column {name}" for name in missing])
            return kind, named
    raise AssertionError("customers are the last kind")


def _bare(name: str) -> str:
    return name.replace("_", "").replace(" ", "").replace("-", "").casefold()
