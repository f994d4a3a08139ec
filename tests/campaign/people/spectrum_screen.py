"""What people type at Spectrum's screen, past every fault."""

from collections.abc import Iterator
from contextlib import contextmanager

from st_spectrum.sandbox.callers import SpectrumCaller
from tests.histories.history import History


@contextmanager
def at_the_screen(history: History) -> Iterator[SpectrumCaller]:
    """What is typed in through this, Spectrum checks as it checks a service. Opened anew each time,
    so that a history that is played again does the same.
    """
    door = history.place.door
    with SpectrumCaller(door.spectrum_url, door.for_people().spectrum) as caller:
        yield caller
