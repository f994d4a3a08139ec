"""Weeks of time, all of it approved and in Spectrum's import queue."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.reconcile.planting import Month
from tests.world.contractor import Contractor
from tests.world.kept_worlds import begin_with
from tests.world.timekeeper import build_timekeeper


@contextmanager
def paid_weeks(sandbox: Sandbox, folder: Path, *, weeks: int, technicians: int) -> Iterator[Month]:
    """So many weeks of so many technicians, carried."""

    def carried() -> tuple[Any, ...]:
        timekeeper = build_timekeeper(
            sandbox, folder, TimeSizes(weeks=weeks, approved=1), technicians=technicians
        )
        timekeeper.carry()
        made = timekeeper.contractor
        return made.before, made.built, made.overrides

    begun = begin_with(sandbox, folder, ("weeks in the import queue", weeks, technicians), carried)
    with closing(Contractor(sandbox, folder, *begun)) as contractor:
        yield Month(contractor)
