"""Where ServiceTrade rings: one secret path, and 404 for everything else.

The answer leaves at once, because only five seconds are waited for it [ST 12.2]. What comes in is
bounded: its size, how long a connection may last, and how many there are.
"""

import hashlib
import hmac
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_BYTES = 256 * 1024
"""A message names kinds and ids only, some 200 bytes for each event."""
CONNECTION_SECONDS = 10.0
"""Twice as long as ServiceTrade waits for an answer."""
MOST_CONNECTIONS = 64
"""Beyond them 503 is answered, which ServiceTrade takes for a reason to try again [ST 12.2]."""
MOST_HEADER_BYTES = 16 * 1024

Ring = Callable[[bytes], bool]
"""Takes a body without waiting for anything; whether it was a message."""


def build_door(path: str, ring: Ring) -> ASGIApp:
    """The app behind the path, secret included."""
    expected = _digest(path)

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        answer = await _answer(request, ring, is_known=_is_equal(scope["path"], expected))
        await answer(scope, receive, send)

    return door


async def _answer(request: Request, ring: Ring, *, is_known: bool) -> Response:
    if not is_known or request.method != "POST":
        return _closing(404)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return _closing(413)
    except ClientDisconnect:
        return _closing(400)
    return _closing(200 if ring(bytes(body)) else 400)


def _closing(status: int) -> Response:
    """One message, one connection: then its life has one bound."""
    return Response(status_code=status, headers={"Connection": "close"})


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _is_equal(path: str, expected: bytes) -> bool:
    # Digests are of one length, so neither the length nor a right beginning shows in the time.
    return hmac.compare_digest(_digest(path), expected)


class _BoundedConnection(H11Protocol):
    """Cut after its time, whatever it is doing: uvicorn itself waits for headers for ever."""

    def __init__(self, *args: Any, seconds: float, **more: Any) -> None:
        super().__init__(*args, **more)
        self._seconds = seconds

    def connection_made(self, transport: object) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.loop.call_later(self._seconds, self.transport.abort)


def open_door(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    connection_seconds: float = CONNECTION_SECONDS,
    most_connections: int = MOST_CONNECTIONS,
) -> uvicorn.Server:
    """A server that is ready to `run()`. It logs no paths, for the secret is one, and nothing of
    what strangers send.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=partial(_BoundedConnection, seconds=connection_seconds),  # type: ignore[arg-type]
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=most_connections,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
            timeout_graceful_shutdown=2,
        )
    )
