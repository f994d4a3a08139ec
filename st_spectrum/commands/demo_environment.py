"""A sandbox's variables as a file for the shell: every command then works as printed."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from st_spectrum.private_files import write_private_text

NAME = "demo.env"


def write_environment(folder: Path, values: Mapping[str, str]) -> str:
    """Write the variables into `folder`, which is there; the line by which another terminal takes
    them up.

    The programs of this environment come first on its path, so that `st-spectrum` is found.
    """
    file = (folder / NAME).resolve()
    programs = Path(sys.executable).parent
    path = f'export PATH={shlex.quote(str(programs))}{os.pathsep}"$PATH"'
    lines = [path, *(f"export {name}={shlex.quote(value)}" for name, value in values.items())]
    write_private_text(file, "\n".join(lines) + "\n")
    return f". {shlex.quote(str(file))}"
