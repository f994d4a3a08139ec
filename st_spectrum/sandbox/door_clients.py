"""The door as httpx and as requests see it: answers in their form, and the exceptions that the wire would have led to."""

import io
from collections.abc import Callable, Iterator, Mapping
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from st_spectrum.sandbox.exchange import Asked, Closed, NoAnswer, Told, TooLate

Ask = Callable[[Asked], Told]


class HttpxDoor(httpx.BaseTransport):
    """A transport for `httpx.Client`; may be shared by clients and threads, and survives their `close`."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call. Raises what httpx raises for a connection refused, closed without an answer, or silent for too long."""
        timeout = request.extensions.get("timeout", {}).get("read")
        asked = Asked(
            request.method,
            request.url.path,
            request.url.query,
            [(name.encode(), value.encode()) for name, value in request.headers.items()],
            request.read(),
            timeout,
            request.url.port or 80,
        )
        try:
            told = self._ask(asked)
        except Closed:
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request) from None
        except TooLate:
            raise httpx.ReadTimeout("timed out", request=request) from None
        except NoAnswer as none:
            if none.begun is None:
                raise httpx.RemoteProtocolError(
                    "Server disconnected without sending a response.", request=request
                ) from None
            return httpx.Response(none.begun.status, headers=none.begun.headers, stream=_Broken(none.begun))
        return httpx.Response(told.status, headers=[*told.headers], content=told.body)


class _Broken(httpx.SyncByteStream):
    """An answer that ends before its announced length."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def __iter__(self) -> Iterator[bytes]:
        yield self._told.body
        announced = dict(self._told.headers).get(b"content-length", b"").decode()
        sizes = f"(received {len(self._told.body)} bytes, expected {announced})"
        raise httpx.RemoteProtocolError(f"peer closed connection without sending complete message body {sizes}")


class RequestsDoor(HTTPAdapter):
    """An adapter for `requests.Session`; may be shared by sessions and threads, and survives their `close`."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - of the class above, like the rest
        timeout: float | tuple[float | None, float | None] | tuple[float | None, None] | None = None,
        verify: bool | str = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        """One call. Raises what requests raises for a connection refused, closed without an answer, or silent for too long."""
        url = urlsplit(request.url or "")
        body = request.body or b""
        asked = Asked(
            request.method or "GET",
            url.path or "/",
            url.query.encode(),
            [
                *((name.encode(), _bytes(value)) for name, value in request.headers.items()),
                (b"host", url.netloc.encode()),
            ],
            body if isinstance(body, bytes) else str(body).encode(),
            timeout[1] if isinstance(timeout, tuple) else timeout,
            url.port or 80,
        )
        try:
            told = self._ask(asked)
        except Closed:
            refused = NewConnectionError(None, "Failed to establish a new connection: [Errno 111] Connection refused")  # type: ignore[arg-type]
            tried = MaxRetryError(None, request.url or "", refused)  # type: ignore[arg-type]
            raise requests.ConnectionError(tried, request=request) from tried
        except TooLate:
            silent = ReadTimeoutError(None, request.url or "", "Read timed out.")  # type: ignore[arg-type]
            raise requests.ReadTimeout(silent, request=request) from silent
        except NoAnswer as none:
            if none.begun is None:
                cut = RemoteDisconnected("Remote end closed connection without response")
                aborted = ProtocolError("Connection aborted.", cut)
                raise requests.ConnectionError(aborted, request=request) from aborted
            short = ProtocolError("Connection broken", IncompleteRead(none.begun.body))
            raise requests.exceptions.ChunkedEncodingError(short, request=request) from short
        raw = HTTPResponse(
            io.BytesIO(told.body),
            headers=HTTPHeaderDict([(name.decode("latin-1"), value.decode("latin-1")) for name, value in told.headers]),
            status=told.status,
            preload_content=False,
            request_url=request.url,
        )
        return self.build_response(request, raw)

    def close(self) -> None:
        """Nothing to give back."""


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
