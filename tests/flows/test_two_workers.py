"""Two workers on the same keys at once: each record is made once, whoever is quicker."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.contractor import Contractor, build_contractor

pytestmark = pytest.mark.slow


@pytest.fixture
def medium(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    return build_contractor(
        sandbox, tmp_path, World(companies=40, locations=60, jobs=80, template_phases=4)
    )


def test_two_processes_at_once_make_everything_once(medium: Contractor) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: medium.process("sync", "--json"), range(2)))

    assert [result.returncode for result in results] == [0, 0], (
        results[0].stderr + results[1].stderr
    )
    medium.rounds_until_quiet()
    assert medium.committed_twice() == []
    medium.assert_exact()
