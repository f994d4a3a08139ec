"""The first load of a real-sized contractor: 300 companies, 500 locations, 1,000 jobs, a template
of 12 phases.
"""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.contractor import Contractor, build_contractor, output_of

pytestmark = pytest.mark.slow

KILLED_AFTER_WRITES = (3, 120, 300, 566, 700, 1200, 1600, 4000, 9000, 16000)


@pytest.fixture
def large(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    return build_contractor(sandbox, tmp_path, World.load())


@pytest.mark.timeout(900)
def test_a_first_load_is_exact_and_the_second_makes_no_write(large: Contractor) -> None:
    first = large.process("sync", "--json")
    after_first = large.writes()

    second = large.process("sync", "--json")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert output_of(first)["writes"] == after_first
    assert output_of(second)["writes"] == 0
    assert large.writes() == after_first
    sides = large.sides()
    assert sides["jobs"].matched > 800
    assert large.committed_twice() == []
    large.assert_exact()


@pytest.mark.timeout(900)
def test_a_first_load_killed_at_ten_points_and_started_again_is_exact(large: Contractor) -> None:
    for point in KILLED_AFTER_WRITES:
        process = large.start_command("sync")
        try:
            _wait_for_writes(large, point, process)
            process.send_signal(signal.SIGKILL)
        finally:
            process.kill()
            process.wait()

    last = large.process("sync", "--json")

    assert last.returncode == 0, last.stderr
    assert output_of(last)["flows"]["jobs"]["counts"]["busy"] == 0, (
        "claims of the killed must be free at once on this machine"
    )
    large.rounds_until_quiet()
    inserts = ("AddCustomer", "AddWOSiteAddress", "AddJob")
    assert [name for name in large.committed_twice() if name[0] in inserts] == []
    large.assert_exact()


def _wait_for_writes(large: Contractor, point: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 400
    newest, seen = 0, 0
    while time.monotonic() < deadline:
        calls = large.sandbox.control.calls(writes=True, after=newest)
        newest, seen = (calls[-1].seq if calls else newest), seen + len(calls)
        if seen >= point:
            return
        assert process.poll() is None, f"the round ended before write {point}"
        time.sleep(0.02)
    raise AssertionError(f"write {point} never came")
