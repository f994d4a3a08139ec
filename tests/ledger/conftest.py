"""Stores of every kind for the tests of the ledger."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.ledger.s3 import S3Store
from st_spectrum.ledger.s3_client import ledger_client
from st_spectrum.ledger.sqlite import SqliteStore
from st_spectrum.ledger.store import Store
from tests.ledger.ledger_servers import moto, s3_settings
from tests.ledger.relay import Relay
from tests.ledger.watched import LEASE, StillClock, Watched


@pytest.fixture(params=["memory", "sqlite", "moto", "seaweed"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    with ExitStack() as stack:
        if request.param == "memory":
            made: Store = MemoryStore()
        elif request.param == "sqlite":
            made = SqliteStore(tmp_path / "ledger.sqlite")
        elif request.param == "moto":
            stack.enter_context(moto())
            made = s3_store("")
        else:
            made = s3_store(request.getfixturevalue("seaweed_url"))
        yield made
        made.close()


@pytest.fixture
def relay(seaweed_url: str) -> Iterator[Relay]:
    """Between us and a real S3 server, ready to misbehave."""
    made = Relay(seaweed_url)
    yield made
    made.close()


def s3_store(url: str, **changes: object) -> S3Store:
    settings = s3_settings(url, **changes)
    return S3Store(settings.bucket, settings.prefix, ledger_client(settings))


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """An empty store whose calls a test may see and interrupt."""
    made = Watched(SqliteStore(tmp_path / "ledger.sqlite"))
    yield made
    made.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def ledger(watched: Watched, clock: StillClock) -> Ledger:
    return Ledger(watched, "worker one", LEASE, clock)


@pytest.fixture
def other(watched: Watched, clock: StillClock) -> Ledger:
    return Ledger(watched, "worker two", LEASE, clock)
