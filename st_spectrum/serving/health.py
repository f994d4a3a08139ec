"""Whether the processes that serve an account are at work, in one line. Whether ServiceTrade and
Spectrum answer is not asked: `check` and the mails say that.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from st_spectrum.serving.home import is_served
from st_spectrum.serving.part_life import State
from st_spectrum.serving.ports import is_answering
from st_spectrum.serving.status import PartStatus, Status, read_status

QUESTION = """{
  instance {daemonHealth {allDaemonStatuses {daemonType required healthy}}}
  workspaceOrError {... on Workspace {locationEntries {name locationOrLoadError {__typename}}}}
}"""


def health(home: Path) -> tuple[bool, str]:
    """Whether all is well, and one line for people. Asks the processes themselves, not only what
    was noted about them.
    """
    status = read_status(home)
    if not is_served(home):
        return False, f"not running: nobody serves from {home}"
    if status is None:
        return False, "not well: starting"
    troubles = [trouble for part in status.parts if (trouble := _trouble_of(part))]
    troubles = troubles or list(_troubles_in_dagster(status))
    if troubles:
        return False, f"not well: {'; '.join(troubles)}"
    names = ", ".join(part.name for part in status.parts)
    restarts = sum(part.restarts for part in status.parts)
    again = f"; {restarts} restart{'s' if restarts > 1 else ''}" if restarts else ""
    return True, f"well: {names} of {status.location}, up for {_duration(status.started_at)}{again}"


def _trouble_of(part: PartStatus) -> str:
    if part.state is State.HANGING:
        return f"the {part.name} gives no sign of life, although its process runs"
    if part.state is not State.UP:
        why = f" after it {part.last_end}" if part.last_end else ""
        return f"the {part.name} is not up{why}"
    if part.port is not None and not is_answering(part.host, part.port):
        return f"the {part.name} does not answer on port {part.port}"
    return ""


def _troubles_in_dagster(status: Status) -> Iterator[str]:
    try:
        answer = httpx.post(f"{status.url}/graphql", json={"query": QUESTION}, timeout=20).json()[
            "data"
        ]
        daemons: list[dict[str, Any]] = answer["instance"]["daemonHealth"]["allDaemonStatuses"]
        entries: list[dict[str, Any]] = answer["workspaceOrError"]["locationEntries"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        yield f"the web server does not answer ({type(error).__name__})"
        return
    silent = [
        str(daemon["daemonType"]).lower()
        for daemon in daemons
        if daemon["required"] and not daemon["healthy"]
    ]
    if silent:
        yield f"the daemon gives no sign of life ({', '.join(silent)})"
    for entry in entries:
        if (entry["locationOrLoadError"] or {}).get("__typename") != "RepositoryLocation":
            yield f"the code of {entry['name']} is not loaded"


def _duration(since: datetime) -> str:
    minutes = int((datetime.now(UTC) - since).total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
