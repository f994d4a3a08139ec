"""How tables and sentences are printed: as wide as a terminal, whole lines into a pipe or file."""

import os
import re
import sys
import textwrap
from typing import Any

from rich.console import Console

PIPE_COLUMNS = 10_000
"""No terminal is there to be as wide as; what reads a pipe wants keys in one piece."""
_BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)


def open_console() -> Console:
    """Of standard output. `COLUMNS` in the environment says how wide it is, pipe or not."""
    console = Console()
    if console.is_terminal:
        return console
    return _PipeConsole(width=None if os.environ.get("COLUMNS") else PIPE_COLUMNS)


def wrapped(console: Console, text: str, *, indent: str = "", further: str = "") -> str:
    """Lines as wide as the console, broken between words alone: a key or a command stays in one
    piece, however long it is. `further` is in front of every line but the first.
    """
    return textwrap.fill(
        text,
        console.width,
        initial_indent=indent,
        subsequent_indent=further or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


class _PipeConsole(Console):
    """Leaves out the blanks with which lines are filled up to a width."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As of any console."""
        with self.capture() as captured:
            super().print(*objects, **options)
        sys.stdout.write(_BLANKS.sub("", captured.get()))
