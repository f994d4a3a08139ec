"""Everything together: the home set up, the parts started, and nothing left of them afterwards."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from st_spectrum.serving.home import HOME_VARIABLE, migrate, set_up
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.parts import FILLED, STORAGE, Addresses, parts_of
from st_spectrum.serving.processes import MARK, end_processes, marked_processes
from st_spectrum.serving.status import StatusFile
from st_spectrum.serving.supervisor import Supervisor

LEFTOVER_SECONDS = 10.0


def say_nothing(sentence: str) -> None:
    """For who reads the log, where the sentence stands as well."""


def fill_nothing() -> None:
    """Whoever serves a contractor finds everything there."""


@contextmanager
def serving(
    home: Path,
    location: str,
    addresses: Addresses,
    environment: Mapping[str, str],
    settings: str,
    log: OneLog,
    announce: Callable[[str], None] = say_nothing,
    fill: Callable[[], None] = fill_nothing,
) -> Iterator[Supervisor]:
    """Inside, Dagster serves the code location from `home` and is kept alive.

    `settings` is the dagster.yaml of a home that has none. What happens to a part stands in the
    log as a sentence of "serve", and is handed to `announce`. `fill` is done in a thread of its own
    before any sensor ticks. Raises `Unavailable` when a part does not come up.
    """
    set_up(home, location, addresses, settings)
    environment = dict(environment) | {HOME_VARIABLE: str(home)}
    # Marked, so that it ends with the parts.
    marked = environment | {MARK: str(home)}
    preparations = {STORAGE: lambda: migrate(marked, log), FILLED: fill}
    parts = parts_of(home, location, addresses, environment)
    status = StatusFile(home, location, addresses)
    with Supervisor(
        parts, environment, str(home), log, announce, status.write, preparations=preparations
    ) as supervisor:
        yield supervisor


def end_leftovers(home: Path) -> int:
    """End what a server that was killed left behind; how many processes that were.

    To be called by whoever is the sole server of the home: a second daemon would do all its work
    twice.
    """
    left = marked_processes(str(home))
    end_processes(left, LEFTOVER_SECONDS)
    return len(left)
