"""A relay in front of a real S3 server, which misbehaves on demand."""

import http.client
import socket
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Trick = Callable[["_Relayed"], None]


class Relay:
    """Passes HTTP on to a server, and plays one waiting trick on each request of `method` whose
    path ends with `suffix`.

    `rule` may name a trick for any other request by its number, which counts from 1.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.tricks: deque[tuple[str, str, Trick]] = deque()
        self.seen: list[tuple[str, str]] = []
        self.rule: Callable[[int], Trick | None] = lambda _: None
        relay = self

        class Handler(_Relayed):
            owner = relay

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def play(self, method: str, suffix: str, *tricks: Trick) -> None:
        """Play these, one per request that fits, in this order."""
        self.tricks.extend((method, suffix, trick) for trick in tricks)

    def trick_for(self, method: str, path: str) -> Trick | None:
        """The first waiting trick, when it is meant for this request; else what the rule says."""
        if (
            self.tricks
            and self.tricks[0][0] == method
            and path.split("?")[0].endswith(self.tricks[0][1])
        ):
            return self.tricks.popleft()[2]
        return self.rule(len(self.seen))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that was killed is no news."""


class _Relayed(BaseHTTPRequestHandler):
    owner: Relay
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.owner.seen.append((self.command, self.path))
        if trick := self.owner.trick_for(self.command, self.path):
            trick(self)
        else:
            self.answer(*self.forward())

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _handle  # noqa: N815

    def forward(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the server behind answers."""
        upstream = http.client.HTTPConnection(self.owner.upstream, timeout=20)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("expect", "connection"):
                    upstream.putheader(name, value)
            upstream.endheaders(self.content)
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        """Send an answer back."""
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def hang_up(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def lose_the_answer(request: _Relayed) -> None:
    """Done, but nobody hears of it."""
    request.forward()
    request.hang_up()


def hang_up(request: _Relayed) -> None:
    """Not done, and no answer."""
    request.hang_up()


def cut_short(request: _Relayed) -> None:
    """Half of the body, then nothing."""
    _, _, content = request.forward()
    request.send_response_only(200)
    request.send_header("Content-Length", str(len(content)))
    request.send_header("ETag", '"0"')
    request.end_headers()
    request.wfile.write(content[: len(content) // 2])
    request.hang_up()


def done_but_500(request: _Relayed) -> None:
    """Done, and a gateway says it was not."""
    request.forward()
    refuse(500, "InternalError")(request)


def refuse(status: int, code: str, **headers: str) -> Trick:
    """Not done; an S3 error."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>as asked</Message></Error>".encode()
    sent = [
        ("Content-Type", "application/xml"),
        *((name.replace("_", "-"), text) for name, text in headers.items()),
    ]
    return lambda request: request.answer(status, sent, body)


def say(status: int, text: str) -> Trick:
    """Something that no S3 server says."""
    return lambda request: request.answer(status, [("Content-Type", "text/html")], text.encode())
