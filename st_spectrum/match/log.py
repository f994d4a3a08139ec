"""What matching wrote, line by line, so that it can be told and taken back."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from st_spectrum.private_files import create_private_file, make_private_folder

OURS = frozenset({"begun", "linked", "undoing"})
"""Steps after which a value that stands in ServiceTrade is ours."""


class MatchLog:
    """One JSON document a line, on the disk before the write that it tells of. `company` and
    `customer` are the record and its code in Spectrum, whatever their kind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, step: str, company: str, code: str, text: str = "") -> None:
        """Append one line. Raises `OSError`."""
        make_private_folder(self.path.parent)
        create_private_file(self.path)
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "step": step,
            "company": company,
            "customer": code,
            "text": text,
        }
        with self.path.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            # A kill may have left half a line.
            start = b"\n" if file.tell() and not self._ends_with_a_line(file.fileno()) else b""
            file.write(start + json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def ours(self) -> dict[tuple[str, str], str]:
        """Record and code of each link that may be ours, in the order of their writes, with the
        last step that was noted.
        """
        links: dict[tuple[str, str], str] = {}
        lines = self.path.read_text("utf-8").split("\n") if self.path.exists() else []
        for line in lines:
            try:
                noted = json.loads(line)
            except ValueError:
                continue  # half a line; what it told of was not done yet
            links[noted["company"], noted["customer"]] = noted["step"]
        return {link: step for link, step in links.items() if step in OURS}

    def _ends_with_a_line(self, descriptor: int) -> bool:
        size = os.fstat(descriptor).st_size
        return os.pread(descriptor, 1, size - 1) == b"\n"
