"""Writes a recording into a folder: the report for others beside `private/`, which is its owner's
alone.
"""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from st_spectrum.private_files import (
    create_private_file,
    keep_file_private,
    keep_folder_private,
    make_private_folder,
)
from st_spectrum.record.account_file import recorded_account
from st_spectrum.record.judgement import Evidence
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.report import Report, as_json, as_markdown
from st_spectrum.record.scrub import Scrubber
from st_spectrum.record.trim import MOST, few_rows

PRIVATE = "private"
EXCHANGES, TABLES, ACCOUNT = "exchanges.json", "infolink.json", "account.yaml"
LEFT_BEHIND = "left-behind.txt"
TABLE_NAME = re.compile(r"[A-Z]{2}_[A-Z0-9_]+(_MC|_V)?")
"""How Spectrum calls its tables; one that is called otherwise is somebody's own."""
ROWS = 12
WHOLE_TABLES = frozenset({"GL_MASTER_MC", "CR_TERMS_MASTER_MC"})
"""Short lists of the set-up."""

README = """# A recording of one installation

`report.md` and `report.json` say of each assumption of st_spectrum whether it holds here. They name keys, letters and
counts, and no value of anybody's. They are what may be shown to others.

`private/` holds what the two systems answered, a few records of each kind. Codes of the set-up stand there as they are;
names, numbers, addresses, amounts and texts were replaced by random ones of the same shape, and dates were moved. It is
readable by its owner alone, and stays with whoever may see the two systems.

**Before anything of this folder is handed on, look into your contracts with both vendors.** They may regard the shape of
their answers and descriptions as confidential, and nothing in here has been agreed with them.

To try the integration on it: `pytest tests/recorded`, with the folder put into `tests/recorded/`.
"""


def write_recording(
    folder: Path, evidence: Evidence, report: Report, pseudonyms: Pseudonyms
) -> None:
    """Report, account file, exchanges and tables. Raises `OSError`."""
    private = folder / PRIVATE
    make_private_folder(folder)
    make_private_folder(private)
    keep_folder_private(private)
    scrubber = Scrubber(pseudonyms, evidence.account.servicetrade.external_system)
    # The last page of a list was read for its shapes; a replay has one page alone.
    calls = (call for call in evidence.exchanges.calls if not call.probe.endswith(" last"))
    lines = ",\n".join(json.dumps(scrubber.exchange(call)) for call in calls)
    _write_private(private / EXCHANGES, f"[\n{lines}\n]\n")
    _write_private(private / TABLES, _dumped(_tables(evidence, scrubber)))
    _write_private(private / ACCOUNT, recorded_account(evidence.account, pseudonyms))
    (folder / "report.md").write_text(as_markdown(report), encoding="utf-8")
    (folder / "report.json").write_text(as_json(report), encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")


def write_left_behind(folder: Path, left: Sequence[str]) -> None:
    """What a write test made and nobody but a person can remove; nothing without such things."""
    if left:
        _write_private(folder / PRIVATE / LEFT_BEHIND, "\n".join(left) + "\n")


def _write_private(path: Path, text: str) -> None:
    create_private_file(path)
    keep_file_private(path)
    path.write_text(text, encoding="utf-8")


def _dumped(value: Any) -> str:
    return json.dumps(value, indent=1, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written down")


def _tables(evidence: Evidence, scrubber: Scrubber) -> dict[str, Any]:
    found = {}
    for name, table in evidence.tables.items():
        rows = few_rows(table.rows, MOST if name in WHOLE_TABLES else ROWS)
        found[name] = {
            "columns": [[one.name, one.type, one.length] for one in table.columns],
            "rows": [
                {
                    table.name_there(key): scrubber.cell(key, _exact(value))
                    for key, value in row.items()
                }
                for row in rows
            ],
        }
    described = {name: sorted(columns) for name, columns in evidence.described.items()}
    known = sorted(name for name in evidence.known_tables if TABLE_NAME.fullmatch(name))
    return {"tables": found, "described": described, "known": known}


def _exact(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
