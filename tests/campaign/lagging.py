"""Info-Link reads a copy of Spectrum's tables that is behind, as a replica is that lost its
source.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from pydantic import SecretStr

from tests.histories.history import History

URL = "spectrum.infolink.url"
FILE = "lagging.sqlite"


def let_infolink_lag(history: History) -> None:
    """What it shows stays as it is now. Nothing where there is no Info-Link, or it was switched
    off.
    """
    if not history.case.has_infolink or _shown(history) == "":
        return
    door = history.place.door
    source, copy = Path(door.infolink_url.removeprefix("sqlite:///")), door.state_dir / FILE
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as now, closing(sqlite3.connect(copy)) as then:
        now.backup(then)
    history.changes[URL] = SecretStr(f"sqlite:///{copy.resolve()}")


def let_infolink_catch_up(history: History) -> None:
    """It shows everything again."""
    if (_shown(history) or "").endswith(FILE):
        del history.changes[URL]


def _shown(history: History) -> str | None:
    """What the account file was changed to; None where it was not."""
    changed = history.changes.get(URL)
    return None if changed is None else str(changed.get_secret_value())
