"""Everything together: the home set up, the parts started, and nothing left of them afterwards."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from st_spectrum.serving.home import HOME_VARIABLE, migrate, set_up
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.parts import Addresses, parts_of
from st_spectrum.serving.processes import end_processes, marked_processes
from st_spectrum.serving.status import StatusFile
from st_spectrum.serving.supervisor import Supervisor

LEFTOVER_SECONDS = 10.0


def say_nothing(sentence: str) -> None:
    """For who reads the log, where the sentence stands as well."""


@contextmanager
def serving(
    home: Path,
    location: str,
    addresses: Addresses,
    environment: Mapping[str, str],
    settings: str,
    log: OneLog,
    announce: Callable[[str], None] = say_nothing,
) -> Iterator[Supervisor]:
    """Inside, Dagster serves the code location from `home` and is kept alive.

    `settings` is the dagster.yaml of a home that has none. What happens to a part stands in the
    log as a sentence of "serve", and is handed to `announce`. Raises `Unavailable` when a part does
    not come up.
    """
    set_up(home, location, addresses, settings)
    environment = dict(environment) | {HOME_VARIABLE: str(home)}
    migrate(environment, log)
    parts = parts_of(home, location, addresses, environment)
    status = StatusFile(home, location, addresses)
    with Supervisor(parts, environment, str(home), log, announce, status.write) as supervisor:
        yield supervisor


def end_leftovers(home: Path) -> int:
    """End what a server that was killed left behind; how many processes that were.

    To be called by whoever is the sole server of the home: a second daemon would do all its work
    twice.
    """
    left = marked_processes(str(home))
    end_processes(left, LEFTOVER_SECONDS)
    return len(left)
