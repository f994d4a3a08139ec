"""Which code and which environment a process stands for, so that a worker knows when it has become
an old one.
"""

import os
import re
import site
from collections.abc import Iterable, Mapping
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
    files = sorted(Path(st_spectrum.__file__).parent.rglob("*.py"))
    folders = [Path(entry) for entry in site.getsitepackages()]
    stats = [(place, place.stat()) for place in (*files, *folders) if place.exists()]
    return _digest(f"{place} {found.st_mtime_ns} {found.st_size}" for place, found in stats)


def environment_digest(environment: Mapping[str, str] = os.environ) -> str:
    """Changes with our own variables and those that the account files refer to. It tells none of
    their values.
    """
    names = {name for name in environment if name.startswith(OURS)}
    for file in filter(Path.is_file, account_files_in_force()):
        with suppress(
            OSError
        ):  # whoever reads the account says why; a Dagster that does not start would not
            names |= set(REFERENCE.findall(file.read_text(encoding="utf-8", errors="replace")))
    return _digest(f"{name}={environment.get(name)}" for name in sorted(names))


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:16]
