"""A Spectrum of sixty lines that can misbehave at the socket: for what a well-behaved server never
does.
"""

import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

from st_spectrum.sandbox.spectrum.wsdl import wsdl
from st_spectrum.spectrum.services import SERVICES

NAMES_ITSELF = "https://spectrum.internal:8482"
"""The host in its WSDLs: another one than the address it is reached at."""


@dataclass(frozen=True)
class Answer:
    """What to do with one request: answer `body`, or close (`cut_after` bytes of it), after `delay`
    seconds.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    delay: float = 0.0


def good_wsdl(name: str) -> Answer:
    return Answer(wsdl(SERVICES[name], NAMES_ITSELF).encode())


@dataclass
class SpectrumStandIn:
    """`replies` are used up in order for SOAP calls, then `otherwise` answers; `seen` holds what
    arrived.
    """

    url: str = ""
    replies: deque[Answer] = field(default_factory=deque)
    otherwise: Answer = field(default_factory=Answer)
    wsdl_reply: Callable[[str], Answer] = good_wsdl
    token_reply: Answer = field(default_factory=Answer)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    running: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.seen]

    def elements(self, number: int = -1) -> dict[str, str]:
        """The elements of one SOAP call that arrived."""
        call = etree.fromstring(self.seen[number][3]).find(".//{*}Body")[0]  # type: ignore[index]
        return {str(child.tag): child.text or "" for child in call}

    def reply_to(self, path: str) -> Answer:
        if path.startswith("/wsdls/"):
            return self.wsdl_reply(path.removeprefix("/wsdls/").removesuffix(".jws"))
        if path == "/connect/token":
            return self.token_reply
        with self.lock:
            return self.replies.popleft() if self.replies else self.otherwise


@contextmanager
def stand_in() -> Iterator[SpectrumStandIn]:
    state = SpectrumStandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with state.lock:
                state.seen.append(
                    (self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                )
                state.running += 1
                state.most_at_once = max(state.most_at_once, state.running)
            try:
                self._answer(state.reply_to(self.path))
            finally:
                with state.lock:
                    state.running -= 1

        do_GET = do_POST  # noqa: N815

        def _answer(self, reply: Answer) -> None:
            time.sleep(reply.delay)
            head = f"HTTP/1.1 {reply.status} X\r\n" + "".join(
                f"{k}: {v}\r\n" for k, v in reply.headers.items()
            )
            whole = f"{head}Content-Length: {len(reply.body)}\r\n\r\n".encode() + reply.body
            try:
                if reply.cut_after is None:
                    self.connection.sendall(whole)
                    return
                self.connection.sendall(whole[: reply.cut_after])
                # A reset, as when the process dies.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            except OSError:
                pass
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
