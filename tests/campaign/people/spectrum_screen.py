"""What people type at Spectrum's screen, past every service and every fault."""

from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.spectrum.table import Table
from tests.histories.history import History


def insert(history: History, table: Table, values: Mapping[str, str]) -> None:
    """A row as it is, unchecked."""
    with _database(history).writing() as book:
        book.of(history.account.spectrum.company_code).insert(table, values)


def has(history: History, table: Table, **key: str) -> bool:
    """Whether there is such a row."""
    with _database(history).writing() as book:
        return bool(book.of(history.account.spectrum.company_code).has(table, **key))


@contextmanager
def at_the_screen(history: History) -> Any:
    """What is typed in through this, Spectrum checks as it checks a service."""
    door = history.place.door
    with SpectrumCaller(door.spectrum_url, transport=door.for_people().spectrum) as caller:
        yield caller


def _database(history: History) -> Any:
    return history.place.door.rig.inside("spectrum").database
