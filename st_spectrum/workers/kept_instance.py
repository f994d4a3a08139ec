"""Dagster's memory, opened once by each child of a worker and not for each run: opening it looks
through the histories of three databases.
"""

import os
from functools import lru_cache
from pathlib import Path

import dagster as dg


def kept_instance() -> dg.DagsterInstance:
    """The instance of `DAGSTER_HOME`, opened anew when its dagster.yaml has changed. It holds no
    connection between two questions.
    """
    home = Path(os.environ.get("DAGSTER_HOME", ""))
    settings = home / "dagster.yaml"
    return _opened(home, settings.read_bytes() if settings.is_file() else b"")


def forget_instance() -> None:
    """Open it anew the next time."""
    _opened.cache_clear()


@lru_cache(maxsize=1)
def _opened(home: Path, settings: bytes) -> dg.DagsterInstance:  # noqa: ARG001 - what it is kept for
    return dg.DagsterInstance.get()
