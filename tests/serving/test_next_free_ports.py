"""Sandbox and demo stand where one expects them, or on the next ports that are free."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.commands.sandbox import Ports, started_sandbox
from st_spectrum.serving.ports import free_port, held_from, next_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens, with room behind it."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_the_next_port_is_taken_where_somebody_listens(taken: int) -> None:
    found = next_free(taken)

    assert found > taken
    assert next_free(found) == found
    assert next_free(found, (found,)) > found


def test_a_port_that_is_held_for_a_server_is_given_to_nobody_else() -> None:
    first = free_port()

    with held_from(first) as mine, held_from(first) as theirs:
        assert (mine, theirs > mine) == (first, True)
    with held_from(first) as again:
        assert again == first


def test_two_sandboxes_at_their_usual_ports_stand_beside_one_another(tmp_path: Path) -> None:
    with started_sandbox(tmp_path / "one") as one, started_sandbox(tmp_path / "two") as two:
        ports = [
            address
            for box in (one, two)
            for address in (
                box.servicetrade_url,
                box.spectrum_url,
                box.console_url,
                str(box.smtp_port),
            )
        ]
        assert len(set(ports)) == 8
        assert one.control.counts() == two.control.counts()


def test_a_port_that_was_asked_for_and_is_taken_is_refused(tmp_path: Path, taken: int) -> None:
    with pytest.raises(OSError, match=f"port {taken}"):
        started_sandbox(tmp_path, Ports(servicetrade=taken))
