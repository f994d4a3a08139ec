"""Which code and which environment a process stands for, so that a worker knows when it has become
an old one.
"""

import os
import re
import site
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import st_spectrum
from st_spectrum.resources.account import account_files_in_force

OURS = "ST_SPECTRUM_"
REFERENCE = re.compile(r"\$\{(\w+)")


def code_digest() -> str:
    """Changes with any file of the package, and when a package beside it is installed, upgraded or
    removed.
    """
    packages = (Path(entry) for entry in site.getsitepackages())
    stats = {str(place): place.stat() for place in packages if place.exists()}
    stats |= _sources(str(Path(st_spectrum.__file__).parent))
    return _digest(
        f"{place} {found.st_mtime_ns} {found.st_size}" for place, found in sorted(stats.items())
    )


def _sources(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    # Asked for before each run, of half a thousand files: as objects they would take as long as a
    # small batch.
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path, entry.stat()


def environment_digests(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For each account in force a digest of the variables that its file refers to; none of their
    values is told. An account of whose variables none is set here has none.

    Our own variables are left out: they name places and ports of one machine.
    """
    found = {}
    for file in filter(Path.is_file, account_files_in_force()):
        with suppress(
            OSError
        ):  # whoever reads the account says why; a Dagster that does not start would not
            text = file.read_text(encoding="utf-8", errors="replace")
            names = {name for name in REFERENCE.findall(text) if not name.startswith(OURS)}
            if any(name in environment for name in names):
                lines = (f"{name}={environment.get(name)}" for name in sorted(names))
                found[file.stem] = _digest(lines)
    return found


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:16]
