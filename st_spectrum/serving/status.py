"""What a server notes about its parts beside Dagster's files, for `st-spectrum serve --health`."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from st_spectrum.serving.part_life import PartLife, State
from st_spectrum.serving.parts import Addresses

STATUS = "serve.json"


class PartStatus(BaseModel):
    """One part as it stood at the last change."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: State
    changed_at: AwareDatetime
    host: str
    port: int | None
    restarts: int
    last_end: str


class Status(BaseModel):
    """All of them."""

    model_config = ConfigDict(frozen=True)

    started_at: AwareDatetime
    location: str
    url: str
    parts: tuple[PartStatus, ...]


class StatusFile:
    """Written anew as a whole, so that a reader never sees half of it."""

    def __init__(self, home: Path, location: str, addresses: Addresses) -> None:
        self._file = home / STATUS
        self._location = location
        self._url = addresses.url
        self._started_at = datetime.now(UTC)

    def write(self, lives: Sequence[PartLife]) -> None:
        """Note how the parts stand now."""
        parts = tuple(
            PartStatus(
                name=life.part.name, state=life.state, changed_at=life.changed_at, host=life.part.host,
                port=life.part.port, restarts=life.restarts, last_end=life.last_end,
            )
            for life in lives
        )  # fmt: skip
        status = Status(
            started_at=self._started_at, location=self._location, url=self._url, parts=parts
        )
        new = self._file.with_suffix(".new")
        new.write_text(
            json.dumps(status.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8"
        )
        new.replace(self._file)


def read_status(home: Path) -> Status | None:
    """What the last server noted; None without one."""
    try:
        return Status.model_validate_json((home / STATUS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
