"""Whoever rings without the secret path finds nothing, and nobody can hold the door."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest
from starlette.testclient import TestClient

from st_spectrum.doorbell.door import MOST_BYTES, build_door, open_door
from st_spectrum.serving.ports import free_port, is_answering

PATH = "/northwind/" + "s" * 40


class Rung:
    """What came through the door."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def ring(self, body: bytes) -> bool:
        self.bodies.append(body)
        return body != b"nonsense"


@pytest.fixture
def rung() -> Rung:
    return Rung()


@pytest.fixture
def client(rung: Rung) -> TestClient:
    return TestClient(build_door(PATH, rung.ring))


def test_a_ring_is_answered_200_and_comes_through(client: TestClient, rung: Rung) -> None:
    answer = client.post(PATH, content=b"{}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert rung.bodies == [b"{}"]


@pytest.mark.parametrize(
    "path", ["/", "/northwind", PATH[:-1], PATH + "s", PATH + "/", PATH.upper(), "/" + "s" * 40]
)
def test_every_other_path_is_404_and_nothing_is_read(
    client: TestClient, rung: Rung, path: str
) -> None:
    assert client.post(path, content=b"{}").status_code == 404
    assert rung.bodies == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_the_right_path_shows_itself_to_nobody_who_looks(
    client: TestClient, rung: Rung, method: str
) -> None:
    assert client.request(method, PATH).status_code == 404
    assert rung.bodies == []


def test_a_body_that_is_too_large_is_cut(client: TestClient, rung: Rung) -> None:
    assert client.post(PATH, content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert rung.bodies == []


def test_nonsense_is_400(client: TestClient) -> None:
    assert client.post(PATH, content=b"nonsense").status_code == 400


MOST = 5


@pytest.fixture
def port(rung: Rung) -> Iterator[int]:
    port = free_port()
    server = open_door(
        build_door(PATH, rung.ring),
        "127.0.0.1",
        port,
        connection_seconds=0.4,
        most_connections=MOST,
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not is_answering("127.0.0.1", port):
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join()


def test_who_says_nothing_or_never_ends_is_cut(port: int) -> None:
    begun = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx".encode()
    for words in (b"", b"POST / HT", begun):
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(words)
            caller.settimeout(5)
            started = time.monotonic()
            with suppress(ConnectionResetError):
                assert caller.recv(1) == b""
            assert time.monotonic() - started < 3


def test_one_connection_takes_one_ring(port: int, rung: Rung) -> None:
    answer = httpx.post(f"http://127.0.0.1:{port}{PATH}", content=b"{}")
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")
    assert "server" not in answer.headers


def test_what_strangers_send_stands_in_no_log(
    port: int, rung: Rung, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as caller:
        caller.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        caller.settimeout(5)
        with suppress(ConnectionResetError):
            caller.recv(1000)
    httpx.post(f"http://127.0.0.1:{port}{PATH}", content=b"{}")
    assert rung.bodies == [b"{}"]
    written = capfd.readouterr()
    assert caplog.text + written.out + written.err == ""


def test_too_many_at_once_are_told_to_come_again(port: int) -> None:
    with ExitStack() as open_ones:
        for _ in range(MOST):
            caller = socket.create_connection(("127.0.0.1", port))
            open_ones.enter_context(caller)
        answer = httpx.post(f"http://127.0.0.1:{port}{PATH}", content=b"{}")
    assert answer.status_code == 503
    time.sleep(0.5)
    assert httpx.post(f"http://127.0.0.1:{port}{PATH}", content=b"{}").status_code == 200
